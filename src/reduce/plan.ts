/** A check whose search is reduced. The verdicts are those of the full search; what a reduction cannot decide is refused. */
import { blockSuccessors } from '../compile/blockSuccessors.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import { type Check, type CheckOptions, type Plan, planCheck } from '../explore/check.ts';
import type { Exploration, ExploreOptions } from '../explore/exploration.ts';
import { explore } from '../explore/explore.ts';
import { partition } from '../explore/partition.ts';
import type { Watch } from '../explore/watch.ts';
import { UsageError } from '../model/error.ts';
import type { Network } from '../model/network.ts';
import type { Property } from '../model/property.ts';
import type { Automorphism } from './automorphism.ts';
import { dependenceOf } from './dependence.ts';
import { groupOf } from './group.ts';
import { realised } from './realise.ts';
import { closedParts, type Representatives, representatives } from './representatives.ts';
import { stubbornSuccessors } from './stubborn.ts';

/** `por`: of many orders of independent steps, one. `symmetry`: of states that exchanges take to one another, one. */
export const REDUCTIONS = ['por', 'symmetry'] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export interface ReduceOptions extends Omit<CheckOptions, 'engine' | 'successors' | 'resume'> {
  readonly reduce: readonly Reduction[];
}

/** The kinds of property that the search under `reduce` decides: `por` keeps quiescent states, `symmetry` states, neither keeps runs. */
export function decides(reduce: readonly Reduction[], { kind }: Property): boolean {
  switch (kind) {
    case 'quiescent':
      return true;
    case 'never':
    case 'sometimes':
      return !reduce.includes('por');
    case 'leadsTo':
    case 'neverStep':
      return reduce.length === 0;
  }
}

/** Checks `properties` on `network` by a reduced search. */
export function checkReduced(network: Network, properties: readonly Property[], options: ReduceOptions): Check {
  const plan = planReduced(network, properties, options);
  return plan.conclude(explore(plan.compiled, plan.watches, plan.options));
}

/**
 * As `planCheck`; the outcome of a search is to be concluded before the next one begins. Throws a UsageError for a property
 * that the reduction cannot decide, or for symmetry without exchanges.
 */
export function planReduced(network: Network, properties: readonly Property[], { reduce, ...options }: ReduceOptions): Plan {
  const refused = properties.find((property) => !decides(reduce, property));
  if (refused !== undefined) {
    throw new UsageError(
      `--reduce ${reduce.join(',')} cannot decide '${refused.name}', which is a ${refused.kind} property: ${REASON[refused.kind]}; leave the reduction out, or name the properties to check`,
    );
  }
  const plan = planCheck(network, properties, options);
  if (reduce.length === 0) return plan;
  if (reduce.includes('symmetry') && network.exchanges.length === 0) {
    throw new UsageError(`--reduce symmetry: network '${network.name}' declares nothing that may be exchanged in this scenario`);
  }
  const search = new ReducedSearch(plan.compiled, reduce, network);
  const known = new WeakMap<Exploration, Exploration>();
  const real = (exploration: Exploration): Exploration => {
    const found = known.get(exploration) ?? search.real(plan.watches, options, exploration);
    known.set(exploration, found);
    return found;
  };
  return {
    ...plan,
    options: { ...plan.options, successors: search.build },
    conclude: (exploration) => plan.conclude(real(exploration)),
    premise: (exploration, name) => plan.premise(real(exploration), name),
  };
}

const REASON: Readonly<Record<Property['kind'], string>> = {
  quiescent: '',
  never: 'partial-order reduction passes by states that are not quiescent',
  sometimes: 'partial-order reduction passes by states that are not quiescent',
  leadsTo: 'it speaks of whole runs, and of which owner goes on',
  neverStep: 'it speaks of single transitions',
};

class ReducedSearch {
  readonly #group: readonly Automorphism[];
  readonly #network: CompiledNetwork;
  readonly #cuts: boolean;
  readonly #dependence: ReturnType<typeof dependenceOf> | undefined;
  #built: Representatives | undefined;

  constructor(network: CompiledNetwork, reduce: readonly Reduction[], { exchanges }: Network) {
    this.#network = network;
    this.#cuts = reduce.includes('por');
    this.#dependence = this.#cuts ? dependenceOf(network) : undefined;
    this.#group = groupOf(network, reduce.includes('symmetry') ? exchanges : []);
  }

  /** The successor function. Stubborn sets are chosen for representatives, so the two reductions combine. */
  readonly build = (): Representatives => {
    const whole = blockSuccessors(this.#network, closedParts(partition(this.#network), this.#group));
    const cut = this.#cuts ? stubbornSuccessors(this.#network, whole, this.#dependence) : whole;
    return (this.#built = representatives(this.#network, cut, this.#group));
  };

  /** `exploration`, the last search, in terms of the network itself. */
  real(watches: readonly Watch[], options: Pick<ExploreOptions, 'limits'>, exploration: Exploration): Exploration {
    const unfolded = this.#built === undefined ? exploration : realised(this.#network, watches, this.#group, this.#built, exploration);
    return this.#withPremises(watches, options, unfolded);
  }

  /**
   * Partial-order reduction may pass by a premise. One that was not met is looked for again without it, so that no property
   * is called vacuous that is not.
   */
  #withPremises(watches: readonly Watch[], { limits }: Pick<ExploreOptions, 'limits'>, exploration: Exploration): Exploration {
    const unmet = watches.flatMap(({ onlyQuiescent }, watch) => (!onlyQuiescent && exploration.seen[watch] === undefined ? [watch] : []));
    if (!this.#cuts || unmet.length === 0 || exploration.limit !== undefined || exploration.early) return exploration;
    const wanted = unmet.map((watch) => watches[watch]!);
    const again = explore(this.#network, wanted, { ...(limits && { limits }), untilAny: wanted.map((_, index) => [index]) });
    const { seen } = exploration;
    return {
      ...exploration,
      limit: again.limit,
      seen: seen.map((depth, watch) => (unmet.includes(watch) ? again.seen[unmet.indexOf(watch)] : depth)),
      paths: (targets) =>
        targets.map((watch) => (unmet.includes(watch) ? again.paths([unmet.indexOf(watch)]) : exploration.paths([watch]))[0] ?? []),
    };
  }
}
