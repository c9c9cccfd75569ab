/**
 * A path of step numbers, replayed on real XState snapshots with XState's public `transition()`.
 *
 * Nothing is reported before it has been through here: the tables are an optimisation, XState is the definition.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, initialTransition, transition } from 'xstate';
import type { LocalState } from '../model/component.ts';
import type { Network, StepInstance } from '../model/network.ts';

/** What one component did in a step. */
export interface Change {
  readonly component: string;
  readonly event: string;
  readonly before: LocalState;
  readonly after: LocalState;
}

export interface TraceStep {
  readonly step: StepInstance;
  /** Kernel functions, in order: those of the transitions taken, then the step's own. */
  readonly cites: readonly string[];
  readonly changes: readonly Change[];
}

/** A trace: `states[i]` holds before `steps[i]`; one more state than steps. States are keyed by component. */
export interface Trace {
  readonly steps: readonly TraceStep[];
  readonly states: readonly ReadonlyMap<string, LocalState>[];
  /**
   * Of a run that goes on for ever: the number of the state that it comes back to, equal to the last one. Where no step
   * follows it, the run stays there.
   */
  readonly loop?: number;
}

/** The tables and XState disagree: a defect of the checker, never of a model. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** Replays `path` (numbers into `network.instances()`). Throws an EngineError where a step is not enabled in XState. */
export function replay(network: Network, path: readonly number[], instances: readonly StepInstance[] = network.instances()): Trace {
  const machines = new Map([...network.parts()].map(([name, part]) => [name, part.machine] as const));
  let state = new Map([...network.parts()].map(([name, part]) => [name, initialOf(part.machine, part.input)] as const));
  const states: ReadonlyMap<string, LocalState>[] = [state];
  const steps: TraceStep[] = [];
  for (const number of path) {
    const step = instances[number];
    if (step === undefined) throw new EngineError(`network ${network.name} has no step number ${number}`);
    for (const { component, label, test } of step.when ?? []) {
      if (!test(present(state, component))) throw new EngineError(`${step.label} was taken although ${component} ${label} is false`);
    }
    const next = new Map(state);
    const changes: Change[] = [];
    const cites: string[] = [];
    for (const { component, event } of step.moves) {
      const before = present(state, component);
      const machine = present(machines, component);
      const selected = machine.getTransitionData(before, event);
      if (before.status !== 'active' || selected.length === 0) {
        throw new EngineError(`${step.label} was taken although ${component} does not accept ${event.type}`);
      }
      const [after] = transition(machine, before, event);
      cites.push(...selected.flatMap((one) => citesOf(one.meta)));
      next.set(component, after as AnyMachineSnapshot);
      changes.push({ component, event: event.type, before, after: after as AnyMachineSnapshot });
    }
    steps.push({ step, cites: [...new Set([...cites, ...(step.cite ?? [])])], changes });
    state = next;
    states.push(state);
  }
  return { steps, states };
}

/** The citations in a transition's meta: `{ cites: [...] }`. */
export function citesOf(meta: unknown): readonly string[] {
  if (typeof meta !== 'object' || meta === null || !('cites' in meta) || !Array.isArray(meta.cites)) return [];
  return meta.cites.map(String);
}

function initialOf(machine: AnyStateMachine, input: unknown): AnyMachineSnapshot {
  return initialTransition(machine, input)[0] as AnyMachineSnapshot;
}

function present<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new EngineError(`no component is named ${name}`);
  return found;
}
