/**
 * The timer of a NAPI instance, and napi_watchdog() when it expires: a hardirq on some CPU.
 *
 * Source      Linux 6.1 and 6.12, net/core/dev.c (napi_watchdog), kernel/time/hrtimer.c
 * Contract    one shot: an expiry that does not win SCHED is gone; it never sets MISSED
 * Bounds      none
 * Leaves out  when it expires: at any time after it was armed. Pinning to the CPU that armed it: any CPU may take it.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type NapiTimerEvent =
  | { readonly type: 'ARM' } //                          hrtimer_start(), also while its handler runs
  | { readonly type: 'EXPIRE'; readonly cpu: number } // napi_watchdog() begins
  | { readonly type: 'WON' } //                          SCHED was clear
  | { readonly type: 'LOST' } //                         it was set
  | { readonly type: 'QUEUE'; readonly cpu: number } //  on the poll list of its CPU
  | { readonly type: 'EXIT'; readonly cpu: number }; //  HRTIMER_NORESTART

export interface NapiTimerContext {
  readonly armed: boolean;
  /** Where the handler runs; 0 where it does not. */
  readonly cpu: number;
}

const ARM = (state: 'idle' | 'entered' | 'owner' | 'leaving') => ({ target: state, actions: 'arm', meta: cite('hrtimer_start') }) as const;

export const napiTimer = setup({
  types: { context: {} as NapiTimerContext, events: {} as NapiTimerEvent, meta: {} as Cite },
  guards: {
    armed: ({ context }) => context.armed,
    isThere: ({ context, event }) => 'cpu' in event && event.cpu === context.cpu,
  },
  actions: {
    arm: assign({ armed: true }),
    expire: assign(({ event }) => {
      assertEvent(event, 'EXPIRE');
      return { armed: false, cpu: event.cpu };
    }),
    leave: assign({ cpu: 0 }),
  },
}).createMachine({
  id: 'napiTimer',
  context: { armed: false, cpu: 0 },
  initial: 'idle',
  states: {
    idle: {
      description: 'Its handler does not run.',
      on: {
        ARM: ARM('idle'),
        EXPIRE: { guard: 'armed', target: 'entered', actions: 'expire', meta: cite('napi_watchdog') },
      },
    },
    entered: {
      description: 'In napi_watchdog(), about to try for SCHED.',
      on: {
        ARM: ARM('entered'),
        WON: { target: 'owner', meta: cite('napi_watchdog') },
        LOST: { target: 'leaving', meta: cite('napi_watchdog') },
      },
    },
    owner: {
      description: 'SCHED is its own, and the instance is on no list yet.',
      on: { ARM: ARM('owner'), QUEUE: { guard: 'isThere', target: 'leaving', meta: cite('napi_watchdog', '____napi_schedule') } },
    },
    leaving: {
      description: 'The handler is done.',
      on: { ARM: ARM('leaving'), EXIT: { guard: 'isThere', target: 'idle', actions: 'leave', meta: cite('irq_exit') } },
    },
  },
});

/** It will expire, or has and will queue the instance. */
export const comes = (context: NapiTimerContext, state: string): boolean => context.armed || state === 'owner';
