/**
 * Partial-order reduction: of many orders of independent steps, one is enough, if only the states at the end matter.
 *
 * In a state where a step of the system itself is enabled, a search with stubborn sets (Valmari, "Stubborn sets for reduced
 * state space generation", 1990) takes the enabled steps of a set T only. T is closed under two rules:
 *
 *   1. an enabled step of T has every step that depends on it in T;
 *   2. for a disabled step of T, some component forbids it, and every step that can end that is in T;
 *
 * and it contains an enabled step k that is not the environment's. In a quiescent state all enabled steps are taken.
 *
 * What is preserved: exactly the reachable quiescent states, each at its shortest distance.
 * That none is added is plain: every step taken is a step of the network. That none is lost, nor further away: let q be
 * quiescent, and let u1 ... un be a shortest path to it from a state s that is visited; by induction on n, q is visited, n
 * steps after s. For n = 0 it is. If s is quiescent, u1 is taken, and the induction hypothesis speaks of the rest. If not:
 *
 *   - Some ui is in T. Were none, rule 1 says of k and each ui in turn that k stays enabled after it: so k, a step of the
 *     system, would be enabled in q, which is quiescent.
 *   - Take the first such ui. It is enabled in s: were it disabled, then by rule 2 a component goes on to forbid it until a
 *     step of T happens, and u1 ... u(i-1) are none.
 *   - So by rule 1 it is independent of each of u1 ... u(i-1), and remains enabled along them: s -ui-> s' and
 *     s' -u1 ... u(i-1) u(i+1) ... un-> q. The search takes ui, and s' is n - 1 steps from q.
 *
 * A deadlock is quiescent, so deadlocks are preserved too, and the numbers of both are those of the full search. Nothing
 * else is: a state that a `never`, a `sometimes`, a premise or a `leadsTo` speaks of may be passed by.
 */
import type { BlockSuccessors } from '../compile/blockSuccessors.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import { type Dependence, dependenceOf } from './dependence.ts';

/** `inner`, with the enabled steps of a state cut down to a stubborn set. */
export function stubbornSuccessors(network: CompiledNetwork, inner: BlockSuccessors, dependence = dependenceOf(network)): BlockSuccessors {
  const stubborn = new Stubborn(network, dependence);
  const locals = new Int32Array(network.parts.length);
  return {
    ...inner,
    get bytes() {
      return inner.bytes;
    },
    look(states, offset) {
      inner.look(states, offset);
      if (inner.quiescent()) return;
      inner.unpack(states, offset, locals);
      stubborn.cut(inner.enabled, locals);
    },
  };
}

class Stubborn {
  readonly #network: CompiledNetwork;
  readonly #dependence: Dependence;
  /** The bits of row word `word` that stand for steps. */
  readonly #stepBits: Int32Array;
  #set: Int32Array;
  #best: Int32Array;
  /** Members whose rule is still to be applied. */
  readonly #open: Int32Array;
  #openCount = 0;

  constructor(network: CompiledNetwork, dependence: Dependence) {
    const { words } = dependence;
    const steps = network.steps.length;
    this.#network = network;
    this.#dependence = dependence;
    this.#stepBits = new Int32Array(words).fill(-1);
    if (steps % 32 !== 0) this.#stepBits[words - 1] = (1 << (steps % 32)) - 1;
    this.#set = new Int32Array(words);
    this.#best = new Int32Array(words);
    this.#open = new Int32Array(steps);
  }

  /** Leaves in `enabled` the steps of the smallest stubborn set found; one is grown from each enabled step of the system. */
  cut(enabled: Int32Array, locals: Int32Array): void {
    const { words } = this.#dependence;
    let fewest = 0;
    for (let word = 0; word < words; word++) fewest += ones(enabled[word]! & this.#stepBits[word]!);
    if (fewest === 1) return;
    this.#best.fill(-1);
    for (let word = 0; word < words && fewest > 1; word++) {
      let seeds = enabled[word]! & this.#network.internal[word]!;
      for (; seeds !== 0 && fewest > 1; seeds &= seeds - 1) {
        const count = this.#grow((word << 5) + lowest(seeds), enabled, locals, fewest);
        if (count >= fewest) continue;
        fewest = count;
        [this.#best, this.#set] = [this.#set, this.#best];
      }
    }
    for (let word = 0; word < words; word++) enabled[word]! &= this.#best[word]! | ~this.#stepBits[word]!;
  }

  /** The closure of `seed`. Answers how many of its steps are enabled, or `tooMany` as soon as they are that many. */
  #grow(seed: number, enabled: Int32Array, locals: Int32Array, tooMany: number): number {
    const { dependent, words } = this.#dependence;
    this.#set.fill(0);
    this.#set[seed >> 5] = 1 << (seed & 31);
    this.#open[0] = seed;
    this.#openCount = 1;
    let count = 0;
    while (this.#openCount > 0) {
      const step = this.#open[--this.#openCount]!;
      if ((enabled[step >> 5]! & (1 << (step & 31))) === 0) {
        this.#include(this.#enabling(step, locals), 0);
      } else {
        if (++count === tooMany) return tooMany;
        this.#include(dependent, step * words);
      }
    }
    return count;
  }

  /** The steps that can end that some component forbids `step`: the component for which the fewest would be new. */
  #enabling(step: number, locals: Int32Array): Int32Array {
    const { guards } = this.#dependence;
    const { masks, maskWords } = this.#network;
    let chosen: Int32Array | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const { component, enabling, count } of guards[step]!) {
      if ((masks[component]![locals[component]! * maskWords + (step >> 5)]! & (1 << (step & 31))) !== 0) continue;
      const more = count === 0 ? 0 : this.#newIn(enabling);
      if (more >= fewest) continue;
      chosen = enabling;
      fewest = more;
      if (more === 0) break;
    }
    // A step that is not enabled is forbidden by some component.
    return chosen!;
  }

  #newIn(row: Int32Array): number {
    let count = 0;
    for (let word = 0; word < row.length; word++) count += ones(row[word]! & ~this.#set[word]!);
    return count;
  }

  #include(rows: Int32Array, offset: number): void {
    for (let word = 0; word < this.#set.length; word++) {
      let more = rows[offset + word]! & ~this.#set[word]!;
      this.#set[word]! |= more;
      for (; more !== 0; more &= more - 1) this.#open[this.#openCount++] = (word << 5) + lowest(more);
    }
  }
}

/** The position of the lowest bit that is set. */
function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** How many bits are set. */
function ones(bits: number): number {
  let b = bits - ((bits >>> 1) & 0x5555_5555);
  b = (b & 0x3333_3333) + ((b >>> 2) & 0x3333_3333);
  return Math.imul((b + (b >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
