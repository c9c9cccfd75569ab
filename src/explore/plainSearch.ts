/** The readable reference: breadth-first search over any successor function, its states behind a hash index. */
import type { CompiledNetwork } from '../compile/compile.ts';
import { stepBits } from '../compile/maskRows.ts';
import type { Successors, UnpackingSuccessors } from '../compile/successors.ts';
import type { ExploreOptions, KeptExploration, Search } from './exploration.ts';
import { type LimitReached, limitReached, type Limits } from './limits.ts';
import { type Found, type Parents, pathsTo } from './retrace.ts';
import { hashStore, type StateStore } from './store.ts';
import { Groups, type Watch, watchBits } from './watch.ts';

/** States between two looks at the clock. */
const STRIDE = 4096;

type Options = ExploreOptions & { readonly limits: Limits };

/** Explores `network` in slices. */
export function* searchPlainly(
  network: CompiledNetwork,
  watches: readonly Watch[],
  { limits, untilAny = [] }: Options,
  successors: UnpackingSuccessors,
): Search {
  const { words, enabled } = successors;
  const store = hashStore(words);
  const expand = expander(network.steps.length, successors, store);
  const bits = watchBits(network, watches);
  const groups = new Groups(untilAny);
  const found = watches.map((): Found | undefined => undefined);
  /** Numbers of the first state of each level; level 0 is the initial state. */
  const starts = [0];
  const started = performance.now();
  let [state, levelEnd, quiescent, deadlocks, early] = [0, 1, 0, 0, false];
  let limit: LimitReached | undefined;
  const bytes = (): number => store.bytes + (successors.bytes ?? 0);
  const progress = () => ({ states: store.size, transitions: expand.transitions, depth: starts.length - 1, bytes: bytes() });

  store.add(successors.initial);
  for (; state < store.size && !early; state++) {
    if (state === levelEnd) {
      starts.push(state);
      levelEnd = store.size;
    }
    if (state % STRIDE === 0 || store.size > limits.statesMax) {
      const stop = yield progress();
      limit = stop === true ? 'stopped' : limitReached(limits, store.size, bytes(), started);
      if (limit !== undefined) break;
    }
    successors.look(store.states, state * words);
    const still = successors.quiescent();
    if (still) quiescent++;
    const met = bits.meet(enabled, still);
    if (met !== undefined) {
      const here = { level: starts.length - 1, state: [...store.states.subarray(state * words, (state + 1) * words)] };
      for (const watch of met) found[watch] ??= here;
      early = groups.done(met);
    }
    if (!early && !expand.from()) deadlocks++;
  }
  return {
    ...progress(),
    limit,
    early,
    quiescent,
    deadlocks,
    seen: found.map((one) => one?.level),
    fired: expand.fired,
    paths: (wanted) => pathsTo(found, wanted, network.steps.length, successors, parentsIn(store, words, starts)),
    forEachState: visitor(network.parts.length, successors, store),
    forEachMove: mover(network, successors, store),
  };
}

function mover({ parts, steps }: CompiledNetwork, successors: UnpackingSuccessors, store: StateStore): KeptExploration['forEachMove'] {
  const { words, enabled } = successors;
  return (visit) => {
    const locals = new Int32Array(parts.length);
    for (let state = 0; state < store.size; state++) {
      successors.unpack(store.states, state * words, locals);
      successors.look(store.states, state * words);
      for (const [step, { moves }] of steps.entries()) {
        if ((enabled[step >> 5]! & (1 << (step & 31))) === 0) continue;
        for (const { component, event } of moves) visit(component, locals[component]!, event);
      }
    }
  };
}

function parentsIn(store: StateStore, words: number, starts: readonly number[]): Parents {
  return (level, _children, visit) => {
    const end = starts[level + 1] ?? store.size;
    for (let state = starts[level]!; state < end; state++) {
      if (visit(store.states.subarray(state * words, (state + 1) * words))) return;
    }
  };
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

/** Takes every enabled step of the state last looked at. */
function expander(count: number, successors: Successors, store: StateStore) {
  const ofSteps = stepBits(count);
  const fired = new Uint8Array(count);
  const next = new Int32Array(successors.words);
  const { enabled } = successors;
  let transitions = 0;
  return {
    fired,
    get transitions() {
      return transitions;
    },
    /** False if no step is enabled: a deadlock. */
    from(): boolean {
      const before = transitions;
      for (let word = 0; word < ofSteps.length; word++) {
        for (let bits = enabled[word]! & ofSteps[word]!; bits !== 0; bits &= bits - 1) {
          const step = (word << 5) + (31 - Math.clz32(bits & -bits));
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
