/**
 * One counter that an operator can read: /proc/net/snmp, softnet_stat, ethtool -S. Each instance is named after it.
 *
 * Source      the functions that count, cited by the steps that increment
 * Contract    never decremented
 * Bounds      CounterBounds
 * Leaves out  per-CPU parts: the sum is what matters here
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from './cite.ts';

export interface CounterBounds {
  /** The largest value that can be reached: the number of packets. */
  readonly max: number;
}

export type CounterEvent = { readonly type: 'INC' };

export interface CounterContext extends CounterBounds {
  readonly count: number;
}

export const counter = setup({
  types: { input: {} as CounterBounds, context: {} as CounterContext, events: {} as CounterEvent, meta: {} as Cite },
  guards: { belowMax: ({ context }) => context.count < context.max },
  actions: { increment: assign({ count: ({ context }) => context.count + 1 }) },
}).createMachine({
  id: 'counter',
  context: ({ input }) => ({ ...input, count: 0 }),
  initial: 'counting',
  states: {
    counting: {
      description: 'The value since boot.',
      on: {
        INC: [
          { guard: 'belowMax', target: 'counting', actions: 'increment', meta: cite() },
          // More increments than packets: a double count, kept visible rather than blocked.
          { target: 'overflown', meta: cite() },
        ],
      },
    },
    overflown: {
      description: 'Counted more often than there are packets, or than anybody wants to know.',
      on: { INC: { target: 'overflown', meta: cite() } },
    },
  },
});

/** The counter reads `value`. */
export const reads =
  (value: number) =>
  (context: CounterContext): boolean =>
    context.count === value;
