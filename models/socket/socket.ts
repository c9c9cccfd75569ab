/**
 * One bound UDP socket: its queues, what they are charged, and who holds its lock.
 *
 * Source      Linux 3.10 net/core/sock.c, net/core/datagram.c, net/ipv4/udp.c; 6.12 and 6.18 net/ipv4/udp.c
 * Contract    an empty socket accepts the next datagram; a datagram leaves once
 * Bounds      SocketBounds; all datagrams have one size
 * Leaves out  protocol memory limits, filters, MSG_PEEK, shutdown, close, the per-node producer queue of 6.18 (with one
 *             receiving CPU it is invisible)
 *
 * 3.10 uncharges a datagram when the reader frees it after the copy (sock_rfree); later kernels at the dequeue, in
 * batches (udp_rmem_release): `deficit` is what has left the queues and is still charged.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';
import type { RcvbufRule } from '../kernel/profile.ts';

export interface SocketBounds {
  /** sk_rcvbuf, in the unit of `size`. */
  readonly rcvbuf: number;
  /** Truesize of every datagram. */
  readonly size: number;
  readonly rule: RcvbufRule;
  /** Readers take from reader_queue. */
  readonly readerQueue: boolean;
}

export type SocketEvent =
  | { readonly type: 'BH_LOCK' } //                         softirq takes the spinlock, no task owns the socket
  | { readonly type: 'BH_UNLOCK' }
  | { readonly type: 'BACKLOG'; readonly pkt: Packet } //   softirq finds a task owning the socket: sk_add_backlog()
  | { readonly type: 'BACKLOG_FULL' } //                    and that is full
  | { readonly type: 'QUEUES_FIT' } //                      softirq, before it takes the spinlock, finds room
  | { readonly type: 'QUEUES_FULL' } //                     ... none
  | { readonly type: 'LOCK' } //                            lock_sock(): a task owns the socket
  | { readonly type: 'FLUSH'; readonly pkt: Packet } //     release_sock() takes the first of the backlog
  | { readonly type: 'RELEASE' } //                         nothing in the backlog: the socket is free
  | { readonly type: 'APPEND'; readonly pkt: Packet } //    charged and queued
  | { readonly type: 'FULL' } //                            the receive buffer is full
  | { readonly type: 'TAKE'; readonly pkt: Packet } //      a reader takes the first datagram
  | { readonly type: 'NONE' } //                            a reader finds no datagram
  | { readonly type: 'SEES_DATA' } //                       a reader about to sleep looks at sk_receive_queue: data
  | { readonly type: 'SEES_NONE' } //                       ... nothing
  | { readonly type: 'UNCHARGE' } //                        a reader frees what it copied
  | { readonly type: 'PEEK'; readonly pkt: Packet } //     a reader shares the first one
  | { readonly type: 'SET_ERROR' } //                       __udp4_lib_err()
  | { readonly type: 'TAKE_ERROR' } //                      sock_error() finds one
  | { readonly type: 'NO_ERROR' }; //                       sock_error() finds none

export interface SocketContext extends SocketBounds {
  /** sk_receive_queue. */
  readonly queue: readonly Packet[];
  /** udp_sk(sk)->reader_queue. */
  readonly readerList: readonly Packet[];
  /** sk_backlog: datagrams that softirq left for the task that owns the socket. */
  readonly backlog: readonly Packet[];
  /** sk_backlog.len in datagrams: reset only when release_sock() is through. */
  readonly backlogCharge: number;
  /** Datagrams that left the queues and are still charged: being copied (3.10), or forward_deficit. */
  readonly deficit: number;
  /** sk_err. */
  readonly error: boolean;
}

/** sk_rmem_alloc; "rx_queue" in /proc/net/udp. */
const charged = (c: SocketContext): number => (c.queue.length + c.readerList.length + c.deficit) * c.size;

/** The rule of `RcvbufRule`. */
function isFull(c: SocketContext): boolean {
  switch (c.rule) {
    case 'reached':
      return charged(c) >= c.rcvbuf;
    case 'exceeded':
      return charged(c) > c.rcvbuf && charged(c) + c.size > c.rcvbuf;
    case 'strict':
      return charged(c) !== 0 && charged(c) + c.size > c.rcvbuf;
  }
}

