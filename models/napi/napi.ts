/**
 * NAPI: who owns the instance of the NIC's queue?
 *
 * Source      Linux 3.10 and 6.12, net/core/dev.c
 * Contract    SCHED is an ownership token: it is taken by one compare-exchange, and whoever holds it will poll
 * Bounds      NapiBounds
 * Leaves out  netpoll; LISTED, NO_BUSY_POLL and HAS_NOTIFIER, which are set once and decide nothing that is modelled. Busy polling and the timer belong to the family busy-poll, threads to the family threaded.
 *
 * Where the owner is (interrupt handler, poll list, polling) is the business of `handler`, `softnet` and `igbPoll`.
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface NapiBounds {
  /** The kernel has NAPI_STATE_MISSED (4.11 and later). */
  readonly hasMissed: boolean;
}

export type NapiEvent =
  | { readonly type: 'ENABLE' } //          clears SCHED and NPSVC, leaves MISSED alone
  | { readonly type: 'PREP' } //            napi_schedule_prep() wins SCHED
  | { readonly type: 'PREP_LOST' } //       it does not; if SCHED was set, MISSED is set
  | { readonly type: 'COMPLETE' } //        clears SCHED
  | { readonly type: 'COMPLETE_MISSED' } // MISSED was set: clears it and keeps SCHED
  | { readonly type: 'DISABLE' } //         napi_disable() sets DISABLE: no new schedules
  | { readonly type: 'DISABLED' } //        napi_disable() wins SCHED and clears DISABLE
  | { readonly type: 'GRAB' } //            a busy poller wins SCHED, and sets IN_BUSY_POLL
  | { readonly type: 'GRAB_LOST'; readonly prefer: boolean } // it does not; it may leave PREFER_BUSY_POLL
  | { readonly type: 'KEEP' } //            napi_complete_done() while IN_BUSY_POLL: returns false, changes nothing
  | { readonly type: 'SET_BUSY' } //        THREADED_BUSY_POLL: the thread sets IN_BUSY_POLL on the instance that it owns
  | { readonly type: 'CLEAR_MISSED' } //    busy_poll_stop()
  | { readonly type: 'CLEAR_BUSY' } //      busy_poll_stop()
  | { readonly type: 'RELEASE' } //         __busy_poll_stop() clears SCHED and nothing else
  | { readonly type: 'TIMER' } //           napi_watchdog() wins SCHED
  | { readonly type: 'TIMER_LOST' } //      it does not, and leaves no trace
  | { readonly type: 'SET_THREADED' } //    dev_set_threaded()
  | { readonly type: 'CLEAR_THREADED' } //  dev_set_threaded()
  | { readonly type: 'ENABLE_THREADED' } // napi_enable() of a device in threaded mode
  | { readonly type: 'MARK' } //            SCHED_THREADED: the thread owns SCHED
  | { readonly type: 'COMPLETE_MISSED_MARK' }; // MISSED was set: SCHED kept, for the thread

export interface NapiContext extends NapiBounds {
  /** NAPI_STATE_MISSED. May be set while SCHED is clear: enabling does not clear it. */
  readonly missed: boolean;
  /** NAPI_STATE_DISABLE. */
  readonly disabling: boolean;
  /** NAPI_STATE_IN_BUSY_POLL. */
  readonly busy: boolean;
  /** NAPI_STATE_PREFER_BUSY_POLL: a full poll in softirq is to let go. */
  readonly prefer: boolean;
  /** NAPI_STATE_THREADED. */
  readonly threaded: boolean;
  /** NAPI_STATE_SCHED_THREADED. */
  readonly marked: boolean;
}

/** At any time, whoever owns the instance. */
const THREADING = (state: 'disabled' | 'free' | 'scheduled') =>
  ({
    SET_THREADED: { target: state, actions: 'setThreaded', meta: cite('dev_set_threaded') },
    CLEAR_THREADED: { target: state, actions: 'clearThreaded', meta: cite('dev_set_threaded') },
    MARK: { target: state, actions: 'mark', meta: cite('____napi_schedule') },
  }) as const;

