/**
 * igb_poll() on one CPU: clean, refill, complete, unmask.
 *
 * Source      Linux 3.10 and 6.12, igb_main.c (igb_poll, igb_clean_rx_irq), net/core/dev.c (napi_complete*)
 * Contract    work below weight: completed, and the ring is not touched again; work equal to weight: not completed;
 *             unmask only after a completion that cleared SCHED
 * Bounds      PollBounds; the kernel has weight 64
 * Leaves out  TX cleaning, failing skb allocations, bad frames
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface PollBounds {
  /** NAPI weight: frames per poll. */
  readonly weight: number;
  /** 5.4 and later: frames wait in napi->rx_list and go up together: as a batch is full, and when the poll completes. */
  readonly batches: boolean;
}

export type PollEvent =
  | { readonly type: 'CALL' } //            net_rx_action() calls ->poll()
  | { readonly type: 'TAKE' } //            a frame leaves the ring
  | { readonly type: 'EMPTY' } //           the next descriptor is not done
  | { readonly type: 'SPENT' } //           the weight is used up; the ring is not looked at again
  | { readonly type: 'REFILL_SOME' } //     buffers and tail, in the loop
  | { readonly type: 'REFILL' } //          buffers and tail
  | { readonly type: 'BATCH' } //           one frame of a whole batch of rx_list goes up
  | { readonly type: 'FLUSH' } //           one frame of rx_list goes up, as the poll completes
  | { readonly type: 'FLUSHED' } //         rx_list is empty
  | { readonly type: 'COMPLETE' } //        SCHED is cleared
  | { readonly type: 'COMPLETE_MISSED' } // MISSED was set: SCHED kept, queued again
  | { readonly type: 'UNMASK' } //          EIMS
  | { readonly type: 'DOWN' } //            __IGB_DOWN is set: no unmask
  | { readonly type: 'KEPT' } //            napi_complete_done() returns false: busy polling goes on
  | { readonly type: 'COMPLETE_DEFER' } //  SCHED is cleared, and the timer is to come instead of the unmask
  | { readonly type: 'ARM' } //             the timer
  | { readonly type: 'YIELD' } //           full, and completed by the core for a task that prefers to busy poll
  | { readonly type: 'YIELD_DEFER' } //     the same, and the timer is to come
  | { readonly type: 'RESCHEDULED' } //     the core has asked for the instance again
  | { readonly type: 'RETURN' } //          less than the weight
  | { readonly type: 'RETURN_FULL' }; //    the weight

export interface PollContext extends PollBounds {
  /** Frames taken in this call. 0..weight */
  readonly work: number;
}

export const igbPoll = setup({
  types: { input: {} as PollBounds, context: {} as PollContext, events: {} as PollEvent, meta: {} as Cite },
  guards: {
    weightLeft: ({ context }) => context.work < context.weight,
    weightSpent: ({ context }) => context.work === context.weight,
    batches: ({ context }) => context.batches,
    // rx_list goes up before SCHED is given up.
    completesFirst: () => false,
  },
  actions: { reset: assign({ work: 0 }), count: assign({ work: ({ context }) => context.work + 1 }) },
}).createMachine({
  id: 'igbPoll',
  context: ({ input }) => ({ ...input, work: 0 }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Not running on this CPU.',
      on: { CALL: { target: 'cleaning', actions: 'reset', meta: cite('igb_poll') } },
    },
    cleaning: {
      description: 'In the loop of igb_clean_rx_irq().',
      on: {
        TAKE: { guard: 'weightLeft', target: 'cleaning', actions: 'count', meta: cite('igb_clean_rx_irq', 'napi_gro_receive') },
        BATCH: { target: 'cleaning', meta: cite('napi_gro_receive', 'gro_normal_list') },
        REFILL_SOME: { guard: 'weightLeft', target: 'cleaning', meta: cite('igb_clean_rx_irq', 'igb_alloc_rx_buffers') },
        EMPTY: { guard: 'weightLeft', target: 'refilling', meta: cite('igb_clean_rx_irq') },
        SPENT: { guard: 'weightSpent', target: 'refilling', meta: cite('igb_clean_rx_irq') },
      },
    },
    refilling: {
      description: 'The loop is over.',
      on: {
        REFILL: [
          { guard: 'completesFirst', target: 'completing', meta: cite('igb_alloc_rx_buffers') },
          { guard: 'batches', target: 'flushing', meta: cite('igb_alloc_rx_buffers') },
          { guard: 'weightSpent', target: 'full', meta: cite('igb_alloc_rx_buffers') },
          { target: 'completing', meta: cite('igb_alloc_rx_buffers') },
        ],
      },
    },
    flushing: {
      description: 'rx_list goes up: in napi_complete_done(), or in __napi_poll() after a full poll.',
      on: {
        FLUSH: { target: 'flushing', meta: cite('gro_normal_list') },
        FLUSHED: [
          { guard: 'completesFirst', target: 'unmasking', meta: cite('napi_complete_done', 'gro_normal_list') },
          { guard: 'weightSpent', target: 'full', meta: cite('__napi_poll', 'gro_normal_list') },
          { target: 'completing', meta: cite('napi_complete_done', 'gro_normal_list') },
        ],
      },
    },
    completing: {
      description: 'SCHED still set: about to let go.',
      on: {
        COMPLETE: [
          { guard: 'completesFirst', target: 'flushing', meta: cite('napi_complete_done') },
          { guard: 'batches', target: 'unmasking', meta: cite('napi_complete_done') },
          { target: 'unmasking', meta: cite('napi_complete') },
        ],
        COMPLETE_MISSED: { target: 'returning', meta: cite('napi_complete_done') },
        KEPT: { target: 'returning', meta: cite('napi_complete_done') },
        COMPLETE_DEFER: { target: 'deferring', meta: cite('napi_complete_done') },
      },
    },
    unmasking: {
      description: 'The instance is free; this CPU still owes the unmask.',
      on: {
        UNMASK: { target: 'returning', meta: cite('igb_ring_irq_enable') },
        DOWN: { target: 'returning', meta: cite('igb_ring_irq_enable') },
      },
    },
    deferring: {
      description: 'The instance is free, its interrupt stays masked; this CPU still owes the timer.',
      on: { ARM: { target: 'returning', meta: cite('napi_complete_done', 'hrtimer_start') } },
    },
    returning: {
      description: 'Returns less than the weight.',
      on: { RETURN: { target: 'idle', meta: cite('igb_poll') } },
    },
    full: {
      description: 'Returns the weight; SCHED stays set.',
      on: {
        RETURN_FULL: { target: 'idle', meta: cite('igb_poll') },
        YIELD: { target: 'yielding', meta: cite('__napi_poll', 'napi_complete_done') },
        YIELD_DEFER: { target: 'deferring', meta: cite('__napi_poll', 'napi_complete_done') },
        COMPLETE_MISSED: { target: 'returning', meta: cite('__napi_poll', 'napi_complete_done') },
      },
    },
    yielding: {
      description: 'net_rx_action() has completed a full poll on behalf of a task that prefers to busy poll. The interrupt stays masked.',
      on: { RESCHEDULED: { target: 'returning', meta: cite('__napi_poll', 'napi_schedule_prep') } },
    },
  },
});
