/**
 * A search that was interrupted, on disk: what it had found, so that another process can go on from there. Only the fast
 * engine on one thread writes them; the visited set is rebuilt from the list of states.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import * as z from 'zod';
import type { CompiledNetwork } from '../compile/compile.ts';
import { UsageError } from '../model/error.ts';

/** All that a search has done so far. `numbers` are lists of 32-bit numbers; the rest is small. */
export interface Snapshot {
  readonly counts: {
    /** Number of the next state to expand. */
    readonly state: number;
    readonly levelEnd: number;
    readonly transitions: number;
    readonly quiescent: number;
    readonly deadlocks: number;
  };
  readonly starts: readonly number[];
  /** By watch: the first state that satisfied it, or -1. */
  readonly found: readonly number[];
  readonly fired: readonly number[];
  /** Local states of the two blocks, and the states as pairs of block states. */
  readonly numbers: readonly [Int32Array, Int32Array, Int32Array];
  /** The components of the two blocks. */
  readonly parts: readonly [readonly number[], readonly number[]];
}

const count = z.number().int().nonnegative();
const list = z.array(z.number().int());
const headerShape = z.strictObject({
  format: z.literal('rxproof checkpoint 1'),
  network: z.string(),
  fingerprint: z.string(),
  counts: z.strictObject({ state: count, levelEnd: count, transitions: count, quiescent: count, deadlocks: count }),
  starts: list,
  found: list,
  fired: list,
  parts: z.tuple([list, list]),
  lengths: z.tuple([count, count, count]),
});

/** Equal for two networks whose tables are equal: states of one mean the same in the other. */
function fingerprint(network: CompiledNetwork): string {
  const hash = createHash('sha256').update(
    JSON.stringify([network.name, network.parts, network.steps.map(({ instance }) => instance.label)]),
  );
  for (const rows of network.masks) hash.update(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
  for (const { moves } of network.steps)
    for (const { delta } of moves) hash.update(Buffer.from(delta.buffer, delta.byteOffset, delta.byteLength));
  return hash.digest('hex');
}

/** Writes a checkpoint; the old one stays until the new one is complete. Throws a UsageError (73) where it cannot. */
export function writeCheckpoint(path: string, network: CompiledNetwork, { numbers, ...rest }: Snapshot): void {
  const header = {
    format: 'rxproof checkpoint 1',
    network: network.name,
    fingerprint: fingerprint(network),
    ...rest,
    lengths: numbers.map((one) => one.length),
  };
  const unfinished = `${path}.unfinished`;
  try {
    const file = openSync(unfinished, 'w');
    try {
      writeSync(file, `${JSON.stringify(header)}\n`);
      for (const { buffer, byteOffset, byteLength } of numbers) writeAll(file, new Uint8Array(buffer, byteOffset, byteLength));
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new UsageError(`cannot write the checkpoint '${path}': ${String(error)}; choose a folder that exists and has room`, 73);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 1 << 26));
}

/** Reads a checkpoint of `network`. Throws a UsageError for a file that is missing, damaged or of another network. */
export function readCheckpoint(path: string, network: CompiledNetwork): Snapshot {
  const bytes = contents(path);
  const end = bytes.indexOf('\n');
  const parsed = headerShape.safeParse(end < 0 ? undefined : json(bytes.subarray(0, end).toString()));
  if (!parsed.success) throw new UsageError(`'${path}' is not a checkpoint of rxproof; give --resume a file that --checkpoint wrote`, 65);
  const { lengths, format: _, network: name, fingerprint: print, ...snapshot } = parsed.data;
  if (print !== fingerprint(network)) {
    throw new UsageError(
      `the checkpoint '${path}' is of another network or scenario (${name}), or the model has changed since; resume with the arguments it was written with`,
      65,
    );
  }
  const size = lengths.reduce((sum, length) => sum + length * 4, end + 1);
  if (bytes.length !== size)
    throw new UsageError(`the checkpoint '${path}' has ${bytes.length} bytes and should have ${size}; it was cut off`, 65);
  let at = end + 1;
  const next = (length: number): Int32Array => {
    const part = bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + length * 4);
    at += length * 4;
    return new Int32Array(part as ArrayBuffer);
  };
  return { ...snapshot, numbers: [next(lengths[0]), next(lengths[1]), next(lengths[2])] };
}

function contents(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`cannot read the checkpoint '${path}': ${String(error)}`, 66);
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
