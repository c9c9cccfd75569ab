/** Properties of a network, answered by one exhaustive search. */
import { compile } from '../compile/compile.ts';
import type { Network } from '../model/network.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { EngineError, replay, type Trace } from '../trace/replay.ts';
import { type ExploreOptions, type Exploration, explore, type Watch } from './explore.ts';
import type { LimitReached } from './limits.ts';

export type Verdict =
  /** Exhausted: within the scenario's bounds no counterexample exists. A `sometimes` carries its witness. */
  | { readonly tag: 'holds'; readonly witness?: Trace }
  /** A `sometimes` that is never reached has no trace. */
  | { readonly tag: 'violated'; readonly trace?: Trace; readonly forbidden?: Conjunction }
  | { readonly tag: 'unknown'; readonly limit: LimitReached }
  /** Nothing breaks the claim, but its premise is never reached, so it says nothing. */
  | { readonly tag: 'vacuous'; readonly premise: Conjunction };

export interface Result {
  readonly property: Property;
  readonly verdict: Verdict;
}

export interface Check {
  readonly results: readonly Result[];
  readonly exploration: Exploration;
}

export interface CheckOptions extends ExploreOptions {
  /** Ends the search as soon as every property named here is violated (or, for a `sometimes`, witnessed). */
  readonly untilDecided?: readonly string[];
}

/** Checks `properties` on `network`. Every trace in the result has been replayed on XState. */
export function check(network: Network, properties: readonly Property[], options: CheckOptions = {}): Check {
  const plan = planOf(properties);
  const until = (options.untilDecided ?? []).flatMap((name) => {
    const property = properties.findIndex((one) => one.name === name);
    return property < 0 ? [] : [property];
  });
  const exploration = explore(compile(network, plan.conjunctions), plan.watches, {
    ...options,
    untilAny: until.map((property) => plan.targets[property] ?? []),
  });
  const instances = network.instances();
  const results = properties.map((property, index): Result => {
    const hits = (plan.targets[index] ?? []).flatMap((watch) => {
      const path = exploration.seen[watch];
      const conjunction = plan.conjunctions[watch];
      return path && conjunction ? [{ path, conjunction }] : [];
    });
    const first = hits.reduce<(typeof hits)[number] | undefined>((best, hit) => (best && best.path.length <= hit.path.length ? best : hit), undefined);
    const trace = first && replay(network, first.path, instances);
    if (trace && first) confirm(trace, first.conjunction, property.name);
    return { property, verdict: verdictOf(property, trace, first?.conjunction, exploration, plan.premises[index]) };
  });
  return { results, exploration };
}

function verdictOf(
  property: Property,
  trace: Trace | undefined,
  forbidden: Conjunction | undefined,
  exploration: Exploration,
  premise: number | undefined,
): Verdict {
  if (property.kind === 'sometimes') {
    if (trace) return { tag: 'holds', witness: trace };
    return undecided(exploration) ?? { tag: 'violated' };
  }
  if (trace && forbidden) return { tag: 'violated', trace, forbidden };
  const unknown = undecided(exploration);
  if (unknown) return unknown;
  return premise !== undefined && exploration.seen[premise] === undefined ? { tag: 'vacuous', premise: property.premise } : { tag: 'holds' };
}

function undecided(exploration: Exploration): Verdict | undefined {
  if (exploration.limit !== undefined) return { tag: 'unknown', limit: exploration.limit };
  return exploration.early ? { tag: 'unknown', limit: 'stopped' } : undefined;
}

/** The last state of a reported trace must satisfy, in XState, what the bits said it does. */
function confirm(trace: Trace, conjunction: Conjunction, name: string): void {
  const last = trace.states[trace.states.length - 1];
  for (const { component, label, test } of conjunction) {
    const state = last?.get(component);
    if (state === undefined || !test(state)) throw new EngineError(`property '${name}': after replay, ${component} ${label} is false`);
  }
}

/** One watch per conjunction, so that watch and conjunction numbers agree. */
function planOf(properties: readonly Property[]) {
  const conjunctions: Conjunction[] = [];
  const watches: Watch[] = [];
  const watch = (conjunction: Conjunction, onlyQuiescent: boolean): number => {
    watches.push({ conjunction: conjunctions.length, onlyQuiescent });
    return conjunctions.push(conjunction) - 1;
  };
  const targets = properties.map((property) =>
    property.kind === 'sometimes'
      ? property.reaches.map((reached) => watch(reached, false))
      : property.forbids.map((forbidden) => watch(forbidden, property.kind === 'quiescent')),
  );
  const premises = properties.map((property) => (property.kind === 'sometimes' ? undefined : watch(property.premise, false)));
  return { conjunctions, watches, targets, premises };
}
