/**
 * Memory for buffers, as the driver meets it; the flag by which 6.18 remembers that it was short; the watchdog that looks at it.
 *
 * Source      Linux 6.12 and 6.18 drivers/net/ethernet/intel/igb/igb_main.c (igb_alloc_mapped_page, igb_watchdog_task)
 * Contract    6.18: the flag is cleared before the interrupt is provoked, so that a failure of the poll that follows sets it again
 * Bounds      none
 * Leaves out  where the memory goes
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type MemoryEvent = { readonly type: 'SHORT' } | { readonly type: 'BACK' } | { readonly type: 'ALLOC' } | { readonly type: 'FAIL' };

export const memory = setup({ types: { events: {} as MemoryEvent, meta: {} as Cite } }).createMachine({
  id: 'memory',
  initial: 'plenty',
  states: {
    plenty: {
      description: 'Allocations succeed.',
      on: { SHORT: { target: 'short', meta: cite() }, ALLOC: { target: 'plenty', meta: cite('igb_alloc_mapped_page') } },
    },
    short: {
      description: 'Allocations fail.',
      on: { BACK: { target: 'plenty', meta: cite() }, FAIL: { target: 'short', meta: cite('igb_alloc_mapped_page') } },
    },
  },
});

export type FailedEvent = { readonly type: 'SET' } | { readonly type: 'TEST' } | { readonly type: 'KICK' };

export const allocFailed = setup({
  types: { context: {} as { readonly failed: boolean }, events: {} as FailedEvent, meta: {} as Cite },
  guards: {
    failed: ({ context }) => context.failed,
    // The flag is cleared before the interrupt is provoked, not after it.
    clearsLate: () => false,
  },
  actions: { set: assign({ failed: true }), clear: assign({ failed: false }) },
}).createMachine({
  id: 'allocFailed',
  context: { failed: false },
  initial: 'idle',
  states: {
    idle: {
      description: 'IGB_RING_FLAG_RX_ALLOC_FAILED; the watchdog sleeps.',
      on: {
        SET: { target: 'idle', actions: 'set', meta: cite('igb_alloc_mapped_page', 'igb_clean_rx_irq') },
        KICK: { guard: 'clearsLate', target: 'kicked', meta: cite('igb_watchdog_task') },
        TEST: { guard: 'failed', target: 'cleared', actions: 'clear', meta: cite('igb_watchdog_task') },
      },
    },
    cleared: {
      description: 'The watchdog has cleared the flag and owes the interrupt.',
      on: {
        SET: { target: 'cleared', actions: 'set', meta: cite('igb_alloc_mapped_page', 'igb_clean_rx_irq') },
        KICK: { target: 'idle', meta: cite('igb_watchdog_task') },
      },
    },
    kicked: {
      description: 'The watchdog has provoked the interrupt and is about to clear the flag. Only a bug comes here.',
      on: {
        SET: { target: 'kicked', actions: 'set', meta: cite('igb_alloc_mapped_page', 'igb_clean_rx_irq') },
        TEST: { target: 'idle', actions: 'clear', meta: cite('igb_watchdog_task') },
      },
    },
  },
});
