/**
 * One MSI-X vector of the NIC: when is a message sent, and when may the next one be?
 *
 * Source      Intel I210 data sheet (EICR, EIMS, EIAC, EIAM, EICS, GPIE); Linux igb_main.c
 * Contract    a cause is latched whatever the mask; a message leaves when cause and mask bit are both set, and takes
 *             both with it (auto-clear, auto-mask), so there is one message per software unmask
 * Bounds      none
 * Leaves out  interrupt moderation (EITR: a finite delay before a message, which interleaving covers), MSI and INTx,
 *             the posted write of the mask (issue and arrival are one step)
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type VectorEvent =
  | { readonly type: 'CAUSE' } //  device: EICR bit set by a write-back
  | { readonly type: 'EMIT' } //   device: the message leaves
  | { readonly type: 'ACCEPT' } // CPU: takes the message from its local APIC
  | { readonly type: 'UNMASK' } // driver: writes EIMS
  | { readonly type: 'MASK' } //   driver: writes EIMC
  | { readonly type: 'FREE' } //   driver: free_irq(); a message still latched finds no handler and is dropped
  | { readonly type: 'KICK' }; //  driver: writes EICS, which sets the cause and, under EIAM, the mask bit too

export interface VectorContext {
  /** EICR: a cause is latched. */
  readonly cause: boolean;
  /** EIMS: the vector may interrupt. */
  readonly open: boolean;
}

export const vector = setup({
  types: { context: {} as VectorContext, events: {} as VectorEvent, meta: {} as Cite },
  guards: { mayEmit: ({ context }) => context.cause && context.open },
  actions: {
    latch: assign({ cause: true }),
    emit: assign({ cause: false, open: false }),
    open: assign({ open: true }),
    mask: assign({ open: false }),
    kick: assign({ cause: true, open: true }),
  },
}).createMachine({
  id: 'vector',
  context: { cause: false, open: false },
  initial: 'quiet',
  states: {
    quiet: {
      description: 'No message in flight.',
      on: {
        CAUSE: { target: 'quiet', actions: 'latch', meta: cite() },
        EMIT: { guard: 'mayEmit', target: 'posted', actions: 'emit', meta: cite() },
        UNMASK: { target: 'quiet', actions: 'open', meta: cite('igb_ring_irq_enable') },
        MASK: { target: 'quiet', actions: 'mask', meta: cite('igb_irq_disable') },
        FREE: { target: 'quiet', meta: cite('free_irq') },
        KICK: { target: 'quiet', actions: 'kick', meta: cite('igb_watchdog_task') },
      },
    },
    posted: {
      description: 'A message is latched in the local APIC of some CPU. A second one merges with it.',
      on: {
        CAUSE: { target: 'posted', actions: 'latch', meta: cite() },
        EMIT: { guard: 'mayEmit', target: 'posted', actions: 'emit', meta: cite() },
        ACCEPT: { target: 'quiet', meta: cite('irq_enter', 'handle_edge_irq') },
        UNMASK: { target: 'posted', actions: 'open', meta: cite('igb_ring_irq_enable') },
        MASK: { target: 'posted', actions: 'mask', meta: cite('igb_irq_disable') },
        FREE: { target: 'quiet', meta: cite('free_irq') },
        KICK: { target: 'posted', actions: 'kick', meta: cite('igb_watchdog_task') },
      },
    },
  },
});

/** The vector cannot interrupt until software opens it. */
export const masked = (context: VectorContext): boolean => !context.open;
