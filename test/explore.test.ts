/** The exhaustive search on networks whose answers are known: counted by hand, or published. */
import { describe, expect, test } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { check } from '../src/explore/check.ts';
import { explore } from '../src/explore/explore.ts';
import { component } from '../src/model/component.ts';
import { type Network, network } from '../src/model/network.ts';
import { always, never, not, type Property, quiescent, sometimes } from '../src/model/property.ts';
import { transactionCommit } from './calibration/transactionCommit.ts';
import { allCommit, consistent, twoPhase } from './calibration/twoPhase.ts';
import { counter, fuse, lamp, lamps, locks } from './toys.ts';

function counts(network: Network) {
  const { states, transitions, depth, quiescent, deadlocks, limit } = explore(compile(network, []), []);
  expect(limit).toBeUndefined();
  return { states, transitions, depth, quiescent, deadlocks };
}

describe('exact counts', () => {
  test('one lamp that nobody may press is one state', () => {
    const dark = network('dark', { lamp: component(lamp) });
    expect(counts(dark)).toEqual({ states: 1, transitions: 0, depth: 0, quiescent: 1, deadlocks: 1 });
  });

  test('n free lamps are a cube of n dimensions', () => {
    expect(counts(lamps(5))).toEqual({ states: 32, transitions: 5 * 32, depth: 5, quiescent: 0, deadlocks: 0 });
    expect(counts(lamps(13))).toEqual({ states: 2 ** 13, transitions: 13 * 2 ** 13, depth: 13, quiescent: 0, deadlocks: 0 });
  });

  test('a fuse of 70 lamps is a line: states of three words, steps of three words', () => {
    expect(compile(fuse(70), []).layout).toMatchObject({ bits: 70, words: 3 });
    expect(counts(fuse(70))).toEqual({ states: 71, transitions: 70, depth: 70, quiescent: 1, deadlocks: 1 });
  });

  test('two processes and two locks', () => {
    // Asking for a first lock is the environment's choice: at rest and deadlocked, nothing else can move.
    expect(counts(locks('same'))).toEqual({ states: 5, transitions: 6, depth: 2, quiescent: 1, deadlocks: 0 });
    expect(counts(locks('opposite'))).toEqual({ states: 6, transitions: 8, depth: 2, quiescent: 2, deadlocks: 1 });
  });

  test('a self-transition is counted as a transition', () => {
    const looked = network('looked', { lamp: component(lamp) })
      .step('press', {}, (_, { lamp }) => ({ owner: 'finger', moves: [lamp.on({ type: 'press' })] }))
      .step('look', {}, (_, { lamp }) => ({ owner: 'eye', moves: [lamp.on({ type: 'look' })] }));
    expect(counts(looked)).toEqual({ states: 2, transitions: 3, depth: 1, quiescent: 0, deadlocks: 0 });
  });

  test('each step that was ever taken is marked', () => {
    const { fired } = explore(compile(locks('opposite'), []), []);
    expect([...fired]).toEqual([1, 1, 1, 1, 1, 1]);
    const { lock } = locks('opposite').refs;
    const nowhere = not(lock(0).in('free', 'taken'));
    const stuck = locks('opposite').replaceStep('second', (spec, _, { p }) => (p === 0 ? { ...spec, when: [nowhere] } : spec));
    expect([...explore(compile(stuck, []), []).fired]).toEqual([1, 1, 0, 1, 0, 1]);
  });
});

describe('calibration on published figures', () => {
  // TLC counts the initial state as a transition, and the states of the longest path in place of its steps.
  test('two-phase commit with 3 resource managers: TLC has 288 distinct, 1146 total, depth 11', () => {
    expect(counts(twoPhase(3))).toMatchObject({ states: 288, transitions: 1146 - 1, depth: 11 - 1 });
  });

  test('two-phase commit with 5 resource managers: stateright has 8,832 unique', () => {
    expect(counts(twoPhase(5))).toMatchObject({ states: 8832 });
  });

  test('transaction commit with 3 resource managers: TLC has 34 distinct, 94 total, depth 7', () => {
    expect(counts(transactionCommit(3))).toMatchObject({ states: 34, transitions: 94 - 1, depth: 7 - 1 });
  });

  test('two-phase commit is consistent, and can commit', () => {
    const network = twoPhase(3);
    const { results } = check(network, [consistent(network), allCommit(network)]);
    expect(results.map(({ verdict }) => verdict.tag)).toEqual(['holds', 'holds']);
    // Three prepare, three messages are received, one commit, three more.
    expect(labels(results[1]?.verdict)).toHaveLength(10);
  });
});

