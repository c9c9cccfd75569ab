/** Ways to make a path simpler, boldest first. Whether the result can still be walked is for the walker to say. */
import type { StepInstance } from '../model/network.ts';
import type { Path } from './walker.ts';

/** The edits whose number grows with the square of the length are tried on paths up to this one. */
const SQUARE_LENGTH_MAX = 64;

/** Other steps of the same name tried in the place of one. */
const ALIKE_MAX = 8;

/**
 * `path` without one owner, one parameter's value, its end, a chunk, any two steps; with a step elsewhere, or one like it
 * in its place; last, with owners brought together. `alike` lists the steps like one, nearest first.
 */
export function* edits(path: Path, instances: readonly StepInstance[], alike: (step: number) => readonly number[]): Generator<Path> {
  const of = (step: number): StepInstance => instances[step]!;
  for (const owner of new Set(path.map((step) => of(step).owner))) yield path.filter((step) => of(step).owner !== owner);
  for (const text of new Set(path.flatMap((step) => valuesOf(of(step))))) yield path.filter((step) => !valuesOf(of(step)).includes(text));
  for (let length = Math.floor(path.length / 2); length > 0; length = Math.floor(length / 2)) yield path.slice(0, length);
  for (let size = Math.ceil(path.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < path.length; from += size) yield path.toSpliced(from, size);
  }
  if (path.length <= SQUARE_LENGTH_MAX) yield* squareEdits(path, alike);
  yield* gatherings(path, instances);
}

/** Without each chunk, wherever it begins; without each two steps; with each step at each other place; with each like it. */
function* squareEdits(path: Path, alike: (step: number) => readonly number[]): Generator<Path> {
  for (let size = path.length - 1; size > 1; size--) {
    for (let from = 0; from + size <= path.length; from++) yield path.toSpliced(from, size);
  }
  for (let one = 0; one < path.length; one++) {
    for (let other = one + 2; other < path.length; other++) yield path.toSpliced(other, 1).toSpliced(one, 1);
  }
  for (const [from, step] of path.entries()) {
    const others = path.toSpliced(from, 1);
    for (let to = 0; to < path.length; to++) if (to !== from) yield others.toSpliced(to, 0, step);
    for (const other of alike(step).slice(0, ALIKE_MAX)) yield path.with(from, other);
  }
}

/** The times the path passes from one owner to another: what makes an interleaving hard to read. */
export function switchesOf(path: Path, instances: readonly StepInstance[]): number {
  return Math.max(0, blocksOf(path, instances).length - 1);
}

/** Each block of one owner moved to join the owner's block before it, or after it. */
function* gatherings(path: Path, instances: readonly StepInstance[]): Generator<Path> {
  const blocks = blocksOf(path, instances);
  for (const [index, block] of blocks.entries()) {
    const others = blocks.toSpliced(index, 1);
    const before = others.findLastIndex((other, place) => place < index && other.owner === block.owner);
    const after = others.findIndex((other, place) => place >= index && other.owner === block.owner);
    if (before >= 0) yield others.toSpliced(before + 1, 0, block).flatMap(({ steps }) => steps);
    if (after >= 0) yield others.toSpliced(after, 0, block).flatMap(({ steps }) => steps);
  }
}

interface Block {
  readonly owner: string;
  readonly steps: readonly number[];
}

/** The longest runs of steps of one owner. */
function blocksOf(path: Path, instances: readonly StepInstance[]): Block[] {
  const blocks: { owner: string; steps: number[] }[] = [];
  for (const step of path) {
    const { owner } = instances[step]!;
    const last = blocks.at(-1);
    if (last?.owner === owner) last.steps.push(step);
    else blocks.push({ owner, steps: [step] });
  }
  return blocks;
}

/** `pkt=3` and the like. */
function valuesOf(step: StepInstance): string[] {
  return Object.entries(step.params).map(([key, value]) => `${key}=${value}`);
}
