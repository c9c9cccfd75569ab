/**
 * Shortest paths without parent pointers: the search keeps its states level by level, so the parent of a state is the first
 * one of the level before that has a step to it. The price is to look at the levels once more, and only when a path is
 * asked for.
 */
import type { Successors } from '../compile/successors.ts';
import { EngineError } from '../trace/replay.ts';

/** A state, packed, and how many steps it is away. */
export interface Found {
  readonly level: number;
  readonly state: readonly number[];
}

/** Visits at least those states of `level` that have a step to one of `children`, until `visit` returns true. */
export type Parents = (level: number, children: readonly Int32Array[], visit: (state: Int32Array) => boolean) => void;

/** A state of the level in hand, and the targets whose path leads through it. */
interface Point {
  readonly state: Int32Array;
  readonly targets: readonly number[];
}

/** The shortest paths, as numbers of the network's `steps`, to what the watches numbered `wanted` have `found`. */
export function pathsTo(
  found: readonly (Found | undefined)[],
  wanted: readonly number[],
  steps: number,
  successors: Successors,
  parents: Parents,
): number[][] {
  const targets = wanted.map((watch) => {
    const one = found[watch];
    if (one === undefined) throw new EngineError(`the search is asked for the way to what it did not see: watch ${watch}`);
    return one;
  });
  const paths = targets.map((): number[] => []);
  let points = new Map<string, Point>();
  const join = (state: Int32Array, own: readonly number[]): void => {
    const key = state.join();
    points.set(key, { state, targets: [...(points.get(key)?.targets ?? []), ...own] });
  };
  for (let level = Math.max(0, ...targets.map((one) => one.level)); level > 0; level--) {
    targets.forEach((one, target) => {
      if (one.level === level) join(Int32Array.from(one.state), [target]);
    });
    const children = points;
    const hashes = new Set([...points.values()].map(({ state }) => hash(state)));
    points = new Map();
    parents(
      level - 1,
      [...children.values()].map(({ state }) => state),
      (parent) => {
        for (const { step, child } of stepsTo(children, hashes, parent, steps, successors)) {
          children.delete(child.state.join());
          for (const target of child.targets) paths[target]?.push(step);
          join(parent.slice(), child.targets);
        }
        return children.size === 0;
      },
    );
    if (children.size > 0) throw new EngineError(`a state of level ${level} has no parent in the level before`);
  }
  return paths.map((path) => path.reverse());
}

/** Of `children`, those that `parent` has a step to, each with the first such step. */
function stepsTo(
  children: ReadonlyMap<string, Point>,
  hashes: ReadonlySet<number>,
  parent: Int32Array,
  steps: number,
  successors: Successors,
): { readonly step: number; readonly child: Point }[] {
  const { enabled, words } = successors;
  const next = new Int32Array(words);
  const found = new Map<Point, number>();
  successors.look(parent, 0);
  for (let step = 0; step < steps; step++) {
    if ((enabled[step >> 5]! & (1 << (step & 31))) === 0) continue;
    successors.apply(step, next);
    const child = hashes.has(hash(next)) ? children.get(next.join()) : undefined;
    if (child !== undefined && !found.has(child)) found.set(child, step);
  }
  return [...found].map(([child, step]) => ({ step, child }));
}

function hash(state: Int32Array): number {
  let h = 17;
  for (let word = 0; word < state.length; word++) h = Math.imul(h ^ state[word]!, 0x9e37_79b1);
  return h;
}
