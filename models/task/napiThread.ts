/**
 * napi/DEV-ID: the thread that polls an instance in threaded mode.
 *
 * Source      Linux 6.1 and 6.12 net/core/dev.c (napi_thread_wait, napi_threaded_poll), 6.18 (napi_stop_kthread)
 * Contract    TASK_INTERRUPTIBLE before the test of SCHED_THREADED, so that a wakeup after the test keeps it from sleeping
 * Bounds      ThreadBounds
 * Leaves out  the IPIs of RPS that it sends
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface ThreadBounds {
  /** 6.1: having been woken counts as SCHED_THREADED; 56364c910691 (6.9) took that out. */
  readonly trustsWakeup: boolean;
  /** THREADED_BUSY_POLL, 6.18 (c18d4b190a46): the thread keeps the instance and polls for ever. */
  readonly busy: boolean;
}

export type NapiThreadEvent =
  | { readonly type: 'CREATE' }
  | { readonly type: 'SET' } //       TASK_INTERRUPTIBLE
  | { readonly type: 'FOUND' } //     SCHED_THREADED is set
  | { readonly type: 'TRUSTED' } //   it is not, but the thread was woken, which counts
  | { readonly type: 'NOTHING' }
  | { readonly type: 'SCHEDULE' } //  schedule(): sleeps, unless woken since SET
  | { readonly type: 'WAKE' } //      wake_up_process()
  | { readonly type: 'LOOK' } //      busy polling: IN_BUSY_POLL is what it should be
  | { readonly type: 'POLL' } //      bottom halves off, ->poll()
  | { readonly type: 'SKIP' } //      the same, but SCHED is clear
  | { readonly type: 'DONE' } //      ->poll() has returned, and is not to be called again
  | { readonly type: 'AGAIN' } //     it did its whole weight
  | { readonly type: 'BH_ON' }
  | { readonly type: 'STOP' } //      kthread_stop() begins
  | { readonly type: 'STOPPED' }; //  the thread has ended

export interface NapiThreadContext extends ThreadBounds {
  /** TASK_RUNNING. */
  readonly running: boolean;
  /** schedule() has returned in this call of napi_thread_wait(). */
  readonly woken: boolean;
  readonly shouldStop: boolean;
  /** Poll once more before waiting. */
  readonly repoll: boolean;
}

type Awake = 'setting' | 'testing' | 'going' | 'owner' | 'looked' | 'polling' | 'enabling';

const WAKE = (state: Awake) => ({ WAKE: { target: state, actions: 'wake', meta: cite('wake_up_process') } }) as const;
const STOP = (state: Awake) => ({ STOP: { target: state, actions: ['ask', 'wake'], meta: cite('kthread_stop') } }) as const;

