/** Who may not stop: the steps of a network grouped by owner, as a property's fairness has it. */
import { ModelError } from '../model/error.ts';
import type { StepInstance } from '../model/network.ts';
import type { Fairness } from '../model/property.ts';

/** No group: the environment's steps, and those of unfair owners. */
export const FREE = -1;

export interface Groups {
  /** The fair owners, in order of first mention. */
  readonly owners: readonly string[];
  /** By owner: whether it is strongly fair. */
  readonly strong: readonly boolean[];
  /** By step: its owner as a number into `owners`, or FREE. */
  readonly of: Int32Array;
  /** By owner: the bits of its steps. */
  readonly masks: readonly Int32Array[];
  /** The bits of all steps of fair owners. */
  readonly fair: Int32Array;
}

/** Groups `instances`. Throws a ModelError, naming `property`, for an owner or a step that is not there. */
export function groupsOf(property: string, instances: readonly StepInstance[], fairness: Fairness): Groups {
  const { unfair = [], strong = [], willing = [] } = fairness;
  const acts = (step: StepInstance): boolean => step.environment !== true || willing.includes(step.name);
  const known = new Set(instances.filter(acts).map(({ owner }) => owner));
  for (const name of [...unfair, ...strong]) {
    if (!known.has(name)) {
      refuse(property, `owner '${name}', which has no step of its own`, `owners: ${[...known].join(', ')}`);
    }
  }
  const environment = new Set(instances.filter((step) => step.environment === true).map(({ name }) => name));
  for (const name of willing) {
    if (!environment.has(name)) {
      refuse(property, `step '${name}', which is not one of the environment's`, `those: ${[...environment].join(', ')}`);
    }
  }
  const both = unfair.find((name) => strong.includes(name));
  if (both !== undefined) refuse(property, `owner '${both}' as unfair and as strongly fair`, 'decide');

  const owners = [...known].filter((name) => !unfair.includes(name));
  const of = Int32Array.from(instances, (step) => (acts(step) ? owners.indexOf(step.owner) : FREE));
  const bitsWhere = (holds: (group: number) => boolean): Int32Array => {
    const row = new Int32Array((instances.length + 31) >> 5);
    of.forEach((group, step) => {
      if (holds(group)) row[step >> 5]! |= 1 << (step & 31);
    });
    return row;
  };
  return {
    owners,
    strong: owners.map((name) => strong.includes(name)),
    of,
    masks: owners.map((_, owner) => bitsWhere((group) => group === owner)),
    fair: bitsWhere((group) => group !== FREE),
  };
}

/** Whether `row` has one of the bits of `mask`. */
export function meets(row: Int32Array, mask: Int32Array): boolean {
  for (let word = 0; word < mask.length; word++) if ((row[word]! & mask[word]!) !== 0) return true;
  return false;
}

/** A property's fairness in words. */
export function fairnessText({ unfair = [], strong = [], willing = [] }: Fairness): string {
  return [
    unfair.length === 0 ? 'no owner stops while it could go on' : `no owner but ${unfair.join(', ')} stops while it could go on`,
    ...(strong.length === 0 ? [] : [`${strong.join(', ')} even where interrupted`]),
    ...(willing.length === 0 ? [] : [`the environment keeps taking ${willing.join(', ')}`]),
    'the environment may stop',
  ].join('; ');
}

function refuse(property: string, speaksOf: string, say: string): never {
  throw new ModelError(`property '${property}': its fairness names ${speaksOf}; correct the name (${say})`);
}
