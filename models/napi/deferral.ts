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
  | { readonly type: 'POLICY'; readonly worked: boolean; readonly missed: boolean } // napi_complete_done() after a poll
  | { readonly type: 'RELOAD' } // busy_poll_stop(), PREFER_BUSY_POLL
  | { readonly type: 'ARMED' }; // hrtimer_start()

export interface DeferralContext extends DeferralBounds {
  /** napi->defer_hard_irqs_count. 0..defer */
  readonly count: number;
  /** The timer is still to be armed, and the interrupt is not to be opened. */
  readonly due: boolean;
}

export const deferral = setup({
  types: { input: {} as DeferralBounds, context: {} as DeferralContext, events: {} as DeferralEvent, meta: {} as Cite },
  guards: { isDue: ({ context }) => context.due },
  actions: {
    decide: assign(({ context: c, event }) => {
      const count = 'worked' in event && event.worked ? c.defer : c.count;
      const missed = 'missed' in event && event.missed;
      return { count: Math.max(count - 1, 0), due: count > 0 && c.timeout && !missed };
    }),
    reload: assign({ count: ({ context: c }) => c.defer }),
    armed: assign({ due: false }),
  },
}).createMachine({
  id: 'deferral',
  context: ({ input }) => ({ ...input, count: 0, due: false }),
  initial: 'settings',
  states: {
    settings: {
      description: 'Touched by the owner of the instance only.',
      on: {
        POLICY: { target: 'settings', actions: 'decide', meta: cite('napi_complete_done') },
        RELOAD: { target: 'settings', actions: 'reload', meta: cite('busy_poll_stop') },
        ARMED: { guard: 'isDue', target: 'settings', actions: 'armed', meta: cite('napi_complete_done', 'hrtimer_start') },
      },
    },
  },
});

/** The completion returned false and the timer is still to be armed. */
export const due = (context: DeferralContext): boolean => context.due;
