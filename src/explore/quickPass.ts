/**
 * A look around before an exhaustive search: random walks, then a depth-first search, both short. What they see first is
 * found in milliseconds even where breadth-first search takes minutes or meets a limit; how it is reached is not the
 * shortest way. (Holzmann, "Swarm verification", 2008: depth and randomness find what breadth does not get to.)
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { stepBits } from '../compile/maskRows.ts';
import { type Successors, tableSuccessors } from '../compile/successors.ts';
import { generator } from './random.ts';
import { hashStore } from './store.ts';
import { type Watch, type WatchBits, watchBits } from './watch.ts';

/** How the quick pass came to what it saw. */
export interface Glimpse {
  readonly by: 'random walk' | 'depth-first search';
  /** States looked at before, in the walks or in the search. */
  readonly states: number;
  /** Step numbers from the initial state on. */
  readonly path: readonly number[];
}

const WALKS = 64;
const STEPS_PER_WALK = 256;
const DEPTH_MAX = 1_000;
const STATES_MAX = 16_384;

/** By watch: a way to it, if one was seen. The same one every time. */
export function quickPass(network: CompiledNetwork, watches: readonly Watch[]): readonly (Glimpse | undefined)[] {
  const successors = tableSuccessors(network);
  const walked = walk(network, successors, new Glimpses('random walk', watchBits(network, watches)));
  const searched = search(network, successors, new Glimpses('depth-first search', watchBits(network, watches)));
  return watches.map((_, watch) => {
    const [one, other] = [walked.seen.get(watch), searched.seen.get(watch)];
    return one === undefined || (other !== undefined && other.path.length < one.path.length) ? other : one;
  });
}

class Glimpses {
  readonly seen = new Map<number, Glimpse>();
  states = 0;
  readonly #by: Glimpse['by'];
  readonly #bits: WatchBits;

  constructor(by: Glimpse['by'], bits: WatchBits) {
    this.#by = by;
    this.#bits = bits;
  }

  /** Looks at the state that `successors` looked at last, at the end of `path`. */
  look(successors: Successors, path: readonly number[]): void {
    const met = this.#bits.meet(successors.enabled, successors.quiescent());
    for (const watch of met ?? []) this.seen.set(watch, { by: this.#by, states: this.states, path: [...path] });
    this.states++;
  }
}

function walk(network: CompiledNetwork, successors: Successors, glimpses: Glimpses): Glimpses {
  const random = generator();
  const steps = stepBits(network.steps.length);
  const state = new Int32Array(successors.words);
  for (let number = 0; number < WALKS; number++) {
    const path: number[] = [];
    state.set(successors.initial);
    for (;;) {
      successors.look(state, 0);
      glimpses.look(successors, path);
      const able = enabledSteps(successors, steps);
      if (able.length === 0 || path.length === STEPS_PER_WALK) break;
      const step = able[random(able.length)]!;
      path.push(step);
      successors.apply(step, state);
    }
  }
  return glimpses;
}

function search(network: CompiledNetwork, successors: Successors, glimpses: Glimpses): Glimpses {
  const { words } = successors;
  const steps = stepBits(network.steps.length);
  const store = hashStore(words);
  const next = new Int32Array(words);
  const path: number[] = [];
  /** By depth: the state there, and the steps still to be taken from it. */
  const stack: { readonly state: number; readonly open: number[] }[] = [];
  const enter = (state: number): void => {
    successors.look(store.states, state * words);
    glimpses.look(successors, path);
    stack.push({ state, open: path.length < DEPTH_MAX ? enabledSteps(successors, steps).reverse() : [] });
  };
  store.add(successors.initial);
  enter(0);
  for (let top = stack.at(-1); top !== undefined && store.size < STATES_MAX; top = stack.at(-1)) {
    const step = top.open.pop();
    if (step === undefined) {
      stack.pop();
      path.pop();
      continue;
    }
    successors.look(store.states, top.state * words);
    successors.apply(step, next);
    if (!store.add(next)) continue;
    path.push(step);
    enter(store.size - 1);
  }
  return glimpses;
}

function enabledSteps({ enabled }: Successors, steps: Int32Array): number[] {
  const able: number[] = [];
  for (let word = 0; word < steps.length; word++) {
    for (let bits = enabled[word]! & steps[word]!; bits !== 0; bits &= bits - 1) able.push((word << 5) + 31 - Math.clz32(bits & -bits));
  }
  return able;
}
