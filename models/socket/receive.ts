/**
 * Queueing one datagram and waking a reader: the same code in softirq and, for the socket backlog, in release_sock().
 *
 * Source      Linux 3.10 net/ipv4/udp.c (udp_queue_rcv_skb, __udp_queue_rcv_skb), net/core/sock.c (sock_def_readable);
 *             6.12 net/ipv4/udp.c (__udp_enqueue_schedule_skb)
 * Contract    the datagram is queued before the wait queue is looked at; one wakeup per datagram
 * Bounds      ReceiveBounds
 * Leaves out  asynchronous notification (SIGIO). With 6.12 and 6.18 the test of the buffer, the charge and the append are
 *             one step: exact while one CPU at a time queues, as with one NAPI instance; two could both pass the test.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface ReceiveBounds {
  /** Softirq of 3.10: holds the socket spinlock from before the queueing until after the wakeup. */
  readonly locks: boolean;
}

export type ReceiveEvent =
  | { readonly type: 'BEGIN'; readonly pkt: Packet } // a datagram for this socket
  | { readonly type: 'ADMITTED' } //                    3.10: sk_rcvqueues_full(), before the lock, finds room
  | { readonly type: 'REFUSED' } //                     ... none
  | { readonly type: 'LOCKED' } //                      bh_lock_sock(), and no task owns the socket
  | { readonly type: 'SET_ASIDE' } //                   left in the socket backlog, or dropped there
  | { readonly type: 'APPENDED' } //                    queued
  | { readonly type: 'DROPPED' } //                     the buffer is full
  | { readonly type: 'REPORT' } //                      an ICMP error was stored in sk_err: wake as for data
  | { readonly type: 'NO_SLEEPER' } //                  the wait queue looks empty: nobody to wake
  | { readonly type: 'SLEEPER' } //                     it does not
  | { readonly type: 'WOKE' } //                        the wait queue was walked, under its lock
  | { readonly type: 'UNLOCK' }; //                     bh_unlock_sock()

export interface ReceiveContext extends ReceiveBounds {
  /** The datagram in hand. */
  readonly pkt: Packet | null;
  /** This call took the socket spinlock. */
  readonly holds: boolean;
}

/** Without the spinlock: from the socket backlog (3.10), or in softirq with UDP's own accounting (later). */
const QUEUEING = ['__udp_queue_rcv_skb', 'sock_queue_rcv_skb', '__udp_enqueue_schedule_skb'] as const;

export const receive = setup({
  types: { input: {} as ReceiveBounds, context: {} as ReceiveContext, events: {} as ReceiveEvent, meta: {} as Cite },
  guards: { locks: ({ context }) => context.locks, holdsLock: ({ context }) => context.holds },
  actions: {
    hold: assign({
      pkt: ({ event }) => {
        assertEvent(event, 'BEGIN');
        return event.pkt;
      },
    }),
    noteLock: assign({ holds: true }),
    release: assign({ pkt: null }),
    forgetLock: assign({ holds: false }),
  },
}).createMachine({
  id: 'receive',
  context: ({ input }) => ({ ...input, pkt: null, holds: false }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing in hand.',
      on: {
        BEGIN: [
          { guard: 'locks', target: 'admitting', actions: 'hold', meta: cite('udp_queue_rcv_skb') },
          { target: 'charging', actions: 'hold', meta: cite('__udp_queue_rcv_skb') },
        ],
        REPORT: { target: 'reporting', meta: cite('__udp4_lib_err', 'sock_def_error_report') },
      },
    },
    admitting: {
      description: 'About to look at the queues, whether or not a task owns the socket.',
      on: {
        ADMITTED: { target: 'locking', meta: cite('udp_queue_rcv_skb', 'sk_rcvqueues_full') },
        REFUSED: { target: 'idle', actions: 'release', meta: cite('udp_queue_rcv_skb', 'sk_rcvqueues_full') },
      },
    },
    locking: {
      description: 'About to take the socket spinlock.',
      on: {
        LOCKED: { target: 'charging', actions: 'noteLock', meta: cite('bh_lock_sock') },
        SET_ASIDE: { target: 'idle', actions: 'release', meta: cite('sk_add_backlog', 'bh_unlock_sock') },
      },
    },
    charging: {
      description: 'About to test the receive buffer.',
      on: {
        APPENDED: [
          { guard: 'holdsLock', target: 'testing', actions: 'release', meta: cite('__udp_queue_rcv_skb', 'sock_queue_rcv_skb') },
          { target: 'testing', actions: 'release', meta: cite(...QUEUEING) },
        ],
        DROPPED: [
          { guard: 'holdsLock', target: 'unlocking', actions: 'release', meta: cite('__udp_queue_rcv_skb', 'sock_queue_rcv_skb') },
          { target: 'idle', actions: 'release', meta: cite(...QUEUEING) },
        ],
      },
    },
    testing: {
      description: 'Queued; is anybody waiting?',
      on: {
        NO_SLEEPER: [
          { guard: 'holdsLock', target: 'unlocking', meta: cite('sock_def_readable', 'wq_has_sleeper') },
          { target: 'idle', meta: cite('sock_def_readable', 'wq_has_sleeper') },
        ],
        SLEEPER: { target: 'waking', meta: cite('sock_def_readable', 'wq_has_sleeper') },
      },
    },
    reporting: {
      description: 'sk_err is stored; is anybody waiting?',
      on: {
        NO_SLEEPER: { target: 'idle', meta: cite('sock_def_error_report', 'wq_has_sleeper') },
        SLEEPER: { target: 'alerting', meta: cite('sock_def_error_report', 'wq_has_sleeper') },
      },
    },
    waking: {
      description: 'About to walk the wait queue.',
      on: {
        WOKE: [
          { guard: 'holdsLock', target: 'unlocking', meta: cite('__wake_up_sync_key', '__wake_up_common') },
          { target: 'idle', meta: cite('__wake_up_sync_key', '__wake_up_common') },
        ],
      },
    },
    alerting: {
      description: 'About to walk the wait queue for sk_err.',
      on: { WOKE: { target: 'idle', meta: cite('__wake_up', '__wake_up_common') } },
    },
    unlocking: {
      description: 'The wakeup is done, the spinlock still held.',
      on: { UNLOCK: { target: 'idle', actions: 'forgetLock', meta: cite('bh_unlock_sock') } },
    },
  },
});

/** Datagram `pkt` is being queued here. */
export const inReceive =
  (pkt: Packet) =>
  (context: ReceiveContext): boolean =>
    context.pkt === pkt;
