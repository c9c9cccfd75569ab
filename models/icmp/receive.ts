/**
 * ICMP input of one error message: what it quotes, whose datagram that was, and whether the socket is told.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/icmp.c (icmp_rcv, icmp_unreach, icmp_socket_deliver), net/ipv4/udp.c (__udp4_lib_err)
 * Contract    the socket that sent the quoted datagram is told, and no other one; an error that nobody is told of is no error of
 *             the kernel: the message is consumed
 * Bounds      none
 * Leaves out  echo and timestamps; path MTU and redirects; raw sockets; tunnels
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

/** Codes of destination unreachable. */
export type Code = 'host' | 'port';
export const CODES: readonly Code[] = ['host', 'port'];

/** icmp_err_convert[]: EHOSTUNREACH is transient, ECONNREFUSED is not. */
export const isHard = (code: Code): boolean => code === 'port';

/** The sender of the quoted datagram: one of two sockets that are each other's peer, or nobody that is left. */
export type Sender = 0 | 1 | 'nobody';
export const SENDERS: readonly Sender[] = [0, 1, 'nobody'];

export type IcmpReceiveEvent =
  | { readonly type: 'RECEIVE'; readonly of: Sender; readonly code: Code }
  | { readonly type: 'GOOD' } //      checksum, type
  | { readonly type: 'BAD' } //       checksum, type, or too little is quoted
  | { readonly type: 'QUOTED' }
  | { readonly type: 'FOUND'; readonly sock: 0 | 1 }
  | { readonly type: 'NOT_FOUND' }
  | { readonly type: 'REPORT' } //    sk_err
  | { readonly type: 'IGNORE' }; //   soft, or not connected, and no IP_RECVERR

export interface IcmpReceiveContext {
  readonly of: Sender;
  readonly code: Code;
  readonly sock: 0 | 1;
}

const FRESH = { of: 'nobody', code: 'host', sock: 0 } as const;

export const icmpReceive = setup({
  types: { context: {} as IcmpReceiveContext, events: {} as IcmpReceiveEvent, meta: {} as Cite },
  guards: {
    // The quoted datagram has been sent, not received: addresses and ports are swapped for the lookup.
    isSender: ({ context: c, event }) => event.type === 'FOUND' && event.sock === c.of,
    isNobody: ({ context: c }) => c.of === 'nobody',
  },
  actions: {
    begin: assign(({ event }) => (event.type === 'RECEIVE' ? { of: event.of, code: event.code } : {})),
    find: assign(({ event }) => (event.type === 'FOUND' ? { sock: event.sock } : {})),
    end: assign(FRESH),
  },
}).createMachine({
  id: 'icmpReceive',
  context: FRESH,
  initial: 'idle',
  states: {
    idle: { description: 'No message.', on: { RECEIVE: { target: 'checking', actions: 'begin', meta: cite('icmp_rcv') } } },
    checking: {
      description: 'Checksum and type.',
      on: {
        BAD: { target: 'idle', actions: 'end', meta: cite('icmp_rcv') },
        GOOD: { target: 'quoting', meta: cite('icmp_rcv', 'icmp_unreach') },
      },
    },
    quoting: {
      description: 'Is the IP header of the quoted datagram there, and 8 bytes more?',
      on: {
        BAD: { target: 'idle', actions: 'end', meta: cite('icmp_unreach', 'icmp_socket_deliver') },
        QUOTED: { target: 'looking', meta: cite('icmp_socket_deliver') },
      },
    },
    looking: {
      description: 'In __udp4_lib_err().',
      on: {
        FOUND: { guard: 'isSender', target: 'telling', actions: 'find', meta: cite('__udp4_lib_err', '__udp4_lib_lookup') },
        NOT_FOUND: { guard: 'isNobody', target: 'idle', actions: 'end', meta: cite('__udp4_lib_err') },
      },
    },
    telling: {
      description: 'Has the socket.',
      on: {
        REPORT: { target: 'idle', actions: 'end', meta: cite('__udp4_lib_err', 'sk_error_report') },
        IGNORE: { target: 'idle', actions: 'end', meta: cite('__udp4_lib_err') },
      },
    },
  },
});
