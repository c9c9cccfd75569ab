/** Properties of a network, answered by one exhaustive search, and a second pass for those that it cannot answer. */
import { type CompiledNetwork, compile } from '../compile/compile.ts';
import { confirmed } from '../liveness/confirm.ts';
import { type Answers, inquiryOf, isLate, type LateProperty, secondPass } from '../liveness/secondPass.ts';
import { ModelError } from '../model/error.ts';
import type { Network } from '../model/network.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { confirm } from '../trace/confirm.ts';
import { replay, type Trace } from '../trace/replay.ts';
import { type ExploreOptions, type Exploration, explore } from './explore.ts';
import { type LimitReached, LIMITS_DEFAULT } from './limits.ts';
import type { Watch } from './watch.ts';

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

export interface CheckOptions extends Omit<ExploreOptions, 'untilAny'> {
  /** Ends the search as soon as every property named here is violated (or, for a `sometimes`, witnessed). */
  readonly untilDecided?: readonly string[];
}

/** A check before its search has run: what to explore, with which options, and what the outcome means. */
export interface Plan {
  readonly compiled: CompiledNetwork;
  readonly watches: readonly Watch[];
  readonly options: ExploreOptions;
  conclude(exploration: Exploration): Check;
  /** The shortest replayed path to the premise of the property `name`, if the search met it. */
  premise(exploration: Exploration, name: string): Trace | undefined;
}

/** Checks `properties` on `network`. Every trace in the result has been replayed on XState. */
export function check(network: Network, properties: readonly Property[], options: CheckOptions = {}): Check {
  const plan = planCheck(network, properties, options);
  return plan.conclude(explore(plan.compiled, plan.watches, plan.options));
}

/** Prepares a check whose search the caller runs himself, in slices. */
export function planCheck(network: Network, properties: readonly Property[], options: CheckOptions = {}): Plan {
  const { conjunctions, watches, names, targets, premises } = watchesOf(properties);
  const decided = new Set(options.untilDecided ?? []);
  const untilAny = targets.filter((_, index) => decided.has(properties[index]?.name ?? ''));
  const traces = (exploration: Exploration, wanted: readonly number[]): ReadonlyMap<number, Trace> => {
    const paths = wanted.length === 0 ? [] : exploration.paths(wanted);
    return new Map(
      wanted.map((watch, index) => {
        const trace = replay(network, paths[index] ?? []);
        confirm(network, trace, names[watch] ?? network.name, conjunctions[watch] ?? [], watches[watch]?.onlyQuiescent === true);
        return [watch, trace];
      }),
    );
  };
  return {
    compiled: compile(network, conjunctions),
    watches,
    options: { ...options, untilAny },
    conclude: (exploration) => {
      const first = targets.map((own) => shortest(exploration, own));
      const found = traces(
        exploration,
        first.flatMap((watch) => watch ?? []),
      );
      const results = properties.map((property, index): Result => {
        const watch = first[index];
        const trace = watch === undefined ? undefined : found.get(watch);
        return { property, verdict: verdictOf(property, trace, conjunctions[watch ?? -1], exploration, premises[index]) };
      });
      return { exploration, results };
    },
    premise: (exploration, name) => {
      const premise = premises[properties.findIndex((property) => property.name === name)];
      if (premise === undefined || exploration.seen[premise] === undefined) return undefined;
      return traces(exploration, [premise]).get(premise);
    },
  };
}

/** One watch per conjunction, so that watch and conjunction numbers agree. */
function watchesOf(properties: readonly Property[]) {
  const conjunctions: Conjunction[] = [];
  const watches: Watch[] = [];
  const names: string[] = [];
  const watch = (name: string, conjunction: Conjunction, onlyQuiescent: boolean): number => {
    names.push(name);
    watches.push({ conjunction: conjunctions.length, onlyQuiescent });
    return conjunctions.push(conjunction) - 1;
  };
  const targets = properties.map((property) =>
    property.kind === 'sometimes'
      ? property.reaches.map((reached) => watch(property.name, reached, false))
      : property.forbids.map((forbidden) => watch(property.name, forbidden, property.kind === 'quiescent')),
  );
  const premises = properties.map((property) =>
    property.kind === 'sometimes' ? undefined : watch(property.name, property.premise, false),
  );
  return { conjunctions, watches, names, targets, premises };
}

/** Of `watches`, the one that was reached by the fewest steps. */
function shortest({ seen }: Exploration, watches: readonly number[]): number | undefined {
  return watches
    .filter((watch) => seen[watch] !== undefined)
    .reduce<number | undefined>((best, watch) => (best !== undefined && seen[best]! <= seen[watch]! ? best : watch), undefined);
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
  return premise !== undefined && exploration.seen[premise] === undefined
    ? { tag: 'vacuous', premise: property.premise }
    : { tag: 'holds' };
}

function undecided(exploration: Exploration): Verdict | undefined {
  if (exploration.limit !== undefined) return { tag: 'unknown', limit: exploration.limit };
  return exploration.early ? { tag: 'unknown', limit: 'early' } : undefined;
}
