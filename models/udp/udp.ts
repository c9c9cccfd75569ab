/**
 * UDP input of one packet on one CPU: checksum, lookup, and what becomes of it.
 *
 * Source      Linux 3.10 and 6.12, net/ipv4/udp.c (__udp4_lib_rcv, udp_queue_rcv_skb)
 * Contract    a datagram without a socket has its checksum verified before NoPorts is counted and ICMP is sent
 * Bounds      none
 * Leaves out  short headers, filters and xfrm, see the family `input`; encapsulation, reuseport; the socket stays bound, so one
 *             lookup is one step: see the family `lookup`
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export type UdpEvent =
  | { readonly type: 'RECEIVE'; readonly pkt: Packet } //   udp_rcv()
  | { readonly type: 'FOUND'; readonly pkt: Packet } //     a socket; on to udp_queue_rcv_skb()
  | { readonly type: 'NO_SOCKET'; readonly pkt: Packet } // nobody, checksum good: NoPorts, ICMP
  | { readonly type: 'CHECKSUM'; readonly pkt: Packet } //  checksum bad: dropped
  | { readonly type: 'NO_LISTENER'; readonly pkt: Packet }; // broadcast that nobody listens for

export interface UdpContext {
  /** The packet in hand. */
  readonly pkt: Packet | null;
}

export const udp = setup({
  types: { context: {} as UdpContext, events: {} as UdpEvent, meta: {} as Cite },
  guards: { inHand: ({ context, event }) => context.pkt === event.pkt },
  actions: {
    hold: assign({
      pkt: ({ event }) => {
        assertEvent(event, 'RECEIVE');
        return event.pkt;
      },
    }),
    release: assign({ pkt: null }),
  },
}).createMachine({
  id: 'udp',
  context: { pkt: null },
  initial: 'idle',
  states: {
    idle: {
      description: 'No packet in UDP input on this CPU.',
      on: { RECEIVE: { target: 'looking', actions: 'hold', meta: cite('udp_rcv', '__udp4_lib_rcv') } },
    },
    looking: {
      description: 'About to verify and look up.',
      on: {
        FOUND: { guard: 'inHand', target: 'idle', actions: 'release', meta: cite('__udp4_lib_lookup', 'udp_queue_rcv_skb') },
        NO_SOCKET: {
          guard: 'inHand',
          target: 'idle',
          actions: 'release',
          meta: cite('__udp4_lib_lookup', 'udp_lib_checksum_complete', 'icmp_send'),
        },
        CHECKSUM: { guard: 'inHand', target: 'idle', actions: 'release', meta: cite('udp4_csum_init', 'udp_lib_checksum_complete') },
        NO_LISTENER: { guard: 'inHand', target: 'idle', actions: 'release', meta: cite('__udp4_lib_mcast_deliver') },
      },
    },
  },
});

/** Packet `pkt` is in UDP input on this CPU. */
export const inUdp =
  (pkt: Packet) =>
  (context: UdpContext): boolean =>
    context.pkt === pkt;
