/** Replay is the promise: a reported path is taken step by step on XState, and refused where XState disagrees. */
import { describe, expect, test } from 'vitest';
import { check } from '../src/explore/check.ts';
import { component, stateName } from '../src/model/component.ts';
import { network } from '../src/model/network.ts';
import { never, sometimes } from '../src/model/property.ts';
import { citesOf, EngineError, replay } from '../src/trace/replay.ts';
import { setup } from 'xstate';
import { allCommit, twoPhase } from './calibration/twoPhase.ts';
import { factory, lamp, lamps, locks } from './toys.ts';

const [FIRST0, FIRST1, SECOND0, SECOND1, RELEASE0] = [0, 1, 2, 3, 4];

describe('a path', () => {
  test('is replayed with every local state and change on the way', () => {
    const trace = replay(locks('opposite'), [FIRST0, SECOND0, RELEASE0, FIRST1]);
    expect(trace.steps.map(({ step }) => step.label)).toEqual(['first(p=0)', 'second(p=0)', 'release(p=0)', 'first(p=1)']);
    expect(trace.states.map((state) => [...state].map(([name, { value }]) => `${name}=${stateName(value)}`).join(' '))).toEqual([
      'process.0=idle process.1=idle lock.0=free lock.1=free',
      'process.0=one process.1=idle lock.0=taken lock.1=free',
      'process.0=both process.1=idle lock.0=taken lock.1=taken',
      'process.0=idle process.1=idle lock.0=free lock.1=free',
      'process.0=idle process.1=one lock.0=free lock.1=taken',
    ]);
    expect(trace.steps[2]?.changes.map(({ component, event, before, after }) => [component, event, before.value, after.value])).toEqual([
      ['process.0', 'release', 'both', 'idle'],
      ['lock.0', 'drop', 'taken', 'free'],
      ['lock.1', 'drop', 'taken', 'free'],
    ]);
  });

  test('of no steps is the initial state', () => {
    const { steps, states } = replay(factory, []);
    expect(steps).toEqual([]);
    expect(states.map((state) => [...state.keys()])).toEqual([['queue', 'job', 'stock']]);
  });
});

describe('a path is refused', () => {
  test('when a component does not accept its event', () => {
    expect(() => replay(locks('opposite'), [SECOND1])).toThrow(
      new EngineError('second(p=1) was taken although process.1 does not accept second'),
    );
  });

  test('when another participant does not accept its event', () => {
    expect(() => replay(locks('opposite'), [FIRST0, FIRST1, SECOND0])).toThrow(
      new EngineError('second(p=0) was taken although lock.1 does not accept take'),
    );
  });

  test('when a guard does not accept the payload', () => {
    const labels = factory.instances().map(({ label }) => label);
    const path = ['order(item=a)', 'begin(item=b)'].map((label) => labels.indexOf(label));
    expect(() => replay(factory, path)).toThrow(new EngineError('begin(item=b) was taken although queue does not accept get'));
  });

  test('when an observed component is elsewhere', () => {
    const guarded = lamps(2).step('both', {}, (_, { lamp }) => ({
      owner: 'eye',
      moves: [lamp(0).on({ type: 'look' })],
      when: [lamp(1).in('on')],
    }));
    expect(() => replay(guarded, [0, 2])).toThrow(new EngineError('both was taken although lamp.1 is on is false'));
  });

  test('when a component has finished', () => {
    const once = setup({ types: { events: {} as { type: 'go' } } }).createMachine({
      initial: 'a',
      on: { go: '.b' },
      states: { a: {}, b: { type: 'final' } },
    });
    const ended = network('ended', { once: component(once) }).step('go', {}, (_, { once }) => ({
      owner: 'x',
      moves: [once.on({ type: 'go' })],
    }));
    expect(() => replay(ended, [0, 0])).toThrow(new EngineError('go was taken although once does not accept go'));
  });

  test('when it has a step that does not exist', () => {
    expect(() => replay(locks('same'), [9])).toThrow(new EngineError('network locks has no step number 9'));
  });
});

describe('every trace of check()', () => {
  test('has been replayed, and ends where its property is decided', () => {
    const commit = twoPhase(3);
    const { rm, tm } = commit.refs;
    const { results } = check(commit, [
      allCommit(commit),
      sometimes('all abort', [rm.all.map((one) => one.in('aborted'))]),
      never('the manager commits', [[tm.in('committed')]], []),
    ]);
    for (const { property, verdict } of results) {
      const trace = verdict.tag === 'violated' ? verdict.trace : verdict.tag === 'holds' ? verdict.witness : undefined;
      const labels = commit.instances().map(({ label }) => label);
      const path = trace?.steps.map(({ step }) => labels.indexOf(step.label)) ?? [];
      const last = replay(commit, path).states.at(-1);
      const wanted = property.kind === 'sometimes' ? property.reaches : property.kind === 'never' ? property.forbids : [];
      const reached = wanted.some((all) => all.every(({ component, test }) => test(last?.get(component) ?? { value: '', context: {} })));
      expect([property.name, path.length > 0, reached]).toEqual([property.name, true, true]);
    }
  });

  test('is checked against XState: a predicate that answers differently on replay is a defect of the checker', () => {
    let calls = 0;
    const { lamp } = lamps(1).refs;
    const fickle = lamp(0).is('is fickle', () => ++calls <= 2);
    expect(() => check(lamps(1), [sometimes('fickle', [[fickle]])])).toThrow(
      new EngineError("property 'fickle': after replay, lamp.0 is fickle is false"),
    );
  });
});

describe('citations', () => {
  test('are read from the meta of the transitions, then from the step, each once', () => {
    const napi = setup({ types: { events: {} as { type: 'schedule' } } }).createMachine({
      initial: 'idle',
      states: {
        idle: { on: { schedule: { target: 'scheduled', meta: { cites: ['napi_schedule_prep', '__napi_schedule'] } } } },
        scheduled: {},
      },
    });
    const cited = network('cited', { napi: component(napi), lamp: component(lamp) }).step('irq', {}, (_, { napi, lamp }) => ({
      owner: 'hardirq',
      moves: [napi.on({ type: 'schedule' }), lamp.on({ type: 'press' })],
      cite: ['igb_msix_ring', '__napi_schedule'],
    }));
    expect(replay(cited, [0]).steps[0]?.cites).toEqual(['napi_schedule_prep', '__napi_schedule', 'igb_msix_ring']);
  });

  test('are none where the meta says nothing', () => {
    expect([undefined, null, 'x', {}, { cites: 'x' }].map(citesOf)).toEqual([[], [], [], [], []]);
  });
});
