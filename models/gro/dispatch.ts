/**
 * What is observed where frames leave the driver's half: their order within a flow, and who takes those of an unknown EtherType.
 *
 * Source      Linux 6.12 net/core/dev.c (__netif_receive_skb_core)
 * Contract    a frame that no handler remembers is dropped and counted; a tap on the device counts as a handler
 * Bounds      DispatchBounds
 * Leaves out  VLANs, bridges, the copies that taps get
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';
import { flowOf } from './gro.ts';

export interface DispatchBounds {
  readonly flows: number;
  /** A packet socket listens to everything. */
  readonly tap: boolean;
}

export type DispatchEvent =
  | { readonly type: 'IP'; readonly pkt: Packet } //      ip_rcv()
  | { readonly type: 'TAPPED'; readonly pkt: Packet } //  no handler, but a tap
  | { readonly type: 'UNKNOWN'; readonly pkt: Packet }; // nobody: dropped

export interface DispatchContext extends DispatchBounds {
  /** By flow, the last frame that went up; -1 before the first. */
  readonly last: readonly number[];
}

const inOrder = (c: DispatchContext, event: DispatchEvent): boolean => event.pkt > (c.last[flowOf(event.pkt, c.flows)] ?? -1);

export const dispatch = setup({
  types: { input: {} as DispatchBounds, context: {} as DispatchContext, events: {} as DispatchEvent, meta: {} as Cite },
  guards: {
    inOrder: ({ context: c, event }) => inOrder(c, event),
    tapped: ({ context: c, event }) => c.tap && inOrder(c, event),
    untapped: ({ context: c, event }) => !c.tap && inOrder(c, event),
  },
  actions: {
    note: assign({
      last: ({ context: c, event }) => {
        assertEvent(event, ['IP', 'TAPPED', 'UNKNOWN']);
        return c.last.with(flowOf(event.pkt, c.flows), event.pkt);
      },
    }),
  },
}).createMachine({
  id: 'dispatch',
  context: ({ input }) => ({ ...input, last: Array<number>(input.flows).fill(-1) }),
  initial: 'ordered',
  states: {
    ordered: {
      description: 'Every flow has come up in order so far.',
      on: {
        IP: [
          { guard: 'inOrder', target: 'ordered', actions: 'note', meta: cite('__netif_receive_skb_core', 'ip_rcv') },
          { target: 'reordered', meta: cite('__netif_receive_skb_core', 'ip_rcv') },
        ],
        TAPPED: { guard: 'tapped', target: 'ordered', actions: 'note', meta: cite('__netif_receive_skb_core') },
        UNKNOWN: { guard: 'untapped', target: 'ordered', actions: 'note', meta: cite('__netif_receive_skb_core') },
      },
    },
    reordered: { description: 'A frame has come up before an earlier one of its flow.' },
  },
});
