/**
 * Every reachable state with its edges, as three flat arrays (compressed sparse rows): what a question about endings,
 * cycles or single transitions needs and a search for bad states does not keep.
 */
import { blockSuccessors } from '../compile/blockSuccessors.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import { stepBits } from '../compile/maskRows.ts';
import { type Successors, tableSuccessors } from '../compile/successors.ts';
import { partition } from '../explore/partition.ts';
import { EngineError } from '../trace/replay.ts';
import type { Budget } from './budget.ts';
import { Numbering } from './numbering.ts';

/** What the search that was there before has counted. */
export interface Counts {
  readonly states: number;
  readonly transitions: number;
}

/** Below this many states setting up blocks costs more than it saves. */
const FIELDS_STATES_MAX = 30_000;

/** Steps that 16 bits can number. */
const SHORT_STEPS_MAX = 0x1_0000;

export interface Graph {
  readonly size: number;
  readonly steps: number;
  /** The edges of state `s` are those from `starts[s]` up to `starts[s + 1]`, in the order of their steps. */
  readonly starts: Int32Array;
  readonly targets: Int32Array;
  readonly stepOf: Uint16Array | Uint32Array;
  /** Number of the first state of each level, and after the last one the number of states. Level 0 is the initial state. */
  readonly levels: readonly number[];
  /** By state: the state it was first reached from, one level before. The initial state has itself. */
  readonly parents: Int32Array;
  /** The bit row of a state: its enabled steps, then the conjunctions it satisfies. Overwritten by the next call. */
  bits(state: number): Int32Array;
}

/** Explores `network` once more, keeping what it sees. Throws a LimitHit when that takes too much time or memory. */
export function graphOf(network: CompiledNetwork, { states, transitions }: Counts, budget: Budget): Graph {
  const successors = states <= FIELDS_STATES_MAX ? tableSuccessors(network) : blockSuccessors(network, partition(network));
  const { words } = successors;
  const count = network.steps.length;
  const ofSteps = stepBits(count);
  const stepBytes = count <= SHORT_STEPS_MAX ? 2 : 4;
  budget.hold(Numbering.bytes(words, states) + (2 * states + 1) * 4 + transitions * (4 + stepBytes));
  const numbering = new Numbering(words, states);
  const starts = new Int32Array(states + 1);
  const parents = new Int32Array(states);
  const targets = new Int32Array(transitions);
  const stepOf = stepBytes === 2 ? new Uint16Array(transitions) : new Uint32Array(transitions);
  const levels = [0];
  const next = new Int32Array(words);
  let edge = 0;
  numbering.number(successors.initial);
  for (let state = 0, levelEnd = 1; state < numbering.size; state++) {
    budget.spend();
    if (state === levelEnd) {
      levels.push(state);
      levelEnd = numbering.size;
    }
    starts[state] = edge;
    successors.look(numbering.states, state * words);
    for (let word = 0; word < ofSteps.length; word++) {
      for (let bits = successors.enabled[word]! & ofSteps[word]!; bits !== 0; bits &= bits - 1) {
        const step = (word << 5) + (31 - Math.clz32(bits & -bits));
        successors.apply(step, next);
        const before = numbering.size;
        const target = numbering.number(next);
        if (target === before) parents[target] = state;
        targets[edge] = target;
        stepOf[edge++] = step;
      }
    }
  }
  if (numbering.size !== states || edge !== transitions) {
    throw new EngineError(
      `network ${network.name}: ${states} states and ${transitions} transitions were explored, then ${numbering.size} and ${edge}`,
    );
  }
  starts[states] = edge;
  levels.push(states);
  return { size: states, steps: count, starts, targets, stepOf, levels, parents, bits: bitsOf(successors, numbering) };
}

function bitsOf(successors: Successors, { states, words }: Numbering): Graph['bits'] {
  return (state) => {
    successors.look(states, state * words);
    return successors.enabled;
  };
}

/** Whether bit `bit` of `row` is set. */
export const hasBit = (row: Int32Array, bit: number): boolean => (row[bit >> 5]! & (1 << (bit & 31))) !== 0;
