/** Properties of a network, answered by one exhaustive search, and a second pass for those that it cannot answer. */
import { type CompiledNetwork, compile } from '../compile/compile.ts';
import { confirmed } from '../liveness/confirm.ts';
import { type Answers, inquiryOf, isLate, type LateProperty, secondPass } from '../liveness/secondPass.ts';
import type { Network } from '../model/network.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { confirm } from '../trace/confirm.ts';
import { replay, type Trace } from '../trace/replay.ts';
import type { Exploration, ExploreOptions } from './exploration.ts';
import { explore } from './explore.ts';
import { type LimitReached, LIMITS_DEFAULT } from './limits.ts';
import type { Glimpse } from './quickPass.ts';
import type { Watch } from './watch.ts';

export type Verdict =
  /** Exhausted: within the scenario's bounds no counterexample exists. A `sometimes` carries its witness. */
  | { readonly tag: 'holds'; readonly witness?: Trace }
  /**
   * A `sometimes` that is never reached has no trace. `forbidden` is what the last state of the trace satisfies. `glimpse`
   * is what the quick pass saw; if the search met its limit before it came that far, the trace is that one: `longer`.
   */
  | {
      readonly tag: 'violated';
      readonly trace?: Trace;
      readonly forbidden?: Conjunction;
      readonly glimpse?: Glimpse;
      readonly longer?: LimitReached;
    }
  | { readonly tag: 'unknown'; readonly limit: LimitReached }
  /**
   * Nothing breaks the claim, but its premise is never reached (or there is none), so it says nothing; or that is reached and
   * none of the steps that the claim is about is ever taken.
   */
  | { readonly tag: 'vacuous'; readonly premise: Conjunction; readonly untaken?: true };

export interface Result {
  readonly property: Property;
  readonly verdict: Verdict;
}

export interface Check {
  readonly results: readonly Result[];
  readonly exploration: Exploration;
}

export interface CheckOptions extends Omit<ExploreOptions, 'untilAny'> {
  /**
   * Ends the search as soon as every property named here is violated (or, for a `sometimes`, witnessed). A `leadsTo` or
   * `neverStep` among them needs the whole search; one that is not among them is left undecided.
   */
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
  const { conjunctions, watches, names, targets, premises, numberOf } = watchesOf(properties);
  const decided = new Set(options.untilDecided ?? []);
  const untilAny = targets.filter((_, index) => decided.has(properties[index]?.name ?? ''));
  const late = properties.filter(isLate).filter(({ name }) => options.untilDecided === undefined || decided.has(name));
  const compiled = compile(network, conjunctions);
  const bitOf = (conjunction: Conjunction): number => compiled.conjunctionsFrom + numberOf(conjunction);
  const inquiries = new Map(late.map((property) => [property, inquiryOf(property, compiled, bitOf)]));
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
    compiled,
    watches,
    options: { ...options, untilAny },
    conclude: (exploration) => {
      const reached = withGlimpses(exploration);
      const first = targets.map((own) => shortest(reached, own));
      const found = traces(
        reached,
        first.flatMap((watch) => watch ?? []),
      );
      const answers: Answers = undecided(exploration)
        ? new Map<Property, LimitReached>()
        : secondPass(compiled, exploration, inquiries, { ...LIMITS_DEFAULT, ...options.limits });
      const results = properties.map((property, index): Result => {
        const watch = first[index];
        const trace = watch === undefined ? undefined : found.get(watch);
        const unmet = premises[index]?.find((group) => shortest(exploration, group) === undefined);
        const context = { exploration, premise: unmet && (conjunctions[unmet[0] ?? -1] ?? []) };
        if (isLate(property)) return { property, verdict: lateVerdict(property, network, answers, context) };
        const verdict = verdictOf(property, trace, conjunctions[watch ?? -1], context);
        return {
          property,
          verdict: verdict.tag === 'violated' ? { ...verdict, ...glimpsed(exploration, targets[index] ?? [], watch) } : verdict,
        };
      });
      return { exploration, results };
    },
    premise: (exploration, name) => {
      const premise = shortest(exploration, premises[properties.findIndex((property) => property.name === name)]?.flat() ?? []);
      return premise === undefined ? undefined : traces(exploration, [premise]).get(premise);
    },
  };
}

/** `exploration`, which a limit may have ended, and what the quick pass saw where it did not come. */
function withGlimpses(exploration: Exploration): Exploration {
  const { limit, seen, paths, glimpses } = exploration;
  if (limit === undefined || glimpses === undefined) return exploration;
  return {
    ...exploration,
    seen: seen.map((steps, watch) => steps ?? glimpses[watch]?.path.length),
    paths: (wanted) => {
      const own = wanted.filter((watch) => seen[watch] !== undefined);
      const found = new Map(paths(own).map((path, index) => [own[index], path]));
      return wanted.map((watch) => found.get(watch) ?? [...(glimpses[watch]?.path ?? [])]);
    },
  };
}

