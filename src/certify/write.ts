/** Writes the certificate of a finished search: every state it found, for a checker that shares no code with it. */
import { gzipSync } from 'node:zlib';
import type { CompiledNetwork } from '../compile/compile.ts';
import type { KeptExploration } from '../explore/exploration.ts';
import { UsageError } from '../model/error.ts';
import { FORMAT, type Header } from './verify.ts';

/** States of one certificate: as many as the checker's Set can hold. */
export const CERTIFIED_STATES_MAX = 2 ** 24;
/** Local states of one component: what two bytes can number. */
const LOCALS_MAX = 2 ** 16;

/** The certificate that `network` has the states of `exploration`, and `properties` with them. */
export function certificate(
  network: CompiledNetwork,
  exploration: KeptExploration,
  claim: Pick<Header, 'suite' | 'scenario' | 'properties'>,
): Buffer {
  const { states, limit, early } = exploration;
  const width = network.parts.length;
  if (limit !== undefined || early) {
    throw new UsageError(
      `${claim.suite}: the search was not finished (${limit ?? 'early'}), so there is nothing to certify; raise the limit or choose smaller bounds`,
    );
  }
  if (states > CERTIFIED_STATES_MAX) {
    throw new UsageError(
      `${claim.suite}: ${states} states are more than the ${CERTIFIED_STATES_MAX} of a certificate; choose smaller bounds`,
    );
  }
  const columns = columnsOf(exploration, width);
  const used = columns.map(usedLocals);
  const header: Header = {
    format: FORMAT,
    suite: claim.suite,
    network: network.name,
    scenario: claim.scenario,
    properties: claim.properties,
    states,
    components: network.automata.map((automaton, component) => ({
      name: automaton.name,
      states: used[component]!.map((local) => {
        const { value, context } = automaton.state(local);
        return { value, context };
      }),
    })),
  };
  const order = sorted(columns, states);
  const body = columns.map((column, component) => written(column, order, used[component]!));
  return gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...body]));
}

/** By component: its local state in every state. */
function columnsOf(exploration: KeptExploration, width: number): Uint16Array[] {
  const columns = Array.from({ length: width }, () => new Uint16Array(exploration.states));
  let state = 0;
  exploration.forEachState((locals) => {
    for (let component = 0; component < width; component++) columns[component]![state] = locals[component]!;
    state++;
  });
  return columns;
}

/** The local states that occur in a column, in the order of their numbers. */
const usedLocals = (column: Uint16Array): number[] => [...new Set(column)].sort((a, b) => a - b);

/**
 * The numbers of the states, in the order of their contents: neighbours look alike, and compress well. Sorted by counting, by
 * the last component first and stably by each one before it.
 */
function sorted(columns: readonly Uint16Array[], states: number): Int32Array {
  let order = Int32Array.from({ length: states }, (_, state) => state);
  for (const column of columns.toReversed()) {
    const ends = new Int32Array(LOCALS_MAX + 1);
    for (const local of column) ends[local + 1]!++;
    if (ends[1] === states) continue;
    for (let local = 1; local < ends.length; local++) ends[local]! += ends[local - 1]!;
    const next = new Int32Array(states);
    for (const state of order) next[ends[column[state]!]!++] = state;
    order = next;
  }
  return order;
}

/** A column in `order`, its local states numbered by their place in `used`. */
function written(column: Uint16Array, order: Int32Array, used: readonly number[]): Buffer {
  const numbers = new Uint16Array(LOCALS_MAX);
  used.forEach((local, number) => (numbers[local] = number));
  const bytes = Buffer.alloc(order.length * 2);
  order.forEach((state, at) => bytes.writeUInt16LE(numbers[column[state]!]!, at * 2));
  return bytes;
}
