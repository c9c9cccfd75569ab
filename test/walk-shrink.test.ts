/** The generator and the shrinker by themselves: every value can be walked, every shrunk one is simpler. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, setup } from 'xstate';
import { component } from '../src/model/component.ts';
import { network } from '../src/model/network.ts';
import { never } from '../src/model/property.ts';
import { PathArbitrary } from '../src/walk/arbitrary.ts';
import { edits, switchesOf } from '../src/walk/edits.ts';
import { POLICIES, type PolicyName } from '../src/walk/policy.ts';
import { type Found, walk } from '../src/walk/walk.ts';
import { Walker } from '../src/walk/walker.ts';
import { lamp } from './toys.ts';
import { lossyLine, overflow, semaphores, threads } from './walk-toys.ts';

/** One owner has one step, the other nine; all are always enabled. */
const uneven = network('uneven', { lamp: Array.from({ length: 10 }, () => component(lamp)) })
  .step('one', {}, (_, c) => ({ owner: 'one', moves: [c.lamp(0).on({ type: 'press' })] }))
  .step('many', { i: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, ({ i }, c) => ({ owner: 'many', moves: [c.lamp(i).on({ type: 'press' })] }));

/** One takes the fast way if the other allows it, else the slow one. */
const branches = network('branches', {
  way: component(
    setup({ types: { events: {} as { type: 'enter' | 'fast' | 'slow' | 'slower' | 'leave' } } }).createMachine({
      initial: 'outside',
      states: {
        outside: { on: { enter: 'inside' } },
        inside: { on: { fast: 'through', slow: 'slow' } },
        slow: { on: { slower: 'through' } },
        through: { on: { leave: 'outside' } },
      },
    }),
  ),
  allowed: component(lamp),
})
  .step('allow', {}, (_, c) => ({ owner: 'other', moves: [c.allowed.on({ type: 'press' })], when: [c.allowed.in('off')] }))
  .step('enter', {}, (_, c) => ({ owner: 'one', moves: [c.way.on({ type: 'enter' })] }))
  .step('fast', {}, (_, c) => ({ owner: 'one', moves: [c.way.on({ type: 'fast' })], when: [c.allowed.in('on')] }))
  .step('slow', {}, (_, c) => ({ owner: 'one', moves: [c.way.on({ type: 'slow' })] }))
  .step('slower', {}, (_, c) => ({ owner: 'one', moves: [c.way.on({ type: 'slower' })] }))
  .step('leave', {}, (_, c) => ({ owner: 'one', moves: [c.way.on({ type: 'leave' })] }));

describe.each(POLICIES)('walks of the policy %s', (policy) => {
  test('go on until nothing can move', () => {
    const walks = sample(new Walker(semaphores([0, 0]).network, []), { lengthMax: 50, policy });

    expect(new Set(walks.map(({ length }) => length))).toEqual(new Set([6]));
  });

  test('end at the longest length', () => {
    const lengths = sample(new Walker(threads(2).network, []), { lengthMax: 50, policy }).map(({ length }) => length);

    expect(new Set(lengths)).toEqual(new Set([50]));
  });
});

test.each(POLICIES)('the policy %s finds an interleaving of threads that run once', (policy) => {
  const { network: built, properties } = threads(0);

  expect(walk(built, properties, { policies: [policy] }).tag).toBe('violated');
});

test('policies differ in whom they let move', () => {
  const walker = new Walker(uneven, []);
  const shareOfOne = (policy: PolicyName) => {
    const walks = sample(walker, { lengthMax: 1000, policy });
    return walks.map((path) => path.filter((step) => step === 0).length / path.length);
  };
  const switches = (policy: PolicyName) =>
    sample(walker, { lengthMax: 1000, policy }).map((path) => switchesOf(path, walker.stepper.instances) / path.length);

  for (const share of shareOfOne('uniform')) expect(share).toBeCloseTo(0.1, 1);
  for (const share of shareOfOne('fair')) expect(Math.abs(share - 0.5)).toBeLessThan(0.1);
  for (const share of shareOfOne('pct')) expect(Math.abs(share - 0.5)).toBeLessThan(0.2);
  for (const rate of switches('pct')) expect(rate).toBeLessThan(0.14);
  expect(new Set(shareOfOne('swarm').map((share) => (share === 0 || share === 1 ? share : 'both')))).toEqual(new Set([0, 1, 'both']));
});

test('the mix draws from all policies', () => {
  const walker = new Walker(uneven, []);
  const shares = sample(walker, { lengthMax: 1000 }).map((path) => path.filter((step) => step === 0).length / path.length);
  const kinds = shares.map((share) => (share === 0 || share === 1 ? 'swarm' : share < 0.2 ? 'uniform' : 'fair or pct'));

  for (const kind of ['swarm', 'uniform', 'fair or pct']) expect(kinds.filter((one) => one === kind).length).toBeGreaterThan(5);
});

test('a bug that one actor must starve another to reach is found by the mix, not by uniform choice', () => {
  const { network: built, properties } = overflow(20);

  expect(walk(built, properties, { policies: ['uniform'] }).tag).toBe('none');
  for (const seed of [1, 2, 3, 4, 5]) expect((walk(built, properties, { seed }) as Found).steps).toHaveLength(20);
});

describe('shrinking', () => {
  test.each([threads(2), lossyLine(4)])(
    'offers only simpler walks, each of them possible: $network.name',
    ({ network: built, properties }) => {
      const walker = new Walker(built, properties);
      const paths = new PathArbitrary(walker, { lengthMax: 30 });
      const strict = new Walker(built, []);
      const { instances } = strict.stepper;
      let offered = 0;
      for (const path of fc.sample(paths, { seed: 1, numRuns: 20 })) {
        for (const { value } of paths.shrink(path).take(200)) {
          offered++;
          expect(strict.follow(value).path).toEqual(value);
          const gain = path.length - value.length || switchesOf(path, instances) - switchesOf(value, instances);
          expect(gain).toBeGreaterThan(0);
        }
      }
      expect(offered).toBeGreaterThan(100);
    },
  );

  test('tries every chunk, every pair, every place and every step alike; then to bring a block to the one before or after', () => {
    const tried = [...edits([1, 2, 0, 3], uneven.instances(), (step) => (step === 1 ? [8, 9] : []))];

    for (const expected of [
      [1, 3], // without the chunk in the middle
      [2, 3], // without the first and the third
      [2, 0, 3, 1], // the first moved to the end
      [9, 2, 0, 3], // another in place of the first
    ]) {
      expect(tried).toContainEqual(expected);
    }
  });

  test('tries to bring a block of steps to the one before it, and to the one after it', () => {
    const tried = [...edits([1, 2, 0, 0, 3, 4], uneven.instances(), () => [])];

    expect(tried).toContainEqual([1, 2, 3, 4, 0, 0]);
    expect(tried).toContainEqual([0, 0, 1, 2, 3, 4]);
  });

  test('tries a long path without each of its steps, and not without each pair', () => {
    const long = Array.from({ length: 200 }, (_, index) => index % 10);
    const tried = [...edits(long, uneven.instances(), () => [])].map((path) => path.join());

    for (const index of long.keys()) expect(tried).toContain(long.toSpliced(index, 1).join());
    expect(tried.length).toBeLessThan(1000);
  });

  test('offers no detour that makes the path longer', () => {
    const walker = new Walker(branches, []);
    const path = [0, 1, 2, 5, 1, 2, 5];
    expect(walker.follow(path).path).toEqual(path);
    expect(walker.follow(path.slice(1), { mend: 'detour' }).path).toHaveLength(8);

    for (const { value } of new PathArbitrary(walker, { lengthMax: 10 }).shrink(path))
      expect(value.length).toBeLessThanOrEqual(path.length);
  });

  test('lets the owner of a step that was disabled take another branch to it, but nobody else', () => {
    const walker = new Walker(branches, []);
    const [allow, enter, fast, slow, slower, leave] = [0, 1, 2, 3, 4, 5];

    expect(walker.follow([allow, enter, fast, leave]).path).toEqual([allow, enter, fast, leave]);
    expect(walker.follow([enter, fast, leave], { mend: 'rename' }).path).toEqual([enter]);
    expect(walker.follow([enter, fast, leave], { mend: 'detour' }).path).toEqual([enter, slow, slower, leave]);
  });

  test('puts in place of a step that is disabled the one most like it', () => {
    const built = network('pairs', { lamp: Array.from({ length: 4 }, () => component(lamp)) }).step(
      'press',
      { a: [0, 1], b: [0, 1] },
      ({ a, b }, c) => ({
        owner: `${a === b}`,
        moves: [c.lamp(2 * a + b).on({ type: 'press' })],
      }),
    );

    // 0 is a=0 b=0, owned with 3: the owner comes first, then the parameters.
    expect([0, 1, 2, 3].map((step) => new Walker(built, []).alike(step))).toEqual([
      [3, 1, 2],
      [2, 0, 3],
      [1, 0, 3],
      [0, 1, 2],
    ]);
  });

  test('finds two steps that can only be left out together', () => {
    const switchboard = setup({
      types: { context: {} as { odd: boolean; armed: boolean }, events: {} as { type: 'flip' | 'arm' | 'fire' } },
      guards: { ready: ({ context }) => context.armed && !context.odd },
      actions: { flip: assign({ odd: ({ context }) => !context.odd }), arm: assign({ armed: true }) },
    }).createMachine({
      context: { odd: false, armed: false },
      initial: 'safe',
      states: {
        safe: { on: { flip: { actions: 'flip' }, arm: { actions: 'arm' }, fire: { guard: 'ready', target: 'fired' } } },
        fired: {},
      },
    });
    const built = (['flip', 'arm', 'fire'] as const).reduce(
      (partial, type) => partial.step(type, {}, (_, c) => ({ owner: 'hand', moves: [c.board.on({ type })] })),
      network('board', { board: component(switchboard) }),
    );
    const safe = never('it never fires', [[built.refs.board.in('fired')]], [built.refs.board.is('is armed', ({ armed }) => armed)]);

    expect((walk(built, [safe], { examples: [[0, 1, 0, 2]] }) as Found).steps).toEqual([1, 2]);
  });

  test.each([1, 2, 3, 4, 5])('brings each owner together as far as that goes: seed %i', (seed) => {
    const { network: built, properties } = threads(2);
    const { steps } = walk(built, properties, { seed, lengthMax: 100 }) as Found;

    // One thread loads, the others run one after the other, and the first stores over what they did.
    expect(switchesOf(steps, built.instances())).toBe(3);
  });

  test('keeps to the property that was violated first', () => {
    const { network: built } = lossyLine(5);
    const { line, lever } = built.refs;
    const late = never('the fourth packet is not lost', [[line.is('lost the fourth', ({ lost, next }) => lost && next > 3)]], []);
    const early = never('nothing is switched', [[lever.in('tock')]], []);
    const walker = new Walker(built, [late, early]);
    const paths = new PathArbitrary(walker, { lengthMax: 50 });
    const number = new Map(built.instances().map(({ label }, step) => [label, step]));
    const labels = [0, 1, 2].flatMap((pkt) => [`send(pkt=${pkt})`, `deliver(pkt=${pkt})`]).concat('send(pkt=3)', 'switch', 'lose(pkt=3)');
    const run = new Walker(built, [late]).follow(labels.map((label) => number.get(label)!));
    const { value } = paths.value(run);

    const ends = [...paths.shrink(value)].map((shrunk) => paths.run(shrunk.value).violated?.property.name);
    expect(ends).not.toContain(early.name);
  });
});

function sample(walker: Walker, { lengthMax, policy }: { readonly lengthMax: number; readonly policy?: PolicyName }) {
  return fc.sample(new PathArbitrary(walker, { lengthMax, policies: policy && [policy] }), { seed: 1, numRuns: 100 });
}
