/**
 * RX descriptor ring: which descriptors does the NIC own, which the driver?
 *
 * Source      Linux 3.10 and 6.12, drivers/net/ethernet/intel/igb/igb_main.c; Intel I210 data sheet (RDH, RDT)
 * Contract    the NIC owns [RDH, RDT); RDH == RDT means empty for the NIC, so at most size - 1 are ever given
 * Bounds      RingBounds; real rings have 64 to 4096 descriptors
 * Leaves out  failing allocations, multi-descriptor frames, the on-chip FIFO (no descriptor means the frame is lost at once)
 *
 * The driver learns ownership from the descriptor in memory, never from RDH: a descriptor that holds a frame has been
 * written back. RDT equals next_to_use after every refill, so one field stands for both.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface RingBounds {
  /** Descriptors; one is always kept back. */
  readonly size: number;
}

/** `nic`: given, not yet written; `driver`: to be refilled; a number: written back with that frame. */
type Descriptor = 'nic' | 'driver' | Packet;

export type RingEvent =
  | { readonly type: 'FILL' } //                           driver: igb_configure() gives size - 1 buffers, writes RDT
  | { readonly type: 'DMA'; readonly pkt: Packet } //       NIC: payload and write-back of one frame
  | { readonly type: 'NO_DESCRIPTOR' } //                   NIC: a frame, but RDH == RDT
  | { readonly type: 'TAKE'; readonly pkt: Packet } //      driver: reads the length, takes the buffer
  | { readonly type: 'EMPTY' } //                           driver: reads length 0 at next_to_clean
  | { readonly type: 'REFILL' } //                          driver: new buffers for all free descriptors, RDT
  | { readonly type: 'CLEAN' }; //                          driver: igb_down() frees all buffers

export interface RingContext extends RingBounds {
  readonly descriptors: readonly Descriptor[];
  /** RDH: the next descriptor the NIC writes. 0..size-1 */
  readonly head: number;
  /** RDT == next_to_use. 0..size-1 */
  readonly tail: number;
  /** next_to_clean. 0..size-1 */
  readonly clean: number;
}

const emptied = (size: number): RingContext => ({ size, descriptors: Array<Descriptor>(size).fill('driver'), head: 0, tail: 0, clean: 0 });

const ringSetup = setup({
  types: { input: {} as RingBounds, context: {} as RingContext, events: {} as RingEvent, meta: {} as Cite },
  guards: {
    nicHasDescriptor: ({ context: c }) => c.head !== c.tail,
    accepts: ({ context: c, event }) => c.head !== c.tail && 'pkt' in event && !c.descriptors.includes(event.pkt),
    nicHasNone: ({ context: c }) => c.head === c.tail,
    frameIsNext: ({ context: c, event }) => 'pkt' in event && c.descriptors[c.clean] === event.pkt,
    nothingDone: ({ context: c }) => typeof c.descriptors[c.clean] !== 'number',
  },
  actions: {
    fill: assign(({ context: c }) => ({
      descriptors: c.descriptors.map((_, index) => (index < c.size - 1 ? 'nic' : 'driver') as Descriptor),
      tail: c.size - 1,
    })),
    writeBack: assign(({ context: c, event }) => {
      assertEvent(event, 'DMA');
      return { descriptors: c.descriptors.with(c.head, event.pkt), head: (c.head + 1) % c.size };
    }),
    take: assign(({ context: c }) => ({ descriptors: c.descriptors.with(c.clean, 'driver'), clean: (c.clean + 1) % c.size })),
    refill: assign(({ context: c }) => {
      // igb_desc_unused() leaves one: next_to_use stops one short of next_to_clean.
      const tail = (c.clean + c.size - 1) % c.size;
      const unused = (tail - c.tail + c.size) % c.size;
      const inRange = (index: number) => (index - c.tail + c.size) % c.size < unused;
      return { descriptors: c.descriptors.map((descriptor, index) => (inRange(index) ? 'nic' : descriptor)), tail };
    }),
    clean: assign(({ context: c }) => emptied(c.size)),
  },
});

export const ring = ringSetup.createMachine({
  id: 'ring',
  context: ({ input }) => emptied(input.size),
  initial: 'down',
  states: {
    down: {
      description: 'Interface down: no buffers, RDH == RDT == 0.',
      on: { FILL: { target: 'up', actions: 'fill', meta: cite('igb_configure', 'igb_alloc_rx_buffers') } },
    },
    up: {
      description: 'The NIC owns [head, tail), the driver the rest.',
      on: {
        DMA: [
          { guard: 'accepts', target: 'up', actions: 'writeBack', meta: cite() },
          { guard: 'nicHasDescriptor', target: 'broken', meta: cite() },
        ],
        NO_DESCRIPTOR: { guard: 'nicHasNone', target: 'up', meta: cite() },
        TAKE: { guard: 'frameIsNext', target: 'up', actions: 'take', meta: cite('igb_clean_rx_irq') },
        EMPTY: { guard: 'nothingDone', target: 'up', meta: cite('igb_clean_rx_irq') },
        REFILL: { target: 'up', actions: 'refill', meta: cite('igb_alloc_rx_buffers') },
        CLEAN: { target: 'down', actions: 'clean', meta: cite('igb_down', 'igb_clean_all_rx_rings') },
      },
    },
    broken: { description: 'A frame was written while it was in the ring already.' },
  },
});

/** igb_desc_unused() is at least `count`: so many buffers the driver could give. */
export const owes =
  (count: number) =>
  ({ clean, tail, size }: RingContext): boolean =>
    (clean + size - 1 - tail) % size >= count;

/** A written-back descriptor waits for the driver. */
export const hasFrame = (context: RingContext): boolean => context.descriptors.some((descriptor) => typeof descriptor === 'number');

/** Frame `pkt` is in the ring. */
export const holds =
  (pkt: Packet) =>
  (context: RingContext): boolean =>
    context.descriptors.includes(pkt);
