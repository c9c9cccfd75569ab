/** A violation found by walking, shown to be one by XState itself. */
import type { AnyMachineSnapshot } from 'xstate';
import type { LocalState } from '../model/component.ts';
import type { StepInstance } from '../model/network.ts';
import { EngineError, replay, type Trace } from '../trace/replay.ts';
import type { Run, Walker } from './walker.ts';

/**
 * Replays the path of `run` on XState and tests there what `run` says of its last state. Throws an EngineError where the
 * two disagree.
 */
export function confirmed({ network, stepper, watchlist }: Walker, run: Run): Trace {
  const trace = replay(network, run.path, stepper.instances);
  const last = trace.states.at(-1)!;
  if (run.violated === undefined) throw new EngineError(`network ${network.name}: a walk was reported although it violates nothing`);
  const { property, conjunction, onlyQuiescent } = run.violated;
  for (const { component, label, test } of watchlist.conjunctions[conjunction]!) {
    if (!test(last.get(component)!)) throw new EngineError(`property '${property.name}': after replay, ${component} ${label} is false`);
  }
  if (onlyQuiescent) {
    const machines = network.parts();
    const moving = stepper.instances.find((step) => step.environment !== true && isEnabled(step, last, machines));
    if (moving) throw new EngineError(`property '${property.name}': after replay, the state is not quiescent, ${moving.label} is enabled`);
  }
  return trace;
}

function isEnabled(step: StepInstance, state: ReadonlyMap<string, LocalState>, machines: ReturnType<Walker['network']['parts']>): boolean {
  return (
    (step.when ?? []).every(({ component, test }) => test(state.get(component)!)) &&
    step.moves.every(({ component, event }) => {
      const snapshot = state.get(component) as AnyMachineSnapshot;
      return snapshot.status === 'active' && machines.get(component)!.machine.getTransitionData(snapshot, event).length > 0;
    })
  );
}
