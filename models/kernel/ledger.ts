/**
 * The ledger: what became of each packet. An observer that the kernel does not have.
 *
 * Source      none; it records the terminal step of each packet, so that "delivered once or dropped once" can be said
 * Contract    a packet ends once; the only second entry is the ICMP error that follows a missing port
 * Bounds      LedgerBounds
 * Leaves out  everything on the way
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from './cite.ts';
import type { Fate, Packet } from './packet.ts';

export interface LedgerBounds {
  readonly packets: number;
}

export type LedgerEvent = { readonly type: 'END'; readonly pkt: Packet; readonly fate: Fate };

export interface LedgerContext {
  /** By packet number. */
  readonly fates: readonly (Fate | 'open')[];
}

export const ledger = setup({
  types: { input: {} as LedgerBounds, context: {} as LedgerContext, events: {} as LedgerEvent, meta: {} as Cite },
  guards: {
    isOpen: ({ context, event }) => context.fates[event.pkt] === 'open',
    isUnreached: ({ context, event }) => context.fates[event.pkt] === 'noPort' && event.fate === 'unreachable',
  },
  actions: {
    record: assign({
      fates: ({ context, event }) => {
        assertEvent(event, 'END');
        return context.fates.with(event.pkt, event.fate);
      },
    }),
  },
}).createMachine({
  id: 'ledger',
  context: ({ input }) => ({ fates: Array<'open'>(input.packets).fill('open') }),
  initial: 'sound',
  states: {
    sound: {
      description: 'Every packet has ended at most once.',
      on: {
        END: [
          { guard: 'isOpen', target: 'sound', actions: 'record', meta: cite() },
          { guard: 'isUnreached', target: 'sound', actions: 'record', meta: cite() },
          { target: 'broken', meta: cite() },
        ],
      },
    },
    broken: { description: 'A packet ended twice.', on: { END: { target: 'broken', meta: cite() } } },
  },
});

/** Packet `pkt` ended as one of `fates`. */
export const ended =
  (pkt: Packet, ...fates: readonly Fate[]) =>
  (context: LedgerContext): boolean =>
    fates.some((fate) => context.fates[pkt] === fate);

/** Packet `pkt` has not ended. */
export const open =
  (pkt: Packet) =>
  (context: LedgerContext): boolean =>
    context.fates[pkt] === 'open';

/** The number of packets that ended as one of `fates`. */
export const count = (context: LedgerContext, ...fates: readonly Fate[]): number =>
  context.fates.filter((fate) => fate !== 'open' && fates.includes(fate)).length;
