/**
 * igb_poll() with its refill buffer by buffer, and with allocations that fail.
 *
 * Source      Linux 6.12 drivers/net/ethernet/intel/igb/igb_main.c (igb_clean_rx_irq, igb_alloc_rx_buffers, igb_alloc_mapped_page)
 * Contract    what is to be refilled is counted from the indices at the start of each poll, so that a failure is made good later
 * Bounds      DescPollBounds; the kernel has weight 64, batch 16
 * Leaves out  TX, XDP, bad frames
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface DescPollBounds {
  readonly weight: number;
  /** IGB_RX_BUFFER_WRITE: buffers that are given back together inside the loop. */
  readonly batch: number;
}

export type DescPollEvent =
  | { readonly type: 'CALL'; readonly unused: number }
  | { readonly type: 'BATCH' } //    enough to refill
  | { readonly type: 'TAKE' }
  | { readonly type: 'EMPTY' }
  | { readonly type: 'REFUSED' } //  no skb: leaves the loop, the frame stays
  | { readonly type: 'SPENT' }
  | { readonly type: 'LAST' } //     the loop is over, something to refill
  | { readonly type: 'NONE' } //     the loop is over, nothing to refill
  | { readonly type: 'REFILL' } //   one buffer
  | { readonly type: 'FAIL' } //     no page
  | { readonly type: 'DOORBELL' } // RDT
  | { readonly type: 'COMPLETE' }
  | { readonly type: 'COMPLETE_MISSED' }
  | { readonly type: 'UNMASK' }
  | { readonly type: 'RETURN' }
  | { readonly type: 'RETURN_FULL' };

export interface DescPollContext extends DescPollBounds {
  readonly work: number;
  /** cleaned_count: buffers to be given back. */
  readonly owed: number;
  /** The refill is inside the loop. */
  readonly inside: boolean;
}

export const descPoll = setup({
  types: { input: {} as DescPollBounds, context: {} as DescPollContext, events: {} as DescPollEvent, meta: {} as Cite },
  guards: {
    batchFull: ({ context: c }) => c.owed >= c.batch && c.work < c.weight,
    mayTake: ({ context: c }) => c.owed < c.batch && c.work < c.weight,
    spent: ({ context: c }) => c.work === c.weight,
    owes: ({ context: c }) => c.owed > 0,
    owesNone: ({ context: c }) => c.owed === 0,
    inside: ({ context: c }) => c.inside,
    filledInside: ({ context: c }) => c.inside && c.owed === 0,
    spentAll: ({ context: c }) => c.work === c.weight && c.owed === 0,
    // A refused skb ends the loop, and the poll reports what it has done.
    keepsPolling: () => false,
  },
  actions: {
    begin: assign(({ event }) => {
      assertEvent(event, 'CALL');
      return { work: 0, owed: event.unused, inside: false };
    }),
    take: assign(({ context: c }) => ({ work: c.work + 1, owed: c.owed + 1 })),
    enter: assign({ inside: true }),
    last: assign({ inside: false }),
    refilled: assign({ owed: ({ context: c }) => c.owed - 1 }),
    // igb_alloc_rx_buffers() counts down its own copy: what it could not do is not owed any longer.
    drop: assign({ owed: 0 }),
    reset: assign({ work: 0, owed: 0, inside: false }),
  },
}).createMachine({
  id: 'descPoll',
  context: ({ input }) => ({ ...input, work: 0, owed: 0, inside: false }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Not running.',
      on: { CALL: { target: 'looping', actions: 'begin', meta: cite('igb_poll', 'igb_clean_rx_irq') } },
    },
    looping: {
      description: 'At the top of the loop.',
      on: {
        BATCH: { guard: 'batchFull', target: 'filling', actions: 'enter', meta: cite('igb_clean_rx_irq', 'igb_alloc_rx_buffers') },
        TAKE: { guard: 'mayTake', target: 'looping', actions: 'take', meta: cite('igb_clean_rx_irq', 'napi_gro_receive') },
        EMPTY: { guard: 'mayTake', target: 'ending', meta: cite('igb_clean_rx_irq') },
        REFUSED: [
          { guard: 'keepsPolling', target: 'full', meta: cite('igb_clean_rx_irq') },
          { guard: 'mayTake', target: 'ending', meta: cite('igb_clean_rx_irq') },
        ],
        SPENT: { guard: 'spent', target: 'ending', meta: cite('igb_clean_rx_irq') },
      },
    },
    ending: {
      description: 'The loop is over.',
      on: {
        LAST: { guard: 'owes', target: 'filling', actions: 'last', meta: cite('igb_clean_rx_irq', 'igb_alloc_rx_buffers') },
        NONE: [
          { guard: 'spentAll', target: 'full', meta: cite('igb_clean_rx_irq') },
          { guard: 'owesNone', target: 'completing', meta: cite('igb_clean_rx_irq') },
        ],
      },
    },
    filling: {
      description: 'In igb_alloc_rx_buffers().',
      on: {
        REFILL: { guard: 'owes', target: 'filling', actions: 'refilled', meta: cite('igb_alloc_rx_buffers', 'igb_alloc_mapped_page') },
        FAIL: { guard: 'owes', target: 'stopped', actions: 'drop', meta: cite('igb_alloc_rx_buffers', 'igb_alloc_mapped_page') },
        DOORBELL: [
          { guard: 'filledInside', target: 'looping', meta: cite('igb_alloc_rx_buffers') },
          { guard: 'owesNone', target: 'ending', meta: cite('igb_alloc_rx_buffers') },
        ],
      },
    },
    stopped: {
      description: 'A page was not to be had; what was filled before is still published.',
      on: {
        DOORBELL: [
          { guard: 'inside', target: 'looping', meta: cite('igb_alloc_rx_buffers') },
          { target: 'ending', meta: cite('igb_alloc_rx_buffers') },
        ],
      },
    },
    completing: {
      description: 'SCHED still set.',
      on: {
        COMPLETE: { target: 'unmasking', meta: cite('napi_complete_done') },
        COMPLETE_MISSED: { target: 'returning', meta: cite('napi_complete_done') },
      },
    },
    unmasking: { description: 'The instance is free.', on: { UNMASK: { target: 'returning', meta: cite('igb_ring_irq_enable') } } },
    returning: {
      description: 'Returns less than the weight.',
      on: { RETURN: { target: 'idle', actions: 'reset', meta: cite('igb_poll') } },
    },
    full: { description: 'Returns the weight.', on: { RETURN_FULL: { target: 'idle', actions: 'reset', meta: cite('igb_poll') } } },
  },
});
