/**
 * Which steps get in each other's way, computed exactly from the tables.
 *
 * Two steps are independent if, in every combination of local states in which both are enabled, neither disables the other
 * and both orders lead to the same state. As a step is a conjunction over components, that can be looked up component by
 * component: they are dependent if each component they share has a local state that allows both, and one of them has such a
 * state in which they clash. What a step observes is in its column, so a read against a write is a clash where it matters
 * and only there.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { DISABLED } from '../derive/automaton.ts';
import { type Behaviours, behavioursOf, UNTOUCHED } from './behaviour.ts';

export interface Dependence {
  /** Words per row of steps. */
  readonly words: number;
  /** By step: a row of the steps that depend on it. */
  readonly dependent: Int32Array;
  /** By step: the components that may forbid it. */
  readonly guards: readonly (readonly Guard[])[];
}

/** A component that may forbid a step. */
export interface Guard {
  readonly component: number;
  /** The steps that lead from a local state that forbids the step to one that allows it. */
  readonly enabling: Int32Array;
  /** How many they are. */
  readonly count: number;
}

/** The dependence of the steps of `network`. */
export function dependenceOf(network: CompiledNetwork): Dependence {
  const behaviours = behavioursOf(network);
  const steps = network.steps.length;
  const words = (steps + 31) >> 5;
  const pairs = behaviours.columns.map(comparisonsOf);
  const touched = Array.from({ length: steps }, (_, step) =>
    behaviours.columnOf.flatMap((columnOf, component) => (columnOf[step] === UNTOUCHED ? [] : [component])),
  );
  const dependent = new Int32Array(steps * words);
  for (let one = 0; one < steps; one++) {
    for (let other = 0; other < one; other++) {
      if (!areDependent(behaviours, pairs, touched[one]!, one, other)) continue;
      dependent[one * words + (other >> 5)]! |= 1 << (other & 31);
      dependent[other * words + (one >> 5)]! |= 1 << (one & 31);
    }
  }
  const guardsAt = behaviours.columns.map((columns, component) =>
    columns.map((column) => guardOf(component, column, columns, behaviours.columnOf[component]!, words)),
  );
  const guards = touched.map((components, step) =>
    components.flatMap((component) => guardsAt[component]![behaviours.columnOf[component]![step]!] ?? []),
  );
  return { words, dependent, guards };
}

const TOGETHER = 1;
const CLASH = 2;

/** For each two columns of one component: whether some local state allows both, and whether they clash in one. */
function comparisonsOf(columns: readonly Int32Array[]): Uint8Array {
  const pairs = new Uint8Array(columns.length ** 2);
  columns.forEach((one, row) => {
    for (let other = 0; other <= row; other++) {
      pairs[row * columns.length + other] = pairs[other * columns.length + row] = compare(one, columns[other]!);
    }
  });
  return pairs;
}

function compare(one: Int32Array, other: Int32Array): number {
  let together = 0;
  for (let local = 0; local < one.length; local++) {
    const afterOne = one[local]!;
    const afterOther = other[local]!;
    if (afterOne === DISABLED || afterOther === DISABLED) continue;
    together = TOGETHER;
    const both = other[afterOne]!;
    if (both === DISABLED || both !== one[afterOther]!) return TOGETHER | CLASH;
  }
  return together;
}

function areDependent(
  { columns, columnOf }: Behaviours,
  pairs: readonly Uint8Array[],
  shared: readonly number[],
  one: number,
  other: number,
) {
  let clash = false;
  for (const component of shared) {
    const right = columnOf[component]![other]!;
    if (right === UNTOUCHED) continue;
    const found = pairs[component]![columnOf[component]![one]! * columns[component]!.length + right]!;
    if ((found & TOGETHER) === 0) return false;
    if ((found & CLASH) !== 0) clash = true;
  }
  return clash;
}

/** What can end that `component` forbids the steps of `column`; nothing if it never forbids them. */
function guardOf(component: number, column: Int32Array, columns: readonly Int32Array[], columnOf: Int32Array, words: number): Guard | [] {
  if (!column.includes(DISABLED)) return [];
  const enables = columns.map((other) =>
    other.some((next, local) => next !== DISABLED && column[local] === DISABLED && column[next] !== DISABLED),
  );
  const enabling = new Int32Array(words);
  let count = 0;
  columnOf.forEach((number, step) => {
    if (number === UNTOUCHED || !enables[number]!) return;
    enabling[step >> 5]! |= 1 << (step & 31);
    count++;
  });
  return { component, enabling, count };
}
