/**
 * What is claimed of a network: conjunctions of predicates on one component each, so that they compile to bitsets.
 *
 * A claim that forbids something carries its premise: a situation that must be reachable for the claim to mean
 * anything. A premise that is never reached makes the verdict `vacuous`, not `holds`.
 */
import type { Observation } from './component.ts';

/** All of these, at once. */
export type Conjunction = readonly Observation[];

export type Property =
  | { readonly kind: 'never'; readonly name: string; readonly forbids: readonly Conjunction[]; readonly premise: Conjunction }
  | { readonly kind: 'quiescent'; readonly name: string; readonly forbids: readonly Conjunction[]; readonly premise: Conjunction }
  | { readonly kind: 'sometimes'; readonly name: string; readonly reaches: readonly Conjunction[] };

/** No reachable state satisfies any of `forbids`. */
export function never(name: string, forbids: readonly Conjunction[], premise: Conjunction): Property {
  return { kind: 'never', name, forbids, premise };
}

/**
 * Every reachable state that satisfies `premise` also satisfies each of `then`: an invariant.
 * Written out, it forbids `premise` together with the negation of each of them.
 */
export function always(name: string, premise: Conjunction, then: Conjunction): Property {
  return never(
    name,
    then.map((observation) => [...premise, not(observation)]),
    premise,
  );
}

/** No quiescent state (no internal step enabled) satisfies any of `forbids`: nothing is left undone for ever. */
export function quiescent(name: string, forbids: readonly Conjunction[], premise: Conjunction): Property {
  return { kind: 'quiescent', name, forbids, premise };
}

/** Some reachable state satisfies one of `reaches`; the shortest path to it is the witness. */
export function sometimes(name: string, reaches: readonly Conjunction[]): Property {
  return { kind: 'sometimes', name, reaches };
}

/** The negation of a predicate. */
export function not(observation: Observation): Observation {
  return {
    component: observation.component,
    label: `not: ${observation.label}`,
    test: (state) => !observation.test(state),
  };
}
