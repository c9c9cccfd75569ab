/**
 * One epoll instance with one item: the ready list, the overflow list while somebody scans, and those who wait.
 *
 * Source      Linux 6.1 and 6.12 fs/eventpoll.c (ep_poll_callback, ep_poll, ep_start_scan, ep_done_scan, ep_send_events)
 * Contract    ready list, overflow list and wait queue change under ep->lock; who ends a scan and leaves something wakes the next
 * Bounds      none
 * Leaves out  several items, EPOLLONESHOT, EPOLLEXCLUSIVE, nesting
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type EpollEvent =
  | { readonly type: 'CALLBACK' } //                            the item becomes ready, and nobody waits
  | { readonly type: 'CALLBACK_WAKE'; readonly who: number } // ... and the first waiter is woken
  | { readonly type: 'AVAILABLE' } //                           something is ready, or somebody scans
  | { readonly type: 'LINK'; readonly who: number } //          nothing is: waits, exclusively
  | { readonly type: 'UNLINK'; readonly who: number } //        timed out, and still linked
  | { readonly type: 'GONE'; readonly who: number } //          timed out, and a wakeup has unlinked it
  | { readonly type: 'SCAN'; readonly found: boolean } //       ep_start_scan(): the ready list is its own
  | { readonly type: 'KEEP' } //                                level-triggered: back on the ready list
  | { readonly type: 'DONE' } //                                ep_done_scan(), and nobody is to be woken
  | { readonly type: 'DONE_WAKE'; readonly who: number };

export interface EpollContext {
  /** rdllist has the item. */
  readonly ready: boolean;
  /** ovflist is active: somebody scans. */
  readonly scans: boolean;
  /** ovflist has the item. */
  readonly overflow: boolean;
  /** ep->wq, the first in front. */
  readonly waiters: readonly number[];
}

const first = ({ waiters }: EpollContext, event: EpollEvent): boolean => 'who' in event && waiters[0] === event.who;
/** Something is ready once the scan is over. */
const leaves = ({ ready, overflow }: EpollContext): boolean => ready || overflow;

export const epoll = setup({
  types: { context: {} as EpollContext, events: {} as EpollEvent, meta: {} as Cite },
  guards: {
    nobodyWaits: ({ context: c }) => c.waiters.length === 0,
    isFirst: ({ context: c, event }) => first(c, event),
    isAvailable: ({ context: c }) => c.ready || c.scans,
    isNot: ({ context: c, event }) => !c.ready && !c.scans && 'who' in event && !c.waiters.includes(event.who),
    isLinked: ({ context: c, event }) => 'who' in event && c.waiters.includes(event.who),
    isGone: ({ context: c, event }) => 'who' in event && !c.waiters.includes(event.who),
    // ep->mtx: one scan at a time.
    mayScan: ({ context: c, event }) => !c.scans && event.type === 'SCAN' && c.ready === event.found,
    scans: ({ context: c }) => c.scans,
    wakesNobody: ({ context: c }) => c.scans && (!leaves(c) || c.waiters.length === 0),
    wakesFirst: ({ context: c, event }) => c.scans && leaves(c) && first(c, event),
  },
  actions: {
    add: assign(({ context: c }) => (c.scans ? { overflow: true } : { ready: true })),
    shift: assign({ waiters: ({ context: c }) => c.waiters.slice(1) }),
    link: assign(({ context: c, event }) => ('who' in event ? { waiters: [...c.waiters, event.who] } : {})),
    unlink: assign(({ context: c, event }) => ('who' in event ? { waiters: c.waiters.filter((one) => one !== event.who) } : {})),
    scan: assign({ ready: false, scans: true }),
    keep: assign({ ready: true }),
    done: assign(({ context: c }) => ({ ready: leaves(c), overflow: false, scans: false })),
  },
}).createMachine({
  id: 'epoll',
  context: { ready: false, scans: false, overflow: false, waiters: [] },
  initial: 'on',
  states: {
    on: {
      description: 'Every change is made under ep->lock.',
      on: {
        CALLBACK: { guard: 'nobodyWaits', target: 'on', actions: 'add', meta: cite('ep_poll_callback') },
        CALLBACK_WAKE: {
          guard: 'isFirst',
          target: 'on',
          actions: ['add', 'shift'],
          meta: cite('ep_poll_callback', 'ep_autoremove_wake_function'),
        },
        AVAILABLE: { guard: 'isAvailable', target: 'on', meta: cite('ep_poll') },
        LINK: { guard: 'isNot', target: 'on', actions: 'link', meta: cite('ep_poll') },
        UNLINK: { guard: 'isLinked', target: 'on', actions: 'unlink', meta: cite('ep_poll') },
        GONE: { guard: 'isGone', target: 'on', meta: cite('ep_poll') },
        SCAN: { guard: 'mayScan', target: 'on', actions: 'scan', meta: cite('ep_send_events', 'ep_start_scan') },
        KEEP: { guard: 'scans', target: 'on', actions: 'keep', meta: cite('ep_send_events') },
        DONE: { guard: 'wakesNobody', target: 'on', actions: 'done', meta: cite('ep_done_scan') },
        DONE_WAKE: {
          guard: 'wakesFirst',
          target: 'on',
          actions: ['done', 'shift'],
          meta: cite('ep_done_scan', 'ep_autoremove_wake_function'),
        },
      },
    },
  },
});
