/**
 * What is observed where frames leave GRO: their order within a flow.
 *
 * Source      none; it watches
 * Contract    the frames of a flow come up in the order in which they came in
 * Bounds      FlowOrderBounds
 * Leaves out  everything else, see the families `dispatch` and `stack`
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';
import { flowOf } from './gro.ts';

export interface FlowOrderBounds {
  readonly flows: number;
}

export type FlowOrderEvent = { readonly type: 'UP'; readonly pkt: Packet };

export interface FlowOrderContext extends FlowOrderBounds {
  /** By flow, the last frame that went up; -1 before the first. */
  readonly last: readonly number[];
}

export const flowOrder = setup({
  types: { input: {} as FlowOrderBounds, context: {} as FlowOrderContext, events: {} as FlowOrderEvent, meta: {} as Cite },
  guards: { inOrder: ({ context: c, event }) => event.pkt > (c.last[flowOf(event.pkt, c.flows)] ?? -1) },
  actions: {
    note: assign({
      last: ({ context: c, event }) => {
        assertEvent(event, 'UP');
        return c.last.with(flowOf(event.pkt, c.flows), event.pkt);
      },
    }),
  },
}).createMachine({
  id: 'flowOrder',
  context: ({ input }) => ({ ...input, last: Array<number>(input.flows).fill(-1) }),
  initial: 'ordered',
  states: {
    ordered: {
      description: 'Every flow has come up in order so far.',
      on: {
        UP: [
          { guard: 'inOrder', target: 'ordered', actions: 'note', meta: cite() },
          { target: 'reordered', meta: cite() },
        ],
      },
    },
    reordered: { description: 'A frame has come up before an earlier one of its flow.' },
  },
});
