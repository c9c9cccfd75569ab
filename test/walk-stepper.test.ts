/** The stepper against exhaustive search: the same states, the same transitions, the same quiescent states. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../src/explore/check.ts';
import { ref } from '../src/model/component.ts';
import { sometimes } from '../src/model/property.ts';
import { PathArbitrary } from '../src/walk/arbitrary.ts';
import { Stepper } from '../src/walk/stepper.ts';
import { Walker } from '../src/walk/walker.ts';
import { build, networkShape } from './random.ts';
import { factory, lamps, locks } from './toys.ts';
import { lossyLine, receive, semaphores, threads } from './walk-toys.ts';

describe('the stepper', () => {
  test.each([
    semaphores([0, 1]).network,
    semaphores([0, 0]).network,
    receive(8, true).network,
    receive(8, false).network,
    threads(4).network,
    lossyLine(5).network,
    factory,
    lamps(7),
    locks('opposite'),
  ])('reaches the states and transitions of exhaustive search: $name', (network) => {
    const { states, transitions, quiescent, deadlocks } = check(network, []).exploration;

    expect(everything(new Stepper(network, []))).toEqual({ states, transitions, quiescent, deadlocks, goals: 0 });
  });

  test('agrees with exhaustive search on random networks, on goals too', () => {
    fc.assert(
      fc.property(networkShape, (shape) => {
        const { network, goal } = build(shape);
        const { results, exploration } = check(network, [sometimes('the goal is reached', [goal])]);
        const { states, transitions, quiescent, deadlocks } = exploration;
        const { goals, ...counts } = everything(new Stepper(network, [goal]));

        expect(counts).toEqual({ states, transitions, quiescent, deadlocks });
        expect(goals > 0).toBe(results[0]?.verdict.tag === 'holds');
      }),
      { numRuns: 100 },
    );
  });

  test('holds what claims nothing, also where no component has a say', () => {
    const stepper = new Stepper(lamps(32), [[]]);
    stepper.look(stepper.initial);

    expect(stepper.holds(0)).toBe(true);
  });

  test('refuses to speak of a component that is not there', () => {
    const nobody = ref('nobody').is('is here', () => true);

    expect(() => new Stepper(lamps(2), [[nobody]])).toThrow("a property speaks of component 'nobody', which is not in the network");
  });

  test('may forget all it remembers between two walks', () => {
    const { network: built, properties } = threads(2);
    const [one, other] = [1_000_000, 0].map(
      (rememberedMax) => new PathArbitrary(new Walker(built, properties, { rememberedMax }), { lengthMax: 50 }),
    );
    const { stepper } = other!.walker;

    expect(fc.sample(other!, { seed: 3, numRuns: 50 })).toEqual(fc.sample(one!, { seed: 3, numRuns: 50 }));
    expect(other!.walker.stepper).not.toBe(stepper);
    expect(other!.walker.stepper.remembered).toBeLessThan(one!.walker.stepper.remembered);
    expect(other!.walker.met(other!.walker.watchlist.premises)).toEqual(one!.walker.met(one!.walker.watchlist.premises));
  });
});

/** Every state the stepper reaches, by breadth-first search. */
function everything(stepper: Stepper) {
  const seen = new Set([stepper.initial.join()]);
  const queue = [stepper.initial];
  let transitions = 0;
  let quiescent = 0;
  let deadlocks = 0;
  let goals = 0;
  for (const state of queue) {
    stepper.look(state);
    if (stepper.quiescent()) quiescent++;
    if (stepper.steps().length === 0) deadlocks++;
    if (stepper.holds(0)) goals++;
    for (const step of stepper.steps()) {
      const next = new Int32Array(stepper.words);
      stepper.apply(step, next);
      transitions++;
      if (seen.has(next.join())) continue;
      seen.add(next.join());
      queue.push(next);
    }
  }
  return { states: seen.size, transitions, quiescent, deadlocks, goals };
}
