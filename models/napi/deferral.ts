/**
 * Deferred hard interrupts: does a completion open the interrupt, or does it leave it masked and arm the timer?
 *
 * Source      Linux 6.1 and 6.12, net/core/dev.c (napi_complete_done, busy_poll_stop); per device there, per NAPI in 6.18
 * Contract    the same reading of gro_flush_timeout decides both: a completion that returns false has armed the timer
 * Bounds      DeferralBounds
 * Leaves out  skbs that GRO holds, which arm the timer and open the interrupt all the same; changes of the two settings
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface DeferralBounds {
  /** napi_defer_hard_irqs: polls without a frame before the interrupt is opened. */
  readonly defer: number;
  /** gro_flush_timeout is not zero. */
  readonly timeout: boolean;
}

export type DeferralEvent =
  | { readonly type: 'POLICY'; readonly worked: boolean; readonly defers: boolean } // napi_complete_done() after a poll, and its answer
  | { readonly type: 'RELOAD' }; // busy_poll_stop(), PREFER_BUSY_POLL

export interface DeferralContext extends DeferralBounds {
  /** napi->defer_hard_irqs_count. 0..defer */
  readonly count: number;
}

/** The count after a poll, before it is counted down. */
const reloaded = (c: DeferralContext, worked: boolean): number => (worked ? c.defer : c.count);

export const deferral = setup({
  types: { input: {} as DeferralBounds, context: {} as DeferralContext, events: {} as DeferralEvent, meta: {} as Cite },
  guards: {
    decides: ({ context: c, event }) => event.type === 'POLICY' && event.defers === (reloaded(c, event.worked) > 0 && c.timeout),
  },
  actions: {
    countDown: assign({
      count: ({ context: c, event }) => Math.max(reloaded(c, event.type === 'POLICY' && event.worked) - 1, 0),
    }),
    reload: assign({ count: ({ context: c }) => c.defer }),
  },
}).createMachine({
  id: 'deferral',
  context: ({ input }) => ({ ...input, count: 0 }),
  initial: 'settings',
  states: {
    settings: {
      description: 'Touched by the owner of the instance only.',
      on: {
        POLICY: { guard: 'decides', target: 'settings', actions: 'countDown', meta: cite('napi_complete_done') },
        RELOAD: { target: 'settings', actions: 'reload', meta: cite('busy_poll_stop') },
      },
    },
  },
});
