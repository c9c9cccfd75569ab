/**
 * The sockets of one UDP port, in the order in which they were bound: what the chains of the port and of its addresses hold.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (udp_lib_get_port), net/core/sock_reuseport.c
 * Contract    a socket is added at the head of its chains; all have SO_REUSEADDR, so that any two may share the port
 * Bounds      PortTableBounds
 * Leaves out  sockets that move or go while they are looked for: see the family `lookup`; devices, other namespaces
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

/** The address that a socket is bound to, whether it is connected to host A, whether it has SO_REUSEPORT. */
export type Kind = 'any' | 'own' | 'ownToA' | 'group' | 'groupToA';
export const KINDS: readonly Kind[] = ['any', 'own', 'ownToA', 'group', 'groupToA'];

export interface PortTableBounds {
  readonly size: number;
  /** Which sockets may be bound. */
  readonly kinds: readonly Kind[];
}

export type PortTableEvent = { readonly type: 'BIND'; readonly kind: Kind };

export interface PortTableContext extends PortTableBounds {
  /** The oldest one first: chains are read from the end. */
  readonly socks: readonly Kind[];
}

export const portTable = setup({
  types: { input: {} as PortTableBounds, context: {} as PortTableContext, events: {} as PortTableEvent, meta: {} as Cite },
  guards: { mayBind: ({ context: c, event }) => c.socks.length < c.size && c.kinds.includes(event.kind) },
  actions: { bind: assign({ socks: ({ context, event }) => [...context.socks, event.kind] }) },
}).createMachine({
  id: 'portTable',
  context: ({ input }) => ({ ...input, socks: [] }),
  initial: 'on',
  states: {
    on: {
      description: 'The sockets that are bound.',
      on: { BIND: { guard: 'mayBind', target: 'on', actions: 'bind', meta: cite('udp_lib_get_port', '__ip4_datagram_connect') } },
    },
  },
});

/** Whom a datagram is from: host A, or a stranger. */
export type From = 'A' | 'stranger';
/** Where to: the address that sockets are bound to, another one of this host, a broadcast address. */
export type To = 'own' | 'other' | 'broadcast';

export const isConnected = (kind: Kind): boolean => kind === 'ownToA' || kind === 'groupToA';
export const isGrouped = (kind: Kind): boolean => kind === 'group' || kind === 'groupToA';

/** compute_score(), without +4 for a bound device and +1 for the CPU: 0 is no match. */
export const score = (kind: Kind, from: From, to: To): number => {
  if (kind === 'any') return 2;
  if (to !== 'own' || (isConnected(kind) && from !== 'A')) return 0;
  return isConnected(kind) ? 10 : 2;
};
