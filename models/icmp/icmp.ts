/**
 * icmp_send() of a port-unreachable on one CPU.
 *
 * Source      Linux 3.10 and 6.12, net/ipv4/icmp.c
 * Contract    at most one error per datagram; silence is allowed where the rate limit says so
 * Bounds      none
 * Leaves out  the rules about the original packet that its kind settles (unicast, first fragment, not itself an error),
 *             the trylock of the per-CPU socket, routes back that do not exist
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export type IcmpEvent =
  | { readonly type: 'SEND'; readonly pkt: Packet } //     icmp_send(3, 3)
  | { readonly type: 'SENT'; readonly pkt: Packet } //     built and handed to IP output
  | { readonly type: 'LIMITED'; readonly pkt: Packet }; // the bucket is empty

export interface IcmpContext {
  /** The datagram that the error is about. */
  readonly pkt: Packet | null;
}

export const icmp = setup({
  types: { context: {} as IcmpContext, events: {} as IcmpEvent, meta: {} as Cite },
  guards: { inHand: ({ context, event }) => context.pkt === event.pkt },
  actions: {
    hold: assign({
      pkt: ({ event }) => {
        assertEvent(event, 'SEND');
        return event.pkt;
      },
    }),
    release: assign({ pkt: null }),
  },
}).createMachine({
  id: 'icmp',
  context: { pkt: null },
  initial: 'idle',
  states: {
    idle: {
      description: 'No error being built on this CPU.',
      on: { SEND: { target: 'sending', actions: 'hold', meta: cite('icmp_send') } },
    },
    sending: {
      description: 'The rules are passed; the rate limit is next.',
      on: {
        SENT: { guard: 'inHand', target: 'idle', actions: 'release', meta: cite('icmpv4_xrlim_allow', 'icmp_push_reply') },
        LIMITED: { guard: 'inHand', target: 'idle', actions: 'release', meta: cite('icmpv4_xrlim_allow') },
      },
    },
  },
});
