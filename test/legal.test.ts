/** What a machine may not contain to be a component: each refusal of src/derive/legal.ts, word for word. */
import { describe, expect, test } from 'vitest';
import {
  type AnyStateMachine,
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromPromise,
  log,
  not,
  or,
  raise,
  sendTo,
  spawnChild,
  stateIn,
} from 'xstate';
import { checkLegal } from '../src/derive/legal.ts';
import { ModelError } from '../src/model/error.ts';
import { counter, job, lamp, lock, locker, queue } from './toys.ts';

/** A machine of one transition `a -go-> b`, with named implementations. */
function withGo(go: object, implementations: { guards?: object; actions?: object } = {}): AnyStateMachine {
  return createMachine({ initial: 'a', states: { a: { on: { go } }, b: {} } }, implementations as never);
}

const never = fromPromise(() => Promise.resolve());
const byName = 'so that a planted bug can replace it';
const assignOrRaise = 'an action of a component is an assign or a raise';
const moveBoth = 'make the other machine a component and let a step move both';
const timeIsAnEvent = 'time is an event here: name it, and let a timer step send it';

const REFUSED: readonly (readonly [what: string, machine: AnyStateMachine, message: string])[] = [
  [
    'a parallel root',
    createMachine({ type: 'parallel', states: { a: {}, b: {} } }),
    "state '(root)' is parallel; put the regions inside one compound state, so that the local state has a name",
  ],
  [
    'invoke by name',
    createMachine({ initial: 'a', states: { a: { invoke: { src: 'fetch' } } } }),
    `state 'a' invokes 'fetch'; ${moveBoth}`,
  ],
  [
    'invoke of an actor in a nested state',
    createMachine({ initial: 'a', states: { a: { initial: 'b', states: { b: { invoke: { src: never } } } } } }),
    `state 'a.b' invokes an actor; ${moveBoth}`,
  ],
  [
    'after',
    createMachine({ initial: 'a', states: { a: { after: { 100: 'b' } }, b: {} } }),
    `state 'a' has an \`after\` transition; ${timeIsAnEvent}`,
  ],
  [
    'history',
    createMachine({ initial: 'a', states: { a: { initial: 'x', states: { x: {}, back: { type: 'history' } } } } }),
    "state 'a.back' is a history state; name the states it could return to and give each its own event",
  ],
  [
    'the wildcard',
    createMachine({ initial: 'a', on: { '*': '.a' }, states: { a: {} } }),
    "state '(root)' has the wildcard transition '*'; list the events it accepts, a wildcard enables misspelt ones",
  ],
  [
    'a partial wildcard',
    createMachine({ initial: 'a', states: { a: { on: { 'ring.*': 'a' } } } }),
    "state 'a' has the wildcard transition 'ring.*'; list the events it accepts, a wildcard enables misspelt ones",
  ],
  [
    'an inline guard',
    withGo({ target: 'b', guard: () => true }),
    `state 'a', event 'go', has an inline guard; name it in setup({ guards }), ${byName}`,
  ],
  [
    'an inline guard within and(), or(), not()',
    withGo({ target: 'b', guard: and([or(['ok', not(() => true)])]) }, { guards: { ok: () => true } }),
    `state 'a', event 'go', has an inline guard; name it in setup({ guards }), ${byName}`,
  ],
  [
    'an unknown guard',
    withGo({ target: 'b', guard: 'misspelt' }),
    "state 'a', event 'go', names the guard 'misspelt', which setup({ guards }) does not define; define it, or correct the name",
  ],
  [
    'an unknown guard with parameters',
    withGo({ target: 'b', guard: { type: 'misspelt', params: { by: 1 } } }),
    "state 'a', event 'go', names the guard 'misspelt', which setup({ guards }) does not define; define it, or correct the name",
  ],
  [
    'an unknown guard within not()',
    withGo({ target: 'b', guard: not('misspelt') }),
    "state 'a', event 'go', names the guard 'misspelt', which setup({ guards }) does not define; define it, or correct the name",
  ],
  [
    'an inline action',
    withGo({ actions: () => {} }),
    `state 'a', event 'go', has an inline action; name it in setup({ actions }), ${byName}`,
  ],
  [
    'an inline assign on entry',
    createMachine({ context: { n: 0 }, initial: 'a', states: { a: { entry: assign({ n: 1 }) } } }),
    `state 'a', entry or exit, has an inline action; name it in setup({ actions }), ${byName}`,
  ],
  [
    'an inline assign on exit',
    createMachine({ context: { n: 0 }, initial: 'a', states: { a: { exit: assign({ n: 1 }) } } }),
    `state 'a', entry or exit, has an inline action; name it in setup({ actions }), ${byName}`,
  ],
  [
    'an inline assign with the initial state',
    createMachine({ context: { n: 0 }, initial: { target: 'a', actions: assign({ n: 1 }) }, states: { a: {} } }),
    `state '(root)', initial, has an inline action; name it in setup({ actions }), ${byName}`,
  ],
  [
    'an inline assign in an always-transition',
    createMachine({ context: { n: 0 }, initial: 'a', states: { a: { always: { target: 'b', actions: assign({ n: 1 }) } }, b: {} } }),
    `state 'a', always, has an inline action; name it in setup({ actions }), ${byName}`,
  ],
  [
    'an unknown action',
    withGo({ actions: 'misspelt' }),
    "state 'a', event 'go', names the action 'misspelt', which setup({ actions }) does not define; define it, or correct the name",
  ],
  [
    'a side effect',
    withGo({ actions: 'print' }, { actions: { print: () => {} } }),
    `state 'a', event 'go', runs the side effect 'print'; ${assignOrRaise}; use assign({}) for one that does nothing`,
  ],
  [
    'sendTo',
    withGo({ actions: 'tell' }, { actions: { tell: sendTo('other', { type: 'hello' }) } }),
    `state 'a', event 'go', runs sendTo in 'tell'; ${assignOrRaise}; let a step move the other component`,
  ],
  [
    'emit',
    withGo({ actions: 'tell' }, { actions: { tell: emit({ type: 'hello' }) } }),
    `state 'a', event 'go', runs emit in 'tell'; ${assignOrRaise}; let a step move the other component`,
  ],
  [
    'log',
    withGo({ actions: 'tell' }, { actions: { tell: log('hello') } }),
    `state 'a', event 'go', runs log in 'tell'; ${assignOrRaise}; let a step move the other component`,
  ],
  [
    'cancel',
    withGo({ actions: 'calm' }, { actions: { calm: cancel('timer') } }),
    `state 'a', event 'go', runs cancel in 'calm'; ${assignOrRaise}; let a step move the other component`,
  ],
  [
    'spawnChild',
    withGo({ actions: 'bear' }, { actions: { bear: spawnChild(never) } }),
    `state 'a', event 'go', runs spawnChild in 'bear'; ${assignOrRaise}; let a step move the other component`,
  ],
  [
    'enqueueActions',
    withGo({ actions: 'many' }, { actions: { many: enqueueActions(() => {}) } }),
    `state 'a', event 'go', runs enqueueActions in 'many'; ${assignOrRaise}; write each case as a transition with its own guard`,
  ],
  [
    'a delayed raise',
    withGo({ actions: 'later' }, { actions: { later: raise({ type: 'go' }, { delay: 10 }) } }),
    `state 'a', event 'go', raises an event with a delay in 'later'; ${timeIsAnEvent}`,
  ],
  [
    'a transition with neither target nor action',
    withGo({}),
    "state 'a', event 'go', has neither target nor action; write the state itself as target for a test without change, or drop the transition",
  ],
  [
    'an event that is forbidden by undefined',
    createMachine({ initial: 'a', states: { a: { on: { go: undefined } } } }),
    "state 'a', event 'go', has neither target nor action; write the state itself as target for a test without change, or drop the transition",
  ],
];

describe('a component is refused', () => {
  test.each(REFUSED)('%s', (_, machine, message) => {
    expect(() => checkLegal('toy', machine)).toThrow(new ModelError(`component toy: ${message}`));
  });
});

describe('a component may have', () => {
  test('nested and final states, always, raise, and composed guards', () => {
    for (const machine of [lamp, counter, queue, job, locker, lock]) expect(() => checkLegal('toy', machine)).not.toThrow();
  });

  test('stateIn() without a name, a self-transition without action, and an assign with the initial state', () => {
    const machine = createMachine(
      {
        context: { n: 0 },
        initial: { target: 'a', actions: 'set' },
        states: { a: { on: { go: { target: 'a', guard: stateIn('a') } } } },
      },
      { actions: { set: assign({ n: 1 }) } },
    );
    expect(() => checkLegal('toy', machine)).not.toThrow();
  });
});
