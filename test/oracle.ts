/**
 * The same questions answered slowly: a network interpreted on XState's public functions alone, with no code of
 * src/derive, src/compile or src/explore. What the engine says is compared with what this says.
 */
import { type AnyMachineSnapshot, type EventObject, initialTransition, transition } from 'xstate';
import { tableSuccessors } from '../src/compile/successors.ts';
import type { CompiledNetwork } from '../src/compile/compile.ts';
import type { Observation } from '../src/model/component.ts';
import type { Network, StepInstance } from '../src/model/network.ts';

/** A global state: one snapshot per component. */
export type Global = ReadonlyMap<string, AnyMachineSnapshot>;

export interface Graph {
  /** Distance from the initial state, by state. */
  readonly depths: ReadonlyMap<string, number>;
  /** `from | label | to`, sorted. */
  readonly edges: readonly string[];
}

/** The text of a local state. Context fields are sorted, so that two ways to the same state agree. */
export function localKey({ status, value, context }: Pick<AnyMachineSnapshot, 'status' | 'value' | 'context'>): string {
  return JSON.stringify([status, sorted(value), sorted(context)]);
}

export function globalKey(state: Global): string {
  return [...state].map(([name, local]) => `${name}=${localKey(local)}`).join('; ');
}

export function initialGlobal(network: Network): Global {
  return new Map([...network.parts()].map(([name, part]) => [name, initialTransition(part.machine, part.input)[0] as AnyMachineSnapshot]));
}

/** The local state after `event`, or undefined where it is not accepted. */
export function take(local: AnyMachineSnapshot, event: EventObject): AnyMachineSnapshot | undefined {
  if (local.status !== 'active' || local.machine.getTransitionData(local, event).length === 0) return undefined;
  return transition(local.machine, local, event)[0] as AnyMachineSnapshot;
}

export function satisfies(state: Global, observations: readonly Observation[]): boolean {
  return observations.every(({ component, test }) => test(localOf(state, component)));
}

/** The state after `step`, or undefined where it is not enabled. */
export function fire(state: Global, step: StepInstance): Global | undefined {
  if (!satisfies(state, step.when ?? [])) return undefined;
  const next = new Map(state);
  for (const { component, event } of step.moves) {
    const after = take(localOf(state, component), event);
    if (after === undefined) return undefined;
    next.set(component, after);
  }
  return next;
}

export interface Interpreted extends Graph {
  readonly deadlocks: number;
  readonly quiescent: number;
  readonly states: ReadonlyMap<string, Global>;
}

/** Breadth-first search of the whole network. */
export function interpret(network: Network): Interpreted {
  const steps = network.instances();
  const initial = initialGlobal(network);
  const states = new Map([[globalKey(initial), initial]]);
  const depths = new Map([[globalKey(initial), 0]]);
  const edges: string[] = [];
  let deadlocks = 0;
  let quiescent = 0;
  for (const [from, state] of states) {
    const enabled = steps.flatMap((step) => {
      const next = fire(state, step);
      return next ? [{ step, next }] : [];
    });
    if (enabled.length === 0) deadlocks++;
    if (enabled.every(({ step }) => step.environment === true)) quiescent++;
    for (const { step, next } of enabled) {
      const to = globalKey(next);
      edges.push(`${from} | ${step.label} | ${to}`);
      if (states.has(to)) continue;
      states.set(to, next);
      depths.set(to, (depths.get(from) ?? Number.NaN) + 1);
    }
  }
  return { states, depths, edges: edges.sort(), deadlocks, quiescent };
}

/** The graph behind the packed core, spelled out in local states: every state and edge that `explore` counts. */
export function unpack(compiled: CompiledNetwork): Graph {
  const successors = tableSuccessors(compiled);
  const depths = new Map([[decode(compiled, successors.initial), 0]]);
  const edges: string[] = [];
  const open: Int32Array[] = [successors.initial];
  for (const state of open) {
    const from = decode(compiled, state);
    successors.look(state, 0);
    compiled.steps.forEach(({ instance }, step) => {
      if (((successors.enabled[step >> 5] ?? 0) & (1 << (step & 31))) === 0) return;
      const next = new Int32Array(successors.words);
      successors.apply(step, next);
      const to = decode(compiled, next);
      edges.push(`${from} | ${instance.label} | ${to}`);
      if (depths.has(to)) return;
      depths.set(to, (depths.get(from) ?? Number.NaN) + 1);
      open.push(next);
    });
  }
  return { depths, edges: edges.sort() };
}

function decode({ parts, automata, layout }: CompiledNetwork, state: Int32Array): string {
  return globalKey(
    new Map(
      parts.map((name, component) => {
        const field = layout.fields[component];
        const automaton = automata[component];
        if (field === undefined || automaton === undefined) throw new RangeError(`no component ${component}`);
        return [name, automaton.snapshot(((state[field.word] ?? 0) >>> field.shift) & field.mask)] as const;
      }),
    ),
  );
}

function localOf(state: Global, component: string): AnyMachineSnapshot {
  const local = state.get(component);
  if (local === undefined) throw new RangeError(`no component ${component}`);
  return local;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
