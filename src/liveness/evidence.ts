/** What a trace shows of a property of the second pass: where an obligation opens for good, or which transition is forbidden. */
import type { Conjunction, Obligation, Transition } from '../model/property.ts';
import type { Trace } from '../trace/replay.ts';

export interface Opened {
  readonly obligation: Obligation;
  /** The number of the state in which it opens, and what it satisfies there. */
  readonly at: number;
  readonly from: Conjunction;
}

/** The first of `cases` that opens on `trace` and is open ever after, where it does so first. */
export function openedIn(cases: readonly Obligation[], { states }: Trace): Opened | undefined {
  for (const obligation of cases) {
    const met = states.findLastIndex((state) => obligation.to.some((conjunction) => holds(conjunction, state)));
    for (let at = met + 1; at < states.length; at++) {
      const from = obligation.from.find((conjunction) => holds(conjunction, states[at]!));
      if (from !== undefined) return { obligation, at, from };
    }
  }
  return undefined;
}

/** The one of `forbids` that the last step of `trace` is. */
export function transitionOf(forbids: readonly Transition[], { steps, states }: Trace): Transition | undefined {
  const last = steps.at(-1);
  const [from, to] = [states.at(-2), states.at(-1)];
  if (last === undefined || from === undefined || to === undefined) return undefined;
  return forbids.find(({ step, before, after }) => (step?.(last.step) ?? true) && holds(before, from) && holds(after, to));
}

/** Whether `state` satisfies `conjunction`. */
function holds(conjunction: Conjunction, state: Trace['states'][number]): boolean {
  return conjunction.every(({ component, test }) => {
    const local = state.get(component);
    return local !== undefined && test(local);
  });
}
