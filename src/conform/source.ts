/**
 * The rows of a trace, whatever it is kept in: the plain text of tracefs, that text compressed, what `trace-cmd report -l -N`
 * prints, or a trace.dat, which trace-cmd is asked to print.
 *
 * Rows come in batches as they are read: memory does not grow with the file.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createReadStream, openSync, closeSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UsageError } from '../model/error.ts';

/** As in tracefs: a row is at most a page long. */
const ROW_CHARACTERS_MAX = 16_384;
const MAGIC = { gzip: [0x1f, 0x8b], dat: [0x17, 0x08, 0x44] } as const;

/** Batches of rows of the trace at `path`, in file order. Throws a UsageError: 66 without a file, 65 for what is no trace. */
export async function* rowsOf(path: string): AsyncGenerator<readonly string[]> {
  const head = headOf(path);
  const isDat = MAGIC.dat.every((byte, i) => head[i] === byte);
  const isGzip = MAGIC.gzip.every((byte, i) => head[i] === byte);
  if (isDat) return yield* printed(path);
  if (!isGzip && head.includes(0)) {
    throw new UsageError(`${path} is a binary file; give a trace of tracefs, plain or with gzip, or a trace.dat of trace-cmd`, 65);
  }
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  yield* split(path, isGzip ? file.pipe(createGunzip()) : file);
}

/** What trace-cmd prints of a trace.dat. */
async function* printed(path: string): AsyncGenerator<readonly string[]> {
  const child = spawn('trace-cmd', ['report', '-l', '-N', '-i', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = exitOf(child);
  try {
    yield* split(path, child.stdout);
    const code = await ended;
    if (code === undefined) {
      throw new UsageError(
        `${path} is a trace.dat, and trace-cmd is not installed; install it (apt-get install trace-cmd), or give the text of: trace-cmd report -l -N -i ${path}`,
        69,
      );
    }
    if (code !== 0)
      throw new UsageError(`trace-cmd cannot read ${path}: it ended with ${code}; try: trace-cmd report -l -N -i ${path}`, 65);
  } finally {
    child.kill();
  }
}

/** The exit code; undefined if it could not be started. */
function exitOf(child: ChildProcessByStdio<null, Readable, null>): Promise<number | null | undefined> {
  return new Promise((resolve) => {
    child.on('error', () => resolve(undefined));
    child.on('close', resolve);
  });
}

async function* split(path: string, stream: Readable): AsyncGenerator<readonly string[]> {
  stream.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      const rows = (rest + String(chunk)).split('\n');
      rest = rows.pop() ?? '';
      if (rest.length > ROW_CHARACTERS_MAX)
        throw new UsageError(`${path} has a line of more than ${ROW_CHARACTERS_MAX} characters: it is no trace`, 65);
      yield rows;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`cannot read ${path} to its end (${why}); it may be cut off`, 65);
  }
  if (rest !== '') yield [rest];
}

function headOf(path: string): Uint8Array {
  const bytes = new Uint8Array(4096);
  try {
    const file = openSync(path, 'r');
    try {
      return bytes.subarray(0, readSync(file, bytes));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`cannot read ${path} (${why}); give the path of a trace`, 66);
  }
}
