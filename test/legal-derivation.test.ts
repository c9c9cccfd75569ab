/** What a machine may not do while it is derived: each refusal of src/derive/automaton.ts and canonical.ts, word for word. */
import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, assign, createMachine, type EventObject, fromPromise, raise } from 'xstate';
import { Automaton } from '../src/derive/automaton.ts';
import { canonical } from '../src/derive/canonical.ts';
import { component } from '../src/model/component.ts';
import { ModelError } from '../src/model/error.ts';
import { counter } from './toys.ts';

function derive(machine: AnyStateMachine, events: readonly EventObject[] = [{ type: 'go' }], input?: unknown, statesMax = 1000): Automaton {
  const automaton = new Automaton('toy', component(machine, input), { statesMax });
  for (const event of events) automaton.event(event);
  return automaton.derive();
}

/** A machine whose event `go` runs `update` on the context. */
function assigning(context: object, update: (args: { context: never; event: never; spawn: never }) => unknown): AnyStateMachine {
  const actions = { update: assign(update as never) };
  return createMachine({ context, initial: 'a', states: { a: { on: { go: { actions: 'update' } } } } } as never, { actions } as never);
}

/** A machine whose event `go` is guarded by `ok`. */
function guarded(context: object, ok: (args: { context: { list: number[] } }) => boolean): AnyStateMachine {
  const config = { context, initial: 'a', states: { a: { on: { go: { target: 'b', guard: 'ok' } } }, b: {} } };
  return createMachine(config as never, { guards: { ok } } as never);
}

const total = 'guards and assigns must be total, and may not write to the context they read';
const different =
  'gave two different results; a guard or an assign may read only context, event and input, no clock, no random numbers, no outer variable';
const plain = 'contexts and events hold numbers, booleans, strings, null, arrays and records of them, so that equal states are equal text';
const cycle = 'does not settle within 1000 microsteps; break the cycle of always-transitions and raised events with a guard';
const go = "component toy: event go in state 'a'";

function expectRefusal(run: () => unknown, message: string): void {
  expect(run).toThrow(new ModelError(message));
}

describe('a guard or an assign is refused', () => {
  test('a guard that throws', () => {
    const machine = guarded({}, () => {
      throw new Error('no such packet');
    });
    expectRefusal(
      () => derive(machine),
      `${go} threw "Unable to evaluate guard 'ok' in transition for event 'go' in state node '(machine).a':\nno such packet"; ${total}`,
    );
  });

  test('a guard that writes to its context', () => {
    const machine = guarded({ list: [] }, ({ context }) => context.list.push(1) > 0);
    expectRefusal(
      () => derive(machine),
      `${go} threw "Unable to evaluate guard 'ok' in transition for event 'go' in state node '(machine).a':\nCannot add property 0, object is not extensible"; ${total}`,
    );
  });

  test('a guard that remembers', () => {
    let calls = 0;
    expectRefusal(() => derive(guarded({}, () => calls++ < 2)), `${go} ${different}`);
  });

  test('an assign that throws', () => {
    const machine = assigning({ n: 0 }, () => {
      throw new RangeError('ring index 4 of 4');
    });
    expectRefusal(() => derive(machine), `${go} threw "ring index 4 of 4"; ${total}`);
  });

  test('an assign that writes to its context', () => {
    const machine = assigning({ list: [0] }, ({ context }: { context: { list: number[] } }) => {
      context.list[0] = 1;
      return { list: context.list };
    });
    expectRefusal(() => derive(machine), `${go} threw "Cannot assign to read only property '0' of object '[object Array]'"; ${total}`);
  });

  test('an assign that writes below a shallow freeze', () => {
    const machine = assigning(Object.freeze({ list: [0] }), ({ context }: { context: { list: number[] } }) => {
      context.list.push(1);
      return {};
    });
    expectRefusal(() => derive(machine), `${go} threw "Cannot add property 1, object is not extensible"; ${total}`);
  });

  test('an assign that writes to its event', () => {
    const machine = assigning({ n: 0 }, ({ event }: { event: { count: number } }) => ({ n: event.count++ }));
    expectRefusal(
      () => derive(machine, [{ type: 'go', count: 0 } as EventObject]),
      `${go} threw "Cannot assign to read only property 'count' of object '#<Object>'"; ${total}`,
    );
  });

  test('an assign that counts its calls', () => {
    let calls = 0;
    expectRefusal(() => derive(assigning({ n: 0 }, () => ({ n: calls++ }))), `${go} ${different}`);
  });

  test('an assign that spawns', () => {
    const machine = assigning({ child: null }, ({ spawn }: { spawn: (logic: unknown) => unknown }) => ({
      child: spawn(fromPromise(() => Promise.resolve())),
    }));
    expectRefusal(() => derive(machine), 'component toy spawns an actor; make the other machine a component and let a step move both');
  });
});

