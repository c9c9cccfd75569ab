/** Partial-order reduction: independence is that of the states, and every quiescent state is found, as near as it is. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SUITES } from '../properties/index.ts';
import { readPins } from '../properties/pins.ts';
import { blockSuccessors } from '../src/compile/blockSuccessors.ts';
import { type CompiledNetwork, compile } from '../src/compile/compile.ts';
import { tableSuccessors } from '../src/compile/successors.ts';
import type { KeptExploration } from '../src/explore/exploration.ts';
import { explore } from '../src/explore/explore.ts';
import { UsageError } from '../src/model/error.ts';
import type { Network } from '../src/model/network.ts';
import { leadsTo, never, neverStep, type Property, quiescent, sometimes } from '../src/model/property.ts';
import { dependenceOf } from '../src/reduce/dependence.ts';
import { checkReduced, decides } from '../src/reduce/plan.ts';
import { stubbornSuccessors } from '../src/reduce/stubborn.ts';
import { build, networkShape } from './random.ts';
import { factory, fuse, lamps, locks } from './toys.ts';
import { twice } from './twice.ts';

const REDUCE = ['por'] as const;

/** `count` lamps, each of which may be lit once: any order will do. */
const candles = (count: number) =>
  lamps(count).replaceStep('press', (spec, { lamp }, { i }) => ({ ...spec, when: [lamp(Number(i)).in('off')] }));

const halves = (network: CompiledNetwork) => {
  const all = network.parts.map((_, index) => index);
  return [all.slice(0, all.length >> 1), all.slice(all.length >> 1)] as const;
};

/** The quiescent states of a search, and how many of them are deadlocks. */
function ends(network: CompiledNetwork, exploration: KeptExploration) {
  const found: string[] = [];
  exploration.forEachState((locals) => {
    const allowed = (step: number): boolean =>
      locals.every((local, part) => (network.masks[part]![local * network.maskWords + (step >> 5)]! & (1 << (step & 31))) !== 0);
    if (!network.steps.some(({ instance }, step) => instance.environment !== true && allowed(step))) found.push(locals.join());
  });
  expect(found.length).toBe(exploration.quiescent);
  return { states: found.sort(), deadlocks: exploration.deadlocks };
}

function reduced(network: CompiledNetwork): KeptExploration {
  return explore(network, [], { successors: () => stubbornSuccessors(network, blockSuccessors(network, halves(network))) });
}

describe('stubborn sets', () => {
  test.each([lamps(6), fuse(34), locks('same'), locks('opposite'), factory, candles(9)].map((one) => [one.name, one] as const))(
    'find the quiescent states of %s',
    (_, one: Network) => {
      const network = compile(one, []);
      const full = explore(network, []);
      const fewer = reduced(network);
      expect(ends(network, fewer)).toEqual(ends(network, full));
      expect(fewer.states).toBeLessThanOrEqual(full.states);
    },
  );

  test('take one order of steps that do not meet', () => {
    expect(explore(compile(candles(9), []), []).states).toBe(512);
    expect(reduced(compile(candles(9), [])).states).toBe(10);
  });

  test('find the quiescent states of random networks, at their distance', () => {
    fc.assert(
      fc.property(networkShape, (shape) => {
        const { network: one, goal } = build(shape);
        const network = compile(one, []);
        expect(ends(network, reduced(network))).toEqual(ends(network, explore(network, [])));
        twice(one, [quiescent('the goal is not the end', [goal], []), quiescent('x', [], goal)], REDUCE);
      }),
      { numRuns: 100 },
    );
  });
});

