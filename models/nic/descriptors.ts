/**
 * The RX ring descriptor by descriptor: who owns each, the length that says so, and the sentinel.
 *
 * Source      Linux 6.12 drivers/net/ethernet/intel/igb/igb_main.c (igb_clean_rx_irq, igb_alloc_rx_buffers), igb.h
 *             (igb_desc_unused); I210 data sheet (RDH, RDT)
 * Contract    the NIC owns [RDH, RDT); a written-back length that is not zero hands a descriptor to the driver, who takes it once;
 *             the length at next_to_use is zero whenever the driver looks, so that he does not run past what was written
 * Bounds      DescriptorBounds; the kernel has 64 to 4096
 * Leaves out  frames in several descriptors, payload apart from the write-back, page recycling
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface DescriptorBounds {
  readonly size: number;
}

/** The length field: zero, of a frame, or what an earlier lap has left. */
export type Length = 'zero' | 'stale' | Packet;

export type DescriptorEvent =
  | { readonly type: 'OPEN' } //                             igb_configure(): all but one filled, RDT written
  | { readonly type: 'DMA'; readonly pkt: Packet } //         NIC: payload and write-back
  | { readonly type: 'NO_DESCRIPTOR' } //                     NIC: RDH == RDT
  | { readonly type: 'TAKE'; readonly pkt: Packet } //        driver: length read, buffer taken
  | { readonly type: 'TAKE_STALE' } //                        driver: the same, of a length that an earlier lap has left
  | { readonly type: 'EMPTY' } //                             driver: length zero
  | { readonly type: 'REFUSED'; readonly pkt: Packet } //     driver: length read, no skb to be had: left where it is
  | { readonly type: 'REFILL' } //                            driver: a buffer at next_to_use, and the length of the next one zeroed
  | { readonly type: 'DOORBELL' }; //                         driver: RDT := next_to_use

export interface DescriptorContext extends DescriptorBounds {
  readonly lengths: readonly Length[];
  /** A buffer is mapped there. */
  readonly buffers: readonly boolean[];
  /** RDH */
  readonly head: number;
  /** RDT */
  readonly tail: number;
  /** next_to_use */
  readonly use: number;
  /** next_to_clean */
  readonly clean: number;
}

/** igb_desc_unused(): one is always left. */
export const unused = ({ size, clean, use }: DescriptorContext): number => (clean > use ? 0 : size) + clean - use - 1;

const descriptorsSetup = setup({
  types: { input: {} as DescriptorBounds, context: {} as DescriptorContext, events: {} as DescriptorEvent, meta: {} as Cite },
  guards: {
    nicHasBuffer: ({ context: c }) => c.head !== c.tail && c.buffers[c.head] === true,
    nicHasDescriptor: ({ context: c }) => c.head !== c.tail,
    nicHasNone: ({ context: c }) => c.head === c.tail,
    isNext: ({ context: c, event }) => 'pkt' in event && c.lengths[c.clean] === event.pkt,
    isStale: ({ context: c }) => c.lengths[c.clean] === 'stale',
    isZero: ({ context: c }) => c.lengths[c.clean] === 'zero',
    hasUnused: ({ context: c }) => unused(c) > 0,
  },
  actions: {
    open: assign(({ context: c }) => ({
      buffers: c.buffers.map((_, index) => index < c.size - 1),
      use: c.size - 1,
      tail: c.size - 1,
    })),
    writeBack: assign(({ context: c, event }) => {
      assertEvent(event, 'DMA');
      return { lengths: c.lengths.with(c.head, event.pkt), head: (c.head + 1) % c.size };
    }),
    take: assign(({ context: c }) => ({
      lengths: c.lengths.with(c.clean, 'stale'),
      buffers: c.buffers.with(c.clean, false),
      clean: (c.clean + 1) % c.size,
    })),
    refill: assign(({ context: c }) => ({ buffers: c.buffers.with(c.use, true), use: (c.use + 1) % c.size })),
    sentinel: assign({ lengths: ({ context: c }) => c.lengths.with(c.use, 'zero') }),
    doorbell: assign({ tail: ({ context: c }) => c.use }),
  },
});

export const descriptors = descriptorsSetup.createMachine({
  id: 'descriptors',
  context: ({ input: { size } }) => ({
    size,
    lengths: Array<Length>(size).fill('zero'),
    buffers: Array<boolean>(size).fill(false),
    head: 0,
    tail: 0,
    use: 0,
    clean: 0,
  }),
  initial: 'down',
  states: {
    down: {
      description: 'RDH == RDT == 0.',
      on: { OPEN: { target: 'up', actions: 'open', meta: cite('igb_configure', 'igb_alloc_rx_buffers') } },
    },
    up: {
      description: 'The NIC owns [RDH, RDT), the driver the rest.',
      on: {
        DMA: [
          { guard: 'nicHasBuffer', target: 'up', actions: 'writeBack', meta: cite() },
          { guard: 'nicHasDescriptor', target: 'broken', meta: cite() },
        ],
        NO_DESCRIPTOR: { guard: 'nicHasNone', target: 'up', meta: cite() },
        TAKE: { guard: 'isNext', target: 'up', actions: 'take', meta: cite('igb_clean_rx_irq') },
        TAKE_STALE: { guard: 'isStale', target: 'broken', meta: cite('igb_clean_rx_irq') },
        EMPTY: { guard: 'isZero', target: 'up', meta: cite('igb_clean_rx_irq') },
        REFUSED: { guard: 'isNext', target: 'up', meta: cite('igb_clean_rx_irq') },
        REFILL: { guard: 'hasUnused', target: 'up', actions: ['refill', 'sentinel'], meta: cite('igb_alloc_rx_buffers') },
        DOORBELL: { target: 'up', actions: 'doorbell', meta: cite('igb_alloc_rx_buffers') },
      },
    },
    broken: { description: 'The NIC wrote where no buffer was, or the driver took a descriptor twice.' },
  },
});

/** Frame `pkt` is in the ring. */
export const inRing =
  (pkt: Packet) =>
  ({ lengths }: DescriptorContext): boolean =>
    lengths.includes(pkt);

/** A written-back descriptor waits for the driver. */
export const hasDone = ({ lengths }: DescriptorContext): boolean => lengths.some((length) => typeof length === 'number');

/** The NIC has no descriptor, and the driver none to take: nothing will come of itself. */
export const isStarved = (context: DescriptorContext): boolean => context.head === context.tail && !hasDone(context);

/** I1.2: what the driver reads where nothing was written. */
export const sentinelIsZero = ({ lengths, use }: DescriptorContext): boolean => lengths[use] === 'zero';

/** I1.5: every descriptor but one is given, done, or free to be refilled. */
export const addsUp = (context: DescriptorContext): boolean => {
  const given = (context.use - context.head + context.size) % context.size;
  return given + context.lengths.filter((length) => typeof length === 'number').length + unused(context) === context.size - 1;
};
