/** Writes a set of files into a folder so that a reader never finds half of one: first beside their places, then renamed. */
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { UsageError } from '../model/error.ts';

/**
 * Writes `files` (name to content; a name may contain folders) below `folder`, which is made if absent. If any file
 * cannot be written, none is put in place, and a UsageError with exit code 73 says which and why.
 */
export function writeFiles(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  const planned = [...files].map(([name, content]) => {
    const target = join(folder, checked(name));
    return { name, content, target, temporary: join(dirname(target), `.${process.pid}.${target.split(sep).pop() ?? ''}.part`) };
  });
  const written: string[] = [];
  let current = folder;
  let placed = 0;
  try {
    mkdirSync(folder, { recursive: true });
    for (const { target, temporary, content } of planned) {
      current = target;
      mkdirSync(dirname(target), { recursive: true });
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true) throw new Error('a folder has that name');
      written.push(temporary);
      writeFileSync(temporary, content);
    }
    for (const { target, temporary } of planned) {
      current = target;
      renameSync(temporary, target);
      placed++;
    }
  } catch (error) {
    for (const temporary of written) rmSync(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    const left = placed === 0 ? 'nothing was changed' : `${placed} of ${planned.length} files are in place`;
    throw new UsageError(`cannot write ${current}: ${reason}; ${left}, name a folder that can be written to`, 73);
  }
}

/** A name that stays below its folder. */
function checked(name: string): string {
  const plain = normalize(name);
  if (plain === '.' || plain === '' || isAbsolute(plain) || plain.split(sep).includes('..') || plain.endsWith(sep)) {
    throw new UsageError(`'${name}' is not the name of a file below the folder it is written to; use a relative name without '..'`, 73);
  }
  return plain;
}
