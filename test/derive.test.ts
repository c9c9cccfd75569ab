/** The derived automata are XState: on random walks every row equals the public `transition()`. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyMachineSnapshot, type AnyStateMachine, createMachine, type EventObject, initialTransition, transition } from 'xstate';
import { Automaton, DISABLED } from '../src/derive/automaton.ts';
import { component } from '../src/model/component.ts';
import { localKey, take } from './oracle.ts';
import { counter, job, lamp, lock, locker, queue } from './toys.ts';

interface Toy {
  readonly machine: AnyStateMachine;
  readonly input?: unknown;
  readonly events: readonly EventObject[];
  /** Local states, and pairs of a state and an event it accepts: counted by hand. */
  readonly size: number;
  readonly rows: number;
}

const types = (...names: string[]): EventObject[] => names.map((type) => ({ type }));

const TOYS: Readonly<Record<string, Toy>> = {
  lamp: { machine: lamp, events: types('press', 'look'), size: 2, rows: 3 },
  lock: { machine: lock, events: types('take', 'drop'), size: 2, rows: 2 },
  locker: { machine: locker, events: types('first', 'second', 'release'), size: 3, rows: 3 },
  counter: {
    machine: counter,
    input: { max: 4 },
    events: [...types('up', 'reset'), ...[0, 1, 3, 9].map((by) => ({ type: 'down', by }) as EventObject)],
    size: 5,
    // up 4, reset 5, down by 0, 1 and 3: 5 + 4 + 2.
    rows: 20,
  },
  queue: {
    machine: queue,
    input: { capacity: 2 },
    events: ['put', 'get'].flatMap((type) => ['a', 'b'].map((item) => ({ type, item }) as EventObject)),
    // 1 + 2 + 4 queues; the shorter three also with the mark that it once was full.
    size: 10,
    // put: (1 + 2) * 2 values of the mark * 2 items; get: one for each queue that is not empty: 2 * 2 + 4.
    rows: 20,
  },
  // By tries: 3 waiting; 2 working, 2 collecting, 2 waiting again; 1 working, 1 collecting, 1 given up; and 3 finished.
  job: { machine: job, events: types('start', 'fail', 'kick', 'work', 'finish', 'note', 'checked'), size: 15, rows: 23 },
};

function derive({ machine, input, events }: Toy): Automaton {
  const automaton = new Automaton('toy', component(machine, input));
  for (const event of events) automaton.event(event);
  return automaton;
}

describe.each(Object.entries(TOYS))('%s', (_, toy) => {
  test('each row that a random walk meets equals transition()', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(toy.events.length - 1), { maxLength: 60 }), (walk) => {
        const automaton = derive(toy);
        let local = 0;
        let oracle = initialTransition(toy.machine, toy.input)[0] as AnyMachineSnapshot;
        for (const number of walk) {
          const event = toy.events[number] as EventObject;
          const next = automaton.next(local, number);
          const expected = take(oracle, event);
          expect(next !== DISABLED).toBe(expected !== undefined);
          if (expected === undefined) continue;
          expect(localKey(automaton.snapshot(next))).toBe(localKey(expected));
          [local, oracle] = [next, expected];
        }
      }),
    );
  });

  test('transition() leaves nothing to run later: its actions are raises that it has handled', () => {
    const automaton = derive(toy).derive();
    for (let local = 0; local < automaton.size; local++) {
      const snapshot = automaton.snapshot(local);
      const accepted = toy.events.filter((event) => take(snapshot, event));
      const left = accepted.flatMap((event) => transition(toy.machine, snapshot, event)[1]);
      expect(left.filter(({ type }) => type !== 'xstate.raise')).toEqual([]);
    }
  });

  test('the whole automaton has the size that was counted by hand', () => {
    const automaton = derive(toy).derive();
    const locals = Array.from({ length: automaton.size }, (_, local) => local);
    const rows = locals.flatMap((local) => toy.events.map((_, event) => automaton.next(local, event))).filter((next) => next !== DISABLED);
    expect({ size: automaton.size, rows: rows.length }).toEqual({ size: toy.size, rows: toy.rows });
    expect(new Set(locals.map((local) => localKey(automaton.snapshot(local)))).size).toBe(automaton.size);
  });
});

describe('an automaton', () => {
  test('gives equal events one number', () => {
    const automaton = new Automaton('toy', component(counter, { max: 1 }));
    expect(automaton.event({ type: 'down', by: 1 } as EventObject)).toBe(0);
    expect(automaton.event({ by: 1, type: 'down' } as EventObject)).toBe(0);
    expect(automaton.event({ type: 'down', by: 2 } as EventObject)).toBe(1);
  });

  test('accepts an explicit self-transition and moves nowhere', () => {
    const automaton = new Automaton('toy', component(lamp));
    const [press, look] = [automaton.event({ type: 'press' }), automaton.event({ type: 'look' })];
    expect(automaton.next(0, look)).toBe(DISABLED);
    const on = automaton.next(0, press);
    expect(automaton.next(on, look)).toBe(on);
  });

  test('accepts nothing in a final state, whatever the root accepts', () => {
    const ended = createMachine({ initial: 'a', on: { end: '.b' }, states: { a: {}, b: { type: 'final' } } });
    const automaton = new Automaton('toy', component(ended));
    const end = automaton.event({ type: 'end' });
    expect([automaton.next(0, end), automaton.next(1, end)]).toEqual([1, DISABLED]);
  });

  test('leaves the machine of the modeller alone', () => {
    const fresh = lamp.provide({});
    const options = { ...fresh.options };
    new Automaton('toy', component(fresh)).derive();
    expect(fresh.options).toEqual(options);
  });

  test('names the meta of the transitions that an event selects', () => {
    const automaton = new Automaton('toy', component(lamp));
    expect(automaton.metas(0, automaton.event({ type: 'press' }))).toEqual([undefined]);
    expect(automaton.metas(0, automaton.event({ type: 'look' }))).toEqual([]);
  });

  test('refuses numbers it never gave', () => {
    const automaton = new Automaton('toy', component(lamp));
    expect(() => automaton.snapshot(7)).toThrow(new RangeError('component toy has no local state 7'));
    expect(() => automaton.next(0, 7)).toThrow(new RangeError('component toy has no event 7'));
  });
});
