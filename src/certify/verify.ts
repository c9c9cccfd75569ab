/**
 * The independent checker of certificates. It shares no code with derivation, compilation or search: local states and
 * steps come from XState's public functions, and global states are looked up in a plain Set.
 *
 * Confirmed is that the listed states contain the initial one, are closed under every step, and that the named properties
 * hold of them: then no run breaks one, whatever the search did. Listing states that cannot be reached does no harm.
 *
 * A certificate is gzip of a header, one line of JSON, and then for each component one column: the number of its local state
 * in each listed state, two bytes, low byte first.
 */
import { gunzipSync } from 'node:zlib';
import { type AnyMachineSnapshot, type EventObject, initialTransition, transition } from 'xstate';
import type { Component, LocalState, Observation } from '../model/component.ts';
import type { Network, Value } from '../model/network.ts';
import type { Property } from '../model/property.ts';

export const FORMAT = 'rxproof certificate 1';

export interface Header {
  readonly format: string;
  readonly suite: string;
  readonly network: string;
  readonly scenario: Readonly<Record<string, Value>>;
  /** Names of what is certified. */
  readonly properties: readonly string[];
  readonly states: number;
  readonly components: readonly { readonly name: string; readonly states: readonly LocalState[] }[];
}

export type Verification =
  | { readonly tag: 'confirmed'; readonly header: Header; readonly transitions: number; readonly quiescent: number }
  | { readonly tag: 'refused'; readonly why: string };

/** A network, and properties of it. */
export interface Subject {
  readonly network: Network;
  readonly properties: readonly Property[];
}

/** Confirms or refuses the certificate in `file`; `rebuild` gives the network of its header. Whatever goes wrong refuses it. */
export function verify(file: Uint8Array, rebuild: (header: Header) => Subject): Verification {
  try {
    const { header, rows } = read(file);
    return { tag: 'confirmed', header, ...confirm(header, rows, rebuild(header)) };
  } catch (error) {
    return { tag: 'refused', why: error instanceof Error ? error.message : String(error) };
  }
}

function refuse(why: string): never {
  throw new Error(why);
}

/** The header, and the listed states: a row of numbers each, one per component. */
function read(file: Uint8Array): { readonly header: Header; readonly rows: Uint16Array } {
  const bytes = gunzipSync(file);
  const start = bytes.indexOf('\n') + 1;
  const header = JSON.parse(bytes.toString('utf8', 0, start)) as Header;
  if (header.format !== FORMAT) refuse(`the format is '${header.format}'; this checker reads '${FORMAT}'`);
  const [count, width] = [header.states, header.components.length];
  if (count * width * 2 !== bytes.length - start) refuse(`the header says ${count} states of ${width} components, but there are others`);
  const rows = new Uint16Array(count * width);
  header.components.forEach(({ name, states }, part) => {
    for (let state = 0; state < count; state++) {
      const local = bytes.readUInt16LE(start + (part * count + state) * 2);
      if (local >= Math.min(states.length, UNLISTED)) refuse(`state ${state}: ${name} has no local state ${local}`);
      rows[state * width + part] = local;
    }
  });
  return { header, rows };
}

/** Stand for a local state: an event that is not accepted leads to none, another leads to one that is not listed. */
const [NONE, UNLISTED] = [0xffff, 0xfffe];

/** A predicate on the component number `part`, by its local states. */
type Test = { readonly part: number; readonly holds: readonly boolean[] };

/** A local state as text, its records in the order of their keys: equal text, equal state. */
const textOf = ({ value, context }: LocalState): string => JSON.stringify([value, context], inOrder);
const inOrder = (_: string, item: unknown): unknown =>
  typeof item !== 'object' || item === null || Array.isArray(item)
    ? item
    : Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The component number `part` on its listed local states: where a predicate holds, and where an event leads. */
