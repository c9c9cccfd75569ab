/** Symmetry reduction: exchanges are checked, representatives are fewer, verdicts and distances are those of the full search. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockSuccessors } from '../src/compile/blockSuccessors.ts';
import { compile } from '../src/compile/compile.ts';
import { explore } from '../src/explore/explore.ts';
import { component } from '../src/model/component.ts';
import { ModelError, UsageError } from '../src/model/error.ts';
import { type Network, network } from '../src/model/network.ts';
import { leadsTo, never, neverStep, type Property, quiescent, sometimes } from '../src/model/property.ts';
import { exchanged } from '../src/model/symmetry.ts';
import { composed, groupOf, inverse } from '../src/reduce/group.ts';
import { checkReduced, decides } from '../src/reduce/plan.ts';
import { realised } from '../src/reduce/realise.ts';
import { closedParts, representatives } from '../src/reduce/representatives.ts';
import { replay } from '../src/trace/replay.ts';
import { build, networkShape } from './random.ts';
import { doubled, queue, swappedFamilies, symmetricQueue, toggle } from './reduce-toys.ts';
import { lamps, locks } from './toys.ts';
import { twice } from './twice.ts';

const REDUCE = ['symmetry'] as const;

/** Both ways; the steps that are ever taken are the same too. */
function both(whole: Network, properties: readonly Property[]) {
  const { full, reduced } = twice(whole, properties, REDUCE);
  expect(reduced.fired).toEqual(full.fired);
  return { full, reduced };
}

/** Every order of `count` numbers. */
function orders(count: number): string[] {
  const rest = (left: readonly number[]): string[][] =>
    left.length === 0 ? [[]] : left.flatMap((one) => rest(left.filter((other) => other !== one)).map((more) => [String(one), ...more]));
  return rest(Array.from({ length: count }, (_, index) => index)).map((order) => order.join());
}

