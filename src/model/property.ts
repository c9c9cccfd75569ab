/**
 * What is claimed of a network: conjunctions of predicates on one component each, so that they compile to bitsets.
 *
 * A claim that forbids something carries its premise: a situation that must be reachable for the claim to mean
 * anything. A premise that is never reached makes the verdict `vacuous`, not `holds`.
 */
import type { Observation } from './component.ts';
import type { StepInstance } from './network.ts';

/** All of these, at once. */
export type Conjunction = readonly Observation[];

export type Property =
  | { readonly kind: 'never'; readonly name: string; readonly forbids: readonly Conjunction[]; readonly premise: Conjunction }
  | { readonly kind: 'quiescent'; readonly name: string; readonly forbids: readonly Conjunction[]; readonly premise: Conjunction }
  | { readonly kind: 'sometimes'; readonly name: string; readonly reaches: readonly Conjunction[] }
  | { readonly kind: 'leadsTo'; readonly name: string; readonly cases: readonly Obligation[]; readonly fairness: Fairness }
  | { readonly kind: 'neverStep'; readonly name: string; readonly forbids: readonly Transition[]; readonly premise: Conjunction };

/** Wherever one of `from` holds, one of `to` must hold there or later. */
export interface Obligation {
  readonly from: readonly Conjunction[];
  readonly to: readonly Conjunction[];
}

/**
 * Who may not stop. Steps of the system itself are grouped by owner, and every owner is weakly fair unless named here: an
 * owner that could take some step for ever without interruption takes one. Which one is its choice, and a step that changes
 * nothing counts: an owner may spin. Environment steps may always stop, and never do anything for their owner's fairness.
 */
export interface Fairness {
  /** Owners that may stop at any time, like the environment. */
  readonly unfair?: readonly string[];
  /** Owners that take a step infinitely often if they could infinitely often, with interruptions too. */
  readonly strong?: readonly string[];
  /** Names of environment steps that are assumed to go on: they count as their owner's own. */
  readonly willing?: readonly string[];
}

/** A transition by one of some steps, from a state that satisfies `before` to one that satisfies `after`. */
export interface Transition {
  /** Which steps are meant; all of them if left out. */
  readonly step?: (step: StepInstance) => boolean;
  readonly before: Conjunction;
  readonly after: Conjunction;
}

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

/** Every reachable state that satisfies one of `from` satisfies one of `to`, or is followed by one that does, on every fair run. */
export function leadsTo(name: string, from: readonly Conjunction[], to: readonly Conjunction[], fairness: Fairness = {}): Property {
  return eachLeadsTo(name, [{ from, to }], fairness);
}

/** The same for each of several: what holds of one packet by the end of that packet, not of another one. */
export function eachLeadsTo(name: string, cases: readonly Obligation[], fairness: Fairness = {}): Property {
  return { kind: 'leadsTo', name, cases, fairness };
}

/** No transition is one of `forbids`. It says something if `premise` is reached and one of the steps meant is ever taken. */
export function neverStep(name: string, forbids: readonly Transition[], premise: Conjunction): Property {
  return { kind: 'neverStep', name, forbids, premise };
}

/** What must be reachable for `property` to say anything: one of these. Nothing for a `sometimes`. */
export function premisesOf(property: Property): readonly Conjunction[] {
  switch (property.kind) {
    case 'never':
    case 'quiescent':
    case 'neverStep':
      return [property.premise];
    case 'leadsTo':
      return property.cases.flatMap(({ from }) => from);
    case 'sometimes':
      return [];
  }
}

/** The negation of a predicate. */
export function not(observation: Observation): Observation {
  return {
    component: observation.component,
    label: `not: ${observation.label}`,
    test: (state) => !observation.test(state),
  };
}