function onListed({ machine, input }: Component, listed: readonly LocalState[], part: number) {
  const snapshots = listed.map((one) => machine.resolveState(one as Parameters<typeof machine.resolveState>[0]) as AnyMachineSnapshot);
  const numbers = new Map(snapshots.map((snapshot, number) => [textOf(snapshot), number]));
  const numberOf = (snapshot: unknown): number => numbers.get(textOf(snapshot as LocalState)) ?? UNLISTED;
  const after = (from: AnyMachineSnapshot, event: EventObject): number =>
    from.status === 'active' && from.can(event) ? numberOf(transition(machine, from, event)[0]) : NONE;
  return {
    snapshots,
    initial: numberOf(initialTransition(machine, input)[0]),
    test: (test: Observation['test']): Test => ({ part, holds: snapshots.map((snapshot) => test(snapshot)) }),
    move: (event: EventObject) => ({ part, next: snapshots.map((from) => after(from, event)) }),
  };
}

function confirm(header: Header, rows: Uint16Array, { network, properties }: Subject) {
  const names = [...network.parts().keys()];
  const width = names.length;
  const [listed, given] = [header.components.map(({ name }) => name).join(' '), names.join(' ')];
  if (header.network !== network.name || listed !== given)
    refuse(`it is of ${header.network} (${listed}), not of ${network.name} (${given})`);
  const parts = [...network.parts().values()].map((component, part) => onListed(component, header.components[part]!.states, part));
  const at = (name: string) => parts[names.indexOf(name)]!;
  const tests = (all: readonly Observation[]): Test[] => all.map(({ component, test }) => at(component).test(test));
  const steps = network.instances().map(({ label, environment, moves, when }) => {
    const taken = moves.map(({ component, event }) => at(component).move(event));
    const accepted = taken.map(({ part, next }) => ({ part, holds: next.map((to) => to !== NONE) }));
    return { label, internal: environment !== true, taken, tests: [...tests(when ?? []), ...accepted] };
  });
  const claims = header.properties.map((name) => {
    const property = properties.find((one) => one.name === name);
    if (property?.kind !== 'never' && property?.kind !== 'quiescent') return refuse(`'${name}' is not an invariant of the network`);
    return { name, kind: property.kind, forbids: property.forbids.map(tests), premise: tests(property.premise), reached: false };
  });

  const describe = (row: number): string =>
    `state ${row / width}:${parts.map(({ snapshots }, part) => `\n  ${names[part]} ${textOf(snapshots[rows[row + part]!]!)}`).join('')}`;
  const known = new Set<string>();
  const keyOf = (from: Uint16Array, row: number): string => Buffer.from(from.buffer, row * 2, width * 2).toString('latin1');
  for (let row = 0; row < rows.length; row += width) known.add(keyOf(rows, row));
  if (known.size !== header.states) refuse(`it lists ${header.states} states, but only ${known.size} different ones`);
  const next = Uint16Array.from(parts, ({ initial }) => initial);
  if (!known.has(keyOf(next, 0))) refuse('the initial state is not listed');
  let [transitions, quiescent] = [0, 0];
  for (let row = 0; row < rows.length; row += width) {
    const satisfies = (all: readonly Test[]): boolean => all.every(({ part, holds }) => holds[rows[row + part]!]);
    const enabled = steps.filter((step) => satisfies(step.tests));
    for (const { label, taken } of enabled) {
      next.set(rows.subarray(row, row + width));
      for (const { part, next: to } of taken) next[part] = to[next[part]!]!;
      if (!known.has(keyOf(next, 0))) refuse(`${label} leads out of the listed states, from ${describe(row)}`);
    }
    const still = !enabled.some(({ internal }) => internal);
    for (const claim of claims) {
      claim.reached ||= satisfies(claim.premise);
      if ((still || claim.kind === 'never') && claim.forbids.some(satisfies)) refuse(`'${claim.name}' does not hold in ${describe(row)}`);
    }
    [transitions, quiescent] = [transitions + enabled.length, quiescent + Number(still)];
  }
  const unmet = claims.find(({ reached }) => !reached);
  if (unmet) refuse(`'${unmet.name}' says nothing: its premise holds in no listed state`);
  return { transitions, quiescent };
}
