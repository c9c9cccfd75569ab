/**
 * Memory as all CPUs see it: a value by location; a spinlock is one, too.
 *
 * Source      none; hardware
 * Contract    one value at a time for everybody
 * Bounds      MemoryBounds
 * Leaves out  everything that is no location of the test
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface MemoryBounds {
  readonly values: Readonly<Record<string, number>>;
}

export type MemoryEvent =
  | { readonly type: 'WRITE'; readonly at: string; readonly value: number }
  | { readonly type: 'READ'; readonly at: string; readonly value: number } // it is that value
  | { readonly type: 'SWAP'; readonly at: string; readonly old: number; readonly value: number }
  | { readonly type: 'LOCK'; readonly at: string }; //                        it was free

export type MemoryContext = MemoryBounds;

export const memory = setup({
  types: { input: {} as MemoryBounds, context: {} as MemoryContext, events: {} as MemoryEvent, meta: {} as Cite },
  guards: {
    is: ({ context: c, event }) => event.type === 'READ' && c.values[event.at] === event.value,
    was: ({ context: c, event }) => event.type === 'SWAP' && c.values[event.at] === event.old,
    isFree: ({ context: c, event }) => c.values[event.at] === 0,
  },
  actions: {
    write: assign({
      values: ({ context: c, event }) => {
        assertEvent(event, ['WRITE', 'SWAP']);
        return { ...c.values, [event.at]: event.value };
      },
    }),
    lock: assign({ values: ({ context: c, event }) => ({ ...c.values, [event.at]: 1 }) }),
  },
}).createMachine({
  id: 'sharedMemory',
  context: ({ input }) => input,
  initial: 'shared',
  states: {
    shared: {
      description: 'One copy.',
      on: {
        WRITE: { target: 'shared', actions: 'write', meta: cite() },
        READ: { guard: 'is', target: 'shared', meta: cite() },
        SWAP: { guard: 'was', target: 'shared', actions: 'write', meta: cite() },
        LOCK: { guard: 'isFree', target: 'shared', actions: 'lock', meta: cite() },
      },
    },
  },
});

/** Location by location, the values are `wanted`. */
export const reads =
  (wanted: Readonly<Record<string, number>>) =>
  ({ values }: MemoryContext): boolean =>
    Object.entries(wanted).every(([at, value]) => values[at] === value);
