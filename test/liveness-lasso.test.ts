/** Counterexamples without end: what they are made of, how they are confirmed, and the limits of looking for them. */
import { describe, expect, test } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { check } from '../src/explore/check.ts';
import { explore } from '../src/explore/explore.ts';
import { LIMITS_DEFAULT } from '../src/explore/limits.ts';
import { confirmed } from '../src/liveness/confirm.ts';
import { inquiryOf, type LateProperty, secondPass } from '../src/liveness/secondPass.ts';
import type { Network } from '../src/model/network.ts';
import { leadsTo } from '../src/model/property.ts';
import type { Trace } from '../src/trace/replay.ts';
import { asked, at, drawn, runOf, traceOf, verdictOf } from './liveness-toys.ts';
import { globalKey, type Global } from './oracle.ts';
import { lamps } from './toys.ts';

const numbersOf = (network: Network, { steps }: Trace): number[] => {
  const labels = network.instances().map(({ label }) => label);
  return steps.map(({ step }) => labels.indexOf(step.label));
};

describe('the loop of a counterexample', () => {
  // Three owners go round; y and z are able everywhere, so each has to have its turn.
  const net = drawn('0>a x, a>b x, b>a x, a>c y, c>a x, c>d z, d>c x, b>e y, e>b x, d>f x, a>a z, b>b z, d>d y, e>e z');
  const trace = traceOf(asked(net, '0', 'f'));

  test('ends, on XState, in the state that it began in', () => {
    const { states, loop = Number.NaN } = trace;
    expect(loop).toBeGreaterThan(0);
    expect(loop).toBeLessThan(trace.steps.length);
    expect(globalKey(states.at(-1) as Global)).toBe(globalKey(states[loop] as Global));
  });

  test('gives every fair owner its turn, or shows it unable to move', () => {
    const round = trace.steps.slice(trace.loop).map(({ step }) => step.owner);
    expect([...new Set(round)].sort()).toEqual(['x', 'y', 'z']);
  });

  test('is as short as the owners allow', () => {
    expect(runOf(asked(drawn('a>b x, b>a x, a>a y, b>b y, a>z w'), 'a', 'z'))).toBe('(a>b b>b b>a)');
    expect(runOf(asked(drawn('a>b x, b>c x, c>a x, a>d x, d>a x, b>z y'), 'a', 'z'))).toBe('(a>b b>c c>a)');
  });
});

describe('on a graph that is folded into blocks', () => {
  const net = lamps(15);
  const { lamp } = net.refs;
  const lit = (...which: number[]) => [which.map((i) => lamp(i).in('on'))];
  const dark = (i: number) => [[lamp(i).in('off')]];

  test('the answers are the same as on a small one', () => {
    const small = lamps(3);
    for (const one of [net, small]) {
      const on = one.refs.lamp;
      const claims = [
        leadsTo('lit', [[on(0).in('on')]], [[on(0).in('off')]]),
        leadsTo('both', [[on(0).in('on')]], [[on(0).in('off'), on(1).in('on')]]),
        leadsTo('stopped', [[on(0).in('on')]], [[on(0).in('off')]], { unfair: ['finger 0'] }),
      ];
      expect(check(one, claims).results.map(({ verdict }) => verdict.tag)).toEqual(['holds', 'violated', 'violated']);
    }
  });

  test('the loop serves all fifteen owners', () => {
    const trace = traceOf(verdictOf(net, leadsTo('never all', dark(0), lit(...Array.from({ length: 15 }, (_, i) => i)))));
    expect(new Set(trace.steps.slice(trace.loop).map(({ step }) => step.owner)).size).toBe(15);
  });
});

describe('limits end in unknown', () => {
  const net = lamps(10);
  const { lamp } = net.refs;
  const claim = leadsTo('goes out', [[lamp(0).in('on')]], [[lamp(0).in('off')]]);

  test('those of the search', () => {
    expect(check(net, [claim], { limits: { statesMax: 100 } }).results[0]?.verdict).toEqual({ tag: 'unknown', limit: 'states' });
  });

  test('the memory of the second pass, though the search itself fits', () => {
    const { bytes } = check(net, []).exploration;
    expect(check(net, [claim], { limits: { bytesMax: bytes } }).results[0]?.verdict).toEqual({ tag: 'unknown', limit: 'memory' });
    expect(check(net, [claim], { limits: { bytesMax: bytes + 4 * 2 ** 20 } }).results[0]?.verdict).toEqual({ tag: 'holds' });
  });

  test('the time of the second pass, for everything that was not answered by then', () => {
    const conjunctions = [[lamp(0).in('on')], [lamp(0).in('off')]];
    const compiled = compile(net, conjunctions);
    const inquiry = inquiryOf(claim as LateProperty, compiled, (one) => compiled.conjunctionsFrom + (one === conjunctions[0] ? 0 : 1));
    const answers = secondPass(compiled, explore(compiled, []), new Map([[claim, inquiry]]), { ...LIMITS_DEFAULT, millisecondsMax: -1 });
    expect([...answers.values()]).toEqual(['time']);
  });

  test('the end of a search that was asked about other properties', () => {
    const { results } = check(net, [claim], { untilDecided: ['another'] });
    expect(results[0]?.verdict).toEqual({ tag: 'unknown', limit: 'early' });
    expect(check(net, [claim], { untilDecided: [claim.name] }).results[0]?.verdict.tag).toBe('holds');
  });
});

describe('a counterexample that XState does not bear out is an error of the engine', () => {
  const net = drawn('a>b x, b>a x, b>c y, c>d x');
  const claim = leadsTo('a leads to d', at(net, 'a'), at(net, 'd'), { strong: [] }) as LateProperty;
  const path = numbersOf(net, traceOf(asked(net, 'a', 'd')));

  test('and one that it does is not', () => {
    expect(confirmed(net, claim, { path, loop: 0 }).loop).toBe(0);
  });

  test.each([
    ['a loop that is open', { path: path.slice(0, 1), loop: 0 }, /does not come back to where it began/],
    ['no loop at all', { path }, /there is no loop/],
    ['rest where an owner can move', { path: [], loop: 0 }, /x could move and never does/],
    ['a step that is not enabled', { path: [1, 0], loop: 0 }, /was taken although/],
  ])('%s', (_, refutation, message) => {
    expect(() => confirmed(net, claim, refutation)).toThrow(message);
  });

  test('an end that comes about, or an obligation that never opens', () => {
    const other = leadsTo('b leads to a', at(net, 'b'), at(net, 'a')) as LateProperty;
    expect(() => confirmed(net, other, { path, loop: 0 })).toThrow(/what is promised comes about/);
    const none = leadsTo('c leads to d', at(net, 'c'), at(net, 'd')) as LateProperty;
    expect(() => confirmed(net, none, { path, loop: 0 })).toThrow(/or nothing was promised/);
  });

  test('a strongly fair owner that is interrupted', () => {
    const strong = { ...claim, fairness: { strong: ['y'] } } as LateProperty;
    expect(() => confirmed(net, strong, { path, loop: 0 })).toThrow(/y could move and never does/);
  });
});
