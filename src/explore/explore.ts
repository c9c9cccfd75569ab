/**
 * Exhaustive breadth-first search: every reachable state once, so that the first state found to break a property ends a
 * shortest counterexample. Lamport's TLC and Holzmann's SPIN call this explicit-state model checking.
 */
import { type BlockSuccessors, blockSuccessors } from '../compile/blockSuccessors.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import { type Successors, tableSuccessors, type UnpackingSuccessors } from '../compile/successors.ts';
import { EngineError } from '../trace/replay.ts';
import type { Snapshot } from './checkpoint.ts';
import { type LimitReached, limitReached, LIMITS_DEFAULT, type Limits } from './limits.ts';
import { pairStore } from './pairStore.ts';
import { levelOf, type Levels, retrace } from './retrace.ts';
import { hashStore, type StateStore } from './store.ts';
import { type Watch, watcher } from './watch.ts';

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the initial state to the level being expanded. */
  readonly depth: number;
  readonly bytes: number;
  /** What the search has done so far, to be written down; the fast engine only. */
  readonly snapshot?: () => Snapshot;
}

/** `fields` is the readable reference, over packed fields; `blocks` is fast. Both give the same result. */
export type Engine = 'fields' | 'blocks';

export interface ExploreOptions {
  readonly limits?: Partial<Limits>;
  /** Ends the search once each of these groups of watches has a member that was seen. */
  readonly untilAny?: readonly (readonly number[])[];
  /** Default: `fields` for a few states, then `blocks`, which takes a moment to set up. */
  readonly engine?: Engine;
  /** Goes on from here, with the fast engine. */
  readonly resume?: Snapshot;
}

export interface Exploration extends Omit<Progress, 'snapshot'> {
  /** Undefined when every reachable state was expanded. */
  readonly limit: LimitReached | undefined;
  /** True when `untilAny` ended the search early. */
  readonly early: boolean;
  /** States where only the environment can move. */
  readonly quiescent: number;
  /** States where nothing at all can move. */
  readonly deadlocks: number;
  /** By watch: how many steps the nearest state that satisfies it is away, or undefined if none was met. */
  readonly seen: readonly (number | undefined)[];
  /** By step: whether it was ever taken. */
  readonly fired: Uint8Array;
  /** Shortest paths (step numbers) to the states that first satisfied `watches`, all of them seen. */
  readonly paths: (watches: readonly number[]) => number[][];
}

/** An exploration that still holds its states. */
export interface KeptExploration extends Exploration {
  /** Visits every state found, in that order: the local state of each component. The array is used again for the next state. */
  readonly forEachState: (visit: (locals: Int32Array) => void) => void;
}

/** States between two looks at the clock. */
const STRIDE = 4096;
/** Below this many states setting up blocks costs more than it saves. */
const FIELDS_STATES_MAX = 30_000;

/** Explores `network` and reports which watches are satisfied where. */
export function explore(network: CompiledNetwork, watches: readonly Watch[], options: ExploreOptions = {}): KeptExploration {
  const search = exploring(network, watches, options);
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
  }
}

type Search = Generator<Progress, KeptExploration, boolean | undefined>;

/**
 * The same search in slices: yields its progress every few thousand states, so that a caller can draw it, let other
 * events in, or end it by passing true to `next`.
 */
export function* exploring(network: CompiledNetwork, watches: readonly Watch[], options: ExploreOptions = {}): Search {
  const limits = { ...LIMITS_DEFAULT, ...options.limits };
  if (options.engine !== 'blocks' && options.resume === undefined) {
    const few = options.engine === undefined && limits.statesMax > FIELDS_STATES_MAX;
    const successors = tableSuccessors(network);
    const bounds = few ? { ...limits, statesMax: FIELDS_STATES_MAX } : limits;
    const done = yield* searching(network, watches, { ...options, limits: bounds }, successors, hashStore(successors.words));
    if (!few || done.limit !== 'states') return done;
  }
  const successors = blockSuccessors(network, options.resume?.parts);
  if (options.resume) successors.restore(options.resume.numbers);
  return yield* searching(network, watches, { ...options, limits }, successors, pairStore(), successors);
}

