/**
 * Exhaustive breadth-first search: every reachable state once, so that the first state found to break a property ends a
 * shortest counterexample. Lamport's TLC and Holzmann's SPIN call this explicit-state model checking.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { tableSuccessors } from '../compile/successors.ts';
import { type LimitReached, LIMITS_DEFAULT, type Limits } from './limits.ts';
import { hashStore } from './store.ts';
import { growingTrail } from './trail.ts';
import { type Watch, watcher } from './watch.ts';

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the initial state to the level being expanded. */
  readonly depth: number;
  readonly bytes: number;
}

export interface ExploreOptions {
  readonly limits?: Partial<Limits>;
  /** Ends the search once each of these groups of watches has a member that was seen. */
  readonly untilAny?: readonly (readonly number[])[];
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
  const search = exploring(network, watches, options);
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
  }
}

/**
 * The same search in slices: yields its progress every few thousand states, so that a caller can draw it, let other
 * events in, or end it by passing true to `next`.
 */
export function* exploring(
  network: CompiledNetwork,
  watches: readonly Watch[],
  options: ExploreOptions = {},
): Generator<Progress, Exploration, boolean | undefined> {
  const limits = { ...LIMITS_DEFAULT, ...options.limits };
  const successors = tableSuccessors(network);
  const store = hashStore(successors.words);
  const trail = growingTrail();
  const watch = watcher(network, watches, options.untilAny ?? []);
  const expand = expander(network, successors, store, trail);
  const started = performance.now();
  const bytes = (): number => store.bytes + trail.bytes;
  let [depth, levelEnd, quiescent, deadlocks] = [0, 1, 0, 0];
  let limit: LimitReached | undefined;
  let early = false;

  store.add(successors.initial);
  for (let state = 0; state < store.size && !early; state++) {
    if (state === levelEnd) {
      depth++;
      levelEnd = store.size;
    }
    if (state % STRIDE === 0) {
      const stop = yield { states: store.size, transitions: expand.transitions, depth, bytes: bytes() };
      limit = stop === true ? 'stopped' : limitReached(limits, store.size, bytes(), started);
      if (limit !== undefined) break;
    }
    successors.look(store.states, state * successors.words);
    const still = successors.quiescent();
    if (still) quiescent++;
    early = watch.look(state, successors.enabled, still);
    if (!early && !expand.from(state)) deadlocks++;
  }
  return {
    limit,
    early,
    states: store.size,
    transitions: expand.transitions,
    depth,
    bytes: bytes(),
    quiescent,
    deadlocks,
    seen: watch.found.map((state) => (state === undefined ? undefined : trail.path(state))),
    fired: expand.fired,
  };
}

/** Takes every enabled step of the state last looked at. */
function expander(
  network: CompiledNetwork,
  successors: ReturnType<typeof tableSuccessors>,
  store: ReturnType<typeof hashStore>,
  trail: ReturnType<typeof growingTrail>,
) {
  const count = network.steps.length;
  const words = (count + 31) >> 5;
  const fired = new Uint8Array(count);
  const next = new Int32Array(successors.words);
  let transitions = 0;
  return {
    fired,
    get transitions() {
      return transitions;
    },
    /** False if no step is enabled: a deadlock. */
    from(state: number): boolean {
      trail.reserve(store.size + count);
      const before = transitions;
      for (let word = 0; word < words; word++) {
        let bits = successors.enabled[word]! & stepBits(count, word);
        while (bits !== 0) {
          const step = (word << 5) + (31 - Math.clz32(bits & -bits));
          bits &= bits - 1;
          transitions++;
          fired[step] = 1;
          successors.apply(step, next);
          if (store.add(next)) trail.set(store.size - 1, state, step);
        }
      }
      return transitions !== before;
    },
  };
}

/** The bits of word `word` that stand for steps, when there are `count` of them. */
function stepBits(count: number, word: number): number {
  const rest = count - (word << 5);
  return rest >= 32 ? -1 : (1 << rest) - 1;
}

function limitReached(limits: Limits, states: number, bytes: number, started: number): LimitReached | undefined {
  if (states > limits.statesMax) return 'states';
  if (bytes > limits.bytesMax) return 'memory';
  if (performance.now() - started > limits.millisecondsMax) return 'time';
  return undefined;
}
