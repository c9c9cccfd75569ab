/**
 * A UDP socket as ICMP errors see it: connected or not, IP_RECVERR or not, the pending error.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (__udp4_lib_err), include/net/sock.h (sock_error)
 * Contract    one error is pending at most: a later one takes its place; a call that returns it clears it
 * Bounds      none
 * Leaves out  the error queue of IP_RECVERR; sleepers: see the family `wakeup`
 */
import { assign, setup } from 'xstate';
import type { Code } from '../icmp/receive.ts';
import { cite, type Cite } from '../kernel/cite.ts';

export type SocketErrorEvent =
  | { readonly type: 'CONNECT' }
  | { readonly type: 'RECVERR' } // setsockopt(IP_RECVERR)
  | { readonly type: 'ERROR'; readonly code: Code; readonly own: boolean } // own: about a datagram that this socket has sent
  | { readonly type: 'TAKE' }; //   send(), recv() or SO_ERROR

export interface SocketErrorContext {
  readonly connected: boolean;
  readonly recverr: boolean;
  readonly err: Code | null;
  /** It has been told of another's datagram. */
  readonly misled: boolean;
}

export const socketError = setup({
  types: { context: {} as SocketErrorContext, events: {} as SocketErrorEvent, meta: {} as Cite },
  guards: { hasError: ({ context: c }) => c.err !== null },
  actions: {
    connect: assign({ connected: true }),
    recverr: assign({ recverr: true }),
    store: assign(({ context: c, event }) => (event.type === 'ERROR' ? { err: event.code, misled: c.misled || !event.own } : {})),
    clear: assign({ err: null }),
  },
}).createMachine({
  id: 'socketError',
  context: { connected: false, recverr: false, err: null, misled: false },
  initial: 'on',
  states: {
    on: {
      description: 'Bound.',
      on: {
        CONNECT: { target: 'on', actions: 'connect', meta: cite('__ip4_datagram_connect') },
        RECVERR: { target: 'on', actions: 'recverr', meta: cite('do_ip_setsockopt') },
        ERROR: { target: 'on', actions: 'store', meta: cite('__udp4_lib_err', 'sk_error_report') },
        TAKE: { guard: 'hasError', target: 'on', actions: 'clear', meta: cite('__skb_recv_udp', 'sock_error') },
      },
    },
  },
});
