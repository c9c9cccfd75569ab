/** Random scenarios: the keys of a family as a fast-check arbitrary. They shrink towards the smallest bounds. */
import * as fc from 'fast-check';
import { UsageError } from '../model/error.ts';
import type { Key, Keys, Scenario } from '../model/scenario.ts';

/** What of a key's range is drawn from: the ends may be moved inwards, choices left out. */
export type Cap<K extends Key = Key> = K extends { readonly kind: 'choice'; readonly values: readonly (infer V)[] }
  ? { readonly values: readonly V[] }
  : { readonly min?: number; readonly max?: number };

/** Caps by key. A key without one is drawn from its whole range. */
export type Caps<K extends Keys = Keys> = { readonly [P in keyof K]?: Cap<K[P]> };

/** Scenarios of `keys` within `caps`. Throws a UsageError for a cap outside its key's range, or one that leaves nothing. */
export function scenarios<K extends Keys>(keys: K, caps: Caps<K> = {}): fc.Arbitrary<Scenario<K>> {
  for (const name of Object.keys(caps)) {
    if (!Object.hasOwn(keys, name))
      throw new UsageError(`there is no scenario key '${name}' to cap; the keys: ${Object.keys(keys).join(', ')}`);
  }
  const drawn = Object.entries(keys).map(([name, key]) => [name, valuesOf(name, key, caps[name] ?? {})] as const);
  return fc.record(Object.fromEntries(drawn)) as fc.Arbitrary<Scenario<K>>;
}

function valuesOf(
  name: string,
  key: Key,
  cap: { readonly min?: number; readonly max?: number; readonly values?: readonly string[] },
): fc.Arbitrary<number | string> {
  switch (key.kind) {
    case 'int': {
      const { min = key.min, max = key.max } = cap;
      if (!(key.min <= min && min <= max && max <= key.max)) {
        throw new UsageError(
          `the cap of scenario key '${name}' is ${min} to ${max}, but it must lie within ${key.min} to ${key.max} (${key.about})`,
        );
      }
      return fc.integer({ min, max });
    }
    case 'choice': {
      const { values = key.values } = cap;
      const wrong = values.find((value) => !key.values.includes(value));
      if (values.length === 0 || wrong !== undefined) {
        throw new UsageError(
          `the cap of scenario key '${name}' is '${wrong ?? ''}', but it must be some of ${key.values.join(', ')} (${key.about})`,
        );
      }
      return fc.constantFrom(...values);
    }
  }
}
