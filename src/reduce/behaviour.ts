/**
 * What each step does to each component, as columns of the tables: two steps with the same column on a component cannot be
 * told apart there. All reductions are computed from these.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { DISABLED } from '../derive/automaton.ts';

/** The column number of a component that a step neither moves nor looks at. */
export const UNTOUCHED = -1;

export interface Behaviours {
  /** By component, its distinct columns: by local state, where the step leads, or DISABLED where the component forbids it. */
  readonly columns: readonly (readonly Int32Array[])[];
  /** By component, by step: the number of the column, or UNTOUCHED. */
  readonly columnOf: readonly Int32Array[];
}

/** The columns of every component of `network`. Events, observations and disabledness are all in them. */
export function behavioursOf(network: CompiledNetwork): Behaviours {
  const each = network.parts.map((_, component) => columnsOf(network, component));
  return { columns: each.map(({ columns }) => columns), columnOf: each.map(({ columnOf }) => columnOf) };
}

function columnsOf(network: CompiledNetwork, component: number) {
  const known = new Map<string, number>();
  const columns: Int32Array[] = [];
  const columnOf = Int32Array.from(network.steps, (_, step) => {
    const column = columnFor(network, component, step);
    if (column.every((next, local) => next === local)) return UNTOUCHED;
    const key = column.join();
    const number = known.get(key) ?? columns.push(column) - 1;
    known.set(key, number);
    return number;
  });
  return { columns, columnOf };
}

function columnFor({ automata, masks, maskWords, steps }: CompiledNetwork, component: number, step: number): Int32Array {
  const automaton = automata[component]!;
  const event = steps[step]!.moves.find((move) => move.component === component)?.event;
  const rows = masks[component]!;
  return Int32Array.from({ length: automaton.size }, (_, local) => {
    if ((rows[local * maskWords + (step >> 5)]! & (1 << (step & 31))) === 0) return DISABLED;
    return event === undefined ? local : automaton.next(local, event);
  });
}
