/**
 * Exhaustive breadth-first search: every reachable state once, so that the first state found to break a property ends a
 * shortest counterexample. Lamport's TLC and Holzmann's SPIN call this explicit-state model checking.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { tableSuccessors } from '../compile/successors.ts';
import { searchBlocks } from './blockSearch.ts';
import type { ExploreOptions, KeptExploration, Search } from './exploration.ts';
import { LIMITS_DEFAULT } from './limits.ts';
import { partition } from './partition.ts';
import { searchPlainly } from './plainSearch.ts';
import { quickPass } from './quickPass.ts';
import type { Watch } from './watch.ts';

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

/**
 * The same search in slices: yields its progress every few thousand states, so that a caller can draw it, let other
 * events in, or end it by passing true to `next`.
 */
export function* exploring(network: CompiledNetwork, watches: readonly Watch[], options: ExploreOptions = {}): Search {
  const limits = { ...LIMITS_DEFAULT, ...options.limits };
  if (options.successors !== undefined) return yield* searchPlainly(network, watches, { ...options, limits }, options.successors());
  // First what is near; then, where that is not all, a quick look at what is far.
  if (options.engine !== 'blocks' && options.resume === undefined) {
    const few = options.engine === undefined && limits.statesMax > FIELDS_STATES_MAX;
    const bounds = few ? { ...limits, statesMax: FIELDS_STATES_MAX } : limits;
    const done = yield* searchPlainly(network, watches, { ...options, limits: bounds }, tableSuccessors(network));
    if (done.limit === undefined || done.limit === 'stopped') return done;
    const glimpses = quickPass(network, watches);
    if (!few || done.limit !== 'states') return { ...done, glimpses };
    return { ...(yield* searchBlocks(network, watches, { ...options, limits }, partition(network, done))), glimpses };
  }
  return yield* searchBlocks(network, watches, { ...options, limits }, options.resume?.parts ?? partition(network));
}
