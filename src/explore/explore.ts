/**
 * Exhaustive breadth-first search: every reachable state once, so that the first state found to break a property ends a
 * shortest counterexample. Lamport's TLC and Holzmann's SPIN call this explicit-state model checking.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { type Successors, tableSuccessors } from '../compile/successors.ts';
import { type LimitReached, LIMITS_DEFAULT, type Limits } from './limits.ts';
import { hashStore } from './store.ts';

/** What a search looks for, by conjunction number: in every state, or only in quiescent ones. */
export interface Watch {
  readonly conjunction: number;
  readonly onlyQuiescent: boolean;
}

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly bytes: number;
}

export interface ExploreOptions {
  readonly limits?: Partial<Limits>;
  /** Ends the search once each of these groups of watches has a member that was seen. */
  readonly untilAny?: readonly (readonly number[])[];
  readonly onProgress?: (progress: Progress) => void;
  readonly stopped?: () => boolean;
}

export interface Exploration extends Progress {
  /** Undefined when every reachable state was expanded. */
  readonly limit: LimitReached | undefined;
  /** True when `untilAny` ended the search early. */
  readonly early: boolean;
  /** States where only the environment can move. */
  readonly quiescent: number;
  /** States where nothing at all can move. */
  readonly deadlocks: number;
  /** By watch: the shortest path (step numbers) to a state that satisfies it, or undefined. */
  readonly seen: readonly (readonly number[] | undefined)[];
  /** By step: whether it was ever taken. */
  readonly fired: Uint8Array;
}

/** States between two looks at the clock. */
const STRIDE = 4096;

/** Explores `network` and reports which watches are satisfied where. */
export function explore(network: CompiledNetwork, watches: readonly Watch[], options: ExploreOptions = {}): Exploration {
  const limits = { ...LIMITS_DEFAULT, ...options.limits };
  const successors = tableSuccessors(network);
  const { words, enabled } = successors;
  const store = hashStore(words);
  let parents = new Int32Array(1 << 12);
  let via = new Int32Array(1 << 12);
  const found: (number | undefined)[] = watches.map(() => undefined);
  let open = options.untilAny ?? [];
  const fired = new Uint8Array(network.steps.length);
  const next = new Int32Array(words);
  const stepWords = (network.steps.length + 31) >> 5;
  const started = performance.now();
  let transitions = 0;
  let quiescent = 0;
  let deadlocks = 0;
  let depth = 0;
  let levelEnd = 1;
  let limit: LimitReached | undefined;
  let early = false;

  store.add(successors.initial);
  let state = 0;
  for (; state < store.size; state++) {
    if (state === levelEnd) {
      depth++;
      levelEnd = store.size;
    }
    if (state % STRIDE === 0) {
      limit = limitReached(limits, store.size, bytes(), started, options.stopped);
      if (limit !== undefined) break;
      options.onProgress?.({ states: store.size, transitions, depth, bytes: bytes() });
    }
    successors.look(store.states, state * words);
    const still = successors.quiescent();
    if (still) quiescent++;
    for (let watch = 0; watch < watches.length; watch++) {
      const { conjunction, onlyQuiescent } = watches[watch]!;
      if (found[watch] !== undefined || (onlyQuiescent && !still)) continue;
      const bit = network.conjunctionsFrom + conjunction;
      if ((enabled[bit >> 5]! & (1 << (bit & 31))) === 0) continue;
      found[watch] = state;
      if (open.length > 0) {
        open = open.filter((group) => !group.includes(watch));
        early = open.length === 0;
      }
    }
    if (early) break;
    if (parents.length < store.size + network.steps.length) {
      parents = grown(parents);
      via = grown(via);
    }
    const before = transitions;
    for (let word = 0; word < stepWords; word++) {
      let bits = enabled[word]! & stepBits(network.steps.length, word);
      while (bits !== 0) {
        const step = (word << 5) + (31 - Math.clz32(bits & -bits));
        bits &= bits - 1;
        transitions++;
        fired[step] = 1;
        successors.apply(step, next);
        if (store.add(next)) {
          parents[store.size - 1] = state;
          via[store.size - 1] = step;
        }
      }
    }
    if (transitions === before) deadlocks++;
  }

  function bytes(): number {
    return store.bytes + parents.byteLength + via.byteLength;
  }
  function path(to: number): number[] {
    const steps: number[] = [];
    for (let at = to; at !== 0; at = parents[at]!) steps.push(via[at]!);
    return steps.reverse();
  }
  options.onProgress?.({ states: store.size, transitions, depth, bytes: bytes() });
  return {
    limit,
    early,
    states: store.size,
    transitions,
    depth,
    bytes: bytes(),
    quiescent,
    deadlocks,
    seen: found.map((at) => (at === undefined ? undefined : path(at))),
    fired,
  };
}

/** The bits of word `word` that stand for steps, when there are `count` of them. */
function stepBits(count: number, word: number): number {
  const rest = count - (word << 5);
  return rest >= 32 ? -1 : (1 << rest) - 1;
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function limitReached(
  limits: Limits,
  states: number,
  bytes: number,
  started: number,
  stopped: (() => boolean) | undefined,
): LimitReached | undefined {
  if (stopped?.() === true) return 'stopped';
  if (states > limits.statesMax) return 'states';
  if (bytes > limits.bytesMax) return 'memory';
  if (performance.now() - started > limits.millisecondsMax) return 'time';
  return undefined;
}

export type { Successors };
