/**
 * A task that busy polls: napi_busy_loop() from the grab of the instance to its return.
 *
 * Source      Linux 6.1 net/core/dev.c (napi_busy_loop, busy_poll_stop, __busy_poll_stop); 6.12 and 6.18 the same
 * Contract    between grab and stop it owns SCHED; it lets go by a last poll that completes, by queueing the instance for
 *             NET_RX, or, where the timer is to come, by clearing SCHED
 * Bounds      BusyPollerBounds
 * Leaves out  how long it spins: as long as it likes; several tasks; how long an interrupt may be
 *             suspended: any timeout is one that may expire at any time
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface BusyPollerBounds {
  /** SO_PREFER_BUSY_POLL with both settings of the deferral: the interrupt stays masked, the timer comes. */
  readonly skips: boolean;
  /** 58e2330bd455: the timer is armed after SCHED is cleared, not before the last poll. */
  readonly armsLate: boolean;
}

export type BusyPollerEvent =
  | { readonly type: 'LOOP' } //          recvfrom() or epoll_wait() finds nothing: busy loop, bottom halves off
  | { readonly type: 'GRAB' } //          SCHED and IN_BUSY_POLL are its own
  | { readonly type: 'GRAB_LOST' } //     somebody else has the instance
  | { readonly type: 'POLLED' } //        ->poll() has returned
  | { readonly type: 'BH_ON' } //         local_bh_enable() after a round
  | { readonly type: 'AGAIN' } //         another round
  | { readonly type: 'CLEAR_MISSED' } //  loop_end() or need_resched(): busy_poll_stop() begins
  | { readonly type: 'CLEAR_BUSY' } //    IN_BUSY_POLL
  | { readonly type: 'BH_OFF' }
  | { readonly type: 'ARM' } //           the timer, before the last poll
  | { readonly type: 'LAST' } //          ->poll() once more
  | { readonly type: 'SHORT' } //         it did less than its budget
  | { readonly type: 'FULL' } //          it did its budget: the instance is still owned
  | { readonly type: 'QUEUE' } //         for NET_RX
  | { readonly type: 'RELEASE' } //       clears SCHED: the timer will take it
  | { readonly type: 'SUSPEND' } //       6.13: epoll_wait() returns with events: the timer is set to irq_suspend_timeout
  | { readonly type: 'RESUME' } //        6.13: it finds none and will sleep: the instance is scheduled
  | { readonly type: 'PREP_WON' }
  | { readonly type: 'PREP_LOST' }
  | { readonly type: 'SCHEDULE' } //      queued, as by an interrupt
  | { readonly type: 'ARM_LATE' } //      the timer, after that
  | { readonly type: 'RETURN' }; //       local_bh_enable(), and out of the loop

export interface BusyPollerContext extends BusyPollerBounds {}

