/**
 * Shortest paths without parent pointers: the search keeps its states in the order they were found, level by level, so the
 * parent of a state is the first one of the level before that has a step to it. That is the parent breadth-first search
 * would have recorded; the price is to expand the levels once more, and only when a path is asked for.
 */
import type { Successors } from '../compile/successors.ts';
import type { StateStore } from './store.ts';

/** What a finished search leaves behind. */
export interface Levels {
  readonly successors: Successors;
  readonly store: StateStore;
  /** Numbers of the first state of each level; level 0 is the initial state. */
  readonly starts: readonly number[];
  readonly steps: number;
}

/** The level of state number `state`: its distance from the initial state. */
export function levelOf({ starts }: Levels, state: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= state) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The shortest paths, as step numbers, to the states numbered `targets`. */
export function retrace(levels: Levels, targets: readonly number[]): number[][] {
  const paths = targets.map((): number[] => []);
  /** By state number of the level in hand: the targets whose path leads through it. */
  let through = new Map<number, number[]>();
  const join = (state: number, target: number): void => {
    through.set(state, [...(through.get(state) ?? []), target]);
  };
  const depths = targets.map((state) => levelOf(levels, state));
  for (let level = Math.max(0, ...depths); level > 0; level--) {
    targets.forEach((state, target) => {
      if (depths[target] === level) join(state, target);
    });
    const parents = parentsOf(levels, level, [...through.keys()]);
    const leading = through;
    through = new Map();
    for (const [state, { parent, step }] of parents) {
      for (const target of leading.get(state) ?? []) {
        paths[target]?.push(step);
        join(parent, target);
      }
    }
  }
  return paths.map((path) => path.reverse());
}

interface Parent {
  readonly parent: number;
  readonly step: number;
}

/** For each of `children`, states of `level`, the first state of the level before with a step to it, and that step. */
function parentsOf({ successors, store, starts, steps }: Levels, level: number, children: readonly number[]): Map<number, Parent> {
  const { words, enabled } = successors;
  const { states } = store;
  const found = new Map<number, Parent>();
  const next = new Int32Array(words);
  const wanted = new Map<number, number[]>();
  for (const child of children) {
    const key = hash(states, child * words, words);
    wanted.set(key, [...(wanted.get(key) ?? []), child]);
  }
  for (let parent = starts[level - 1]!; parent < starts[level]! && found.size < children.length; parent++) {
    successors.look(states, parent * words);
    for (let step = 0; step < steps; step++) {
      if ((enabled[step >> 5]! & (1 << (step & 31))) === 0) continue;
      successors.apply(step, next);
      for (const child of wanted.get(hash(next, 0, words)) ?? []) {
        if (!found.has(child) && equal(states, child * words, next, words)) found.set(child, { parent, step });
      }
    }
  }
  return found;
}

function hash(from: Int32Array, offset: number, words: number): number {
  let h = 17;
  for (let word = 0; word < words; word++) h = Math.imul(h ^ from[offset + word]!, 0x9e37_79b1);
  return h;
}

function equal(states: Int32Array, offset: number, state: Int32Array, words: number): boolean {
  for (let word = 0; word < words; word++) if (states[offset + word] !== state[word]) return false;
  return true;
}
