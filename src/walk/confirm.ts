/** A violation found by walking, shown to be one by XState itself. */
import { confirm } from '../trace/confirm.ts';
import { EngineError, replay, type Trace } from '../trace/replay.ts';
import type { Run, Walker } from './walker.ts';

/**
 * Replays the path of `run` on XState and tests there what `run` says of its last state. Throws an EngineError where the
 * two disagree.
 */
export function confirmed({ network, stepper, watchlist }: Walker, run: Run): Trace {
  if (run.violated === undefined) throw new EngineError(`network ${network.name}: a walk was reported although it violates nothing`);
  const { property, conjunction, onlyQuiescent } = run.violated;
  const trace = replay(network, run.path, stepper.instances);
  confirm(network, trace, property.name, watchlist.conjunctions[conjunction]!, onlyQuiescent);
  return trace;
}
