import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../src/model/error.ts';
import { writeFiles } from '../src/report/write.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxproof-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function failure(act: () => void): UsageError {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('files are written, folders made, and nothing else is left', () => {
  const target = join(folder, 'reports');
  writeFiles(
    target,
    new Map([
      ['index.html', '<p>'],
      ['machines/napi.svg', '<svg/>'],
    ]),
  );
  expect(readdirSync(target).sort()).toEqual(['index.html', 'machines']);
  expect(readdirSync(join(target, 'machines'))).toEqual(['napi.svg']);
  expect(readFileSync(join(target, 'machines/napi.svg'), 'utf8')).toBe('<svg/>');
  writeFiles(target, new Map([['index.html', 'new']]));
  expect(readFileSync(join(target, 'index.html'), 'utf8')).toBe('new');
});

test('if one file cannot be written, no file is changed', () => {
  writeFileSync(join(folder, 'a'), 'old');
  mkdirSync(join(folder, 'b'));
  const error = failure(() =>
    writeFiles(
      folder,
      new Map([
        ['a', 'new'],
        ['b', 'new'],
      ]),
    ),
  );
  expect(error.exitCode).toBe(73);
  expect(error.message).toMatch(/cannot write .*b: a folder has that name; nothing was changed/);
  expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
});

test('a folder that cannot be made is a UsageError with exit code 73', () => {
  writeFileSync(join(folder, 'file'), '');
  const error = failure(() => writeFiles(join(folder, 'file', 'below'), new Map([['a', '']])));
  expect(error.exitCode).toBe(73);
  expect(error.message).toContain(join(folder, 'file', 'below'));
});

test.each(['..', '../a', 'a/../../b', '/etc/a', '', '.', 'a/'])('the name %j, which does not stay below the folder, is refused', (name) => {
  expect(failure(() => writeFiles(folder, new Map([[name, 'x']]))).exitCode).toBe(73);
  expect(readdirSync(folder)).toEqual([]);
});
