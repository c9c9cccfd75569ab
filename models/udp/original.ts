/**
 * The buffer of one datagram that several sockets may get: who owns it.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (__udp4_lib_mcast_deliver, udp_recvmsg)
 * Contract    copies are made from what softirq owns
 * Bounds      none
 * Leaves out  the copies, which are nobody else's
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type OriginalEvent =
  | { readonly type: 'RECEIVE' }
  | { readonly type: 'QUEUE' }
  | { readonly type: 'READ' }
  | { readonly type: 'DONE' };

export const original = setup({
  types: { events: {} as OriginalEvent, meta: {} as Cite },
}).createMachine({
  id: 'original',
  initial: 'none',
  states: {
    none: { description: 'No datagram.', on: { RECEIVE: { target: 'held', meta: cite('__udp4_lib_rcv') } } },
    held: {
      description: "Softirq's.",
      on: {
        QUEUE: { target: 'queued', meta: cite('udp_queue_rcv_skb', '__udp_enqueue_schedule_skb') },
        DONE: { target: 'none', meta: cite('__udp4_lib_mcast_deliver') },
      },
    },
    queued: {
      description: 'In a socket.',
      on: {
        READ: { target: 'freed', meta: cite('udp_recvmsg', 'skb_consume_udp') },
        DONE: { target: 'none', meta: cite('__udp4_lib_mcast_deliver') },
      },
    },
    freed: {
      description: 'Read, and freed.',
      on: { DONE: { target: 'none', meta: cite('__udp4_lib_mcast_deliver') } },
    },
  },
});
