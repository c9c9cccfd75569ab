/** Ways to make a path simpler, boldest first. Whether the result can still be walked is for the walker to say. */
import type { StepInstance } from '../model/network.ts';
import type { Path } from './walker.ts';

/** Paths longer than this are not tried without each pair of their steps: that is length squared, halved. */
const PAIRS_LENGTH_MAX = 64;

/** Nor without each of their chunks, wherever it begins. */
const WINDOWS_LENGTH_MAX = 100;

/** `path` without one owner, one parameter's value, a prefix, a chunk, a pair; then with owners brought together. */
export function* edits(path: Path, instances: readonly StepInstance[]): Generator<Path> {
  const of = (step: number): StepInstance => instances[step]!;
  for (const owner of new Set(path.map((step) => of(step).owner))) yield path.filter((step) => of(step).owner !== owner);
  for (const text of new Set(path.flatMap((step) => valuesOf(of(step))))) yield path.filter((step) => !valuesOf(of(step)).includes(text));
  for (let length = Math.floor(path.length / 2); length > 0; length = Math.floor(length / 2)) yield path.slice(0, length);
  for (let size = Math.ceil(path.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < path.length; from += size) yield path.toSpliced(from, size);
  }
  if (path.length <= WINDOWS_LENGTH_MAX) {
    for (let size = path.length - 1; size > 1; size--) {
      for (let from = 0; from + size <= path.length; from++) yield path.toSpliced(from, size);
    }
  }
  if (path.length <= PAIRS_LENGTH_MAX) {
    for (let one = 0; one < path.length; one++) {
      for (let other = one + 1; other < path.length; other++) yield path.filter((_, index) => index !== one && index !== other);
    }
  }
  yield* gatherings(path, instances);
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
