/** Packing of states into words, and the mistakes in a model that only the whole network shows. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { layoutOf } from '../src/compile/layout.ts';
import { ModelError } from '../src/model/error.ts';
import { fuse, lamps, locks } from './toys.ts';

describe('layout', () => {
  test('a component of n states has the bits that n needs', () => {
    expect([1, 2, 3, 4, 5, 256, 257, 65_535].map((size) => layoutOf([size]).bits)).toEqual([0, 1, 2, 2, 3, 8, 9, 16]);
  });

  test('no field crosses a word, and none overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 40 }), (sizes) => {
        const { fields, words } = layoutOf(sizes);
        const taken = Array.from({ length: words }, () => 0n);
        fields.forEach(({ word, shift, mask }, index) => {
          const bits = BigInt(mask) << BigInt(shift);
          expect(BigInt(mask)).toBeGreaterThanOrEqual(BigInt((sizes[index] ?? 1) - 1));
          expect(bits < 1n << 32n).toBe(true);
          expect((taken[word] ?? -1n) & bits).toBe(0n);
          taken[word] = (taken[word] ?? 0n) | bits;
        });
        expect(fields).toHaveLength(sizes.length);
      }),
    );
  });

  test('a network without components still has one word', () => {
    expect(layoutOf([])).toEqual({ fields: [], words: 1, bits: 0 });
  });
});

describe('a network is refused', () => {
  test('when a step moves a component that it does not have', () => {
    const wrong = lamps(1).step('x', {}, () => ({ owner: 'x', moves: [{ component: 'bell', event: { type: 'ring' } }] }));
    expect(() => compile(wrong, [])).toThrow(
      new ModelError("network lamps: x speaks of component 'bell', which is not in the network; its components: lamp.0"),
    );
  });

  test('when a step observes a component that it does not have', () => {
    const { process } = locks('same').refs;
    const wrong = lamps(2).step('x', {}, (_, { lamp }) => ({
      owner: 'x',
      moves: [lamp(0).on({ type: 'look' })],
      when: [process(0).in('idle')],
    }));
    expect(() => compile(wrong, [])).toThrow(
      new ModelError("network lamps: x speaks of component 'process.0', which is not in the network; its components: lamp.0, lamp.1"),
    );
  });

  test('when a property observes a component that it does not have', () => {
    expect(() => compile(lamps(1), [[locks('same').refs.lock(1).in('free')]])).toThrow(
      new ModelError("network lamps: a property speaks of component 'lock.1', which is not in the network; its components: lamp.0"),
    );
  });
});

test('steps of the environment are left out of the bits that break quiescence', () => {
  const { internal, steps, maskWords } = compile(locks('same'), []);
  expect(steps.map(({ instance }) => instance.environment === true)).toEqual([true, true, false, false, false, false]);
  expect([...internal]).toEqual([0b111100]);
  expect(maskWords).toBe(1);
  expect(compile(fuse(64), [[]]).maskWords).toBe(3);
});
