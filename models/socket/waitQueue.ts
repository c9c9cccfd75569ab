/**
 * The socket's wait queue: which readers are linked, in which order?
 *
 * Source      Linux 3.10 and 6.12, kernel/wait.c, kernel/sched/wait.c (prepare_to_wait_exclusive, finish_wait)
 * Contract    exclusive waiters are linked at the tail; a wakeup that hits a sleeper unlinks it and stops there
 * Bounds      WaitQueueBounds
 * Leaves out  poll and epoll entries, non-exclusive waiters
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface WaitQueueBounds {
  readonly readers: number;
}

export type WaitQueueEvent =
  | { readonly type: 'LINK'; readonly reader: number } //     prepare_to_wait_exclusive()
  | { readonly type: 'UNLINK'; readonly reader: number } //   by the waker, or by finish_wait()
  | { readonly type: 'UNLINKED'; readonly reader: number }; // finish_wait() finds its entry gone

export interface WaitQueueContext extends WaitQueueBounds {
  /** Readers in queue order; the head is woken first. */
  readonly waiters: readonly number[];
}

export const waitQueue = setup({
  types: { input: {} as WaitQueueBounds, context: {} as WaitQueueContext, events: {} as WaitQueueEvent, meta: {} as Cite },
  guards: {
    isLinked: ({ context, event }) => context.waiters.includes(event.reader),
    isNotLinked: ({ context, event }) => !context.waiters.includes(event.reader),
  },
  actions: {
    link: assign({
      waiters: ({ context, event }) => {
        assertEvent(event, 'LINK');
        return [...context.waiters, event.reader];
      },
    }),
    unlink: assign({
      waiters: ({ context, event }) => {
        assertEvent(event, 'UNLINK');
        return context.waiters.filter((reader) => reader !== event.reader);
      },
    }),
  },
}).createMachine({
  id: 'waitQueue',
  context: ({ input }) => ({ ...input, waiters: [] }),
  initial: 'list',
  states: {
    list: {
      description: 'Every change is made under the queue lock, interrupts off.',
      on: {
        LINK: { guard: 'isNotLinked', target: 'list', actions: 'link', meta: cite('prepare_to_wait_exclusive') },
        UNLINK: { guard: 'isLinked', target: 'list', actions: 'unlink', meta: cite('autoremove_wake_function', 'finish_wait') },
        UNLINKED: { guard: 'isNotLinked', target: 'list', meta: cite('finish_wait') },
      },
    },
  },
});

/** The lockless test of sock_def_readable(): somebody is linked. */
export const hasWaiter = (context: WaitQueueContext): boolean => context.waiters.length > 0;

/** Nobody is linked. */
export const hasNoWaiter = (context: WaitQueueContext): boolean => context.waiters.length === 0;

/** The readers `order` are linked first, in this order. */
export const startsWith =
  (...order: readonly number[]) =>
  (context: WaitQueueContext): boolean =>
    order.every((reader, index) => context.waiters[index] === reader);

/** Exactly the readers `order` are linked, in this order. */
export const equals =
  (...order: readonly number[]) =>
  (context: WaitQueueContext): boolean =>
    order.length === context.waiters.length && startsWith(...order)(context);
