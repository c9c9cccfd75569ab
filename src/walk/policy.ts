/**
 * How a walk chooses among the enabled steps. No one way finds every bug, so each walk draws its own.
 *
 * `uniform` over the steps; `fair`, over the owners and then the owner's steps; `pct`, by priorities with a few changes
 * (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010); `swarm`,
 * uniform with half of the step names put off (Groce et al., "Swarm Testing", ISSTA 2012).
 */
import type { Random } from 'fast-check';
import type { Stepper } from './stepper.ts';

export const POLICIES = ['uniform', 'fair', 'pct', 'swarm'] as const;

export type PolicyName = (typeof POLICIES)[number];

/** Chooses one of `enabled`, which is not empty. Remembers what it chose: one policy is for one walk. */
export type Policy = (enabled: readonly number[]) => number;

/** A policy for one walk of at most `lengthMax` steps. */
export function policyOf(name: PolicyName, stepper: Stepper, random: Random, lengthMax: number): Policy {
  switch (name) {
    case 'uniform':
      return (enabled) => oneOf(random, enabled);
    case 'fair':
      return (enabled) => {
        const owner = oneOf(random, [...new Set(enabled.map((step) => stepper.ownerOf[step]!))]);
        return oneOf(random, stepsOf(stepper, owner, enabled));
      };
    case 'pct':
      return pct(stepper, random, lengthMax);
    case 'swarm':
      return swarm(stepper, random);
  }
}

/** A uniform choice from a list that is not empty. */
export function oneOf<T>(random: Random, list: readonly T[]): T {
  return list[random.nextInt(0, list.length - 1)]!;
}

/** Priority changes in one walk, at most: a bug of depth d needs d - 1 of them. */
const CHANGES_MAX = 3;

/**
 * The enabled owner of the highest priority moves; at a few random moments it becomes the lowest. The moments fall within
 * a horizon that is drawn too, because bugs come early and late. An owner that never stops would starve the others for
 * ever, so it is also put back when it has moved `patience` times in a row.
 */
function pct(stepper: Stepper, random: Random, lengthMax: number): Policy {
  const priority = shuffled(random, stepper.owners.length);
  const horizon = Math.min(lengthMax, 2 ** random.nextInt(2, Math.max(2, Math.ceil(Math.log2(lengthMax)))));
  const changes = Array.from({ length: random.nextInt(1, CHANGES_MAX) }, () => random.nextInt(1, horizon));
  const patience = 2 ** random.nextInt(3, 7);
  let lowest = 0;
  let depth = 0;
  let last = -1;
  let row = 0;
  const first = (enabled: readonly number[]): number =>
    enabled.map((step) => stepper.ownerOf[step]!).reduce((best, owner) => (priority[owner]! > priority[best]! ? owner : best));
  return (enabled) => {
    depth++;
    let owner = first(enabled);
    row = owner === last ? row + 1 : 1;
    if (changes.includes(depth) || row > patience) {
      priority[owner] = --lowest;
      owner = first(enabled);
      row = 1;
    }
    last = owner;
    return oneOf(random, stepsOf(stepper, owner, enabled));
  };
}

/** Steps whose name is off wait until nothing else can move: left out for good, they would hide every quiescent state. */
function swarm(stepper: Stepper, random: Random): Policy {
  const names = [...new Set(stepper.instances.map((step) => step.name))];
  const off = new Set(names.filter(() => random.nextInt(0, 1) === 1));
  const on = stepper.instances.map((step) => !off.has(step.name));
  return (enabled) => {
    const preferred = enabled.filter((step) => on[step]);
    return oneOf(random, preferred.length > 0 ? preferred : enabled);
  };
}

function stepsOf(stepper: Stepper, owner: number, enabled: readonly number[]): number[] {
  return enabled.filter((step) => stepper.ownerOf[step] === owner);
}

/** 1 to `count`, in random order. */
function shuffled(random: Random, count: number): number[] {
  const list = Array.from({ length: count }, (_, index) => index + 1);
  for (let index = count - 1; index > 0; index--) {
    const other = random.nextInt(0, index);
    [list[index], list[other]] = [list[other]!, list[index]!];
  }
  return list;
}