export const napiThread = setup({
  types: { input: {} as ThreadBounds, context: {} as NapiThreadContext, events: {} as NapiThreadEvent, meta: {} as Cite },
  guards: {
    woken: ({ context }) => context.running,
    goesOn: ({ context }) => !context.shouldStop,
    shouldStop: ({ context }) => context.shouldStop,
    trusts: ({ context }) => context.woken && !context.shouldStop,
    trustsNothing: ({ context }) => !context.woken && !context.shouldStop,
    looks: ({ context }) => context.busy,
    repollsBusy: ({ context }) => context.repoll && context.busy,
    looksNot: ({ context }) => !context.busy,
    repolls: ({ context }) => context.repoll,
    // The state is set before the test.
    testsFirst: () => false,
  },
  actions: {
    wake: assign({ running: true }),
    interruptible: assign({ running: false }),
    returned: assign({ woken: ({ context }) => context.trustsWakeup, running: true }),
    own: assign({ running: true, woken: false }),
    ask: assign({ shouldStop: true }),
    again: assign({ repoll: true }),
    notAgain: assign({ repoll: false }),
    end: assign({ running: false, woken: false, shouldStop: false, repoll: false }),
  },
}).createMachine({
  id: 'napiThread',
  context: ({ input }) => ({ ...input, running: false, woken: false, shouldStop: false, repoll: false }),
  initial: 'absent',
  states: {
    absent: {
      description: 'napi->thread is NULL.',
      on: { CREATE: { target: 'setting', actions: 'wake', meta: cite('napi_kthread_create') } },
    },
    setting: {
      description: 'In napi_thread_wait(), about to set its state.',
      on: {
        ...WAKE('setting'),
        ...STOP('setting'),
        SET: { target: 'testing', actions: 'interruptible', meta: cite('napi_thread_wait') },
        NOTHING: { guard: 'testsFirst', target: 'going', meta: cite('napi_thread_wait') },
      },
    },
    testing: {
      description: 'TASK_INTERRUPTIBLE unless woken since.',
      on: {
        ...WAKE('testing'),
        ...STOP('testing'),
        FOUND: { guard: 'goesOn', target: 'owner', actions: 'own', meta: cite('napi_thread_wait') },
        TRUSTED: { guard: 'trusts', target: 'owner', actions: 'own', meta: cite('napi_thread_wait') },
        NOTHING: { guard: 'trustsNothing', target: 'going', meta: cite('napi_thread_wait') },
        STOPPED: { guard: 'shouldStop', target: 'absent', actions: 'end', meta: cite('napi_thread_wait', 'kthread_stop') },
      },
    },
    going: {
      description: 'Has found nothing; about to call schedule().',
      on: {
        ...WAKE('going'),
        ...STOP('going'),
        SCHEDULE: [
          { guard: 'testsFirst', target: 'asleep', actions: 'interruptible', meta: cite('napi_thread_wait') },
          { guard: 'woken', target: 'setting', actions: 'returned', meta: cite('napi_thread_wait', 'schedule') },
          { target: 'asleep', meta: cite('napi_thread_wait', 'schedule') },
        ],
      },
    },
    asleep: {
      description: 'Off the run queue.',
      on: {
        WAKE: { target: 'setting', actions: 'returned', meta: cite('wake_up_process') },
        STOP: { target: 'setting', actions: ['ask', 'returned'], meta: cite('kthread_stop') },
      },
    },
    owner: {
      description: 'Believes that the instance is its own.',
      on: {
        ...WAKE('owner'),
        ...STOP('owner'),
        LOOK: { guard: 'looks', target: 'looked', meta: cite('napi_threaded_poll') },
        POLL: {
          guard: 'looksNot',
          target: 'polling',
          actions: 'notAgain',
          meta: cite('napi_threaded_poll', 'local_bh_disable', '__napi_poll'),
        },
        SKIP: { target: 'enabling', actions: 'notAgain', meta: cite('napi_threaded_poll', 'local_bh_disable', '__napi_poll') },
      },
    },
    looked: {
      description: 'Has settled whether it is to keep the instance.',
      on: {
        ...WAKE('looked'),
        ...STOP('looked'),
        POLL: { target: 'polling', actions: 'notAgain', meta: cite('napi_threaded_poll', 'local_bh_disable', '__napi_poll') },
      },
    },
    polling: {
      description: 'Bottom halves off, in ->poll().',
      on: {
        ...WAKE('polling'),
        ...STOP('polling'),
        DONE: { target: 'enabling', meta: cite('__napi_poll') },
        AGAIN: { target: 'enabling', actions: 'again', meta: cite('__napi_poll') },
      },
    },
    enabling: {
      description: 'About to turn bottom halves on.',
      on: {
        ...WAKE('enabling'),
        ...STOP('enabling'),
        BH_ON: [
          { guard: 'repollsBusy', target: 'looked', meta: cite('napi_threaded_poll', 'local_bh_enable') },
          { guard: 'repolls', target: 'owner', meta: cite('napi_threaded_poll', 'local_bh_enable') },
          { target: 'setting', meta: cite('napi_threaded_poll', 'local_bh_enable') },
        ],
      },
    },
  },
});

/** What ____napi_schedule() of 6.1 looks at: not TASK_INTERRUPTIBLE. */
export const isRunning = ({ running }: NapiThreadContext): boolean => running;
