/** Counterexamples without end as text, in tables and on the page; and what walks make of such claims. */
import { describe, expect, test } from 'vitest';
import { leadsTo } from '../src/model/property.ts';
import { reportHtml } from '../src/report/html.ts';
import { verdictWords } from '../src/report/model.ts';
import { explain } from '../src/trace/explain.ts';
import { watchlistOf } from '../src/walk/watchlist.ts';
import { walk } from '../src/walk/walk.ts';
import { textOf, unbalanced } from './fixtures/reportMarkup.ts';
import { at, drawn, traceOf, verdictOf } from './liveness-toys.ts';

describe('in words', () => {
  const told = (edges: string, from: string, to: string): string => {
    const net = drawn(edges);
    const property = leadsTo(`${from} leads to ${to}`, at(net, from), at(net, to));
    return explain({ network: net.name, scenario: 'n=1', property, trace: traceOf(verdictOf(net, property)) });
  };

  test('a loop is told as Then and For ever', () => {
    expect(told('0>a x, a>b x, b>a y, b>c x', 'a', 'c')).toBe(`\
Let      network   maze
         bounds    n=1
         property  a leads to c
                   (must come about, then or later, on every run that is fair: no owner stops while
                   it could go on; the environment may stop)

Then     1  0>a x  x
            at  0>a x  0 -> a

For ever 2  a>b x  x
            at  a>b x  a -> b
         3  b>a y  y
            at  b>a y  b -> a
         and then step 2 again: the state is the one after step 1.

However  after step 1
           at is a  [a]
         and from there on never
           at is c  [a]
         which is what is forbidden: "a leads to c".

Therefore the property is violated within the bounds, in 1 step, then 2 steps for ever.
`);
  });

  test('rest is told as nothing more', () => {
    const text = told('a>b x, b>c env', 'a', 'c');
    expect(text).toContain(`
Then     1  a>b x  x
            at  a>b x  a -> b

For ever nothing more happens: no owner that may not stop can move.

However  in the initial state
           at is a  [a]
         and from there on never
           at is c  [b]
`);
    expect(text).toContain('Therefore the property is violated within the bounds, in 1 step, then nothing more.');
  });

  test('a loop may begin at once', () => {
    const text = told('a>b x, b>a x, b>c x', 'a', 'c');
    expect(text).toContain('Then     nothing has to happen: the initial state will do.\n\nFor ever 1  a>b x  x');
    expect(text).toContain('and then step 1 again: the state is the one it began in.');
  });

  test('the fairness names who may stop, who is served even so, and what goes on', () => {
    const net = drawn('a>b x, b>a y, a>a z, b>c env');
    const property = leadsTo('p', at(net, 'a'), at(net, 'c'), { unfair: ['z'], strong: ['y'] });
    const text = explain({ network: 'maze', scenario: '', property, trace: traceOf(verdictOf(net, property)) }, { columnsMax: 200 });
    expect(text).toContain('no owner but z stops while it could go on; y even where interrupted; the environment may stop');
    const willing = leadsTo('p', at(net, 'a'), at(net, 'c'), { willing: ['b>c env'] });
    const again = explain(
      { network: 'maze', scenario: '', property: willing, trace: traceOf(verdictOf(net, willing)) },
      { columnsMax: 200 },
    );
    expect(again).toContain('the environment keeps taking b>c env; the environment may stop');
  });

  test('in the tables', () => {
    const net = drawn('a>b x, b>a x, b>c x');
    const property = leadsTo('p', at(net, 'a'), at(net, 'c'));
    expect(verdictWords({ property, verdict: verdictOf(net, property) })).toBe('counterexample: 0 steps, then 2 steps for ever');
    expect(verdictWords({ property, verdict: { tag: 'vacuous', premise: [] } })).toBe('there is nothing that it is about');
  });
});

describe('on the page', () => {
  const page = (edges: string, from: string, to: string): Promise<string> => {
    const net = drawn(edges);
    const property = leadsTo(`${from} leads to ${to}`, at(net, from), at(net, to));
    const counts = { states: 1, transitions: 1, depth: 1, quiescent: 0 };
    const claims = [{ result: { property, verdict: verdictOf(net, property) }, expected: 'violated' as const }];
    const suite = { id: 'maze', network: 'maze', about: '', scenario: '', claims, ...counts };
    return reportHtml({ title: 't', about: '', suites: [suite], bugs: [], machines: [] });
  };

  test('the lanes mark the steps of the loop, and where it begins', async () => {
    const text = await page('0>a x, a>b x, b>a y, b>c x', 'a', 'c');
    expect(unbalanced(text)).toEqual([]);
    expect(text.match(/<li class="looping">/g)).toHaveLength(2);
    expect(text.indexOf('and for ever, from the state after step 1 and back to it:')).toBeGreaterThan(text.indexOf('0&gt;a x'));
    expect(textOf(text)).toContain('in the end');
    expect(textOf(text)).toContain('and from there on never');
  });

  test('rest stands after the last step', async () => {
    const text = await page('a>b x, b>c env', 'a', 'c');
    expect(text).not.toContain('class="looping"');
    expect(text.indexOf('and then nothing more, for ever')).toBeGreaterThan(text.indexOf('a&gt;b x'));
  });
});

test('walks do not look at such claims, only whether their premises are met', () => {
  const net = drawn('a>b x, b>a x, b>c x');
  const claim = leadsTo('p', at(net, 'a'), at(net, 'c'));
  expect(verdictOf(net, claim).tag).toBe('violated');
  expect(watchlistOf([claim]).targets).toEqual([]);
  expect(walk(net, [claim], { walks: 5 })).toMatchObject({ tag: 'none', premisesSeen: ['p'] });
});