describe('an initial state is refused', () => {
  const initial = (context: (args: { input: never; spawn: never }) => object): AnyStateMachine =>
    createMachine({ context, initial: 'a', states: { a: {} } } as never);

  test('a context that throws', () => {
    const machine = initial(({ input }: { input: { ring: number[] } }) => ({ size: input.ring.length }));
    expectRefusal(
      () => derive(machine, [], {}),
      `component toy: its initial state threw "Cannot read properties of undefined (reading 'length')"; ${total}`,
    );
  });

  test('a context that differs from call to call', () => {
    let calls = 0;
    expectRefusal(() => derive(initial(() => ({ n: calls++ }))), `component toy: its initial state ${different}`);
  });

  test('a context that spawns', () => {
    const machine = initial(({ spawn }: { spawn: (logic: unknown) => unknown }) => ({
      child: spawn(fromPromise(() => Promise.resolve())),
    }));
    expectRefusal(() => derive(machine), 'component toy spawns an actor; make the other machine a component and let a step move both');
  });

  test('always-transitions in a circle', () => {
    const machine = createMachine({ initial: 'a', states: { a: { always: 'b' }, b: { always: 'a' } } });
    expectRefusal(() => derive(machine), `component toy: its initial state ${cycle}`);
  });
});

describe('a step that never settles is refused', () => {
  test('always-transitions in a circle', () => {
    const machine = createMachine({ initial: 'a', states: { a: { on: { go: 'b' } }, b: { always: 'c' }, c: { always: 'b' } } });
    expectRefusal(() => derive(machine), `${go} ${cycle}`);
  });

  test('an event that raises itself', () => {
    const machine = createMachine(
      { initial: 'a', states: { a: { on: { go: { actions: 'again' } } } } },
      { actions: { again: raise({ type: 'go' }) } },
    );
    expectRefusal(() => derive(machine), `${go} ${cycle}`);
  });
});

describe('a component that is not finite is refused', () => {
  test('the field that grows is named', () => {
    const machine = assigning({ parity: 0, total: 0 }, ({ context }: { context: { parity: number; total: number } }) => ({
      parity: 1 - context.parity,
      total: context.total + 1,
    }));
    expectRefusal(
      () => derive(machine),
      "component toy is not finite: more than 1000 local states, and 'total' takes the most values; bound it with a guard, or with a smaller input",
    );
  });

  test('a queue without capacity is named', () => {
    const machine = assigning({ name: 'q', items: [] }, ({ context }: { context: { items: number[] } }) => ({
      items: [...context.items, 0],
    }));
    expectRefusal(
      () => derive(machine),
      "component toy is not finite: more than 1000 local states, and 'items' takes the most values; bound it with a guard, or with a smaller input",
    );
  });

  test('the bound itself is allowed', () => {
    expect(derive(counter, [{ type: 'up' }], { max: 999 }).size).toBe(1000);
  });
});

describe('a context holds plain finite data', () => {
  const cases: readonly (readonly [value: unknown, message: string])[] = [
    [undefined, `component toy: context.x is undefined; ${plain}`],
    [Number.NaN, `component toy: context.x is NaN; ${plain}`],
    [Number.POSITIVE_INFINITY, `component toy: context.x is Infinity; ${plain}`],
    [Number.NEGATIVE_INFINITY, `component toy: context.x is -Infinity; ${plain}`],
    [-0, `component toy: context.x is -0; ${plain}`],
    [1n, `component toy: context.x is bigint; ${plain}`],
    [Symbol('s'), `component toy: context.x is symbol; ${plain}`],
    [() => 1, `component toy: context.x is function; ${plain}`],
    [new Map(), `component toy: context.x is a Map; ${plain}`],
    [new Set(), `component toy: context.x is a Set; ${plain}`],
    [new Date(0), `component toy: context.x is a Date; ${plain}`],
    [new Uint8Array(1), `component toy: context.x is a Uint8Array; ${plain}`],
    [Object.create(null), `component toy: context.x is an object without prototype; ${plain}`],
    [[0, { deep: [undefined] }], `component toy: context.x[1].deep[0] is undefined; ${plain}`],
    [Object.assign([0], { length: 2 }), `component toy: context.x[1] is undefined; ${plain}`],
  ];

  test.each(cases)('in its initial state: %o', (x, message) => {
    expectRefusal(() => derive(assigning({ x }, () => ({}))), message);
  });

  test.each(cases)('after an event: %o', (x, message) => {
    expectRefusal(() => derive(assigning({ x: 0 }, () => ({ x }))), message);
  });

  test('and does not contain itself', () => {
    const loop: Record<string, unknown> = {};
    loop['next'] = loop;
    expect(() => canonical(loop, 'x')).toThrow(/^x(\.next){32} is nested 32 deep, or contains itself; keep a context flat$/);
  });

  test('and so does the payload of an event', () => {
    expectRefusal(
      () => derive(counter, [{ type: 'down', by: undefined } as EventObject], { max: 1 }),
      `component toy: event down.by is undefined; ${plain}`,
    );
  });
});

describe('canonical text', () => {
  test('does not depend on the order of fields', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: true }, 'x')).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonical({ a: true, b: [1, { c: 'x', d: null }] }, 'x')).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
  });

  test('tells a number from its text and a record from an array', () => {
    expect(canonical(1, 'x')).not.toBe(canonical('1', 'x'));
    expect(canonical({ 0: 1 }, 'x')).not.toBe(canonical([1], 'x'));
  });
});
