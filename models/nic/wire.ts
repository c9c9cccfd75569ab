/**
 * The wire: which frames have arrived so far, and what kind each is?
 *
 * Source      none; the environment
 * Contract    frames arrive in order of their numbers; each is of one kind for ever
 * Bounds      WireBounds
 * Leaves out  frame contents, lengths, links that go down
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Kind, Packet } from '../kernel/packet.ts';

export interface WireBounds {
  /** Frames that will ever arrive. */
  readonly packets: number;
}

export type WireEvent = { readonly type: 'ARRIVE'; readonly pkt: Packet; readonly kind: Kind };

export interface WireContext extends WireBounds {
  /** By packet number. Its length is the number of frames that have arrived. */
  readonly kinds: readonly Kind[];
}

const wireSetup = setup({
  types: { input: {} as WireBounds, context: {} as WireContext, events: {} as WireEvent, meta: {} as Cite },
  guards: { isNext: ({ context, event }) => event.pkt === context.kinds.length && event.pkt < context.packets },
  actions: {
    append: assign({
      kinds: ({ context, event }) => {
        assertEvent(event, 'ARRIVE');
        return [...context.kinds, event.kind];
      },
    }),
  },
});

export const wire = wireSetup.createMachine({
  id: 'wire',
  context: ({ input }) => ({ ...input, kinds: [] }),
  initial: 'open',
  states: {
    open: {
      description: 'Frames may arrive at any time, or never again.',
      on: { ARRIVE: { guard: 'isNext', target: 'open', actions: 'append', meta: cite() } },
    },
  },
});

/** Packet `pkt` has arrived and is one of `kinds`. */
export const kindIs =
  (pkt: Packet, ...kinds: readonly Kind[]) =>
  (context: WireContext): boolean =>
    kinds.some((kind) => context.kinds[pkt] === kind);

/** Packet `pkt` has arrived. */
export const arrived =
  (pkt: Packet) =>
  (context: WireContext): boolean =>
    pkt < context.kinds.length;
