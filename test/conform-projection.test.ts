/** One machine by itself against what lines show of it. */
import { assign, setup } from 'xstate';
import { expect, test } from 'vitest';
import { NOWHERE, Projection } from '../src/conform/projection.ts';
import { component } from '../src/model/component.ts';

const door = setup({
  types: { context: {} as { readonly knocks: number }, events: {} as { readonly type: 'KNOCK' | 'OPEN' | 'SHUT' } },
  guards: { knocked: ({ context }) => context.knocks > 0, below: ({ context }) => context.knocks < 2 },
  actions: { knock: assign({ knocks: ({ context }) => context.knocks + 1 }), forget: assign({ knocks: 0 }) },
}).createMachine({
  id: 'door',
  context: { knocks: 0 },
  initial: 'shut',
  states: {
    shut: {
      on: { KNOCK: { guard: 'below', target: 'shut', actions: 'knock' }, OPEN: { guard: 'knocked', target: 'open', actions: 'forget' } },
    },
    open: { on: { SHUT: { target: 'shut' } } },
  },
});

const events = [{ type: 'KNOCK' }, { type: 'OPEN' }, { type: 'SHUT' }];
const shown = (visible: readonly string[]): Projection =>
  new Projection('door', component(door), events, ({ type }) => (visible.includes(type) ? type : undefined));

/** The set after all of `labels`. */
const after = (projection: Projection, ...labels: readonly string[]): number =>
  labels.reduce((set, label) => (set === NOWHERE ? NOWHERE : projection.after(set, label)), projection.first);

test('begins anywhere, and is certain after what only one state allows', () => {
  const all = shown(['KNOCK', 'OPEN', 'SHUT']);
  expect(all.states(all.first).sort()).toEqual(['open', 'shut']);
  expect(all.states(after(all, 'OPEN'))).toEqual(['open']);
});

test('refuses what no state allows, and says what could have come', () => {
  const all = shown(['KNOCK', 'OPEN', 'SHUT']);
  const open = after(all, 'KNOCK', 'OPEN');
  expect(all.after(open, 'OPEN')).toBe(NOWHERE);
  expect(all.offers(open)).toEqual([{ label: 'SHUT', from: ['open'] }]);
  expect(all.wanted('SHUT')).toEqual(['open']);
  // Nobody has knocked since it was shut.
  expect(after(all, 'OPEN', 'SHUT', 'OPEN')).toBe(NOWHERE);
});

test('infers what is hidden', () => {
  const some = shown(['OPEN', 'SHUT']);
  expect(after(some, 'OPEN', 'SHUT', 'OPEN')).not.toBe(NOWHERE);
  expect(after(some, 'OPEN', 'OPEN')).toBe(NOWHERE);
});

test('of two sets, either', () => {
  const all = shown(['KNOCK', 'OPEN', 'SHUT']);
  const [open, shut] = [after(all, 'OPEN'), after(all, 'SHUT')];
  expect(all.states(all.union(open, shut)).sort()).toEqual(['open', 'shut']);
  expect(all.union(open, NOWHERE)).toBe(open);
});
