/** The fast engine against the reference: the same states, transitions, verdict distances and paths, on everything. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Block } from '../src/compile/blocks.ts';
import { type CompiledNetwork, compile } from '../src/compile/compile.ts';
import { blockSuccessors } from '../src/compile/blockSuccessors.ts';
import { partition } from '../src/compile/partition.ts';
import { type Engine, type Exploration, explore } from '../src/explore/explore.ts';
import { exploreParallel } from '../src/explore/parallel.ts';
import { pairStore } from '../src/explore/pairStore.ts';
import type { Watch } from '../src/explore/watch.ts';
import { planCheck } from '../src/explore/check.ts';
import { SUITES } from '../properties/index.ts';
import { build, networkShape } from './random.ts';
import { factory, fuse, lamps, locks } from './toys.ts';

const TOYS = [lamps(6), fuse(34), locks('same'), locks('opposite'), factory].map((network) => [network.name, network] as const);

function outcome(compiled: CompiledNetwork, watches: readonly Watch[], engine: Engine) {
  const found = explore(compiled, watches, { engine });
  return { ...countsOf(found), paths: found.paths(seenOf(found)) };
}

/** All that a search found out, as plain data; the bytes differ between engines. */
const countsOf = (exploration: Exploration) =>
  Object.fromEntries(Object.entries(exploration).filter(([key, value]) => key !== 'bytes' && typeof value !== 'function'));
const seenOf = ({ seen }: Pick<Exploration, 'seen'>): number[] => seen.flatMap((depth, watch) => (depth === undefined ? [] : [watch]));

describe('the two engines', () => {
  test.each(TOYS)('agree on %s', (_, network) => {
    const compiled = compile(network, []);
    expect(outcome(compiled, [], 'blocks')).toEqual(outcome(compiled, [], 'fields'));
  });

  test('agree on random networks, paths included', () => {
    fc.assert(
      fc.property(networkShape, (shape) => {
        const { network, goal } = build(shape);
        const compiled = compile(network, [goal]);
        const watches = [false, true].map((onlyQuiescent) => ({ conjunction: 0, onlyQuiescent }));
        expect(outcome(compiled, watches, 'blocks')).toEqual(outcome(compiled, watches, 'fields'));
      }),
      { numRuns: 200 },
    );
  });

  test('do not depend on the partition', () => {
    const compiled = compile(factory, []);
    const all = compiled.parts.map((_, index) => index);
    const sizes = all.map((cut) => {
      const successors = blockSuccessors(compiled, [all.slice(0, cut), all.slice(cut)]);
      const store = pairStore();
      store.add(successors.initial);
      const next = new Int32Array(2);
      for (let state = 0; state < store.size; state++) {
        successors.look(store.states, state * 2);
        for (let step = 0; step < compiled.steps.length; step++) {
          if ((successors.enabled[step >> 5]! & (1 << (step & 31))) === 0) continue;
          successors.apply(step, next);
          store.add(next);
        }
      }
      return store.size;
    });
    expect(new Set(sizes)).toEqual(new Set([explore(compiled, [], { engine: 'fields' }).states]));
  });
});

describe('the parallel search', () => {
  test.each([1, 2, 3])('counts with %i workers what one thread counts', async (workers) => {
    const { network, properties } = SUITES.find(({ id }) => id === 'socket/6.18-two-readers')!.build();
    const plan = planCheck(network, properties);
    const alone = explore(plan.compiled, plan.watches);
    for (let run = 0; run < 3; run++) {
      const found = await exploreParallel(plan.compiled, plan.watches, { workers });
      expect(countsOf(found)).toEqual(countsOf(alone));
      const seen = seenOf(alone);
      expect(found.paths(seen).map((path) => path.length)).toEqual(alone.paths(seen).map((path) => path.length));
    }
  });

  test('stops at a limit, and when asked to', async () => {
    const { network } = SUITES.find(({ id }) => id === 'receive-path/1cpu')!.build();
    const compiled = compile(network, []);
    const stopped = await exploreParallel(compiled, [], { workers: 2, onProgress: () => true });
    expect(stopped.limit).toBe('stopped');
    const small = await exploreParallel(compiled, [], { workers: 2, limits: { statesMax: 1000 } });
    expect(small.limit).toBe('states');
  });

  test('shows the way to what it saw before it met its limit', async () => {
    const { network, properties } = SUITES.find(({ id }) => id === 'socket/6.18-two-readers')!.build();
    const plan = planCheck(network, properties);
    const alone = explore(plan.compiled, plan.watches);
    const cut = await exploreParallel(plan.compiled, plan.watches, { workers: 2, limits: { statesMax: 1000 } });
    expect(cut.limit).toBe('states');
    const seen = seenOf(cut);
    expect(seen.length).toBeGreaterThan(0);
    expect(cut.paths(seen)).toEqual(alone.paths(seen));
  });
});

describe('the partition', () => {
  test('is the same every time, and covers every component once', () => {
    const compiled = compile(lamps(6), []);
    const [first, second] = partition(compiled);
    expect(partition(compiled)).toEqual([first, second]);
    expect([...first, ...second].sort((a, b) => a - b)).toEqual(compiled.parts.map((_, index) => index));
  });

  test('may put everything into one block', () => {
    const compiled = compile(lamps(1), []);
    const block = new Block(compiled, [0]);
    expect(block.size).toBe(1);
    expect(block.compute(0, block.column[0]!)).toBe(1);
    expect(block.local(1, 0)).toBe(1);
  });
});

describe('the pair store', () => {
  test('holds exactly what was added, however sparse', () => {
    const number = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { maxLength: 200 }), (pairs) => {
        const store = pairStore();
        const known = new Set<string>();
        for (const [a, b] of pairs) {
          expect(store.add(Int32Array.of(a, b))).toBe(!known.has(`${a},${b}`));
          known.add(`${a},${b}`);
        }
        expect(store.size).toBe(known.size);
        const listed = Array.from({ length: store.size }, (_, index) => `${store.states[index * 2]},${store.states[index * 2 + 1]}`);
        expect(listed).toEqual([...known]);
      }),
    );
  });
});
