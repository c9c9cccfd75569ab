/**
 * The handler tables that boot fills: softirq_vec, ptype_base, inet_protos.
 *
 * Source      Linux 3.10 net/core/dev.c (net_dev_init, dev_add_pack), net/ipv4/af_inet.c (inet_init)
 * Contract    the upper tables are complete before the IP handler becomes visible
 * Bounds      none
 * Leaves out  removal, IPv6, ARP, taps, raw sockets
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type ProtocolsEvent =
  | { readonly type: 'OPEN_SOFTIRQ' } // NET_RX has a handler
  | { readonly type: 'ADD_ICMP' } //     inet_protos[1], and the per-CPU ICMP sockets of icmp_init()
  | { readonly type: 'ADD_UDP' } //      inet_protos[17]
  | { readonly type: 'ADD_IP' } //       ptype_base: ETH_P_IP
  | { readonly type: 'ALL' }; //         everything at once, for networks that start after boot

export interface ProtocolsContext {
  readonly netRx: boolean;
  readonly ip: boolean;
  readonly udp: boolean;
  readonly icmp: boolean;
}

export const protocols = setup({
  types: { context: {} as ProtocolsContext, events: {} as ProtocolsEvent, meta: {} as Cite },
  actions: {
    openSoftirq: assign({ netRx: true }),
    addIcmp: assign({ icmp: true }),
    addUdp: assign({ udp: true }),
    addIp: assign({ ip: true }),
    addAll: assign({ netRx: true, ip: true, udp: true, icmp: true }),
  },
}).createMachine({
  id: 'protocols',
  context: { netRx: false, ip: false, udp: false, icmp: false },
  initial: 'tables',
  states: {
    tables: {
      description: 'Each entry is published by one store that readers see whole.',
      on: {
        OPEN_SOFTIRQ: { target: 'tables', actions: 'openSoftirq', meta: cite('net_dev_init', 'open_softirq') },
        ADD_ICMP: { target: 'tables', actions: 'addIcmp', meta: cite('inet_init', 'inet_add_protocol', 'icmp_init') },
        ADD_UDP: { target: 'tables', actions: 'addUdp', meta: cite('inet_init', 'inet_add_protocol', 'udp_init') },
        ADD_IP: { target: 'tables', actions: 'addIp', meta: cite('inet_init', 'dev_add_pack') },
        ALL: { target: 'tables', actions: 'addAll', meta: cite('net_dev_init', 'inet_init') },
      },
    },
  },
});

export const hasNetRx = (context: ProtocolsContext): boolean => context.netRx;
export const hasIp = (context: ProtocolsContext): boolean => context.ip;
export const hasUdp = (context: ProtocolsContext): boolean => context.udp;
export const hasIcmp = (context: ProtocolsContext): boolean => context.icmp;
