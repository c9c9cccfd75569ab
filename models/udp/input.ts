/**
 * UDP input of one datagram, decision by decision, in the order of the kernel; behind it the rules of icmp_send().
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (__udp4_lib_rcv, udp_queue_rcv_one_skb), net/ipv4/icmp.c (__icmp_send)
 * Contract    a datagram without a socket has its checksum verified before NoPorts is counted and ICMP is sent; at most one error
 * Bounds      UdpInputBounds
 * Leaves out  encapsulation, GSO; that the credits of the global bucket are taken at random
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface UdpInputBounds {
  /** Credits of the global bucket, and of each of two peers. */
  readonly credits: number;
  /** 7.2: the route back must not be a broadcast. */
  readonly looksAtRoute: boolean;
}

export type UdpInputEvent =
  | { readonly type: 'RECEIVE' }
  | { readonly type: 'BAD' } //        header, length, checksum
  | { readonly type: 'GOOD' } //       verified, or to be verified at the copy
  | { readonly type: 'MULTI' } //      nobody listens
  | { readonly type: 'FOUND' } //      a socket: on to its filter
  | { readonly type: 'REFUSED' } //    policy, filter, buffer, memory
  | { readonly type: 'QUEUED' }
  | { readonly type: 'NO_SOCKET'; readonly from: 'host' | 'broadcast' } // checksum good: NoPorts
  | { readonly type: 'ANSWER' } //     no datagram, but a packet of a protocol that has no handler: protocol-unreachable
  | { readonly type: 'SILENT' } //     a rule of icmp_send() forbids it
  | { readonly type: 'ALLOWED' } //    the global bucket has a credit
  | { readonly type: 'LIMITED' } //    it has none
  | { readonly type: 'HOST_LIMITED' } // that of the peer has none
  | { readonly type: 'SENT' };

export interface UdpInputContext extends UdpInputBounds {
  readonly global: number;
  readonly peer: number;
  /** The source is the broadcast address of a subnet: no martian, as 255.255.255.255 is. */
  readonly fromBroadcast: boolean;
  /** An error has gone to such an address. */
  readonly toBroadcast: boolean;
}

const UDP = cite('__udp4_lib_rcv');
const ICMP = cite('icmp_send');

export const udpInput = setup({
  types: { input: {} as UdpInputBounds, context: {} as UdpInputContext, events: {} as UdpInputEvent, meta: {} as Cite },
  guards: {
    hasGlobal: ({ context: c }) => c.global > 0,
    hasNoGlobal: ({ context: c }) => c.global === 0,
    hasNoPeer: ({ context: c }) => c.peer === 0,
    maySend: ({ context: c }) => c.peer > 0 && !(c.looksAtRoute && c.fromBroadcast),
  },
  actions: {
    spend: assign(({ context: c }) => ({ global: c.global - 1, peer: c.peer - 1 })),
    // The look at the global bucket takes nothing.
    look: assign({}),
    note: assign({ fromBroadcast: ({ event }) => event.type === 'NO_SOCKET' && event.from === 'broadcast' }),
    send: assign({ toBroadcast: ({ context: c }) => c.toBroadcast || c.fromBroadcast }),
    forget: assign({ fromBroadcast: false }),
  },
}).createMachine({
  id: 'udpInput',
  context: ({ input }) => ({ ...input, global: input.credits, peer: input.credits - 1, fromBroadcast: false, toBroadcast: false }),
  initial: 'idle',
  states: {
    idle: {
      description: 'No datagram.',
      on: {
        RECEIVE: { target: 'verifying', meta: cite('udp_rcv', '__udp4_lib_rcv') },
        ANSWER: { target: 'answering', meta: cite('ip_local_deliver_finish', 'icmp_send') },
      },
    },
    verifying: {
      description: 'Header, length, checksum if the datagram is short.',
      on: { BAD: { target: 'idle', meta: UDP }, GOOD: { target: 'looking', meta: cite('udp4_csum_init') } },
    },
    looking: {
      description: 'About to look for a socket.',
      on: {
        MULTI: { target: 'idle', meta: cite('__udp4_lib_mcast_deliver') },
        FOUND: { target: 'queueing', meta: cite('__udp4_lib_lookup') },
        BAD: { target: 'idle', meta: cite('udp_lib_checksum_complete') },
        NO_SOCKET: { target: 'answering', actions: 'note', meta: cite('udp_lib_checksum_complete', 'icmp_send') },
      },
    },
    queueing: {
      description: 'Has a socket.',
      on: {
        REFUSED: { target: 'idle', meta: cite('udp_queue_rcv_one_skb') },
        QUEUED: { target: 'idle', meta: cite('udp_queue_rcv_one_skb', '__udp_enqueue_schedule_skb') },
      },
    },
    answering: {
      description: 'In icmp_send(): rules 1 to 6.',
      on: {
        SILENT: { target: 'idle', actions: 'forget', meta: ICMP },
        ALLOWED: { guard: 'hasGlobal', target: 'allowed', actions: 'look', meta: cite('icmp_global_allow') },
        LIMITED: { guard: 'hasNoGlobal', target: 'idle', actions: 'forget', meta: cite('icmp_global_allow') },
      },
    },
    allowed: {
      description: 'The global bucket says yes; the route back, and the bucket of the peer.',
      on: {
        SILENT: { target: 'idle', actions: 'forget', meta: cite('icmp_route_lookup') },
        HOST_LIMITED: { guard: 'hasNoPeer', target: 'idle', actions: 'forget', meta: cite('icmpv4_xrlim_allow') },
        SENT: {
          guard: 'maySend',
          target: 'idle',
          actions: ['spend', 'send', 'forget'],
          meta: cite('icmpv4_xrlim_allow', 'icmp_push_reply'),
        },
      },
    },
  },
});
