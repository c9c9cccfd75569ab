/**
 * A sender that has found a backlog full without its lock, and is about to drop its packet.
 *
 * Source      Linux 6.12 net/core/dev.c (enqueue_to_backlog); 6.18 the same
 * Contract    the look is not repeated: room that is made meanwhile is not used
 * Bounds      none
 * Leaves out  the same within a softirq, where the drop follows at once
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export type RefusalEvent =
  | { readonly type: 'REFUSE'; readonly pkt: Packet } // the length is over the limit
  | { readonly type: 'DROP'; readonly pkt: Packet };

export interface RefusalContext {
  readonly pkt: Packet | null;
}

export const refusal = setup({
  types: { context: {} as RefusalContext, events: {} as RefusalEvent, meta: {} as Cite },
  guards: { isIt: ({ context, event }) => context.pkt === event.pkt },
  actions: { hold: assign(({ event }) => ({ pkt: event.pkt })), release: assign({ pkt: null }) },
}).createMachine({
  id: 'refusal',
  context: { pkt: null },
  initial: 'idle',
  states: {
    idle: { description: 'No packet in hand.', on: { REFUSE: { target: 'refused', actions: 'hold', meta: cite('enqueue_to_backlog') } } },
    refused: {
      description: 'About to count and to free it.',
      on: { DROP: { guard: 'isIt', target: 'idle', actions: 'release', meta: cite('enqueue_to_backlog') } },
    },
  },
});

/** Packet `pkt` is about to be dropped here. */
export const isRefused =
  (pkt: Packet) =>
  (context: RefusalContext): boolean =>
    context.pkt === pkt;
