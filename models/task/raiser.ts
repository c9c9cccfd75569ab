/**
 * A task on the CPU that raises a softirq, and a task that only wants to run.
 *
 * Source      Linux 6.1 kernel/softirq.c (raise_softirq_irqoff)
 * Contract    outside interrupts and with bottom halves on, who raises also wakes ksoftirqd
 * Bounds      none
 * Leaves out  what the tasks do beside
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type RaiserEvent =
  | { readonly type: 'RAISE' } //                           interrupts off, raised, interrupts on
  | { readonly type: 'LOAD'; readonly rest: boolean } //    reads the mask, interrupts on
  | { readonly type: 'STORE'; readonly rest: boolean }; //  writes what it read, and its own bit

export interface RaiserContext {
  /** The other bit of the mask as it was read. */
  readonly rest: boolean;
}

export const raiser = setup({
  types: { context: {} as RaiserContext, events: {} as RaiserEvent, meta: {} as Cite },
  guards: {
    // Interrupts are off from the load to the store.
    tornApart: () => false,
    isWhatItRead: ({ context, event }) => 'rest' in event && event.rest === context.rest,
  },
  actions: {
    read: assign({
      rest: ({ event }) => {
        assertEvent(event, 'LOAD');
        return event.rest;
      },
    }),
    forget: assign({ rest: false }),
  },
}).createMachine({
  id: 'raiser',
  context: { rest: false },
  initial: 'ready',
  states: {
    ready: {
      description: 'In no particular place.',
      on: {
        RAISE: { target: 'ready', meta: cite('raise_softirq_irqoff') },
        LOAD: { guard: 'tornApart', target: 'loaded', actions: 'read', meta: cite('raise_softirq_irqoff') },
      },
    },
    loaded: {
      description: 'Has read the mask and not yet written it.',
      on: { STORE: { guard: 'isWhatItRead', target: 'ready', actions: 'forget', meta: cite('raise_softirq_irqoff') } },
    },
  },
});

export type UserEvent = { readonly type: 'RUN' };

export const user = setup({ types: { events: {} as UserEvent, meta: {} as Cite } }).createMachine({
  id: 'user',
  initial: 'waiting',
  states: {
    waiting: { description: 'Runnable, and not yet given the CPU.', on: { RUN: { target: 'ran', meta: cite('schedule') } } },
    ran: { description: 'Has had the CPU.' },
  },
});