describe('dependence', () => {
  test('misses no two steps that clash in some state of a random network', () => {
    fc.assert(
      fc.property(networkShape, (shape) => {
        const network = compile(build(shape).network, []);
        const { dependent, words } = dependenceOf(network);
        for (const [one, other] of clashes(network)) expect(dependent[one * words + (other >> 5)]! & (1 << (other & 31))).not.toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('is not assumed where there is none', () => {
    expect(dependenceOf(compile(lamps(6), [])).dependent.every((bits) => bits === 0)).toBe(true);
  });
});

/** Every two steps of which, in some reachable state, one disables the other or the order matters: found by trying. */
function clashes(network: CompiledNetwork): [number, number][] {
  const successors = tableSuccessors(network);
  const found: [number, number][] = [];
  const state = new Int32Array(successors.words);
  const enabledIn = (from: Int32Array): number[] => {
    successors.look(from, 0);
    return network.steps.flatMap((_, step) => ((successors.enabled[step >> 5]! & (1 << (step & 31))) === 0 ? [] : [step]));
  };
  const after = (from: Int32Array, ...steps: readonly number[]): string => {
    const now = Int32Array.from(from);
    for (const step of steps) {
      if (!enabledIn(now).includes(step)) return `${step} is disabled after ${steps[0]}`;
      successors.apply(step, now);
    }
    return now.join();
  };
  explore(network, [], { engine: 'fields' }).forEachState((locals) => {
    state.fill(0);
    network.layout.fields.forEach((field, part) => (state[field.word]! |= locals[part]! << field.shift));
    const enabled = enabledIn(state);
    for (const one of enabled)
      for (const other of enabled) if (one !== other && after(state, one, other) !== after(state, other, one)) found.push([one, other]);
  });
  return found;
}

describe('a premise that is passed by', () => {
  const whole = candles(3);
  const { lamp } = whole.refs;
  const only = (i: number) => [0, 1, 2].map((one) => (one === i ? lamp(one).in('on') : lamp(one).in('off')));

  test('does not make a property vacuous', () => {
    const properties = [0, 1, 2].map((i) => quiescent(`${i}`, [[lamp(i).in('off')]], only(i)));
    expect(twice(whole, properties, REDUCE).answers).toEqual(['0: holds ', '1: holds ', '2: holds ']);
  });

  test('and one that is never met does', () => {
    const absent = [lamp(0).in('on'), lamp(0).in('off')];
    expect(twice(whole, [quiescent('x', [[lamp(0).in('off')]], absent)], REDUCE).answers).toEqual(['x: vacuous ']);
  });

  test('is unknown where the second search meets a limit', () => {
    const absent = [lamp(0).in('on'), lamp(0).in('off')];
    const { results } = checkReduced(candles(14), [quiescent('x', [], absent)], { reduce: REDUCE, limits: { statesMax: 1000 } });
    expect(results.map(({ verdict }) => verdict.tag)).toEqual(['unknown']);
  });
});

describe('what cannot be decided is refused', () => {
  const refused: readonly Property[] = [
    never('n', [], []),
    sometimes('s', []),
    leadsTo('l', [[]], [[]]),
    neverStep('t', [{ before: [], after: [] }], []),
  ];

  test.each(refused)('$kind', (property) => {
    expect(decides(REDUCE, property)).toBe(false);
    expect(() => checkReduced(lamps(1), [property], { reduce: REDUCE })).toThrow(UsageError);
  });
});

describe('on the claims', () => {
  // The reduced engine is the slower one: every suite but the large ones, and in the small ones the bugs that it can find.
  const upTo = (states: number) => SUITES.filter(({ id }) => readPins().suites[id]!.states <= states);

  test.each(upTo(100_000))('$id: the quiescent ones', (suite) => {
    const { network, properties } = suite.build();
    const claims = properties.filter((property) => decides(REDUCE, property));
    const { full, reduced: fewer } = twice(network, claims, REDUCE);
    expect([fewer.quiescent, fewer.deadlocks]).toEqual([full.quiescent, full.deadlocks]);
  });

  const bugs = upTo(10_000).flatMap((suite) => {
    const found = new Set(suite.build().properties.flatMap((one) => (decides(REDUCE, one) ? [one.name] : [])));
    return suite.bugs.filter(({ breaks }) => breaks.some((name) => found.has(name))).map((bug) => [bug.id, suite] as const);
  });

  test.each(bugs)('with the bug %s', (id, suite) => {
    const { network, properties } = suite.build({}, id);
    const broken = properties.filter((property) => decides(REDUCE, property));
    expect(twice(network, broken, REDUCE).answers).toHaveLength(broken.length);
  });
});
