/** The visited set holds each state once, however it is hashed, and numbers states in the order in which they came. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashStore } from '../src/explore/store.ts';

/** Adds `states` and holds every answer against a Map of texts. */
function expectLikeMap(words: number, states: readonly (readonly number[])[]): void {
  const store = hashStore(words);
  const known = new Map<string, readonly number[]>();
  for (const state of states) {
    const key = state.join();
    expect(store.add(Int32Array.from(state))).toBe(!known.has(key));
    known.set(key, state);
    expect(store.size).toBe(known.size);
  }
  expect([...store.states.subarray(0, known.size * words)]).toEqual([...known.values()].flat());
}

describe('the store', () => {
  test('agrees with a Map on any states of any width', () => {
    const states = fc.integer({ min: 1, max: 4 }).chain((words) =>
      fc.tuple(
        fc.constant(words),
        fc.array(fc.array(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer()), { minLength: words, maxLength: words }), {
          maxLength: 200,
          size: 'max',
        }),
      ),
    );
    fc.assert(fc.property(states, ([words, list]) => expectLikeMap(words, list)));
  });

  test.each([0, 1, 2])('tells apart states that differ in word %i alone, and grows', (word) => {
    const states = Array.from({ length: 12_000 }, (_, value) => [0, 1, 2].map((at) => (at === word ? value % 10_000 : 7)));
    expectLikeMap(3, states);
  });

  test('counts the bytes it holds', () => {
    const store = hashStore(2);
    const before = store.bytes;
    for (let value = 0; value < 6_000; value++) store.add(Int32Array.of(value, 0));
    expect(store.bytes).toBeGreaterThan(before);
    expect(store.bytes).toBeGreaterThanOrEqual(6_000 * 2 * 4);
  });
});
