/**
 * A receive queue as its driver sees it: buffers that the device may fill, and frames that wait to be taken.
 *
 * Source      what descriptor rings, virtqueues and pointer rings have in common
 * Contract    frames come out in the order in which they went in; without a free buffer a frame is dropped and counted
 * Bounds      QueueBounds
 * Leaves out  descriptors, see the family `descriptors` or `ring`
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface QueueBounds {
  /** Buffers. */
  readonly size: number;
}

export type QueueEvent =
  | { readonly type: 'FILL'; readonly pkt: Packet } // device: a frame is in memory
  | { readonly type: 'FULL' } //                       device: a frame, and no buffer
  | { readonly type: 'TAKE'; readonly pkt: Packet } // driver: the first frame
  | { readonly type: 'EMPTY' } //                      driver: looks, and there is none
  | { readonly type: 'MORE' } //                       driver: looks, and there is one
  | { readonly type: 'REFILL' }; //                    driver: new buffers for those of the frames taken

export interface QueueContext extends QueueBounds {
  readonly frames: readonly Packet[];
  /** Buffers that the driver owes. */
  readonly owed: number;
}

export const queue = setup({
  types: { input: {} as QueueBounds, context: {} as QueueContext, events: {} as QueueEvent, meta: {} as Cite },
  guards: {
    hasBuffer: ({ context: c }) => c.frames.length + c.owed < c.size,
    hasNone: ({ context: c }) => c.frames.length + c.owed === c.size,
    isFirst: ({ context: c, event }) => 'pkt' in event && c.frames[0] === event.pkt,
    isEmpty: ({ context: c }) => c.frames.length === 0,
    hasFrame: ({ context: c }) => c.frames.length > 0,
  },
  actions: {
    fill: assign({
      frames: ({ context: c, event }) => {
        assertEvent(event, 'FILL');
        return [...c.frames, event.pkt];
      },
    }),
    take: assign(({ context: c }) => ({ frames: c.frames.slice(1), owed: c.owed + 1 })),
    refill: assign({ owed: 0 }),
  },
}).createMachine({
  id: 'queue',
  context: ({ input }) => ({ ...input, frames: [], owed: 0 }),
  initial: 'open',
  states: {
    open: {
      description: 'Between device and driver.',
      on: {
        FILL: { guard: 'hasBuffer', target: 'open', actions: 'fill', meta: cite() },
        FULL: { guard: 'hasNone', target: 'open', meta: cite() },
        TAKE: { guard: 'isFirst', target: 'open', actions: 'take', meta: cite() },
        EMPTY: { guard: 'isEmpty', target: 'open', meta: cite() },
        MORE: { guard: 'hasFrame', target: 'open', meta: cite() },
        REFILL: { target: 'open', actions: 'refill', meta: cite() },
      },
    },
  },
});

/** A frame waits for the driver. */
export const waiting = (context: QueueContext): boolean => context.frames.length > 0;

/** Frame `pkt` waits. */
export const keepsFrame =
  (pkt: Packet) =>
  (context: QueueContext): boolean =>
    context.frames.includes(pkt);