export const busyPoller = setup({
  types: { input: {} as BusyPollerBounds, context: {} as BusyPollerContext, events: {} as BusyPollerEvent, meta: {} as Cite },
  guards: {
    armsFirst: ({ context }) => context.skips && !context.armsLate,
    pollsFirst: ({ context }) => !context.skips || context.armsLate,
    queues: ({ context }) => !context.skips,
    skips: ({ context }) => context.skips,
    armsLate: ({ context }) => context.armsLate,
    // MISSED is cleared before the last poll, by the owner.
    clearsLate: () => false,
  },
}).createMachine({
  id: 'busyPoller',
  context: ({ input }) => input,
  initial: 'user',
  states: {
    user: {
      description: 'Not in the loop.',
      on: {
        LOOP: { target: 'grabbing', meta: cite('napi_busy_loop', 'local_bh_disable') },
        SUSPEND: { target: 'user', meta: cite('napi_suspend_irqs', 'hrtimer_start') },
        RESUME: { target: 'resuming', meta: cite('napi_resume_irqs', 'local_bh_disable') },
      },
    },
    resuming: {
      description: 'In napi_resume_irqs(), bottom halves off.',
      on: {
        PREP_WON: { target: 'scheduling', meta: cite('napi_resume_irqs', 'napi_schedule_prep') },
        PREP_LOST: { target: 'leaving', meta: cite('napi_resume_irqs', 'napi_schedule_prep') },
      },
    },
    scheduling: {
      description: 'Has SCHED, and is about to queue the instance.',
      on: { SCHEDULE: { target: 'leaving', meta: cite('__napi_schedule') } },
    },
    grabbing: {
      description: 'Bottom halves off, about to try for the instance.',
      on: {
        GRAB: { target: 'polling', meta: cite('napi_busy_loop') },
        GRAB_LOST: { target: 'leaving', meta: cite('napi_busy_loop') },
      },
    },
    polling: {
      description: 'Polls with its own budget; the driver may not open the interrupt.',
      on: { POLLED: { target: 'polled', meta: cite('napi_busy_loop') } },
    },
    polled: {
      description: 'A round is over, bottom halves still off.',
      on: { BH_ON: { target: 'between', meta: cite('napi_busy_loop', 'local_bh_enable') } },
    },
    between: {
      description: 'Owns the instance, bottom halves on.',
      on: {
        AGAIN: { target: 'polling', meta: cite('napi_busy_loop', 'local_bh_disable') },
        CLEAR_MISSED: { target: 'stopping', meta: cite('busy_poll_stop') },
      },
    },
    stopping: {
      description: 'Has cleared MISSED; IN_BUSY_POLL is still set.',
      on: { CLEAR_BUSY: { target: 'stopped', meta: cite('busy_poll_stop') } },
    },
    stopped: {
      description: 'Owns SCHED like anybody else.',
      on: {
        BH_OFF: [
          { guard: 'armsFirst', target: 'arming', meta: cite('busy_poll_stop', 'local_bh_disable') },
          { guard: 'pollsFirst', target: 'ready', meta: cite('busy_poll_stop', 'local_bh_disable') },
        ],
      },
    },
    arming: {
      description: 'Prefers busy polling: about to arm the timer.',
      on: { ARM: { target: 'ready', meta: cite('busy_poll_stop', 'hrtimer_start') } },
    },
    ready: { description: 'About to poll once more.', on: { LAST: { target: 'last', meta: cite('busy_poll_stop') } } },
    last: {
      description: 'The last poll: the driver may complete, and open the interrupt.',
      on: {
        SHORT: [
          { guard: 'clearsLate', target: 'clearing', meta: cite('busy_poll_stop') },
          { target: 'leaving', meta: cite('busy_poll_stop') },
        ],
        FULL: { target: 'full', meta: cite('busy_poll_stop', '__busy_poll_stop') },
      },
    },
    clearing: {
      description: 'About to clear MISSED after the last poll. Only a bug comes here.',
      on: { CLEAR_MISSED: { target: 'leaving', meta: cite('busy_poll_stop') } },
    },
    full: {
      description: 'Still the owner.',
      on: {
        QUEUE: { guard: 'queues', target: 'leaving', meta: cite('__busy_poll_stop', '__napi_schedule') },
        RELEASE: [
          { guard: 'armsLate', target: 'released', meta: cite('__busy_poll_stop') },
          { guard: 'skips', target: 'leaving', meta: cite('__busy_poll_stop') },
        ],
      },
    },
    released: {
      description: 'SCHED is clear; about to arm the timer.',
      on: { ARM_LATE: { target: 'leaving', meta: cite('__busy_poll_stop', 'hrtimer_start') } },
    },
    leaving: {
      description: 'About to turn bottom halves on.',
      on: { RETURN: { target: 'user', meta: cite('busy_poll_stop', 'local_bh_enable') } },
    },
  },
});

/** The states in which the task has the instance, beside those in which its ->poll() runs. */
export const BUSY_OWNER = ['polled', 'between', 'stopping', 'stopped', 'arming', 'ready', 'full', 'scheduling'] as const;
