/**
 * Where an obligation is open: the states that do not satisfy `to`, reached from one that satisfies `from` through states
 * that do not either. Found nearest first, so that what is found in it first ends a shortest counterexample.
 */
import type { Budget } from './budget.ts';
import { type Groups, meets } from './fairness.ts';
import { type Graph, hasBit } from './graph.ts';

/** The bits of the conjunctions of one obligation. */
export interface Question {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

export interface Region {
  /** Its states, in the order of their distance from the initial state through an opening of the obligation. */
  readonly states: Int32Array;
  /** By state: the state it was reached from, OPENS where the obligation opens, or OUTSIDE. */
  readonly came: Int32Array;
  /** The nearest of its states in which no fair owner can move. Where there is one, no other states are looked for. */
  readonly rest: number | undefined;
}

const OUTSIDE = -2;
export const OPENS = -1;

/** Bytes per state that `regionOf` takes. */
export const REGION_BYTES = 9;

const FROM = 1;
const TO = 2;
const REST = 4;

export function regionOf(graph: Graph, question: Question, groups: Groups, budget: Budget): Region {
  const { size, starts, targets, levels } = graph;
  const flags = flagsOf(graph, question, groups, budget);
  const came = new Int32Array(size).fill(OUTSIDE);
  const found = new Int32Array(size);
  let count = 0;
  const enter = (state: number, from: number): void => {
    if ((flags[state]! & TO) !== 0 || came[state] !== OUTSIDE) return;
    came[state] = from;
    found[count++] = state;
  };
  let next = 0;
  for (let level = 0; level < levels.length; level++) {
    // Those of this distance that were reached from others are in already; now those where the obligation opens.
    const end = levels[level + 1] ?? size;
    for (let state = levels[level]!; state < end; state++) if ((flags[state]! & FROM) !== 0) enter(state, OPENS);
    // After the last level the rest is one plain search.
    for (const last = level + 1 < levels.length ? count : Number.POSITIVE_INFINITY; next < Math.min(last, count); next++) {
      budget.spend();
      const state = found[next]!;
      if ((flags[state]! & REST) !== 0) return { states: found.subarray(0, count), came, rest: state };
      for (let edge = starts[state]!; edge < starts[state + 1]!; edge++) enter(targets[edge]!, state);
    }
  }
  return { states: found.subarray(0, count), came, rest: undefined };
}

/** By state: whether it satisfies one of `from`, one of `to`, and whether no fair owner can move in it. */
function flagsOf(graph: Graph, { from, to }: Question, { fair }: Groups, budget: Budget): Uint8Array {
  const flags = new Uint8Array(graph.size);
  for (let state = 0; state < graph.size; state++) {
    budget.spend();
    const row = graph.bits(state);
    let flag = meets(row, fair) ? 0 : REST;
    for (let each = 0; each < from.length; each++) if (hasBit(row, from[each]!)) flag |= FROM;
    for (let each = 0; each < to.length; each++) if (hasBit(row, to[each]!)) flag |= TO;
    flags[state] = flag;
  }
  return flags;
}
