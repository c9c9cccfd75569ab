/**
 * A search that was interrupted, on disk: what it had found, so that another process can go on from there. Only the fast
 * engine on one thread writes them; the visited set is rebuilt from the list of states.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import * as z from 'zod';
import type { CompiledNetwork } from '../compile/compile.ts';
import { UsageError } from '../model/error.ts';
import type { Found } from './retrace.ts';

/** Bytes that the header of a checkpoint may have. */
const HEADER_MAX = 1 << 24;

/** All that a search has done before it expands a level. The typed arrays are large; the rest is small. */
export interface Snapshot {
  readonly counts: {
    readonly transitions: number;
    readonly quiescent: number;
    readonly deadlocks: number;
  };
  /** Where each level starts in `stream`; the last one is the one to expand. */
  readonly starts: readonly number[];
  /** By watch: what satisfied it first, or null. */
  readonly found: readonly (Found | null)[];
  /** By joint step: whether it was taken. */
  readonly fired: readonly number[];
  /** The components of the two blocks. */
  readonly parts: readonly [readonly number[], readonly number[]];
  /** The local states of the two blocks. */
  readonly blocks: readonly [Int32Array, Int32Array];
  /** The states, as `PairLevels` writes them, in pieces. */
  readonly stream: readonly Int32Array[];
}

const count = z.number().int().nonnegative();
const list = z.array(z.number().int());
const headerShape = z.strictObject({
  format: z.literal('rxproof checkpoint 2'),
  network: z.string(),
  fingerprint: z.string(),
  counts: z.strictObject({ transitions: count, quiescent: count, deadlocks: count }),
  starts: list,
  found: z.array(z.strictObject({ level: count, state: list }).nullable()),
  fired: list,
  parts: z.tuple([list, list]),
  lengths: z.array(count).min(2),
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
export function writeCheckpoint(path: string, network: CompiledNetwork, { blocks, stream, ...rest }: Snapshot): void {
  const numbers = [...blocks, ...stream];
  const header = {
    format: 'rxproof checkpoint 2',
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
  const file = opened(path);
  try {
    const line = firstLine(file);
    const parsed = headerShape.safeParse(line === undefined ? undefined : json(line.toString()));
    if (!parsed.success) throw new UsageError(`'${path}' is not a checkpoint of rxproof; give --resume a file that --checkpoint wrote`, 65);
    const { lengths, format: _, network: name, fingerprint: print, ...snapshot } = parsed.data;
    if (print !== fingerprint(network)) {
      throw new UsageError(
        `the checkpoint '${path}' is of another network or scenario (${name}), or the model has changed since; resume with the arguments it was written with`,
        65,
      );
    }
    let at = line!.length + 1;
    const { size } = fstatSync(file);
    const expected = lengths.reduce((sum, length) => sum + length * 4, at);
    if (size !== expected)
      throw new UsageError(`the checkpoint '${path}' has ${size} bytes and should have ${expected}; it was cut off`, 65);
    const [first, second, ...stream] = lengths.map((length) => {
      const numbers = new Int32Array(length);
      readAll(file, new Uint8Array(numbers.buffer), at);
      at += numbers.byteLength;
      return numbers;
    });
    return { ...snapshot, blocks: [first!, second!], stream };
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new UsageError(`cannot read the checkpoint '${path}': ${String(error)}`, 66);
  }
}

/** The bytes before the first line feed, or undefined if there is none where a checkpoint has one. */
function firstLine(file: number): Buffer | undefined {
  const bytes = Buffer.alloc(HEADER_MAX);
  const end = bytes.subarray(0, readSync(file, bytes, 0, HEADER_MAX, 0)).indexOf('\n');
  return end < 0 ? undefined : bytes.subarray(0, end);
}

function readAll(file: number, bytes: Uint8Array, from: number): void {
  for (let at = 0; at < bytes.length; ) at += readSync(file, bytes, at, Math.min(bytes.length - at, 1 << 26), from + at);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
