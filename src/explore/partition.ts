/**
 * Which components to fold into which of two blocks: those that determine one another belong together, so that each
 * block has few states.
 *
 * The states that a search finds first are the sample; from the combinations that a set of components shows in it follows
 * an estimate of how many block states there will be. Clusters are merged greedily, then single components are moved
 * while the sum of the two block sizes shrinks. The choice affects speed only: any partition gives the same states.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { tableSuccessors } from '../compile/successors.ts';
import type { KeptExploration } from './exploration.ts';
import { LIMITS_DEFAULT } from './limits.ts';
import { searchPlainly } from './plainSearch.ts';

/** States that are searched for where nobody did before. */
const REACHED_MAX = 30_000;
/** States that are looked at. */
const SAMPLES_MAX = 2_500;

type Reached = Pick<KeptExploration, 'states' | 'forEachState'>;
/** Merging prefers sets that stay small over sets that merely compress. */
const SIZE_WEIGHT = 2;

interface Cluster {
  readonly parts: readonly number[];
  /** By sample: a number that two samples share exactly when all parts agree (up to collisions of 32 bits). */
  readonly labels: Int32Array;
  /** Estimated number of combinations. */
  readonly size: number;
}

/**
 * Component numbers of two blocks, the one that will have more states first. Together they are all components. `reached` is
 * a search that found the nearest states, if there was one.
 */
export function partition(network: CompiledNetwork, reached: Reached = nearest(network)): readonly [readonly number[], readonly number[]] {
  const samples = sample(reached);
  const estimate = estimator(samples.length);
  const single = network.automata.map((_, component): Cluster => {
    const labels = Int32Array.from(samples, (locals) => label(component, locals[component]!));
    return { parts: [component], labels, size: estimate(labels) };
  });
  const still = single.filter(({ size }) => size === 1);
  const varying = single.filter(({ size }) => size > 1);
  const [first, second] = moved(merged(varying, estimate), single, estimate);
  const [larger, smaller] = first.size >= second.size ? [first, second] : [second, first];
  return [larger.parts, [...smaller.parts, ...still.flatMap(({ parts }) => parts)]];
}

/** Local states of all components in some of the states reached, evenly spread. */
function sample({ states, forEachState }: Reached): Int32Array[] {
  const samples: Int32Array[] = [];
  const every = Math.ceil(states / SAMPLES_MAX);
  let state = 0;
  forEachState((locals) => {
    if (state++ % every === 0) samples.push(locals.slice());
  });
  return samples;
}

/** A search for the states nearest to the initial one. */
function nearest(network: CompiledNetwork): Reached {
  const search = searchPlainly(network, [], { limits: { ...LIMITS_DEFAULT, statesMax: REACHED_MAX } }, tableSuccessors(network));
  let slice = search.next();
  while (slice.done !== true) slice = search.next();
  return slice.value;
}

/** A 32-bit number for a component in a local state; sums of these stand for combinations. */
function label(component: number, local: number): number {
  let h = Math.imul(component + 1, 0x9e37_79b1) ^ Math.imul(local + 1, 0x85eb_ca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a_2d39);
  return h ^ (h >>> 15);
}

/**
 * Estimates how many different numbers there are from a sample of `length`: those seen, and as many unseen as those seen
 * once or twice suggest (Chao, "Nonparametric estimation of the number of classes in a population", 1984).
 */
function estimator(length: number): (labels: Int32Array) => number {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(length, 1) * 2));
  const slots = new Int32Array(capacity);
  const stamps = new Int32Array(capacity);
  const counts = new Int32Array(capacity);
  let stamp = 0;
  return (labels) => {
    stamp++;
    let [seen, once, twice] = [0, 0, 0];
    for (let index = 0; index < labels.length; index++) {
      const value = labels[index]!;
      let slot = (Math.imul(value, 0x9e37_79b1) >>> 8) & (capacity - 1);
      while (stamps[slot] === stamp && slots[slot] !== value) slot = (slot + 1) & (capacity - 1);
      if (stamps[slot] !== stamp) {
        stamps[slot] = stamp;
        slots[slot] = value;
        counts[slot] = 1;
        seen++;
        once++;
      } else if (++counts[slot]! === 2) {
        once--;
        twice++;
      } else if (counts[slot] === 3) twice--;
    }
    return seen + (once * (once - 1)) / (2 * (twice + 1));
  };
}

type Estimate = (labels: Int32Array) => number;

const sum = (a: Int32Array, b: Int32Array): Int32Array => a.map((value, index) => (value + b[index]!) | 0);
const difference = (a: Int32Array, b: Int32Array): Int32Array => a.map((value, index) => (value - b[index]!) | 0);

const joined = (a: Cluster, b: Cluster, estimate: Estimate): Cluster => {
  const labels = sum(a.labels, b.labels);
  return { parts: [...a.parts, ...b.parts], labels, size: estimate(labels) };
};

/** Merges the pair that grows least, until two clusters are left. */
function merged(start: readonly Cluster[], estimate: Estimate): readonly [Cluster, Cluster] {
  const empty: Cluster = { parts: [], labels: start[0]?.labels.map(() => 0) ?? new Int32Array(0), size: 1 };
  let clusters = [...start];
  const pairs = new Map<Cluster, Map<Cluster, Cluster>>();
  const pair = (a: Cluster, b: Cluster): Cluster => {
    const row = pairs.get(a) ?? new Map<Cluster, Cluster>();
    pairs.set(a, row);
    const known = row.get(b) ?? joined(a, b, estimate);
    row.set(b, known);
    return known;
  };
  while (clusters.length > 2) {
    let best: { readonly a: Cluster; readonly b: Cluster; readonly both: Cluster; readonly growth: number } | undefined;
    for (const [index, a] of clusters.entries()) {
      for (const b of clusters.slice(index + 1)) {
        const both = pair(a, b);
        const growth = SIZE_WEIGHT * Math.log2(both.size) - Math.log2(a.size) - Math.log2(b.size);
        if (best === undefined || growth < best.growth) best = { a, b, both, growth };
      }
    }
    const { a, b, both } = best!;
    pairs.delete(a);
    pairs.delete(b);
    clusters = [...clusters.filter((one) => one !== a && one !== b), both];
  }
  return [clusters[0] ?? empty, clusters[1] ?? empty];
}

/** Moves single components from one block to the other while the sum of the sizes shrinks. */
function moved(start: readonly [Cluster, Cluster], single: readonly Cluster[], estimate: Estimate): readonly [Cluster, Cluster] {
  const cost = (blocks: readonly [Cluster, Cluster]): number => blocks[0].size + blocks[1].size;
  let best = start;
  for (;;) {
    let better: readonly [Cluster, Cluster] | undefined;
    for (const [from, to] of [best, [best[1], best[0]] as const]) {
      for (const part of from.parts.length > 1 ? from.parts : []) {
        const { labels } = single[part]!;
        const less = difference(from.labels, labels);
        const more = sum(to.labels, labels);
        const candidate = [
          { parts: from.parts.filter((one) => one !== part), labels: less, size: estimate(less) },
          { parts: [...to.parts, part], labels: more, size: estimate(more) },
        ] as const;
        if (cost(candidate) < cost(better ?? best)) better = candidate;
      }
    }
    if (better === undefined) return best;
    best = better;
  }
}