export const napi = setup({
  types: { input: {} as NapiBounds, context: {} as NapiContext, events: {} as NapiEvent, meta: {} as Cite },
  guards: {
    notDisabling: ({ context }) => !context.disabling,
    disabling: ({ context }) => context.disabling,
    hasNoMissed: ({ context }) => !context.hasMissed,
    missed: ({ context }) => context.missed && !context.busy,
    notMissed: ({ context }) => !context.missed && !context.busy,
    busy: ({ context }) => context.busy,
    // napi_disable() waits until it wins SCHED itself.
    doesNotWait: () => false,
  },
  actions: {
    setMissed: assign({ missed: ({ context }) => context.missed || (context.hasMissed && !context.disabling) }),
    clearMissed: assign({ missed: false }),
    clearPrefer: assign({ prefer: false }),
    setPrefer: assign({ prefer: ({ context, event }) => context.prefer || (event.type === 'GRAB_LOST' && event.prefer) }),
    setBusy: assign({ busy: true }),
    setThreaded: assign({ threaded: true }),
    clearThreaded: assign({ threaded: false }),
    mark: assign({ marked: true }),
    unmark: assign({ marked: false }),
    clearBusy: assign({ busy: false }),
    setDisable: assign({ disabling: true }),
    clearDisable: assign({ disabling: false }),
  },
}).createMachine({
  id: 'napi',
  context: ({ input }) => ({ ...input, missed: false, disabling: false, busy: false, prefer: false, threaded: false, marked: false }),
  initial: 'disabled',
  states: {
    disabled: {
      description: 'SCHED and NPSVC set by netif_napi_add() or napi_disable(): owned, and nobody polls.',
      on: {
        ...THREADING('disabled'),
        ENABLE: { target: 'free', meta: cite('napi_enable') },
        ENABLE_THREADED: { target: 'free', actions: 'setThreaded', meta: cite('napi_enable') },
        PREP_LOST: { target: 'disabled', actions: 'setMissed', meta: cite('napi_schedule_prep') },
      },
    },
    free: {
      description: 'SCHED clear.',
      on: {
        ...THREADING('free'),
        PREP: { guard: 'notDisabling', target: 'scheduled', meta: cite('napi_schedule_prep') },
        PREP_LOST: { guard: 'disabling', target: 'free', meta: cite('napi_schedule_prep') },
        DISABLE: { target: 'free', actions: 'setDisable', meta: cite('napi_disable') },
        DISABLED: { guard: 'disabling', target: 'disabled', actions: ['clearDisable', 'clearThreaded'], meta: cite('napi_disable') },
        GRAB: { guard: 'notDisabling', target: 'scheduled', actions: 'setBusy', meta: cite('napi_busy_loop') },
        CLEAR_MISSED: { target: 'free', actions: 'clearMissed', meta: cite('busy_poll_stop') },
        TIMER: { guard: 'notDisabling', target: 'scheduled', actions: 'clearPrefer', meta: cite('napi_watchdog') },
      },
    },
    scheduled: {
      description: 'SCHED set: somebody owns the instance and will poll it.',
      on: {
        ...THREADING('scheduled'),
        PREP_LOST: { target: 'scheduled', actions: 'setMissed', meta: cite('napi_schedule_prep') },
        COMPLETE: [
          { guard: 'hasNoMissed', target: 'free', meta: cite('napi_complete', '__napi_complete') },
          { guard: 'notMissed', target: 'free', actions: ['clearPrefer', 'unmark'], meta: cite('napi_complete_done') },
        ],
        COMPLETE_MISSED: {
          guard: 'missed',
          target: 'scheduled',
          actions: ['clearMissed', 'clearPrefer', 'unmark'],
          meta: cite('napi_complete_done', '__napi_schedule'),
        },
        COMPLETE_MISSED_MARK: {
          guard: 'missed',
          target: 'scheduled',
          actions: ['clearMissed', 'clearPrefer', 'mark'],
          meta: cite('napi_complete_done', '__napi_schedule', '____napi_schedule'),
        },
        GRAB_LOST: { target: 'scheduled', actions: 'setPrefer', meta: cite('napi_busy_loop') },
        KEEP: { guard: 'busy', target: 'scheduled', meta: cite('napi_complete_done') },
        CLEAR_MISSED: { target: 'scheduled', actions: 'clearMissed', meta: cite('busy_poll_stop') },
        SET_BUSY: { target: 'scheduled', actions: 'setBusy', meta: cite('napi_threaded_poll') },
        CLEAR_BUSY: { target: 'scheduled', actions: 'clearBusy', meta: cite('busy_poll_stop', 'napi_threaded_poll') },
        RELEASE: { target: 'free', meta: cite('__busy_poll_stop') },
        TIMER_LOST: { target: 'scheduled', meta: cite('napi_watchdog') },
        DISABLE: { target: 'scheduled', actions: 'setDisable', meta: cite('napi_disable') },
        DISABLED: { guard: 'doesNotWait', target: 'disabled', actions: 'clearDisable', meta: cite('napi_disable') },
      },
    },
  },
});

/** napi_disable() is waiting. */
export const disabling = (context: NapiContext): boolean => context.disabling;

/** MISSED is set. */
export const missed = (context: NapiContext): boolean => context.missed;

/** A busy poller would like a full poll in softirq to let go. */
export const prefersBusy = (context: NapiContext): boolean => context.prefer;

/** ____napi_schedule() wakes the thread. */
export const isThreaded = (context: NapiContext): boolean => context.threaded;

/** SCHED_THREADED is set. */
export const isMarked = (context: NapiContext): boolean => context.marked;

/** IN_BUSY_POLL is set: napi_complete_done() changes nothing. */
export const isBusy = (context: NapiContext): boolean => context.busy;
