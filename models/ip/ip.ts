/**
 * IPv4 input of one packet on one CPU: from ip_rcv() to the protocol handler.
 *
 * Source      Linux 3.10 and 6.12, net/ipv4/ip_input.c
 * Contract    one packet at a time per CPU; the packet has one owner
 * Bounds      none
 * Leaves out  header errors, netfilter, routing (every packet is for this host), options, fragments, raw sockets: see the family
 *             `input`. What a
 *             packet goes through before dispatch is private to its CPU and is one step. List input (6.x, ip_list_rcv)
 *             is taken one packet at a time: it passes the hooks with the whole list before it dispatches the first.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export type IpEvent =
  | { readonly type: 'RECEIVE'; readonly pkt: Packet } // __netif_receive_skb_core() found ip_rcv() in ptype_base
  | { readonly type: 'DISPATCH'; readonly pkt: Packet } // inet_protos[protocol]->handler
  | { readonly type: 'NO_PROTO'; readonly pkt: Packet } // no handler
  | { readonly type: 'DROP'; readonly pkt: Packet }; // for any other reason: see the family `input`

export interface IpContext {
  /** The packet in hand. */
  readonly pkt: Packet | null;
}

export const ip = setup({
  types: { context: {} as IpContext, events: {} as IpEvent, meta: {} as Cite },
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
  id: 'ip',
  context: { pkt: null },
  initial: 'idle',
  states: {
    idle: {
      description: 'No packet in IP input on this CPU.',
      on: { RECEIVE: { target: 'delivering', actions: 'hold', meta: cite('__netif_receive_skb_core', 'ip_rcv') } },
    },
    delivering: {
      description: 'Valid, routed to this host, past the hooks.',
      on: {
        DISPATCH: {
          guard: 'inHand',
          target: 'idle',
          actions: 'release',
          meta: cite('ip_rcv_finish', 'ip_local_deliver', 'ip_local_deliver_finish'),
        },
        NO_PROTO: { guard: 'inHand', target: 'idle', actions: 'release', meta: cite('ip_local_deliver_finish') },
        DROP: { guard: 'inHand', target: 'idle', actions: 'release', meta: cite('ip_rcv_core', 'nf_hook_slow', 'ip_rcv_finish') },
      },
    },
  },
});

/** Packet `pkt` is in IP input on this CPU. */
export const inIp =
  (pkt: Packet) =>
  (context: IpContext): boolean =>
    context.pkt === pkt;
