/**
 * What the readers of one UDP socket find: its two queues, sk_err, sk_shutdown; and what of it can be seen without a lock.
 *
 * Source      Linux 6.1 net/ipv4/udp.c (__udp_enqueue_schedule_skb, __skb_recv_udp, udp_rmem_release); 6.12 and 6.18 the same
 * Contract    datagrams move from sk_receive_queue to reader_queue only, in order, under both locks
 * Bounds      QueuesBounds
 * Leaves out  the charge: see the family `accounting`; whether a dequeue that leaves something in reader_queue splices once more
 *             depends on it, and is a choice here
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface QueuesBounds {
  /** RP1: the look before sleeping is at both queues. No kernel has it. */
  readonly looksAtBoth: boolean;
}

export type QueuesEvent =
  | { readonly type: 'HOLD'; readonly cpu: number } //   stored behind the lock, and not visible yet
  | { readonly type: 'APPEND'; readonly pkt: Packet } // visible, and the lock released
  | { readonly type: 'TAKE'; readonly pkt: Packet } //   a reader takes the first, and leaves sk_receive_queue alone if it can
  | { readonly type: 'TAKE_SPLICE'; readonly pkt: Packet } // the same, and udp_rmem_release() splices the rest
  | { readonly type: 'PEEK'; readonly pkt: Packet } //   MSG_PEEK
  | { readonly type: 'NONE' } //                         a reader finds neither queue to have something
  | { readonly type: 'SEES_DATA' } //                    before sleeping: sk_receive_queue
  | { readonly type: 'SEES_NONE' }
  | { readonly type: 'POLL_RQ' } //                      udp_poll() finds something in sk_receive_queue
  | { readonly type: 'POLL_NO_RQ' }
  | { readonly type: 'POLL_RDQ' } //                     ... in reader_queue
  | { readonly type: 'POLL_NO_RDQ' }
  | { readonly type: 'SET_ERROR' } //                    sk_err is visible
  | { readonly type: 'TAKE_ERROR' } //                   sock_error(): exchanged with 0
  | { readonly type: 'NO_ERROR' }
  | { readonly type: 'POLL_ERROR' } //                   udp_poll() sees sk_err, and leaves it
  | { readonly type: 'SET_SHUTDOWN' }
  | { readonly type: 'SHUTDOWN' } //                     RCV_SHUTDOWN is set
  | { readonly type: 'NO_SHUTDOWN' };

export interface QueuesContext extends QueuesBounds {
  /** sk_receive_queue. */
  readonly rq: readonly Packet[];
  /** udp_sk(sk)->reader_queue. */
  readonly rdq: readonly Packet[];
  /** Whose store buffer has an append and the release of the lock; -1 for nobody's. */
  readonly holder: number;
  readonly error: boolean;
  readonly shutdown: boolean;
}

const isFirst = ({ rq, rdq }: QueuesContext, pkt: Packet): boolean => (rdq.length > 0 ? rdq[0] : rq[0]) === pkt;
const lockIsFree = ({ holder }: QueuesContext): boolean => holder < 0;

