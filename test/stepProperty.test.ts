/** What one step may not do. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, type Verdict } from '../src/explore/check.ts';
import { component } from '../src/model/component.ts';
import { network } from '../src/model/network.ts';
import { neverStep, type Property, type Transition } from '../src/model/property.ts';
import { verdictWords } from '../src/report/model.ts';
import { explain } from '../src/trace/explain.ts';
import { walk } from '../src/walk/walk.ts';
import { at, drawn, traceOf, verdictOf } from './liveness-toys.ts';
import { fire, interpret, satisfies } from './oracle.ts';
import { build, networkShape } from './random.ts';
import { counter, lamps } from './toys.ts';

function pathOf(verdict: Verdict): readonly string[] | string {
  return verdict.tag === 'violated' && verdict.trace ? verdict.trace.steps.map(({ step }) => step.label) : verdict.tag;
}

/** Counts up by one owner, down by another. */
const stock = network('stock', { stock: component(counter, { max: 3 }) })
  .step('up', {}, (_, n) => ({ owner: 'supplier', moves: [n.stock.on({ type: 'up' })] }))
  .step('down', { by: [1, 2] }, ({ by }, n) => ({ owner: 'customer', moves: [n.stock.on({ type: 'down', by })] }))
  .step('reset', {}, (_, n) => ({
    owner: 'auditor',
    moves: [n.stock.on({ type: 'reset' })],
    when: [n.stock.is('is full', (c) => c.count === 3)],
  }));

const reads = (count: number) => stock.refs.stock.is(`reads ${count}`, (context) => context.count === count);
const below = (count: number) => stock.refs.stock.is(`reads less than ${count}`, (context) => context.count < count);

/** The counter does not go down, by the steps that `step` picks. */
const onlyUp = (step?: Transition['step']): Property =>
  neverStep(
    'the stock never goes down',
    [1, 2, 3].map((count) => ({ before: [reads(count)], after: [below(count)], ...(step && { step }) })),
    [reads(1)],
  );

describe('a claim about steps', () => {
  test('is broken by a shortest path that ends with the step', () => {
    expect(pathOf(verdictOf(stock, onlyUp()))).toEqual(['up', 'down(by=1)']);
  });

  test.each([
    ['by name', (step: { name: string }) => step.name === 'up', 'holds'],
    ['by parameter', (step: { params: Readonly<Record<string, unknown>> }) => step.params['by'] === 2, ['up', 'up', 'down(by=2)']],
    ['by owner', (step: { owner: string }) => step.owner === 'auditor', ['up', 'up', 'up', 'reset']],
  ] as const)('is about the steps that it picks %s', (_, step, found) => {
    expect(pathOf(verdictOf(stock, onlyUp(step)))).toEqual(found);
  });

  test('asks for before and after, in this order', () => {
    const net = drawn('a>b x, b>c x');
    const jump = (from: string, to: string) => neverStep('jump', [{ before: at(net, from)[0]!, after: at(net, to)[0]! }], []);
    expect(pathOf(verdictOf(net, jump('a', 'b')))).toEqual(['a>b x']);
    expect(pathOf(verdictOf(net, jump('b', 'a')))).toBe('holds');
    expect(pathOf(verdictOf(net, jump('a', 'c')))).toBe('holds');
    expect(pathOf(verdictOf(net, jump('a', 'a')))).toBe('holds');
  });

  test('sees a step that comes back to a state visited before, and one that stays', () => {
    const net = drawn('a>b x, b>a x, b>b y');
    const jump = (from: string, to: string) => neverStep('jump', [{ before: at(net, from)[0]!, after: at(net, to)[0]! }], []);
    expect(pathOf(verdictOf(net, jump('b', 'a')))).toEqual(['a>b x', 'b>a x']);
    expect(pathOf(verdictOf(net, jump('b', 'b')))).toEqual(['a>b x', 'b>b y']);
  });

  test('is vacuous where its premise is never reached, or none of its steps is ever taken', () => {
    const unreached = neverStep('p', [{ before: [], after: [reads(9)] }], [reads(9)]);
    expect(verdictOf(stock, unreached)).toMatchObject({ tag: 'vacuous', premise: [{ label: 'reads 9' }] });
    const untaken = onlyUp((step) => step.name === 'upp');
    const verdict = verdictOf(stock, untaken);
    expect(verdict).toMatchObject({ tag: 'vacuous', untaken: true });
    expect(verdictWords({ property: untaken, verdict })).toBe('no step that it is about is ever taken');
    expect(verdictOf(stock, neverStep('nothing', [], [reads(1)]))).toMatchObject({ tag: 'vacuous', untaken: true });
  });

  test('is unknown where the search or the second pass meets a limit', () => {
    const net = lamps(10);
    const claim = neverStep('p', [{ before: [net.refs.lamp(0).in('on')], after: [net.refs.lamp(0).in('off')] }], []);
    const limited = (limits: object) => check(net, [claim], { limits }).results[0]?.verdict;
    expect(limited({ statesMax: 10 })).toEqual({ tag: 'unknown', limit: 'states' });
    expect(limited({ bytesMax: check(net, []).exploration.bytes })).toEqual({ tag: 'unknown', limit: 'memory' });
    expect(check(net, [claim], { untilDecided: ['another'] }).results[0]?.verdict).toEqual({ tag: 'unknown', limit: 'early' });
  });

  test('is told with what held before the step and after it', () => {
    const property = onlyUp();
    const text = explain({ network: 'stock', scenario: '', property, trace: traceOf(verdictOf(stock, property)) });
    expect(text).toContain('(must hold of every step that is taken)');
    expect(text).toContain(`
However  before step 2, down(by=1),
           stock reads 1            [counting, count = 1]
         and after it
           stock reads less than 1  [counting, count = 0]
         which is what is forbidden: "the stock never goes down".

Therefore the property is violated within the bounds, in 2 steps.
`);
  });

  test('is not looked at by walks', () => {
    expect(walk(stock, [onlyUp()], { walks: 5 })).toMatchObject({ tag: 'none', premisesSeen: ['the stock never goes down'] });
  });
});

test('on random networks the answer is the one that the naive interpreter gives', () => {
  const found = { holds: 0, violated: 0, vacuous: 0, unknown: 0 };
  fc.assert(
    fc.property(networkShape, fc.nat(5), (shape, modulus) => {
      const { network: net, goal } = build(shape);
      const graph = interpret(net);
      const [before, after] = [goal.slice(1), goal.slice(0, 1)];
      const picked = net.instances().filter((_, number) => number % (modulus + 1) === 0);
      const labels = picked.map(({ label }) => label);
      const bad = [...graph.states].flatMap(([key, state]) =>
        picked.flatMap((step) => {
          const next = satisfies(state, before) ? fire(state, step) : undefined;
          return next && satisfies(next, after) ? [graph.depths.get(key)! + 1] : [];
        }),
      );
      const taken = graph.edges.some((edge) => labels.includes(edge.split(' | ')[1]!));
      const verdict = verdictOf(net, neverStep('p', [{ step: ({ label }) => labels.includes(label), before, after }], []));
      expect(verdict.tag).toBe(bad.length > 0 ? 'violated' : taken ? 'holds' : 'vacuous');
      if (bad.length > 0) expect(pathOf(verdict)).toHaveLength(Math.min(...bad));
      found[verdict.tag]++;
    }),
    { numRuns: 200 },
  );
  expect(Math.min(found.holds, found.violated, found.vacuous)).toBeGreaterThan(5);
});
