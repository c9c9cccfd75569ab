/**
 * A NAPI instance from being scheduled to its completion, as far as GRO is concerned: takes, flushes, the timer.
 *
 * Source      Linux 6.12 net/core/dev.c (napi_complete_done, __napi_poll, napi_watchdog)
 * Contract    a completion leaves something held only if it arms the timer; a poll without work flushes all; a full poll flushes, too
 * Bounds      GroPollBounds
 * Leaves out  interrupts and ownership, see the other slices: a frame in the queue, or the timer, starts a poll
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface GroPollBounds {
  readonly weight: number;
  /** gro_flush_timeout is not zero. */
  readonly timeout: boolean;
}

export type GroPollEvent =
  | { readonly type: 'START' } //      a frame has come, or the timer
  | { readonly type: 'TAKE' }
  | { readonly type: 'EMPTY' } //      the queue is empty
  | { readonly type: 'SPENT' }
  | { readonly type: 'FLUSH' } //      all that is held, or what is old
  | { readonly type: 'FLUSHED' } //    rx_list is up
  | { readonly type: 'ARM' } //        the timer
  | { readonly type: 'COMPLETE' } //   without it
  | { readonly type: 'AGAIN' }; //     a full poll: polled again

export interface GroPollContext extends GroPollBounds {
  readonly work: number;
  /** The timer is armed. */
  readonly armed: boolean;
}

export const groPoll = setup({
  types: { input: {} as GroPollBounds, context: {} as GroPollContext, events: {} as GroPollEvent, meta: {} as Cite },
  guards: {
    weightLeft: ({ context: c }) => c.work < c.weight,
    spent: ({ context: c }) => c.work === c.weight,
    mayArm: ({ context: c }) => c.timeout && c.work > 0,
  },
  actions: {
    begin: assign({ work: 0, armed: false }),
    count: assign({ work: ({ context: c }) => c.work + 1 }),
    arm: assign({ armed: true, work: 0 }),
    end: assign({ work: 0 }),
  },
}).createMachine({
  id: 'groPoll',
  context: ({ input }) => ({ ...input, work: 0, armed: false }),
  initial: 'idle',
  states: {
    idle: {
      description: 'SCHED clear.',
      on: { START: { target: 'receiving', actions: 'begin', meta: cite('napi_watchdog', '__napi_schedule') } },
    },
    receiving: {
      description: 'In ->poll().',
      on: {
        TAKE: { guard: 'weightLeft', target: 'receiving', actions: 'count', meta: cite('napi_gro_receive') },
        EMPTY: { guard: 'weightLeft', target: 'completing', meta: cite('napi_complete_done') },
        SPENT: { guard: 'spent', target: 'full', meta: cite('__napi_poll') },
      },
    },
    completing: {
      description: 'About to flush what is held.',
      on: { FLUSH: { target: 'delivering', meta: cite('napi_complete_done', 'napi_gro_flush') } },
    },
    delivering: {
      description: 'rx_list goes up, SCHED still set.',
      on: { FLUSHED: { target: 'ending', meta: cite('gro_normal_list') } },
    },
    ending: {
      description: 'About to clear SCHED.',
      on: {
        ARM: { guard: 'mayArm', target: 'idle', actions: 'arm', meta: cite('napi_complete_done', 'hrtimer_start') },
        COMPLETE: { target: 'idle', actions: 'end', meta: cite('napi_complete_done') },
      },
    },
    full: {
      description: 'The whole weight: what is held is flushed between two polls.',
      on: { FLUSH: { target: 'repolling', meta: cite('__napi_poll', 'napi_gro_flush') } },
    },
    repolling: {
      description: 'rx_list goes up between two polls.',
      on: { AGAIN: { target: 'receiving', actions: 'end', meta: cite('__napi_poll', 'gro_normal_list') } },
    },
  },
});

/** The timer will come. */
export const timerComes = ({ armed }: GroPollContext): boolean => armed;
