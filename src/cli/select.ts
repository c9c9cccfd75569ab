/** From what the user typed to suites, properties and scenarios; everything unknown is an error that lists what is known. */
import { UsageError } from '../model/error.ts';
import type { Value } from '../model/network.ts';
import type { Property } from '../model/property.ts';
import type { Suite } from '../model/suite.ts';
import { SUITES } from '../../properties/index.ts';

export interface Selection {
  readonly network?: string | undefined;
  readonly profile?: string | undefined;
  readonly scenario?: readonly string[] | undefined;
}

/** The suites that `selection` names: a suite id, a network name, or a kernel profile; all of them if it names none. */
export function selectSuites({ network, profile }: Selection): readonly Suite[] {
  const named = network === undefined ? SUITES : SUITES.filter((suite) => suite.id === network || suite.family.name === network);
  if (named.length === 0) {
    const known = SUITES.map((suite) => suite.id).join(', ');
    throw new UsageError(`no network or suite is named '${network}'; suites: ${known}`);
  }
  if (profile === undefined) return named;
  const key = named[0]?.family.keys['profile'];
  if (key?.kind === 'choice' && !key.values.includes(profile)) {
    throw new UsageError(`no kernel profile is named '${profile}'; profiles: ${key.values.join(', ')}`);
  }
  const ofProfile = named.filter((suite) => suite.build().scenario['profile'] === profile);
  return ofProfile.length > 0 ? ofProfile : named;
}

/** The scenario values that the user set, on top of a suite's own: `key=value` texts, and the profile. */
export function valuesOf({ profile, scenario }: Selection): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = profile === undefined ? {} : { profile };
  for (const text of scenario ?? []) {
    const [, key, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new UsageError(`--scenario '${text}' is not of the form key=value, for example --scenario packets=3 ring=4`);
    }
    if (Object.hasOwn(values, key)) throw new UsageError(`'${key}' is given twice, as '${values[key]}' and as '${value}'; say which one`);
    values[key] = value;
  }
  return values;
}

/** The properties that the words pick: each word is a name, or a part of one, in any case. All of them if there are no words. */
export function selectProperties(properties: readonly Property[], words: readonly string[]): readonly Property[] {
  if (words.length === 0) return properties;
  const lower = words.map((word) => word.toLowerCase());
  return properties.filter(({ name }) => lower.some((word) => name.toLowerCase().includes(word)));
}

/** Throws for a word that picks no property in any of the suites. */
export function refuseUnknownWords(words: readonly string[], all: readonly Property[]): void {
  for (const word of words) {
    if (word.trim() === '')
      throw new UsageError('a property is named by an empty text, which would pick all; leave it out for all of them');
    if (selectProperties(all, [word]).length > 0) continue;
    const known = [...new Set(all.map(({ name }) => name))].map((name) => `\n  ${name}`).join('');
    throw new UsageError(`no property is named '${word}' or has that in its name; the properties of the networks chosen:${known}`);
  }
}

/** The one suite in which the bug named `bug` can be planted. */
export function suiteOfBug(bug: string, suites: readonly Suite[]): Suite {
  const found = suites.find((suite) => suite.bugs.some((one) => one.id === bug));
  if (found !== undefined) return found;
  const known = suites.flatMap((suite) => suite.bugs.map((one) => one.id)).join(', ');
  throw new UsageError(`no bug is named '${bug}' in the networks chosen; bugs: ${known === '' ? 'none' : known}`);
}