export const udpQueues = setup({
  types: { input: {} as QueuesBounds, context: {} as QueuesContext, events: {} as QueuesEvent, meta: {} as Cite },
  guards: {
    isFree: ({ context }) => lockIsFree(context),
    isNew: ({ context: c, event }) => 'pkt' in event && ![...c.rq, ...c.rdq].includes(event.pkt),
    // Something must stay in reader_queue, or udp_rmem_release() takes the lock of the other one.
    leaves: ({ context: c, event }) => 'pkt' in event && c.rdq.length > 1 && isFirst(c, event.pkt),
    splices: ({ context: c, event }) => 'pkt' in event && isFirst(c, event.pkt) && lockIsFree(c),
    leavesSpliced: ({ context: c, event }) =>
      'pkt' in event && c.rdq.length === 0 && c.rq.length > 1 && isFirst(c, event.pkt) && lockIsFree(c),
    peeks: ({ context: c, event }) => 'pkt' in event && isFirst(c, event.pkt) && (c.rdq.length > 0 || lockIsFree(c)),
    empty: ({ context: c }) => c.rq.length + c.rdq.length === 0,
    seesData: ({ context: c }) => c.rq.length > 0 || (c.looksAtBoth && c.rdq.length > 0),
    seesNone: ({ context: c }) => c.rq.length === 0 && !(c.looksAtBoth && c.rdq.length > 0),
    hasRq: ({ context: c }) => c.rq.length > 0,
    hasNoRq: ({ context: c }) => c.rq.length === 0,
    hasRdq: ({ context: c }) => c.rdq.length > 0,
    hasNoRdq: ({ context: c }) => c.rdq.length === 0,
    hasError: ({ context: c }) => c.error,
    hasNoError: ({ context: c }) => !c.error,
    isShut: ({ context: c }) => c.shutdown,
    isNotShut: ({ context: c }) => !c.shutdown,
  },
  actions: {
    hold: assign({
      holder: ({ event }) => {
        assertEvent(event, 'HOLD');
        return event.cpu;
      },
    }),
    append: assign(({ context: c, event }) => {
      assertEvent(event, 'APPEND');
      return { rq: [...c.rq, event.pkt], holder: -1 };
    }),
    take: assign({ rdq: ({ context: c }) => c.rdq.slice(1) }),
    takeSpliced: assign(({ context: c }) => ({ rq: [], rdq: [...c.rdq, ...c.rq].slice(1) })),
    peek: assign(({ context: c }) => (c.rdq.length > 0 ? {} : { rq: [], rdq: c.rq })),
    setError: assign({ error: true }),
    clearError: assign({ error: false }),
    shut: assign({ shutdown: true }),
  },
}).createMachine({
  id: 'udpQueues',
  context: ({ input }) => ({ ...input, rq: [], rdq: [], holder: -1, error: false, shutdown: false }),
  initial: 'bound',
  states: {
    bound: {
      description: 'A socket that receives.',
      on: {
        HOLD: { guard: 'isFree', target: 'bound', actions: 'hold', meta: cite('__udp_enqueue_schedule_skb') },
        APPEND: [
          { guard: 'isNew', target: 'bound', actions: 'append', meta: cite('__udp_enqueue_schedule_skb') },
          { target: 'broken', meta: cite('__udp_enqueue_schedule_skb') },
        ],
        TAKE: [
          { guard: 'leaves', target: 'bound', actions: 'take', meta: cite('__skb_recv_udp') },
          { guard: 'leavesSpliced', target: 'bound', actions: 'takeSpliced', meta: cite('__skb_recv_udp') },
        ],
        TAKE_SPLICE: { guard: 'splices', target: 'bound', actions: 'takeSpliced', meta: cite('__skb_recv_udp', 'udp_rmem_release') },
        PEEK: { guard: 'peeks', target: 'bound', actions: 'peek', meta: cite('__skb_recv_udp') },
        NONE: { guard: 'empty', target: 'bound', meta: cite('__skb_recv_udp') },
        SEES_DATA: { guard: 'seesData', target: 'bound', meta: cite('__skb_wait_for_more_packets') },
        SEES_NONE: { guard: 'seesNone', target: 'bound', meta: cite('__skb_wait_for_more_packets') },
        POLL_RQ: { guard: 'hasRq', target: 'bound', meta: cite('udp_poll', 'datagram_poll') },
        POLL_NO_RQ: { guard: 'hasNoRq', target: 'bound', meta: cite('udp_poll', 'datagram_poll') },
        POLL_RDQ: { guard: 'hasRdq', target: 'bound', meta: cite('udp_poll') },
        POLL_NO_RDQ: { guard: 'hasNoRdq', target: 'bound', meta: cite('udp_poll') },
        SET_ERROR: { target: 'bound', actions: 'setError', meta: cite('__udp4_lib_err') },
        TAKE_ERROR: { guard: 'hasError', target: 'bound', actions: 'clearError', meta: cite('sock_error') },
        NO_ERROR: { guard: 'hasNoError', target: 'bound', meta: cite('sock_error') },
        POLL_ERROR: { guard: 'hasError', target: 'bound', meta: cite('datagram_poll') },
        SET_SHUTDOWN: { target: 'bound', actions: 'shut', meta: cite('inet_shutdown') },
        SHUTDOWN: { guard: 'isShut', target: 'bound', meta: cite('__skb_wait_for_more_packets') },
        NO_SHUTDOWN: { guard: 'isNotShut', target: 'bound', meta: cite('__skb_wait_for_more_packets') },
      },
    },
    broken: { description: 'A datagram was queued while it was queued already.' },
  },
});

/** A datagram is in one of the queues. */
export const isReadable = ({ rq, rdq }: QueuesContext): boolean => rq.length + rdq.length > 0;

/** What RP2 looks at: a datagram, or an error that somebody is to be told of. */
export const wantsReader = (context: QueuesContext): boolean => isReadable(context) || context.error;
