/**
 * A task that calls epoll_wait() and reads what it is told of, without being willing to wait there.
 *
 * Source      Linux 6.1 and 6.12 fs/eventpoll.c (ep_poll, ep_send_events)
 * Contract    who is woken scans; who has timed out scans all the same if a wakeup had chosen him
 * Bounds      none
 * Leaves out  signals; a timeout of 0
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type EpollWaiterEvent =
  | { readonly type: 'CALL'; readonly timed: boolean }
  | { readonly type: 'AVAILABLE' } // goes to scan
  | { readonly type: 'LINK' } //      sleeps
  | { readonly type: 'WAKE' }
  | { readonly type: 'EXPIRE' }
  | { readonly type: 'UNLINK' } //    was not chosen: returns 0
  | { readonly type: 'GONE' } //      was: scans
  | { readonly type: 'SCAN'; readonly found: boolean }
  | { readonly type: 'READY' } //     the item's poll says so: reported
  | { readonly type: 'NOT_READY' }
  | { readonly type: 'DONE' }
  | { readonly type: 'READ' } //      a datagram
  | { readonly type: 'EMPTY' }; //    EAGAIN

export interface EpollWaiterContext {
  /** The call has a timeout. */
  readonly timed: boolean;
  readonly expired: boolean;
  /** An event was reported. */
  readonly told: boolean;
}

const FRESH = { timed: false, expired: false, told: false } as const;

export const epollWaiter = setup({
  types: { context: {} as EpollWaiterContext, events: {} as EpollWaiterEvent, meta: {} as Cite },
  guards: {
    timed: ({ context: c }) => c.timed,
    told: ({ context: c }) => c.told,
    expired: ({ context: c }) => c.expired,
    found: ({ event }) => event.type === 'SCAN' && event.found,
    // A wakeup that has chosen him is not lost by a timeout.
    givesUp: () => false,
  },
  actions: {
    enter: assign(({ event }) => (event.type === 'CALL' ? { timed: event.timed } : {})),
    expire: assign({ expired: true }),
    tell: assign({ told: true }),
    leave: assign(FRESH),
  },
}).createMachine({
  id: 'epollWaiter',
  context: FRESH,
  initial: 'user',
  states: {
    user: { description: 'In user space.', on: { CALL: { target: 'looking', actions: 'enter', meta: cite('ep_poll') } } },
    looking: {
      description: 'About to look under ep->lock, and to link itself if there is nothing.',
      on: { AVAILABLE: { target: 'scanning', meta: cite('ep_poll') }, LINK: { target: 'asleep', meta: cite('ep_poll') } },
    },
    asleep: {
      description: 'On ep->wq, or was.',
      on: {
        WAKE: { target: 'scanning', meta: cite('ep_poll', 'ep_autoremove_wake_function') },
        EXPIRE: { guard: 'timed', target: 'expired', actions: 'expire', meta: cite('ep_poll') },
      },
    },
    expired: {
      description: 'Its time has run out; about to see whether it is still linked.',
      on: {
        WAKE: { target: 'expired', meta: cite('ep_autoremove_wake_function') },
        UNLINK: { target: 'user', actions: 'leave', meta: cite('ep_poll') },
        GONE: [
          { guard: 'givesUp', target: 'user', actions: 'leave', meta: cite('ep_poll') },
          { target: 'scanning', meta: cite('ep_poll') },
        ],
      },
    },
    scanning: {
      description: 'About to take the ready list, under ep->mtx.',
      on: {
        SCAN: [
          { guard: 'found', target: 'item', meta: cite('ep_send_events', 'ep_start_scan') },
          { target: 'ending', meta: cite('ep_send_events', 'ep_start_scan') },
        ],
      },
    },
    item: {
      description: 'About to ask the item.',
      on: {
        READY: { target: 'ending', actions: 'tell', meta: cite('ep_send_events', 'udp_poll') },
        NOT_READY: { target: 'ending', meta: cite('ep_send_events', 'udp_poll') },
      },
    },
    ending: {
      description: 'About to end the scan.',
      on: {
        DONE: [
          { guard: 'told', target: 'reading', meta: cite('ep_done_scan') },
          { guard: 'expired', target: 'user', actions: 'leave', meta: cite('ep_done_scan', 'ep_poll') },
          { target: 'looking', meta: cite('ep_done_scan', 'ep_poll') },
        ],
      },
    },
    reading: {
      description: 'Has been told, and reads.',
      on: {
        READ: { target: 'reading', meta: cite('udp_recvmsg') },
        EMPTY: { target: 'user', actions: 'leave', meta: cite('udp_recvmsg') },
      },
    },
  },
});

/** Asleep, with nothing but a wakeup to end it. */
export const waitsForGood = ({ timed }: EpollWaiterContext, state: string): boolean => state === 'asleep' && !timed;