/** sk_rcvqueues_full(): a strict test, and the new datagram does not count. */
const queuesFull = (c: SocketContext): boolean => c.backlogCharge * c.size + charged(c) > c.rcvbuf;

/** Dequeue with reader_queue: splice when it is empty, then udp_rmem_release(). */
function dequeue(c: SocketContext): Partial<SocketContext> {
  if (!c.readerQueue) return { queue: c.queue.slice(1), deficit: c.deficit + 1 };
  const spliced = c.readerList.length === 0;
  const readerList = (spliced ? c.queue : c.readerList).slice(1);
  const queue = spliced ? [] : c.queue;
  const deficit = c.deficit + 1;
  // Kept back until it reaches a quarter of the buffer, or nothing is left to read; the flush splices once more.
  if (deficit * c.size < c.rcvbuf / 4 && readerList.length > 0) return { readerList, queue, deficit };
  return { readerList: [...readerList, ...queue], queue: [], deficit: 0 };
}

/** Datagram `pkt` is in none of the queues. */
const isNew = (c: SocketContext, pkt: Packet): boolean => ![...c.queue, ...c.readerList, ...c.backlog].includes(pkt);

const socketSetup = setup({
  types: { input: {} as SocketBounds, context: {} as SocketContext, events: {} as SocketEvent, meta: {} as Cite },
  guards: {
    hasRoom: ({ context }) => !isFull(context),
    isFull: ({ context }) => isFull(context),
    backlogFits: ({ context: c, event }) => 'pkt' in event && !queuesFull(c) && isNew(c, event.pkt),
    queuesFit: ({ context }) => !queuesFull(context),
    queuesFull: ({ context }) => queuesFull(context),
    fits: ({ context: c, event }) => 'pkt' in event && !isFull(c) && isNew(c, event.pkt),
    isCharged: ({ context: c }) => c.deficit > 0,
    isFirstOfBacklog: ({ context: c, event }) => 'pkt' in event && c.backlog[0] === event.pkt,
    backlogEmpty: ({ context: c }) => c.backlog.length === 0,
    isFirst: ({ context: c, event }) => 'pkt' in event && [...c.readerList, ...c.queue][0] === event.pkt,
    nothing: ({ context: c }) => c.readerList.length + c.queue.length === 0,
    queueHasData: ({ context: c }) => c.queue.length > 0,
    queueEmpty: ({ context: c }) => c.queue.length === 0,
    hasError: ({ context: c }) => c.error,
    noError: ({ context: c }) => !c.error,
  },
  actions: {
    addBacklog: assign(({ context: c, event }) => {
      assertEvent(event, 'BACKLOG');
      return { backlog: [...c.backlog, event.pkt], backlogCharge: c.backlogCharge + 1 };
    }),
    shiftBacklog: assign({ backlog: ({ context: c }) => c.backlog.slice(1) }),
    resetBacklog: assign({ backlogCharge: 0 }),
    append: assign({
      queue: ({ context: c, event }) => {
        assertEvent(event, 'APPEND');
        return [...c.queue, event.pkt];
      },
    }),
    dequeue: assign(({ context }) => dequeue(context)),
    // A peek refills reader_queue too, but gives nothing back.
    splice: assign(({ context: c }) => (c.readerQueue && c.readerList.length === 0 ? { readerList: c.queue, queue: [] } : {})),
    uncharge: assign({ deficit: ({ context: c }) => c.deficit - 1 }),
    setError: assign({ error: true }),
    clearError: assign({ error: false }),
  },
});

