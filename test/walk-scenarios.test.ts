/** Walks over random scenarios: drawn within caps, shrunk to the smallest scenario that still shows the violation. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { component } from '../src/model/component.ts';
import { UsageError } from '../src/model/error.ts';
import { network } from '../src/model/network.ts';
import { never } from '../src/model/property.ts';
import { choice, int, type Scenario, scenarioOf } from '../src/model/scenario.ts';
import { scenarios } from '../src/walk/scenario.ts';
import { walkScenarios } from '../src/walk/scenarios.ts';
import { counter, lamp } from './toys.ts';
import { lossyLine } from './walk-toys.ts';

const keys = {
  packets: int({ min: 1, max: 50, otherwise: 3, about: 'packets to send' }),
  line: choice(['sound', 'noisy', 'lossy'], 'sound', 'what the line does to a packet'),
};

function build({ packets, line }: Scenario<typeof keys>) {
  const { network, properties } = lossyLine(packets);
  return { network: line === 'lossy' ? network : network.replaceStep('lose', () => undefined), properties };
}

/** Lamps that are lit for good, in any order; never three of them. */
function manyLamps({ lamps }: { readonly lamps: number }) {
  const all = Array.from({ length: lamps }, (_, i) => i);
  const built = network('lamps', { lamp: all.map(() => component(lamp)), lit: component(counter, { max: lamps }) }).step(
    'light',
    { i: all },
    ({ i }, c) => ({
      owner: 'hand',
      moves: [c.lamp(i).on({ type: 'press' }), c.lit.on({ type: 'up' })],
      when: [c.lamp(i).in('off')],
    }),
  );
  const three = built.refs.lit.is('counts three', ({ count }) => count === 3);
  return {
    network: built,
    properties: [never('three are never lit', [[three]], [built.refs.lit.is('counts one', ({ count }) => count === 1)])],
  };
}

describe('random scenarios', () => {
  test('stay within their keys and caps', () => {
    const drawn = fc.sample(scenarios(keys, { packets: { min: 10, max: 12 }, line: { values: ['sound', 'lossy'] } }), {
      seed: 1,
      numRuns: 100,
    });

    expect(new Set(drawn.map(({ packets }) => packets))).toEqual(new Set([10, 11, 12]));
    expect(new Set(drawn.map(({ line }) => line))).toEqual(new Set(['sound', 'lossy']));
    for (const scenario of fc.sample(scenarios(keys), { seed: 2, numRuns: 100 })) {
      expect(scenarioOf({ name: 'line', keys }, scenario)).toEqual(scenario);
    }
  });

  test('refuse caps that the keys do not allow', () => {
    expect(() => scenarios(keys, { packets: { max: 51 } })).toThrow(
      "the cap of scenario key 'packets' is 1 to 51, but it must lie within 1 to 50",
    );
    expect(() => scenarios(keys, { packets: { min: 5, max: 4 } })).toThrow(UsageError);
    expect(() => scenarios(keys, { line: { values: [] } })).toThrow(UsageError);
    expect(() => scenarios(keys, { colour: {} } as never)).toThrow("no scenario key 'colour' to cap; the keys: packets, line");
  });
});

describe('walks over random scenarios', () => {
  test.each([1, 2, 3, 4, 5])('shrink the scenario and the path, and replay in one walk: seed %i', (seed) => {
    const found = walkScenarios(build, keys, { packets: { min: 2 } }, { seed });
    if (found.tag !== 'violated') throw new Error(`nothing was found in ${found.walks} walks`);

    expect(found.scenario).toEqual({ packets: 2, line: 'lossy' });
    expect(found.trace.steps.map(({ step }) => step.name).sort()).toEqual(['lose', 'send', 'switch']);

    const again = walkScenarios(build, keys, { packets: { min: 2 } }, { seed, path: found.path });
    expect(again).toMatchObject({ tag: 'violated', walksBefore: 0, scenario: found.scenario, steps: found.steps, path: found.path });
  });

  test('rename what the smaller scenario does not have', () => {
    const lamps = { lamps: int({ min: 2, max: 40, otherwise: 2, about: 'lamps to light' }) };

    expect(walkScenarios(manyLamps, lamps, { lamps: { min: 3 } }, { seed: 1 })).toMatchObject({ scenario: { lamps: 3 }, path: '0:0' });
  });

  test('say what was met in any scenario, and nothing more', () => {
    const none = walkScenarios(build, keys, { line: { values: ['sound', 'noisy'] } }, { walks: 100, scenarios: 5 });

    expect(none).toMatchObject({
      tag: 'none',
      walks: 100,
      scenarios: 5,
      sometimesSeen: ['it is full'],
      premisesSeen: ['no packet is lost'],
    });
    expect(walkScenarios(build, keys, { line: { values: ['sound', 'noisy'] } }, { walks: 100, scenarios: 5 })).toEqual(none);
  });
});