describe('representatives', () => {
  test('of lamps that may all trade places are the numbers of lit ones', () => {
    const four = lamps(4).symmetric([0, 1, 2].map((one) => ({ name: `${one}`, families: { lamp: exchanged(4, one, one + 1) } })));
    const { lamp } = four.refs;
    const { full, reduced } = both(four, [sometimes('the last is lit', [[lamp(3).in('on'), lamp(0).in('off')]])]);
    expect([full.states, reduced.states]).toEqual([16, 5]);
  });

  test('of lamps in a circle are what is left when it is turned', () => {
    const circle = lamps(4).symmetric([{ name: 'each with the next', families: { lamp: [1, 2, 3, 0] } }]);
    const { lamp } = circle.refs;
    const patterns = Array.from({ length: 16 }, (_, bits) => [0, 1, 2, 3].map((i) => lamp(i).in((bits & (1 << i)) === 0 ? 'off' : 'on')));
    const { reduced } = both(
      circle,
      patterns.map((pattern, bits) => sometimes(`${bits}`, [pattern])),
    );
    expect(reduced.states).toBe(6);
  });

  test.each([2, 3, 4])('answer for %i processes in a line, for one of them and for all', (count) => {
    const whole = symmetricQueue(count);
    const { process, line: l } = whole.refs;
    const last = process(count - 1);
    const { full, reduced } = both(whole, [
      never('the last never has both', [[last.in('both')]], [last.in('one')]),
      never('two never have both', [[process(0).in('both'), process(1).in('both')]], [process(1).in('both')]),
      ...orders(count).map((order) => sometimes(order, [[l.is(`is ${order}`, ({ waiting }) => waiting.join() === order)]])),
      ...orders(count).map((order) =>
        sometimes(`${order}, the last with both`, [
          [last.in('both'), l.is(`starts ${order}`, ({ waiting }) => waiting.length > 0 && order.startsWith(waiting.join()))],
        ]),
      ),
      quiescent('nobody holds one lock for ever', [[last.in('one')]], [last.in('both')]),
      never('the last is first in no line', [[last.in('one'), l.is('has the last first', ({ waiting }) => waiting[0] === count - 1)]], []),
    ]);
    expect(full.states / reduced.states).toBeGreaterThan(count / 1.5);
  });

  test('answer on random networks of two equal halves', () => {
    fc.assert(
      fc.property(networkShape, fc.boolean(), fc.boolean(), (shape, environment, observes) => {
        const { network: part } = build(shape);
        const whole = doubled(part, environment, observes).symmetric([{ name: 'halves', families: swappedFamilies(part) }]);
        const at = (half: number) => Object.values(whole.refs)[0]!.all[half]!;
        const said = [at(1).is('is elsewhere', (_, state) => state !== 's0'), at(0).is('is at s0', (_, state) => state === 's0')];
        const properties = [never('n', [said], said), quiescent('q', [said], []), sometimes('s', [said])];
        const { full, reduced } = both(whole, properties);
        expect(reduced.states * 2).toBeGreaterThanOrEqual(full.states);
        expect(reduced.states).toBeLessThanOrEqual(full.states);
        expect(reduced.deadlocks * 2).toBeGreaterThanOrEqual(full.deadlocks);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a walk through representatives', () => {
  const circle = lamps(5)
    .replaceStep('press', (spec, { lamp }, { i }) => ({ ...spec, when: [lamp((Number(i) + 1) % 5).in('off')] }))
    .symmetric([{ name: 'each with the next', families: { lamp: [1, 2, 3, 4, 0] } }]);

  test.each([circle, symmetricQueue(4)].map((one) => [one.name, one] as const))('of the %s is one of the network', (_, whole) => {
    const network = compile(whole, [[]]);
    const group = groupOf(network, whole.exchanges);
    const all = network.parts.map((__, part) => part);
    const successors = representatives(network, blockSuccessors(network, closedParts([all.slice(0, 3), all.slice(3)], group)), group);
    const found = explore(network, []);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (choices) => {
        const state = new Int32Array(2);
        const path = choices.flatMap((choice) => {
          successors.look(state, 0);
          const enabled = network.steps.flatMap((__, step) => ((successors.enabled[step >> 5]! & (1 << (step & 31))) === 0 ? [] : [step]));
          const step = enabled[choice % enabled.length];
          if (step === undefined) return [];
          successors.apply(step, state);
          return [step];
        });
        const real = realised(network, [{ conjunction: 0, onlyQuiescent: false }], group, successors, { ...found, paths: () => [path] });
        const last = replay(whole, real.paths([0])[0]!).states.at(-1)!;
        const locals = new Int32Array(network.parts.length);
        successors.unpack(state, 0, locals);
        expect([...last.values()].map(({ value, context }) => ({ value, context }))).toEqual(
          network.automata.map((automaton, part) => ({
            value: automaton.state(locals[part]!).value,
            context: automaton.state(locals[part]!).context,
          })),
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('a group', () => {
  test('is closed, and has the way back of each of its elements', () => {
    const whole = symmetricQueue(4);
    const group = groupOf(compile(whole, []), whole.exchanges);
    const text = ({ component: c, local, step }: (typeof group)[number]) => [c, ...local, step].join(';');
    const all = new Set(group.map(text));
    expect(all.size).toBe(24);
    for (const one of group) {
      expect(text(composed(one, inverse(one)))).toBe(text(group[0]!));
      for (const other of group) expect(all).toContain(text(composed(one, other)));
    }
  });
});

describe('an exchange is refused', () => {
  const families = { process: [1, 0] };
  const twins = [{ start: 0 }, { start: 1 }].map((input) => component(toggle, input));
  const toggles = network('toggles', { toggle: twins }).step('flip', { i: [0, 1] }, ({ i }, { toggle: t }) => ({
    owner: 'x',
    moves: [t(i).on({ type: 'flip' })],
  }));
  const uneven = lamps(2).replaceStep('press', (spec, _, { i }) => ({ ...spec, environment: i === 0 }));
  const moved = { line: ({ waiting }: { waiting: readonly number[] }) => ({ waiting: waiting.map((who) => who + 5) }) };
  const merged = { line: () => ({ waiting: [] }) };

  const REFUSED: readonly (readonly [why: string, whole: Network, message: string])[] = [
    ['a step has no counterpart', locks('opposite').symmetric([{ name: 'the two', families }]), 'the originals; correct it'],
    ['a context names an instance and it does not say so', queue(2).symmetric([{ name: 'the two', families }]), 'what first(p=0) does'],
    ['it leads out of the local states', queue(2).symmetric([{ name: 'x', families, contexts: moved }]), 'which it is never in'],
    ['two instances become one', queue(2).symmetric([{ name: 'x', families: { process: [1, 1] } }]), 'two instances take the same place'],
    ['it names an instance too many', queue(2).symmetric([{ name: 'x', families: { process: [0, 1, 2] } }]), 'there is no process.2'],
    [
      'two local states become one',
      queue(2).symmetric([{ name: 'x', families: {}, contexts: merged }]),
      'has 5 local states, 1 when changed',
    ],
    ['one of two steps is the environment', uneven.symmetric([{ name: 'x', families: { lamp: [1, 0] } }]), 'what press(i=0) does'],
    ['the initial states differ', toggles.symmetric([{ name: 'x', families: { toggle: [1, 0] } }]), 'the initial state of toggle.0 is not'],
  ];

  test.each(REFUSED)('if %s', (_, whole, message) => {
    expect(() => checkReduced(whole, [], { reduce: REDUCE })).toThrow(ModelError);
    expect(() => checkReduced(whole, [], { reduce: REDUCE })).toThrow(message);
  });
});

describe('exchanges are refused', () => {
  test('if they combine in too many ways', () => {
    const eight = lamps(8);
    const each = Array.from({ length: 6 }, (_, one) => ({ name: `${one}`, families: { lamp: exchanged(8, one, one + 1) } }));
    expect(() => checkReduced(eight.symmetric(each), [], { reduce: REDUCE })).toThrow('in more than 720 ways');
  });
});

describe('what cannot be decided is refused', () => {
  test.each(['leadsTo', 'neverStep'] as const)('%s', (kind) => {
    const whole = symmetricQueue(2);
    const one = kind === 'leadsTo' ? leadsTo('x', [[]], [[]]) : neverStep('x', [{ before: [], after: [] }], []);
    expect(decides(REDUCE, one)).toBe(false);
    expect(() => checkReduced(whole, [one], { reduce: REDUCE })).toThrow(UsageError);
  });

  test('symmetry of a network that declares none', () => {
    expect(() => checkReduced(queue(2), [], { reduce: REDUCE })).toThrow("network 'queue' declares nothing that may be exchanged");
  });
});

describe('with partial-order reduction', () => {
  test.each([2, 3, 4])('%i processes in a line have the same ends', (count) => {
    const whole = symmetricQueue(count);
    const { process } = whole.refs;
    const properties = [quiescent('all are idle', [[process(0).out('idle')]], [process(count - 1).in('both')])];
    const alone = twice(whole, properties, REDUCE).reduced.states;
    expect(twice(whole, properties, ['por', 'symmetry']).reduced.states).toBeLessThanOrEqual(alone);
  });

  test('random networks of two equal halves have the same ends', () => {
    fc.assert(
      fc.property(networkShape, fc.boolean(), fc.boolean(), (shape, environment, observes) => {
        const { network: part } = build(shape);
        const whole = doubled(part, environment, observes).symmetric([{ name: 'halves', families: swappedFamilies(part) }]);
        const at = (half: number) => Object.values(whole.refs)[0]!.all[half]!;
        const said = [at(1).is('is elsewhere', (_, state) => state !== 's0'), at(0).is('is at s0', (_, state) => state === 's0')];
        twice(whole, [quiescent('q', [said], []), quiescent('p', [], said)], ['por', 'symmetry']);
      }),
      { numRuns: 60 },
    );
  });
});
