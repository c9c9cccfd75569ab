/** Another way to a step that an edit has disabled: its owner takes the other branch, say, where nothing is left to do. */
import type { Stepper } from './stepper.ts';

/** Steps in one detour, and branches looked into at once, at most. */
const LENGTH_MAX = 3;
const WIDTH_MAX = 8;

interface Branch {
  readonly at: Int32Array;
  readonly steps: readonly number[];
}

/**
 * The fewest steps that lead from `state` to where `wanted` is enabled, all of its owner, and `wanted` itself; empty where
 * there are none. Only the owner moves: what another actor did was left out on purpose. `state` is looked at again after.
 */
export function detour(stepper: Stepper, state: Int32Array, wanted: number): readonly number[] {
  let level: readonly Branch[] = [{ at: state, steps: [] }];
  let found: readonly number[] | undefined;
  for (let length = 1; length <= LENGTH_MAX && found === undefined; length++) {
    level = level.flatMap((branch) => branchesOf(stepper, branch, wanted)).slice(0, WIDTH_MAX);
    found = level.find(({ at }) => {
      stepper.look(at);
      return stepper.allows(wanted);
    })?.steps;
  }
  stepper.look(state);
  return found === undefined ? [] : [...found, wanted];
}

/** One step further, in each way that the owner of `wanted` can go. */
function branchesOf(stepper: Stepper, { at, steps }: Branch, wanted: number): Branch[] {
  stepper.look(at);
  return stepper
    .steps()
    .filter((step) => stepper.ownerOf[step] === stepper.ownerOf[wanted])
    .map((step) => {
      const target = new Int32Array(stepper.words);
      stepper.apply(step, target);
      return { at: target, steps: [...steps, step] };
    });
}