describe('verdicts', () => {
  const opposite = locks('opposite');
  const { process, lock } = opposite.refs;
  const verdictOf = (property: Property, on: Network = opposite) => check(on, [property]).results[0]?.verdict;
  const deadlock = [process(0).in('one'), process(1).in('one')];

  test('a violated invariant comes with a shortest counterexample', () => {
    const verdict = verdictOf(never('no deadlock', [deadlock], []));
    expect(verdict).toMatchObject({ tag: 'violated', forbidden: deadlock });
    expect(labels(verdict)).toEqual(['first(p=0)', 'first(p=1)']);
  });

  test('of several forbidden situations the nearest is reported', () => {
    const near = [process(1).in('one')];
    expect(labels(verdictOf(never('nothing happens', [deadlock, near], [])))).toEqual(['first(p=1)']);
  });

  test('an initial state that is forbidden is a counterexample of no steps', () => {
    expect(labels(verdictOf(never('nobody rests', [[process(0).in('idle')]], [])))).toEqual([]);
  });

  test('an invariant holds when its network is exhausted', () => {
    const excluded = always('one holder', [process(0).in('both')], [process(1).out('both'), lock(0).in('taken'), lock(1).in('taken')]);
    expect(verdictOf(excluded)).toEqual({ tag: 'holds' });
    const { process: orderly } = locks('same').refs;
    expect(verdictOf(never('no deadlock', [orderly.all.map((one) => one.in('one'))], []), locks('same'))).toEqual({ tag: 'holds' });
  });

  test('a premise that is never reached makes the claim vacuous', () => {
    const premise = [process(0).in('both'), lock(0).in('free')];
    expect(verdictOf(always('says nothing', premise, [lock(1).in('free')]))).toEqual({ tag: 'vacuous', premise });
    expect(verdictOf(quiescent('says nothing', [], premise))).toEqual({ tag: 'vacuous', premise });
  });

  test('a quiescent claim looks only where no internal step is enabled', () => {
    const holding = [process(0).in('one')];
    expect(labels(verdictOf(never('nobody waits', [holding], [])))).toEqual(['first(p=0)']);
    expect(labels(verdictOf(quiescent('nobody waits for ever', [holding], [])))).toEqual(['first(p=0)', 'first(p=1)']);
    const orderly = locks('same');
    expect(verdictOf(quiescent('nobody waits for ever', [[orderly.refs.process(0).in('one')]], []), orderly)).toEqual({ tag: 'holds' });
  });

  test('a situation that is reached holds, with the shortest witness', () => {
    const verdict = verdictOf(sometimes('work gets done', [[process(1).in('both')]]));
    expect(verdict?.tag).toBe('holds');
    expect(labels(verdict)).toEqual(['first(p=1)', 'second(p=1)']);
  });

  test('a situation that is never reached is violated, without a trace', () => {
    expect(verdictOf(sometimes('both work', [process.all.map((one) => one.in('both'))]))).toEqual({ tag: 'violated' });
  });

  test('conjunctions past the first word of bits are seen', () => {
    const long = fuse(40);
    const lit = long.refs.lamp.all.map((one, index) => sometimes(`lamp ${index}`, [[one.in('on')]]));
    const lengths = check(long, lit).results.map(({ verdict }) => labels(verdict)?.length);
    expect(lengths).toEqual(lit.map((_, index) => index + 1));
  });

  test('a count is observed through its context', () => {
    const stock = network('stock', { stock: component(counter, { max: 3 }) }).step('up', {}, (_, { stock }) => ({
      owner: 'hand',
      moves: [stock.on({ type: 'up' })],
    }));
    const full = stock.refs.stock.is('is full', (context) => context.count === context.max);
    expect(labels(verdictOf(never('there is room', [[full]], []), stock))).toEqual(['up', 'up', 'up']);
  });
});

function labels(verdict: ReturnType<typeof check>['results'][number]['verdict'] | undefined): string[] | undefined {
  const trace = verdict?.tag === 'holds' ? verdict.witness : verdict?.tag === 'violated' ? verdict.trace : undefined;
  return trace?.steps.map(({ step }) => step.label);
}
