/**
 * Dijkstra's EWD840: does node 0 of a ring know that all nodes are passive, once a white token has come round?
 *
 * Source      tlaplus/Examples, specifications/ewd840/EWD840.tla (Merz, 2013), after Dijkstra, Feijen and van Gasteren
 * Contract    its manifest: with 3 nodes TLC finds 302 distinct states, 2,001 in total; with 4, 1,566 and 15,986
 * Bounds      the number of nodes
 * Leaves out  nothing
 *
 * TLC starts from every combination of active nodes, black nodes and places of the token. Here a step `Init` leads to each
 * from one state in which nothing is settled, so there is one state more, and transitions are what TLC counts in total.
 * TLC follows each disjunct of a condition by itself: a token that may be passed on for two reasons counts twice.
 */
import { assign, setup } from 'xstate';
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { never } from '../../src/model/property.ts';

type NodeEvent =
  | { readonly type: 'begin'; readonly active: boolean; readonly black: boolean }
  | { readonly type: 'wake' | 'sleep' }
  /** Sends a message, to a node further `up` the ring or not. */
  | { readonly type: 'send'; readonly up: boolean }
  /** Hands the token on, being `black` or not, and is white afterwards. */
  | { readonly type: 'hand'; readonly black: boolean };

const node = setup({
  types: { context: {} as { black: boolean }, events: {} as NodeEvent },
  guards: {
    active: ({ event }) => event.type === 'begin' && event.active,
    ofThatColour: ({ context, event }) => event.type === 'hand' && event.black === context.black,
  },
  actions: {
    paint: assign({ black: ({ event }) => event.type === 'begin' && event.black }),
    stain: assign({ black: ({ context, event }) => context.black || (event.type === 'send' && event.up) }),
    whiten: assign({ black: false }),
  },
}).createMachine({
  context: { black: false },
  initial: 'unsettled',
  states: {
    unsettled: {
      on: {
        begin: [
          { guard: 'active', target: 'active', actions: 'paint' },
          { target: 'passive', actions: 'paint' },
        ],
      },
    },
    active: {
      on: { wake: 'active', sleep: 'passive', send: { actions: 'stain' }, hand: { guard: 'ofThatColour', actions: 'whiten' } },
    },
    passive: { on: { wake: 'active', hand: { guard: 'ofThatColour', actions: 'whiten' } } },
  },
});

const token = setup({
  types: {
    input: {} as { nodes: number },
    context: {} as { last: number; at: number; black: boolean },
    events: {} as { type: 'begin'; at: number } | { type: 'probe' } | { type: 'pass'; from: number; black: boolean },
  },
  guards: {
    there: ({ context, event }) => context.at === (event.type === 'pass' ? event.from : 0),
  },
  actions: {
    place: assign({ at: ({ event }) => (event.type === 'begin' ? event.at : 0) }),
    start: assign({ at: ({ context }) => context.last, black: false }),
    move: assign({
      at: ({ context }) => context.at - 1,
      black: ({ context, event }) => context.black || (event.type === 'pass' && event.black),
    }),
  },
}).createMachine({
  context: ({ input }) => ({ last: input.nodes - 1, at: 0, black: true }),
  initial: 'unsettled',
  states: {
    unsettled: { on: { begin: { target: 'held', actions: 'place' } } },
    held: { on: { probe: { guard: 'there', actions: 'start' }, pass: { guard: 'there', actions: 'move' } } },
  },
});

export function terminationDetection(nodes: number) {
  const all = Array.from({ length: nodes }, (_, i) => i);
  const subsets = Array.from({ length: 2 ** nodes }, (_, bits) => bits);
  const has = (bits: number, i: number): boolean => ((bits >> i) & 1) === 1;
  const isBlack = (context: { readonly black: boolean }): boolean => context.black;
  return network('termination detection', { node: all.map(() => component(node)), token: component(token, { nodes }) })
    .step('Init', { active: subsets, black: subsets, at: all }, ({ active, black, at }, { node, token }) => ({
      owner: 'nobody',
      moves: [
        ...all.map((i) => node(i).on({ type: 'begin', active: has(active, i), black: has(black, i) })),
        token.on({ type: 'begin', at }),
      ],
    }))
    .step('InitiateProbe', { because: ['token is black', 'node is black'], black: [false, true] }, ({ because, black }, { node, token }) =>
      because === 'node is black' && !black
        ? undefined
        : {
            owner: 'node 0',
            moves: [token.on({ type: 'probe' }), node(0).on({ type: 'hand', black })],
            when: because === 'token is black' ? [token.is('is black', isBlack)] : [],
          },
    )
    .step(
      'PassToken',
      { i: all.slice(1), because: ['node is passive', 'node is black', 'token is black'], black: [false, true] },
      ({ i, because, black }, { node, token }) =>
        because === 'node is black' && !black
          ? undefined
          : {
              owner: `node ${i}`,
              moves: [token.on({ type: 'pass', from: i, black }), node(i).on({ type: 'hand', black })],
              when: [
                ...(because === 'node is passive' ? [node(i).in('passive')] : []),
                ...(because === 'token is black' ? [token.is('is black', isBlack)] : []),
              ],
            },
    )
    .step('SendMsg', { i: all, to: all }, ({ i, to }, { node }) =>
      i === to ? undefined : { owner: `node ${i}`, moves: [node(i).on({ type: 'send', up: to > i }), node(to).on({ type: 'wake' })] },
    )
    .step('Deactivate', { i: all }, ({ i }, { node }) => ({ owner: `node ${i}`, moves: [node(i).on({ type: 'sleep' })] }));
}

/** TerminationDetection: a white token at a white passive node 0 means that all are passive. */
export function detectedIsTrue({ refs: { node, token } }: ReturnType<typeof terminationDetection>) {
  const detected = [
    token.in('held'),
    token.is('is white, at node 0', ({ at, black }) => at === 0 && !black),
    node(0).in('passive'),
    node(0).is('is white', ({ black }) => !black),
  ];
  return never(
    'termination is detected only if all are passive',
    node.all.map((one) => [...detected, one.in('active')]),
    detected,
  );
}
