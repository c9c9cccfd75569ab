/**
 * The store buffer of one CPU (x86): stores leave it for memory in order, some time later; the CPU itself sees them at once.
 *
 * Source      none; hardware (x86-TSO)
 * Contract    first in, first out; a locked instruction or a full fence waits until it is empty
 * Bounds      StoreBufferBounds; real ones hold dozens of stores
 * Leaves out  write combining
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface StoreBufferBounds {
  readonly size: number;
}

export type StoreBufferEvent =
  | { readonly type: 'PUSH'; readonly at: string; readonly value: number } //    the CPU stores
  | { readonly type: 'DRAIN'; readonly at: string; readonly value: number } //   the oldest store reaches memory
  | { readonly type: 'FORWARD'; readonly at: string; readonly value: number } // the CPU reads what it has stored last
  | { readonly type: 'MISS'; readonly at: string } //                            it has nothing for that location
  | { readonly type: 'EMPTY' }; //                                               nothing is left

export interface StoreBufferContext extends StoreBufferBounds {
  readonly stores: readonly { readonly at: string; readonly value: number }[];
}

export const storeBuffer = setup({
  types: { input: {} as StoreBufferBounds, context: {} as StoreBufferContext, events: {} as StoreBufferEvent, meta: {} as Cite },
  guards: {
    hasRoom: ({ context: c }) => c.stores.length < c.size,
    isOldest: ({ context: { stores }, event }) => event.type === 'DRAIN' && stores[0]?.at === event.at && stores[0].value === event.value,
    isNewest: ({ context: { stores }, event }) =>
      event.type === 'FORWARD' && stores.findLast(({ at }) => at === event.at)?.value === event.value,
    hasNone: ({ context: { stores }, event }) => event.type === 'MISS' && stores.every(({ at }) => at !== event.at),
    isEmpty: ({ context }) => context.stores.length === 0,
  },
  actions: {
    push: assign({
      stores: ({ context: c, event }) => {
        assertEvent(event, 'PUSH');
        return [...c.stores, { at: event.at, value: event.value }];
      },
    }),
    drain: assign({ stores: ({ context: c }) => c.stores.slice(1) }),
  },
}).createMachine({
  id: 'storeBuffer',
  context: ({ input }) => ({ ...input, stores: [] }),
  initial: 'on',
  states: {
    on: {
      description: 'Between the CPU and memory.',
      on: {
        PUSH: { guard: 'hasRoom', target: 'on', actions: 'push', meta: cite() },
        DRAIN: { guard: 'isOldest', target: 'on', actions: 'drain', meta: cite() },
        FORWARD: { guard: 'isNewest', target: 'on', meta: cite() },
        MISS: { guard: 'hasNone', target: 'on', meta: cite() },
        EMPTY: { guard: 'isEmpty', target: 'on', meta: cite() },
      },
    },
  },
});

/** Every store has reached memory. */
export const isEmpty = ({ stores }: StoreBufferContext): boolean => stores.length === 0;
