/**
 * Who keeps a packet while IP input goes on with others: user space behind a netfilter queue, or the queue of its fragments.
 *
 * Source      Linux 6.1 and 6.12 net/netfilter/nf_queue.c, net/ipv4/ip_fragment.c
 * Contract    what is kept is kept by one, and has left IP input
 * Bounds      none
 * Leaves out  more than one packet
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export type KeeperEvent =
  | { readonly type: 'KEEP'; readonly pkt: Packet; readonly at: 'pre' | 'in' }
  | { readonly type: 'GIVE'; readonly pkt: Packet; readonly at: 'pre' | 'in' } //  back, or away
  | { readonly type: 'KILL'; readonly pkt: Packet; readonly at: 'pre' | 'in' }; // an overlap: it will be freed

export interface KeeperContext {
  readonly pkt: Packet | null;
  /** The hook that it was taken from; a fragment is taken behind both. */
  readonly at: 'pre' | 'in';
  readonly killed: boolean;
}

export const keeper = setup({
  types: { context: {} as KeeperContext, events: {} as KeeperEvent, meta: {} as Cite },
  guards: {
    isFree: ({ context: c }) => c.pkt === null,
    isIt: ({ context: c, event }) => c.pkt === event.pkt && c.at === event.at,
  },
  actions: {
    keep: assign(({ event }) => ({ pkt: event.pkt, at: event.at, killed: false })),
    give: assign({ pkt: null, at: 'pre', killed: false }),
    kill: assign({ killed: true }),
  },
}).createMachine({
  id: 'keeper',
  context: { pkt: null, at: 'pre', killed: false },
  initial: 'on',
  states: {
    on: {
      description: 'Keeps a packet or none.',
      on: {
        KEEP: { guard: 'isFree', target: 'on', actions: 'keep', meta: cite('nf_queue', 'ip_defrag') },
        KILL: { guard: 'isIt', target: 'on', actions: 'kill', meta: cite('ip_defrag') },
        GIVE: { guard: 'isIt', target: 'on', actions: 'give', meta: cite('nf_reinject', 'ip_defrag') },
      },
    },
  },
});

/** Packet `pkt` is kept here. */
export const keepsPacket =
  (pkt: Packet) =>
  (context: KeeperContext): boolean =>
    context.pkt === pkt;
