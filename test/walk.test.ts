/** Walks on toy networks: each planted bug is found and shrunk to what breadth-first search says is shortest. */
import { describe, expect, test } from 'vitest';
import { check } from '../src/explore/check.ts';
import { UsageError } from '../src/model/error.ts';
import type { Network } from '../src/model/network.ts';
import { never, type Property, quiescent } from '../src/model/property.ts';
import { confirmed } from '../src/walk/confirm.ts';
import { type Found, walk, type WalkOptions, type WalkResult, walkText } from '../src/walk/walk.ts';
import { Walker } from '../src/walk/walker.ts';
import { lossyLine, receive, semaphores, threads, type Toy } from './walk-toys.ts';

const planted: readonly (readonly [string, Toy, WalkOptions])[] = [
  ['semaphores taken in opposite order', semaphores([0, 1]), {}],
  ['NAPI that forgets MISSED', receive(8, true), {}],
  ['NAPI that forgets MISSED, 40 frames', receive(40, true), {}],
  ['three threads that lose an update', threads(0), {}],
  ['a line that loses packets', lossyLine(30), {}],
  ['three threads and four clocks', threads(4), { lengthMax: 100 }],
];

describe.each(planted)('%s', (_, { network: built, properties }, options) => {
  test.each([1, 2, 3, 4, 5])('is found from seed %i, shrunk to a shortest counterexample, and replayed in one walk', (seed) => {
    const found = violated(walk(built, properties, { ...options, seed }));
    expect(found.steps).toHaveLength(shortest(built, properties, found.property.name));
    expect(found.trace.steps).toHaveLength(found.steps.length);

    const again = violated(walk(built, properties, { ...options, seed, path: found.path }));
    expect(again).toMatchObject({ steps: found.steps, path: found.path, shrinks: found.shrinks, walksBefore: 0 });
    expect(again.property.name).toBe(found.property.name);
  });
});

const sound: readonly (readonly [string, Toy])[] = [
  ['semaphores taken in the same order', semaphores([0, 0])],
  ['NAPI that remembers MISSED', receive(8, false)],
];

test.each(sound)('%s: no counterexample, and what was met is what can be reached', (_, { network: built, properties }) => {
  const none = walk(built, properties, { walks: 200, seed: 7 });
  if (none.tag !== 'none') throw new Error(walkText(none));
  const reached = check(built, properties).results.flatMap(({ property, verdict }) =>
    property.kind === 'sometimes' && verdict.tag === 'holds' ? [property.name] : [],
  );

  expect(none).toMatchObject({ walks: 200, seed: 7, interrupted: false, sometimesSeen: reached });
  expect(none.premisesSeen).toEqual(properties.flatMap(({ kind, name }) => (kind === 'sometimes' ? [] : [name])));
  expect(walkText(none)).toBe(`no counterexample in 200 walks (${none.steps} steps, seed 7)`);
});

describe('a search', () => {
  const { network: built, properties } = receive(8, true);
  const { network: right, properties: same } = receive(8, false);

  test('is the same every time, and another one from another seed', () => {
    expect(plain(walk(built, properties))).toEqual(plain(walk(built, properties)));
    expect(walk(right, same)).toEqual(walk(right, same));
    expect(violated(walk(built, properties, { seed: 4 })).path).not.toBe(violated(walk(built, properties)).path);
  });

  test('shrinks a counterexample that is handed to it, also one with steps that are no longer enabled', () => {
    const [frame, softirq, clean, drained, complete] = [0, 1, 2, 3, 4];
    const round = [frame, softirq, clean, drained, complete];
    const old = [complete, ...round, ...round, frame, softirq, clean, frame, clean, drained, frame, drained, complete];
    const found = violated(walk(built, properties, { examples: [old] }));

    expect(found).toMatchObject({ walksBefore: 0, steps: [frame, softirq, clean, drained, frame, complete] });
  });

  test('that may take no time says so', () => {
    expect(walk(right, same, { millisecondsMax: 0 })).toMatchObject({ tag: 'none', walks: 0, steps: 0, interrupted: true });
  });

  test('along the first part of a path shows the walk as it was before it shrank', () => {
    const found = violated(walk(built, properties, { seed: 4 }));
    const raw = violated(walk(built, properties, { seed: 4, path: found.path.split(':', 1).join() }));

    expect(raw).toMatchObject({ shrinks: 0, walksBefore: 0 });
    expect(raw.steps.length).toBeGreaterThan(found.steps.length);
  });

  test('along a path that is repaired finds nothing, in one walk', () => {
    for (const path of ['1', '0:0']) expect(walk(right, same, { seed: 4, path })).toMatchObject({ tag: 'none', walks: 1 });
  });

  test('along nonsense refuses', () => {
    expect(() => walk(built, properties, { path: '0:1:2:3:99999' })).toThrow(UsageError);
    expect(() => walk(built, properties, { path: 'abc' })).toThrow("path 'abc' is not one that a walk reported");
  });

  test('does not count as quiescent what only the environment has left to do, if the system has not', () => {
    const busy = quiescent('polling goes on', [[right.refs.napi.in('polling')]], [right.refs.napi.in('polling')]);

    expect(walk(right, [busy], { walks: 200 }).tag).toBe('none');
    expect(walk(right, [never('polling never goes on', busy.kind === 'quiescent' ? busy.forbids : [], [])]).tag).toBe('violated');
  });
});

describe('a violation is reported only if XState agrees', () => {
  const { network: built, properties } = receive(2, true);
  const walker = new Walker(built, properties);
  const [target] = walker.watchlist.targets;
  const stranded = violated(walk(built, properties)).steps;

  test.each([
    ['that the last state breaks the property', stranded.slice(0, -6), 'ring holds a frame is false'],
    ['that nothing internal is enabled there', stranded.slice(0, 1), 'not quiescent, softirq is enabled'],
    ['that each step was enabled', stranded.slice(1), 'does not accept'],
  ])('%s', (_, path, message) => {
    expect(() => confirmed(walker, { path, violated: target })).toThrow(message);
  });
});

/** The length of the shortest counterexample to the property named `name`. */
function shortest(built: Network, properties: readonly Property[], name: string): number {
  const verdict = check(built, properties).results.find(({ property }) => property.name === name)?.verdict;
  if (verdict?.tag !== 'violated' || verdict.trace === undefined) throw new Error(`exhaustive search does not violate '${name}'`);
  return verdict.trace.steps.length;
}

function violated(result: WalkResult): Found {
  if (result.tag !== 'violated') throw new Error(walkText(result));
  return result;
}

/** A result without the functions in it, which are equal only to themselves. */
function plain(result: WalkResult) {
  return result.tag === 'none' ? result : { ...result, property: result.property.name, forbidden: [], trace: [] };
}
