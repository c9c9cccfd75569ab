/** The search for a run that shows a trace, against one that tries everything, on random networks and random traces. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accept } from '../src/conform/accept.ts';
import type { Seen } from '../src/conform/seen.ts';
import type { Network } from '../src/model/network.ts';
import { Stepper } from '../src/walk/stepper.ts';
import { build, networkShape } from './random.ts';

const EVENTS = ['a', 'b', 'c'] as const;

/** By step, which event shows it; steps beyond the list are hidden. */
const shownShape = fc.array(fc.option(fc.constantFrom(...EVENTS), { freq: 2 }), { minLength: 1, maxLength: 6 });
const STATES_MAX = 3000;

const line = (event: string, number: number): Seen => ({ kind: 'step', line: number, text: event, shows: { event, args: {} }, when: [] });

/** The network with steps that reveal events. */
function showing(network: Network, shown: readonly (string | null)[]): Network {
  return network.steps.reduce<Network>((one, { name }, index) => {
    const event = shown[index % shown.length];
    return event === null || event === undefined ? one : one.replaceStep(name, (spec) => ({ ...spec, reveals: [{ event, args: {} }] }));
  }, network);
}

/** All states after each prefix of `trace`, one by one, every hidden step tried: true if the last can come to rest. */
function explains(network: Network, trace: readonly string[]): boolean | undefined {
  const stepper = new Stepper(network, []);
  let looked = 0;
  const keyOf = (state: Int32Array): string => state.join();
  const after = (state: Int32Array, is: (step: number) => boolean): Int32Array[] => {
    stepper.look(state);
    return stepper
      .steps()
      .filter(is)
      .map((step) => {
        const next = new Int32Array(state.length);
        stepper.apply(step, next);
        return next;
      });
  };
  const event = (step: number): string | undefined => stepper.instances[step]!.reveals?.[0]?.event;
  const isHidden = (step: number): boolean => event(step) === undefined;
  const closed = (from: readonly Int32Array[], is: (step: number) => boolean): Int32Array[] => {
    const known = new Map(from.map((state) => [keyOf(state), state]));
    for (const state of known.values()) {
      if (looked++ > STATES_MAX) return [];
      // Steps are taken at once: looking elsewhere would change what is enabled.
      for (const next of after(state, is)) if (!known.has(keyOf(next))) known.set(keyOf(next), next);
    }
    return [...known.values()];
  };
  let states: Int32Array[] = [Int32Array.from(stepper.initial)];
  for (const one of trace) {
    const next = closed(states, isHidden).flatMap((state) => after(state, (step) => event(step) === one));
    states = [...new Map(next.map((state) => [keyOf(state), state])).values()];
  }
  const rests = closed(states, isHidden).some((state) => {
    stepper.look(state);
    return !stepper.steps().some((step) => isHidden(step) && stepper.instances[step]!.environment !== true);
  });
  return looked > STATES_MAX ? undefined : rests;
}

describe('a trace of a random network', () => {
  test('is explained if and only if some run shows it', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(networkShape, shownShape, fc.array(fc.constantFrom(...EVENTS), { maxLength: 5 }), (shape, shown, trace) => {
        const network = showing(build(shape).network, shown);
        const expected = explains(network, trace);
        fc.pre(expected !== undefined);
        const answer = accept({ network, seen: trace.map(line), records: () => true, setup: [], atEnd: [] });
        expect(answer.kind === 'accepted').toBe(expected);
        seen[expected ? 'accepted' : 'refused']++;
      }),
      { numRuns: 1500 },
    );
    expect(seen.accepted).toBeGreaterThan(100);
    expect(seen.refused).toBeGreaterThan(100);
  });
});
