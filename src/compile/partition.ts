/**
 * Which components to fold into which of two blocks: those that determine one another belong together, so that each
 * block has few states.
 *
 * Random walks give a sample of global states; the number of distinct combinations that a set of components shows in the
 * sample stands for the number of block states. Clusters are merged greedily, then single components are moved while the
 * sum of the two block sizes shrinks. The choice affects speed only: any partition gives the same states.
 */
import type { CompiledNetwork } from './compile.ts';
import { tableSuccessors } from './successors.ts';

const WALKS = 96;
const STEPS_PER_WALK = 512;
const SAMPLES_MAX = 6_000;
/** Merging prefers sets that stay small over sets that merely compress. */
const SIZE_WEIGHT = 2;

interface Cluster {
  readonly parts: readonly number[];
  /** By sample: a number that two samples share exactly when all parts agree (up to collisions of 32 bits). */
  readonly labels: Int32Array;
  readonly size: number;
}

/** Two disjoint sets of component numbers that together are all of them. */
export function partition(network: CompiledNetwork): readonly [readonly number[], readonly number[]] {
  const samples = sample(network);
  const distinct = counter(samples.length);
  const single = network.automata.map((_, component): Cluster => {
    const labels = Int32Array.from(samples, (locals) => label(component, locals[component]!));
    return { parts: [component], labels, size: distinct(labels) };
  });
  const still = single.filter(({ size }) => size === 1);
  const varying = single.filter(({ size }) => size > 1);
  const [first, second] = moved(merged(varying, distinct), single, distinct);
  return [[...first.parts, ...still.flatMap(({ parts }) => parts)], second.parts];
}

/** Local states of all components in states met by random walks with a fixed seed. */
function sample(network: CompiledNetwork): Int32Array[] {
  const successors = tableSuccessors(network);
  const { fields } = network.layout;
  const steps = network.steps.length;
  const state = new Int32Array(successors.words);
  const random = generator();
  const met: Int32Array[] = [];
  const enabled: number[] = [];
  for (let walk = 0; walk < WALKS; walk++) {
    state.set(successors.initial);
    for (let length = 0; length < STEPS_PER_WALK; length++) {
      met.push(Int32Array.from(fields, (field) => (state[field.word]! >>> field.shift) & field.mask));
      successors.look(state, 0);
      enabled.length = 0;
      for (let step = 0; step < steps; step++) if ((successors.enabled[step >> 5]! & (1 << (step & 31))) !== 0) enabled.push(step);
      if (enabled.length === 0) break;
      successors.apply(enabled[random(enabled.length)]!, state);
    }
  }
  const stride = Math.ceil(met.length / SAMPLES_MAX);
  return met.filter((_, index) => index % stride === 0);
}

/** A small generator of whole numbers below a bound; the same sequence in every run. */
function generator(): (bound: number) => number {
  let state = 0x2545_f491;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** A 32-bit number for a component in a local state; sums of these stand for combinations. */
function label(component: number, local: number): number {
  let h = Math.imul(component + 1, 0x9e37_79b1) ^ Math.imul(local + 1, 0x85eb_ca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a_2d39);
  return h ^ (h >>> 15);
}

/** Counts distinct numbers in arrays of `length`, without allocating. */
function counter(length: number): (labels: Int32Array) => number {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(length, 1) * 2));
  const slots = new Int32Array(capacity);
  const stamps = new Int32Array(capacity);
  let stamp = 0;
  return (labels) => {
    stamp++;
    let count = 0;
    for (let index = 0; index < labels.length; index++) {
      const value = labels[index]!;
      let slot = (Math.imul(value, 0x9e37_79b1) >>> 8) & (capacity - 1);
      while (stamps[slot] === stamp && slots[slot] !== value) slot = (slot + 1) & (capacity - 1);
      if (stamps[slot] === stamp) continue;
      stamps[slot] = stamp;
      slots[slot] = value;
      count++;
    }
    return count;
  };
}

type Distinct = (labels: Int32Array) => number;

const sum = (a: Int32Array, b: Int32Array): Int32Array => a.map((value, index) => (value + b[index]!) | 0);
const difference = (a: Int32Array, b: Int32Array): Int32Array => a.map((value, index) => (value - b[index]!) | 0);

const joined = (a: Cluster, b: Cluster, distinct: Distinct): Cluster => {
  const labels = sum(a.labels, b.labels);
  return { parts: [...a.parts, ...b.parts], labels, size: distinct(labels) };
};

/** Merges the pair that grows least, until two clusters are left. */
function merged(start: readonly Cluster[], distinct: Distinct): readonly [Cluster, Cluster] {
  const empty: Cluster = { parts: [], labels: start[0]?.labels.map(() => 0) ?? new Int32Array(0), size: 1 };
  let clusters = [...start];
  const pairs = new Map<Cluster, Map<Cluster, Cluster>>();
  const pair = (a: Cluster, b: Cluster): Cluster => {
    const row = pairs.get(a) ?? new Map<Cluster, Cluster>();
    pairs.set(a, row);
    const known = row.get(b) ?? joined(a, b, distinct);
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
function moved(start: readonly [Cluster, Cluster], single: readonly Cluster[], distinct: Distinct): readonly [Cluster, Cluster] {
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
          { parts: from.parts.filter((one) => one !== part), labels: less, size: distinct(less) },
          { parts: [...to.parts, part], labels: more, size: distinct(more) },
        ] as const;
        if (cost(candidate) < cost(better ?? best)) better = candidate;
      }
    }
    if (better === undefined) return best;
    best = better;
  }
}
