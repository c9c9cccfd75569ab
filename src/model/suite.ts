/**
 * What is claimed: properties of a family at a scenario, each with the verdict it is expected to have, and the bugs
 * that must break them. The command line, the reports and the tests all read the same suites.
 */
import { ModelError } from './error.ts';
import type { Network, Value } from './network.ts';
import type { Property } from './property.ts';
import { type Family, type Keys, type Scenario, scenarioOf } from './scenario.ts';

export type Tag = 'holds' | 'violated' | 'unknown' | 'vacuous';

/** A bug planted on purpose: the check must find it, or the property it should break is worth nothing. */
export interface Bug<N extends Network = Network> {
  /** `forget-missed`: unique, and the name on the command line. */
  readonly id: string;
  /** The row of the kernel notes' tables of mutations that it is, if it is one: `M4.2`. */
  readonly row?: string;
  /** One sentence: what is replaced, and what goes wrong. */
  readonly about: string;
  /** Names of the properties that must be `violated`. None, if the change is benign and everything must go on to hold. */
  readonly breaks: readonly string[];
  /** Scenario values that differ from the suite's. */
  readonly scenario?: Readonly<Record<string, Value>>;
  plant(network: N): N;
}

/** Larger bounds, and the size of the state space there: a change of it is an error. */
export interface Deep<S = Readonly<Record<string, Value>>> {
  readonly scenario: S;
  readonly states: number;
  readonly transitions: number;
}

export interface SuiteDefinition<K extends Keys, N extends Network> {
  /** `receive-path/1cpu`: the family, then what is special about the scenario. */
  readonly id: string;
  readonly family: Family<K, N>;
  /** Values that differ from the family's defaults: the bounds of the proof. */
  readonly scenario: Partial<Scenario<K>>;
  /** Larger bounds, for those who have minutes: values that differ from `scenario`. */
  readonly deep?: Deep<Partial<Scenario<K>>>;
  /** Bounds for random walks, larger than any exhaustive search could take. Values that differ from `scenario`. */
  readonly walk: Partial<Scenario<K>>;
  readonly properties: (network: N, scenario: Scenario<K>) => readonly Property[];
  /** Properties that the kernel really violates, with the reason; everything else is expected to hold. */
  readonly violates?: Readonly<Record<string, string>>;
  readonly bugs: readonly Bug<N>[];
}

/** A network with its properties, built for one scenario. */
export interface Built {
  readonly network: Network;
  readonly scenario: Readonly<Record<string, Value>>;
  readonly properties: readonly Property[];
}

/** A suite whose network type is forgotten. */
export interface Suite {
  readonly id: string;
  readonly family: Family;
  readonly scenario: Readonly<Record<string, Value>>;
  readonly walk: Readonly<Record<string, Value>>;
  readonly deep: Deep | undefined;
  readonly violates: Readonly<Record<string, string>>;
  readonly bugs: readonly Pick<Bug, 'id' | 'row' | 'about' | 'breaks' | 'scenario'>[];
  /** Builds at the suite's scenario, with `values` on top, and the bug named `bug` planted if given. */
  build(values?: Readonly<Record<string, Value>>, bug?: string): Built;
}

/** Declares a suite. */
export function suite<K extends Keys, N extends Network>(definition: SuiteDefinition<K, N>): Suite {
  const { id, family, properties, bugs } = definition;
  const own = definition.scenario as Readonly<Record<string, Value>>;
  return {
    id,
    family,
    scenario: own,
    walk: definition.walk as Readonly<Record<string, Value>>,
    deep: definition.deep && { ...definition.deep, scenario: { ...own, ...(definition.deep.scenario as Readonly<Record<string, Value>>) } },
    violates: definition.violates ?? {},
    bugs,
    build(values = {}, bugId) {
      const bug = bugs.find((one) => one.id === bugId);
      if (bugId !== undefined && bug === undefined) {
        throw new ModelError(`suite ${id} has no bug '${bugId}'; its bugs: ${bugs.map((one) => one.id).join(', ')}`);
      }
      const scenario = scenarioOf(family, { ...own, ...bug?.scenario, ...values });
      const sound = family.build(scenario);
      const network = bug ? bug.plant(sound) : sound;
      const claimed = properties(network, scenario);
      const twice = claimed.find(({ name }, index) => claimed.findIndex((other) => other.name === name) !== index);
      if (twice !== undefined)
        throw new ModelError(`suite ${id}: two properties are named '${twice.name}'; reports tell them apart by name`);
      for (const name of bug?.breaks ?? []) {
        if (claimed.some((property) => property.name === name)) continue;
        throw new ModelError(
          `suite ${id}: bug '${bug?.id}' is to break '${name}', which is not among the properties; correct the name, or claim it`,
        );
      }
      return { network, scenario, properties: claimed };
    },
  };
}

/** The verdict tag that `property` is expected to have in `suite`. */
export function expectedTag(one: Pick<Suite, 'violates'>, property: string): Tag {
  return Object.hasOwn(one.violates, property) ? 'violated' : 'holds';
}