function* searching(
  network: CompiledNetwork,
  watches: readonly Watch[],
  options: ExploreOptions & { readonly limits: Limits },
  successors: UnpackingSuccessors,
  store: StateStore,
  blocks?: BlockSuccessors,
): Search {
  const { limits, resume } = options;
  const watch = watcher(network, watches, options.untilAny ?? [], resume?.found);
  const expand = expander(network.steps.length, successors, store, resume);
  const starts = [...(resume?.starts ?? [0])];
  const started = performance.now();
  const bytes = (): number => store.bytes + (blocks?.bytes ?? 0);
  let { state, levelEnd, quiescent, deadlocks } = resume?.counts ?? { state: 0, levelEnd: 1, quiescent: 0, deadlocks: 0 };
  let limit: LimitReached | undefined;
  let early = false;
  const snapshot =
    blocks &&
    (() => ({
      counts: { state, levelEnd, transitions: expand.transitions, quiescent, deadlocks },
      starts: [...starts],
      found: watch.found.map((first) => first ?? -1),
      fired: [...expand.fired],
      numbers: [...blocks.locals(), store.states.slice(0, store.size * successors.words)] as const,
      parts: blocks.parts,
    }));

  if (resume) addAll(store, resume.numbers[2]);
  else store.add(successors.initial);
  for (; state < store.size && !early; state++) {
    if (state === levelEnd) {
      starts.push(state);
      levelEnd = store.size;
    }
    if (state % STRIDE === 0 || store.size > limits.statesMax) {
      const stop = yield {
        states: store.size,
        transitions: expand.transitions,
        depth: starts.length - 1,
        bytes: bytes(),
        ...(snapshot && { snapshot }),
      };
      limit = stop === true ? 'stopped' : limitReached(limits, store.size, bytes(), started);
      if (limit !== undefined) break;
    }
    successors.look(store.states, state * successors.words);
    const still = successors.quiescent();
    if (still) quiescent++;
    early = watch.look(state, successors.enabled, still);
    if (!early && !expand.from()) deadlocks++;
  }
  const levels: Levels = { successors, store, starts, steps: network.steps.length };
  return {
    limit,
    early,
    states: store.size,
    transitions: expand.transitions,
    depth: starts.length - 1,
    bytes: bytes(),
    quiescent,
    deadlocks,
    seen: watch.found.map((state) => (state === undefined ? undefined : levelOf(levels, state))),
    fired: expand.fired,
    paths: (wanted) =>
      retrace(
        levels,
        wanted.map((at) => seenIn(watch.found, at)),
      ),
    forEachState: visitor(network.parts.length, successors, store),
  };
}

function seenIn(found: readonly (number | undefined)[], wanted: number): number {
  const state = found[wanted];
  if (state === undefined) throw new EngineError(`the search is asked for the way to what it did not see: watch ${wanted}`);
  return state;
}

function visitor(width: number, successors: UnpackingSuccessors, store: StateStore): KeptExploration['forEachState'] {
  return (visit) => {
    const locals = new Int32Array(width);
    for (let state = 0; state < store.size; state++) {
      successors.unpack(store.states, state * successors.words, locals);
      visit(locals);
    }
  };
}

/** The states of a checkpoint, in the order they were found. */
function addAll(store: StateStore, pairs: Int32Array): void {
  for (let at = 0; at < pairs.length; at += 2) store.add(pairs.subarray(at, at + 2));
}

/** Takes every enabled step of the state last looked at. */
function expander(count: number, successors: Successors, store: StateStore, resume: Snapshot | undefined) {
  const words = (count + 31) >> 5;
  const fired = Uint8Array.from(resume?.fired ?? new Uint8Array(count));
  const next = new Int32Array(successors.words);
  const { enabled } = successors;
  let transitions = resume?.counts.transitions ?? 0;
  return {
    fired,
    get transitions() {
      return transitions;
    },
    /** False if no step is enabled: a deadlock. */
    from(): boolean {
      const before = transitions;
      for (let word = 0; word < words; word++) {
        let bits = enabled[word]! & stepBits(count, word);
        while (bits !== 0) {
          const step = (word << 5) + (31 - Math.clz32(bits & -bits));
          bits &= bits - 1;
          transitions++;
          fired[step] = 1;
          successors.apply(step, next);
          store.add(next);
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
