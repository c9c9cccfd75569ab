/**
 * The wait queue of a socket with entries of two kinds, and whoever walks it.
 *
 * Source      Linux 6.1 and 6.12 kernel/sched/wait.c (prepare_to_wait_exclusive, add_wait_queue, __wake_up_common, finish_wait)
 * Contract    exclusive entries at the tail, others at the head; a walk goes on until one exclusive entry has woken its task
 * Bounds      WaitListBounds
 * Leaves out  EPOLLEXCLUSIVE; the bookmark of 6.1, after 64 entries
 *
 * Waiters are numbers: the readers, and last the poller.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface WaitListBounds {
  /** The poller's number; its entry is not exclusive. */
  readonly poller: number;
}

export type WaitListEvent =
  | { readonly type: 'LINK_TAIL'; readonly who: number } // prepare_to_wait_exclusive()
  | { readonly type: 'LINK_HEAD'; readonly who: number } // add_wait_queue()
  | { readonly type: 'HOLD' } //                            an insertion and the release of the lock are in a store buffer
  | { readonly type: 'APPEAR'; readonly who: number } //    they are visible
  | { readonly type: 'UNLINK'; readonly who: number } //    finish_wait(), remove_wait_queue()
  | { readonly type: 'UNLINKED'; readonly who: number } //  finish_wait() finds its entry gone, without the lock
  | { readonly type: 'WALK' } //                            __wake_up(): the lock, the head
  | { readonly type: 'WALK_ALL' } //                        the same, and nobody ends it
  | { readonly type: 'WOKE'; readonly who: number } //      the entry's function returns 1
  | { readonly type: 'PASSED'; readonly who: number } //    it returns 0
  | { readonly type: 'END' }; //                            the lock is released

export interface WaitListContext extends WaitListBounds {
  /** The head first. */
  readonly waiters: readonly number[];
  /** Entries that the walk is past. */
  readonly cursor: number;
  /** The walk has woken an exclusive waiter. */
  readonly over: boolean;
  /** The walk wakes all. */
  readonly all: boolean;
  /** The lock is not released yet, as others see it. */
  readonly held: boolean;
}

export const waitList = setup({
  types: { input: {} as WaitListBounds, context: {} as WaitListContext, events: {} as WaitListEvent, meta: {} as Cite },
  guards: {
    mayLink: ({ context: c, event }) => 'who' in event && !c.held && !c.waiters.includes(event.who),
    pollerAppears: ({ context: c, event }) => 'who' in event && c.held && event.who === c.poller && !c.waiters.includes(event.who),
    readerAppears: ({ context: c, event }) => 'who' in event && c.held && event.who !== c.poller && !c.waiters.includes(event.who),
    isFree: ({ context: c }) => !c.held,
    mayUnlink: ({ context: c, event }) => 'who' in event && !c.held && c.waiters.includes(event.who),
    isGone: ({ context: c, event }) => 'who' in event && !c.waiters.includes(event.who),
    isNext: ({ context: c, event }) => 'who' in event && !c.over && c.waiters[c.cursor] === event.who,
    isNextReader: ({ context: c, event }) => 'who' in event && !c.over && event.who !== c.poller && c.waiters[c.cursor] === event.who,
    isThrough: ({ context: c }) => c.over || c.cursor === c.waiters.length,
  },
  actions: {
    tail: assign(({ context: c, event }) => ('who' in event ? { waiters: [...c.waiters, event.who], held: false } : {})),
    head: assign(({ context: c, event }) => ('who' in event ? { waiters: [event.who, ...c.waiters], held: false } : {})),
    hold: assign({ held: true }),
    unlink: assign({
      waiters: ({ context: c, event }) => {
        assertEvent(event, ['UNLINK', 'WOKE']);
        return c.waiters.filter((one) => one !== event.who);
      },
    }),
    finish: assign({ over: ({ context }) => !context.all }),
    skip: assign({ cursor: ({ context: c }) => c.cursor + 1 }),
    start: assign({ cursor: 0, over: false, all: false }),
    startAll: assign({ cursor: 0, over: false, all: true }),
    reset: assign({ cursor: 0, over: false, all: false }),
  },
}).createMachine({
  id: 'waitList',
  context: ({ input }) => ({ ...input, waiters: [], cursor: 0, over: false, all: false, held: false }),
  initial: 'free',
  states: {
    free: {
      description: 'Nobody walks. `held` says whether the lock looks taken.',
      on: {
        LINK_TAIL: { guard: 'mayLink', target: 'free', actions: 'tail', meta: cite('prepare_to_wait_exclusive') },
        LINK_HEAD: { guard: 'mayLink', target: 'free', actions: 'head', meta: cite('add_wait_queue') },
        APPEAR: [
          { guard: 'pollerAppears', target: 'free', actions: 'head', meta: cite('add_wait_queue') },
          { guard: 'readerAppears', target: 'free', actions: 'tail', meta: cite('prepare_to_wait_exclusive') },
        ],
        HOLD: { guard: 'isFree', target: 'free', actions: 'hold', meta: cite('add_wait_queue') },
        UNLINK: { guard: 'mayUnlink', target: 'free', actions: 'unlink', meta: cite('finish_wait', 'remove_wait_queue') },
        UNLINKED: { guard: 'isGone', target: 'free', meta: cite('finish_wait') },
        WALK: { guard: 'isFree', target: 'walking', actions: 'start', meta: cite('__wake_up_sync_key', '__wake_up_common') },
        WALK_ALL: { guard: 'isFree', target: 'walking', actions: 'startAll', meta: cite('__wake_up', '__wake_up_common') },
      },
    },
    walking: {
      description: 'Somebody walks it, under its lock, interrupts off.',
      on: {
        // The poller's entry stays; the readers' take themselves off.
        WOKE: [
          {
            guard: 'isNextReader',
            target: 'walking',
            actions: ['unlink', 'finish'],
            meta: cite('receiver_wake_function', 'autoremove_wake_function'),
          },
          { guard: 'isNext', target: 'walking', actions: 'skip', meta: cite('pollwake') },
        ],
        PASSED: { guard: 'isNext', target: 'walking', actions: 'skip', meta: cite('receiver_wake_function', 'pollwake', 'try_to_wake_up') },
        UNLINKED: { guard: 'isGone', target: 'walking', meta: cite('finish_wait') },
        END: { guard: 'isThrough', target: 'free', actions: 'reset', meta: cite('__wake_up_common') },
      },
    },
  },
});

/** The look without the lock: somebody is linked. */
export const looksBusy = ({ waiters }: WaitListContext): boolean => waiters.length > 0;

/** Entry `who` is linked. */
export const links =
  (who: number) =>
  ({ waiters }: WaitListContext): boolean =>
    waiters.includes(who);