/** What a counterexample says of the quick pass: what it saw of the property's `targets`, and whether `watch` is from there. */
function glimpsed({ seen, limit, glimpses }: Exploration, targets: readonly number[], watch: number | undefined) {
  const glimpse = targets.flatMap((target) => glimpses?.[target] ?? []).sort((a, b) => a.path.length - b.path.length)[0];
  const longer = watch !== undefined && seen[watch] === undefined ? limit : undefined;
  return { ...(glimpse && { glimpse }), ...(longer && { longer }) };
}

/** What a verdict depends on beside the trace. */
interface Context {
  readonly exploration: Exploration;
  /** A premise that was never reached. */
  readonly premise: Conjunction | undefined;
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
  const targets = properties.map((property) => {
    switch (property.kind) {
      case 'sometimes':
        return property.reaches.map((reached) => watch(property.name, reached, false));
      case 'never':
      case 'quiescent':
        return property.forbids.map((forbidden) => watch(property.name, forbidden, property.kind === 'quiescent'));
      case 'leadsTo':
      case 'neverStep':
        return [];
    }
  });
  // Groups of which each must have a member that is reached.
  const premises = properties.map((property) => {
    switch (property.kind) {
      case 'sometimes':
        return [];
      case 'never':
      case 'quiescent':
      case 'neverStep':
        return [[watch(property.name, property.premise, false)]];
      case 'leadsTo':
        return property.cases.length === 0 ? [[]] : property.cases.map(({ from }) => from.map((one) => watch(property.name, one, false)));
    }
  });
  // What only the second pass looks at has a number and no watch.
  for (const property of properties) conjunctions.push(...unwatchedOf(property).filter((one) => !conjunctions.includes(one)));
  return { conjunctions, watches, names, targets, premises, numberOf: (conjunction: Conjunction) => conjunctions.indexOf(conjunction) };
}

/** The conjunctions of `property` that the search itself need not look for. */
function unwatchedOf(property: Property): readonly Conjunction[] {
  switch (property.kind) {
    case 'never':
    case 'quiescent':
    case 'sometimes':
      return [];
    case 'leadsTo':
      return property.cases.flatMap(({ to }) => to);
    case 'neverStep':
      return property.forbids.flatMap(({ before, after }) => [before, after]);
  }
}

/** Of `watches`, the one that was reached by the fewest steps. */
function shortest({ seen }: Exploration, watches: readonly number[]): number | undefined {
  return watches
    .filter((watch) => seen[watch] !== undefined)
    .reduce<number | undefined>((best, watch) => (best !== undefined && seen[best]! <= seen[watch]! ? best : watch), undefined);
}

function verdictOf(
  property: Exclude<Property, LateProperty>,
  trace: Trace | undefined,
  forbidden: Conjunction | undefined,
  { exploration, premise }: Context,
): Verdict {
  if (property.kind === 'sometimes') {
    if (trace) return { tag: 'holds', witness: trace };
    return undecided(exploration) ?? { tag: 'violated' };
  }
  if (trace && forbidden) return { tag: 'violated', trace, forbidden };
  return undecided(exploration) ?? (premise === undefined ? { tag: 'holds' } : { tag: 'vacuous', premise });
}

function lateVerdict(property: LateProperty, network: Network, answers: Answers, { exploration, premise }: Context): Verdict {
  const unknown = undecided(exploration);
  if (unknown) return unknown;
  if (!answers.has(property)) return { tag: 'unknown', limit: 'early' };
  const answer = answers.get(property);
  if (typeof answer === 'string') return { tag: 'unknown', limit: answer };
  if (answer !== undefined) return { tag: 'violated', trace: confirmed(network, property, answer) };
  if (premise !== undefined) return { tag: 'vacuous', premise };
  return property.kind === 'neverStep' && !isTaken(property, network, exploration)
    ? { tag: 'vacuous', premise: property.premise, untaken: true }
    : { tag: 'holds' };
}

/** Whether one of the steps that `property` is about was ever taken. */
function isTaken({ forbids }: Extract<LateProperty, { readonly kind: 'neverStep' }>, network: Network, { fired }: Exploration): boolean {
  return network.instances().some((one, number) => fired[number] === 1 && forbids.some(({ step }) => step?.(one) ?? true));
}

function undecided(exploration: Exploration): Verdict | undefined {
  if (exploration.limit !== undefined) return { tag: 'unknown', limit: exploration.limit };
  return exploration.early ? { tag: 'unknown', limit: 'early' } : undefined;
}