/** What happens whoever holds the lock: the queues have a lock of their own. */
const always = (state: 'free' | 'locked' | 'owned') =>
  ({
    APPEND: [
      { guard: 'fits', target: state, actions: 'append', meta: cite('sock_queue_rcv_skb', '__udp_enqueue_schedule_skb') },
      { guard: 'hasRoom', target: 'broken', meta: cite('sock_queue_rcv_skb', '__udp_enqueue_schedule_skb') },
    ],
    // sk_backlog.len and sk_rmem_alloc are read one after the other, without a lock: one step.
    QUEUES_FIT: { guard: 'queuesFit', target: state, meta: cite('sk_rcvqueues_full') },
    QUEUES_FULL: { guard: 'queuesFull', target: state, meta: cite('sk_rcvqueues_full') },
    FULL: { guard: 'isFull', target: state, meta: cite('sock_queue_rcv_skb', '__udp_enqueue_schedule_skb') },
    TAKE: { guard: 'isFirst', target: state, actions: 'dequeue', meta: cite('__skb_recv_datagram', '__skb_recv_udp', 'udp_rmem_release') },
    PEEK: { guard: 'isFirst', target: state, actions: 'splice', meta: cite('__skb_recv_datagram', '__skb_recv_udp') },
    NONE: { guard: 'nothing', target: state, meta: cite('__skb_recv_datagram', '__skb_recv_udp') },
    SEES_DATA: { guard: 'queueHasData', target: state, meta: cite('wait_for_more_packets', '__skb_wait_for_more_packets') },
    SEES_NONE: { guard: 'queueEmpty', target: state, meta: cite('wait_for_more_packets', '__skb_wait_for_more_packets') },
    SET_ERROR: { target: state, actions: 'setError', meta: cite('__udp4_lib_err') },
    TAKE_ERROR: { guard: 'hasError', target: state, actions: 'clearError', meta: cite('sock_error') },
    NO_ERROR: { guard: 'noError', target: state, meta: cite('sock_error') },
  }) as const;

export const socket = socketSetup.createMachine({
  id: 'socket',
  context: ({ input }) => ({ ...input, queue: [], readerList: [], backlog: [], backlogCharge: 0, deficit: 0, error: false }),
  initial: 'free',
  states: {
    free: {
      description: 'Nobody holds sk_lock.',
      on: {
        ...always('free'),
        BH_LOCK: { target: 'locked', meta: cite('bh_lock_sock') },
        LOCK: { target: 'owned', meta: cite('lock_sock') },
        UNCHARGE: [
          { guard: 'isCharged', target: 'free', actions: 'uncharge', meta: cite('sock_rfree') },
          { target: 'broken', meta: cite('sock_rfree') },
        ],
      },
    },
    locked: {
      description: 'A softirq holds the spinlock sk_lock.slock. Tasks and other softirqs spin.',
      on: { ...always('locked'), BH_UNLOCK: { target: 'free', meta: cite('bh_unlock_sock') } },
    },
    owned: {
      description: 'A task owns the socket: sk_lock.owned. Softirq leaves its datagrams in the backlog.',
      on: {
        ...always('owned'),
        BACKLOG: [
          { guard: 'backlogFits', target: 'owned', actions: 'addBacklog', meta: cite('bh_lock_sock', 'sk_add_backlog', 'bh_unlock_sock') },
          { guard: 'queuesFit', target: 'broken', meta: cite('sk_add_backlog') },
        ],
        BACKLOG_FULL: { guard: 'queuesFull', target: 'owned', meta: cite('bh_lock_sock', 'sk_add_backlog', 'sk_rcvqueues_full') },
        FLUSH: { guard: 'isFirstOfBacklog', target: 'owned', actions: 'shiftBacklog', meta: cite('release_sock', '__release_sock') },
        RELEASE: { guard: 'backlogEmpty', target: 'free', actions: 'resetBacklog', meta: cite('release_sock') },
      },
    },
    broken: { description: 'A datagram was queued while it was queued already, or uncharged more often than charged.' },
  },
});

/** A reader would find a datagram. */
export const readable = (context: SocketContext): boolean => context.queue.length + context.readerList.length > 0;

/** Nothing to read. */
export const nothingToRead = (context: SocketContext): boolean => !readable(context);

/** Exactly one datagram to read: taking it leaves the socket empty. */
export const lastOne = (context: SocketContext): boolean => context.queue.length + context.readerList.length === 1;

/** Datagram `pkt` waits in one of the queues or in the backlog. */
export const keeps =
  (pkt: Packet) =>
  (context: SocketContext): boolean =>
    [...context.queue, ...context.readerList, ...context.backlog].includes(pkt);

/** The charge exceeds what the rule can let in: the limit plus one datagram. */
export const overcharged = (context: SocketContext): boolean =>
  charged(context) >= context.rcvbuf + context.size + (context.rule === 'exceeded' ? 1 : 0);

/** Datagrams in the backlog. */
export const hasBacklog = (context: SocketContext): boolean => context.backlog.length > 0;

/** Nothing queued, nothing in flight, and a charge all the same. */
export const leaksCharge = (context: SocketContext): boolean =>
  context.deficit > 0 && context.queue.length + context.readerList.length === 0;
