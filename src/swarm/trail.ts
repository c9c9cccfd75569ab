/** A trail of SPIN as a counterexample of our own: replayed on XState, and matched with the claim that it breaks. */
import { ModelError } from '../model/error.ts';
import type { Network } from '../model/network.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { confirm, isEnabled } from '../trace/confirm.ts';
import { replay, type Trace } from '../trace/replay.ts';

export interface Broken {
  readonly property: Property;
  readonly trace: Trace;
  /** What the last state satisfies. */
  readonly forbidden?: Conjunction;
}

/** The first of `properties` that the run along `path`, step numbers, breaks at its end. Throws if XState does not take it, or it breaks none. */
export function brokenBy(network: Network, properties: readonly Property[], path: readonly number[]): Broken {
  const trace = replay(network, path);
  for (const property of properties) {
    const found = brokenAtEnd(network, property, path, trace);
    if (found !== undefined) return found;
  }
  throw new ModelError(
    `network ${network.name}: the trail of ${path.length} steps is a run of the network, but it breaks none of its claims`,
  );
}

function brokenAtEnd(network: Network, property: Property, path: readonly number[], trace: Trace): Broken | undefined {
  const last = trace.states.at(-1)!;
  const holds = (conjunction: Conjunction, state = last): boolean =>
    conjunction.every(({ component, test }) => test(state.get(component)!));
  switch (property.kind) {
    case 'never':
    case 'quiescent': {
      const onlyQuiescent = property.kind === 'quiescent';
      if (onlyQuiescent && network.instances().some((step) => step.environment !== true && isEnabled(step, last))) return undefined;
      const forbidden = property.forbids.find((one) => holds(one));
      if (forbidden === undefined) return undefined;
      confirm(network, trace, property.name, forbidden, onlyQuiescent);
      return { property, trace, forbidden };
    }
    case 'neverStep':
      // SPIN sees a forbidden step where it starts.
      for (const [number, step] of network.instances().entries()) {
        const meant = property.forbids.filter((one) => (one.step?.(step) ?? true) && holds(one.before));
        if (meant.length === 0 || !isEnabled(step, last)) continue;
        const longer = replay(network, [...path, number]);
        if (meant.some(({ after }) => holds(after, longer.states.at(-1)))) return { property, trace: longer };
      }
      return undefined;
    case 'sometimes':
    case 'leadsTo':
      return undefined;
  }
}
