/** A trace that is about to be reported, shown by XState itself to end where it is said to end. */
import type { AnyMachineSnapshot } from 'xstate';
import type { LocalState } from '../model/component.ts';
import type { Network, StepInstance } from '../model/network.ts';
import type { Conjunction } from '../model/property.ts';
import { EngineError, type Trace } from './replay.ts';

/**
 * Tests on the snapshots of a replayed trace that its last state satisfies `conjunction` and, where that is claimed, that it
 * is quiescent. Throws an EngineError naming `property` where the tables and XState disagree.
 */
export function confirm(network: Network, trace: Trace, property: string, conjunction: Conjunction, onlyQuiescent: boolean): void {
  const last = trace.states.at(-1)!;
  for (const { component, label, test } of conjunction) {
    if (!test(last.get(component)!)) throw new EngineError(`property '${property}': after replay, ${component} ${label} is false`);
  }
  if (!onlyQuiescent) return;
  const moving = network.instances().find((step) => step.environment !== true && isEnabled(step, last));
  if (moving) throw new EngineError(`property '${property}': after replay, the state is not quiescent, ${moving.label} is enabled`);
}

/** Whether XState would take `step` in the snapshots of `state`. */
export function isEnabled(step: StepInstance, state: ReadonlyMap<string, LocalState>): boolean {
  return (
    (step.when ?? []).every(({ component, test }) => test(state.get(component)!)) &&
    step.moves.every(({ component, event }) => {
      const snapshot = state.get(component) as AnyMachineSnapshot;
      return snapshot.status === 'active' && snapshot.machine.getTransitionData(snapshot, event).length > 0;
    })
  );
}
