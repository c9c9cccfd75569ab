/**
 * IPv4 input of one packet, decision by decision, in the order of the kernel: ip_rcv_core(), PRE_ROUTING, the route, options,
 * reassembly, LOCAL_IN, raw sockets, the handler.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/ip_input.c, net/netfilter/core.c, net/ipv4/route.c, ip_fragment.c, raw.c
 * Contract    what one decision refuses, no later one sees; a raw socket sees a packet before its handler may free it
 * Bounds      none
 * Leaves out  forwarding; early demux, which only saves the lookup; how many hooks there are: one at each place
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export type IpInputEvent =
  | { readonly type: 'RECEIVE'; readonly pkt: Packet }
  | { readonly type: 'REFUSE' } //     by ip_rcv_core()
  | { readonly type: 'VALID' }
  | { readonly type: 'ACCEPT' } //     by a hook, or nobody listens to the queue and BYPASS says so
  | { readonly type: 'DROP' } //       by a hook, or nobody listens to the queue
  | { readonly type: 'STEAL' }
  | { readonly type: 'QUEUE' } //      to user space
  | { readonly type: 'REINJECT'; readonly pkt: Packet; readonly at: 'pre' | 'in' } // and back, from a task: behind that hook
  | { readonly type: 'NO_ROUTE' } //   martian, reverse path, not for us
  | { readonly type: 'ROUTE'; readonly to: 'local' | 'broadcast' }
  | { readonly type: 'BAD_OPTION' }
  | { readonly type: 'OPTIONS' }
  | { readonly type: 'HOLD' } //       a fragment: kept
  | { readonly type: 'FRAGMENT_DROP' }
  | { readonly type: 'WHOLE' } //      no fragment, or the last one
  | { readonly type: 'RAW'; readonly matched: boolean }
  | { readonly type: 'HANDLER' } //    udp_rcv()
  | { readonly type: 'TCP' } //        tcp_v4_rcv(), and back
  | { readonly type: 'NO_HANDLER' }; // raw only, or protocol-unreachable

export interface IpInputContext {
  /** The packet in hand. */
  readonly pkt: Packet | null;
  /** Some raw socket matched. */
  readonly raw: boolean;
  /** Raw sockets have been asked. */
  readonly asked: boolean;
  /** RTCF_BROADCAST or RTCF_MULTICAST. */
  readonly broadcast: boolean;
}

const FRESH = { pkt: null, raw: false, asked: false, broadcast: false } as const;

const HOOK = (next: 'routing' | 'raw') =>
  ({
    ACCEPT: { target: next, meta: cite('nf_hook_slow') },
    DROP: { target: 'idle', actions: 'end', meta: cite('nf_hook_slow') },
    STEAL: { target: 'idle', actions: 'end', meta: cite('nf_hook_slow') },
    QUEUE: { target: 'idle', actions: 'end', meta: cite('nf_hook_slow', 'nf_queue') },
  }) as const;

export const ipInput = setup({
  types: { context: {} as IpInputContext, events: {} as IpInputEvent, meta: {} as Cite },
  guards: {
    // Raw sockets come first.
    handlerFirst: () => false,
    wasAtPre: ({ event }) => event.type === 'REINJECT' && event.at === 'pre',
  },
  actions: {
    hold: assign({ pkt: ({ event }) => ('pkt' in event ? event.pkt : null) }),
    route: assign({ broadcast: ({ event }) => event.type === 'ROUTE' && event.to === 'broadcast' }),
    raw: assign({ asked: true, raw: ({ event }) => event.type === 'RAW' && event.matched }),
    end: assign(FRESH),
  },
}).createMachine({
  id: 'ipInput',
  context: FRESH,
  initial: 'idle',
  states: {
    idle: {
      description: 'No packet.',
      on: {
        RECEIVE: { target: 'core', actions: 'hold', meta: cite('ip_rcv') },
        REINJECT: [
          { guard: 'wasAtPre', target: 'routing', actions: 'hold', meta: cite('nf_reinject') },
          { target: 'raw', actions: 'hold', meta: cite('nf_reinject') },
        ],
      },
    },
    core: {
      description: 'In ip_rcv_core().',
      on: {
        REFUSE: { target: 'idle', actions: 'end', meta: cite('ip_rcv_core') },
        VALID: { target: 'pre', meta: cite('ip_rcv_core') },
      },
    },
    pre: { description: 'At PRE_ROUTING.', on: HOOK('routing') },
    routing: {
      description: 'About to be routed.',
      on: {
        NO_ROUTE: { target: 'idle', actions: 'end', meta: cite('ip_rcv_finish', 'ip_route_input_noref', 'ip_error') },
        ROUTE: { target: 'options', actions: 'route', meta: cite('ip_rcv_finish', 'ip_route_input_noref') },
      },
    },
    options: {
      description: 'Before the options, and the link-layer address.',
      on: {
        BAD_OPTION: { target: 'idle', actions: 'end', meta: cite('ip_rcv_options') },
        OPTIONS: { target: 'local', meta: cite('ip_rcv_options', 'ip_local_deliver') },
      },
    },
    local: {
      description: 'In ip_local_deliver().',
      on: {
        HOLD: { target: 'idle', actions: 'end', meta: cite('ip_defrag') },
        FRAGMENT_DROP: { target: 'idle', actions: 'end', meta: cite('ip_defrag') },
        WHOLE: { target: 'in', meta: cite('ip_local_deliver', 'ip_defrag') },
      },
    },
    in: { description: 'At LOCAL_IN.', on: HOOK('raw') },
    raw: {
      description: 'Raw sockets first.',
      on: {
        HANDLER: { guard: 'handlerFirst', target: 'udp', meta: cite('ip_local_deliver_finish', 'udp_rcv') },
        RAW: { target: 'handler', actions: 'raw', meta: cite('ip_local_deliver_finish', 'raw_local_deliver') },
      },
    },
    handler: {
      description: 'About to call inet_protos[protocol].',
      on: {
        HANDLER: { target: 'udp', meta: cite('ip_local_deliver_finish', 'udp_rcv') },
        TCP: { target: 'idle', actions: 'end', meta: cite('ip_local_deliver_finish', 'tcp_v4_rcv') },
        NO_HANDLER: { target: 'idle', actions: 'end', meta: cite('ip_local_deliver_finish') },
      },
    },
    udp: {
      description: 'With its handler.',
      on: { ACCEPT: { target: 'idle', actions: 'end', meta: cite('ip_local_deliver_finish') } },
    },
  },
});
