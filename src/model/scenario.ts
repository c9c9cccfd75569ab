/**
 * A scenario is the bounds of a network: how many packets, CPUs and readers, how large each queue.
 *
 * A family declares its keys with their ranges; a user's choice is checked against them before anything is built, and
 * the same ranges feed the random scenarios of the walks.
 */
import { UsageError } from './error.ts';
import type { Network, Value } from './network.ts';

export type Key =
  | { readonly kind: 'int'; readonly min: number; readonly max: number; readonly otherwise: number; readonly about: string }
  | { readonly kind: 'choice'; readonly values: readonly string[]; readonly otherwise: string; readonly about: string };

export type Keys = Readonly<Record<string, Key>>;

type ValueOf<K extends Key> = K extends { readonly kind: 'choice'; readonly values: readonly (infer V)[] } ? V : number;

/** The values of a scenario, typed by its keys. */
export type Scenario<K extends Keys = Keys> = { readonly [P in keyof K]: ValueOf<K[P]> };

/** A whole number from `min` to `max`; `otherwise` unless the user says. */
export function int<const M extends { min: number; max: number; otherwise: number; about: string }>(range: M) {
  return { kind: 'int', ...range } as const;
}

/** One of `values`; `otherwise` unless the user says. */
export function choice<const V extends readonly string[]>(values: V, otherwise: V[number], about: string) {
  return { kind: 'choice', values, otherwise, about } as const;
}

/** A network for every scenario of its keys. */
export interface Family<K extends Keys = Keys, N extends Network = Network> {
  readonly name: string;
  /** One sentence: what part of the path this is. */
  readonly about: string;
  readonly keys: K;
  build(scenario: Scenario<K>): N;
}

/** Declares a family of networks. */
export function family<const K extends Keys, N extends Network>(definition: Family<K, N>): Family<K, N> {
  return definition;
}

/**
 * Completes and checks a scenario. Throws a UsageError that names the family, the key, the value and the range.
 * Values may be given as text (from a command line) or as they are.
 */
export function scenarioOf<K extends Keys>(
  owner: { readonly name: string; readonly keys: K },
  given: Readonly<Record<string, Value>>,
): Scenario<K> {
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(owner.keys, key)) {
      throw new UsageError(`network '${owner.name}' has no scenario key '${key}'; its keys: ${Object.keys(owner.keys).join(', ')}`);
    }
  }
  const values = Object.entries(owner.keys).map(([name, key]) => [name, valueOf(owner.name, name, key, given[name])]);
  return Object.fromEntries(values) as Scenario<K>;
}

function valueOf(owner: string, name: string, key: Key, given: Value | undefined): Value {
  if (given === undefined) return key.otherwise;
  switch (key.kind) {
    case 'int': {
      const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < key.min || value > key.max) {
        throw new UsageError(
          `network '${owner}': scenario key '${name}' is '${given}', but it must be a whole number from ${key.min} to ${key.max} (${key.about})`,
        );
      }
      return value;
    }
    case 'choice': {
      if (!key.values.includes(String(given))) {
        throw new UsageError(
          `network '${owner}': scenario key '${name}' is '${given}', but it must be one of ${key.values.join(', ')} (${key.about})`,
        );
      }
      return String(given);
    }
  }
}

/** `packets=3 cpus=1 ...` in declaration order: how reports and replay commands write a scenario. */
export function scenarioText(scenario: Readonly<Record<string, Value>>): string {
  return Object.entries(scenario)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
