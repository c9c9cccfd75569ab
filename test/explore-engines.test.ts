/** The fast engine against the reference: the same states, transitions, verdict distances and paths, on everything. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CompiledNetwork, compile } from '../src/compile/compile.ts';
import { blockSuccessors } from '../src/compile/blockSuccessors.ts';
import { tableSuccessors } from '../src/compile/successors.ts';
import { LIMITS_DEFAULT } from '../src/explore/limits.ts';
import { partition } from '../src/explore/partition.ts';
import type { Engine, Exploration } from '../src/explore/exploration.ts';
import { explore } from '../src/explore/explore.ts';
import { exploreParallel } from '../src/explore/parallel.ts';
import { PairLevels } from '../src/explore/pairLevels.ts';
import { PairSet } from '../src/explore/pairSet.ts';
import { searchPlainly } from '../src/explore/plainSearch.ts';
import type { Watch } from '../src/explore/watch.ts';
import { planCheck } from '../src/explore/check.ts';
import { SUITES } from '../properties/index.ts';
import { build, networkShape } from './random.ts';
import { factory, fuse, lamps, locks } from './toys.ts';

const TOYS = [lamps(6), fuse(34), locks('same'), locks('opposite'), factory].map((network) => [network.name, network] as const);

function outcome(compiled: CompiledNetwork, watches: readonly Watch[], engine: Engine) {
  const found = explore(compiled, watches, { engine });
  const seen = seenOf(found);
  const paths = found.paths(seen);
  seen.forEach((watch, index) => expectToMeet(compiled, watches[watch]!, paths[index]!));
  return { ...countsOf(found), lengths: paths.map((path) => path.length) };
}

/** The path is one of the network, and what it ends in satisfies the watch. */
function expectToMeet(compiled: CompiledNetwork, { conjunction, onlyQuiescent }: Watch, path: readonly number[]): void {
  const successors = tableSuccessors(compiled);
  const holds = (bit: number): boolean => (successors.enabled[bit >> 5]! & (1 << (bit & 31))) !== 0;
  const state = successors.initial.slice();
  successors.look(state, 0);
  for (const step of path) {
    expect(holds(step)).toBe(true);
    successors.apply(step, state);
    successors.look(state, 0);
  }
  expect(holds(compiled.conjunctionsFrom + conjunction)).toBe(true);
  expect(successors.quiescent() || !onlyQuiescent).toBe(true);
}

/** All that a search found out, as plain data; the bytes differ between engines, and not all begin with a quick pass. */
const countsOf = (exploration: Exploration) =>
  Object.fromEntries(
    Object.entries(exploration).filter(([key, value]) => key !== 'bytes' && key !== 'glimpses' && typeof value !== 'function'),
  );
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
    const whole = countsOf(explore(compiled, [], { engine: 'fields' }));
    for (const cut of [...all, all.length]) {
      const search = searchPlainly(
        compiled,
        [],
        { limits: LIMITS_DEFAULT },
        blockSuccessors(compiled, [all.slice(0, cut), all.slice(cut)]),
      );
      let slice = search.next();
      while (slice.done !== true) slice = search.next();
      expect(countsOf(slice.value)).toEqual(whole);
    }
  });
});

describe('the parallel search', () => {
  test('counts what one thread counts where the blocks grow while it runs', async () => {
    const { network, properties } = SUITES.find(({ id }) => id === 'receive-path/1cpu')!.build();
    const plan = planCheck(network, properties);
    const found = await exploreParallel(plan.compiled, plan.watches, { workers: 2 });
    expect(countsOf(found)).toEqual(countsOf(explore(plan.compiled, plan.watches)));
  });

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
    const alone = explore(plan.compiled, plan.watches, { engine: 'blocks' });
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

  test('may leave a block empty', () => {
    const compiled = compile(lamps(1), []);
    expect(partition(compiled)).toEqual([[0], []]);
    expect(explore(compiled, [], { engine: 'blocks' }).states).toBe(2);
  });
});

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 3000 })), { maxLength: 300 });

describe('the set of pairs', () => {
  test('holds exactly what was added, however sparse, and whenever it grows', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const set = new PairSet();
        const known = new Set<string>();
        let [rows, columns] = [1, 1];
        for (const [row, column] of list) {
          [rows, columns] = [Math.max(rows, row + 1), Math.max(columns, column + 1)];
          set.reserve(rows, columns);
          expect(set.add(row, column)).toBe(!known.has(`${row},${column}`));
          known.add(`${row},${column}`);
        }
        expect(list.map(([row, column]) => set.add(row, column))).not.toContain(true);
      }),
    );
  });

  test('grows by chunks without losing a bit', () => {
    const set = new PairSet();
    set.reserve(10_000, 600);
    for (let row = 0; row < 10_000; row++) expect(set.add(row, row % 600)).toBe(true);
    const held = set.bytes;
    for (let row = 0; row < 10_000; row++) expect(set.add(row, row % 600)).toBe(false);
    expect(set.bytes).toBe(held);
  });
});

describe('the levels of pairs', () => {
  test('give back each pair once, in the level that found it, row by row, and so do their pieces', () => {
    fc.assert(
      fc.property(fc.array(pairs, { maxLength: 6 }), (rounds) => {
        const levels = new PairLevels();
        levels.reserve(3001, 3001);
        const known = new Set<string>();
        const expected: string[][] = [];
        for (const round of rounds) {
          const fresh = round.filter(([row, column]) => !known.has(`${row},${column}`) && known.add(`${row},${column}`));
          for (const [row, column] of round) levels.add(row, column);
          expect(levels.close()).toBe(fresh.length > 0);
          if (fresh.length > 0) expected.push(fresh.sort(([a], [b]) => a - b).map(String));
        }
        const again = new PairLevels();
        again.reserve(3001, 3001);
        again.restore(levels.pieces(levels.count === 0 ? 0 : levels.stretch(levels.count - 1).to), startsOf(levels));
        for (const one of [levels, again]) {
          expect(one.size).toBe(known.size);
          expect(startsOf(one).map((_, level) => listed(one, level))).toEqual(expected);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('may be longer than a chunk, and rows can be left out', () => {
    const levels = new PairLevels();
    levels.reserve(3, 70_000);
    for (let column = 0; column < 70_000; column++) for (const row of [2, 0]) levels.add(row, column);
    levels.close();
    let seen = 0;
    levels.forEach(
      levels.stretch(0),
      (row, column) => {
        expect([row, column]).toEqual([2, seen++]);
        return column === 69_000;
      },
      (row) => row === 0,
    );
    expect(seen).toBe(69_001);
  });
});

const startsOf = (levels: PairLevels): number[] => Array.from({ length: levels.count }, (_, level) => levels.stretch(level).from);

function listed(levels: PairLevels, level: number): string[] {
  const list: string[] = [];
  levels.forEach(levels.stretch(level), (row, column) => void list.push(String([row, column])));
  return list;
}
