/**
 * ksoftirqd/N step by step: how it goes to sleep, how it is woken, and how it is parked for CPU hotplug.
 *
 * Source      Linux 6.1 kernel/smpboot.c (smpboot_thread_fn), kernel/softirq.c (run_ksoftirqd), kernel/kthread.c
 * Contract    the thread is TASK_INTERRUPTIBLE before it reads the mask, so that a wakeup after the look keeps it from sleeping
 * Bounds      none
 * Leaves out  what hotplug does beside parking this thread; priorities
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type ThreadEvent =
  | { readonly type: 'SET' } //         TASK_INTERRUPTIBLE, at the top of the loop
  | { readonly type: 'FOUND' } //       the mask is not zero: TASK_RUNNING again
  | { readonly type: 'NOTHING' } //     the mask is zero
  | { readonly type: 'SCHEDULE' } //    schedule(): sleeps, unless woken since SET
  | { readonly type: 'RUN' } //         interrupts off, the mask is still not zero: serves
  | { readonly type: 'RUN_NOTHING' } // an interrupt has served it meanwhile
  | { readonly type: 'YIELD' } //       its pass is over: cond_resched(), and round again
  | { readonly type: 'WAKE' } //        wakeup_softirqd()
  | { readonly type: 'PARK' } //        kthread_park() by CPU hotplug: asks it to park, and wakes it
  | { readonly type: 'PARKED' } //      it does
  | { readonly type: 'UNPARK' }; //     kthread_unpark()

export interface ThreadContext {
  /** TASK_RUNNING: the scheduler counts it as runnable, whether or not it is on the CPU. */
  readonly running: boolean;
  /** KTHREAD_SHOULD_PARK. */
  readonly shouldPark: boolean;
}

type Awake = 'top' | 'looking' | 'going' | 'found' | 'serving';

const WAKEUPS = (state: Awake) =>
  ({
    WAKE: { target: state, actions: 'wake', meta: cite('wakeup_softirqd') },
    PARK: { target: state, actions: ['ask', 'wake'], meta: cite('kthread_park') },
  }) as const;

export const ksoftirqdThread = setup({
  types: { context: {} as ThreadContext, events: {} as ThreadEvent, meta: {} as Cite },
  guards: {
    woken: ({ context }) => context.running,
    mayGoOn: ({ context }) => !context.shouldPark,
    shouldPark: ({ context }) => context.shouldPark,
    // The state is set before the look, not after it.
    looksFirst: () => false,
  },
  actions: {
    wake: assign({ running: true }),
    interruptible: assign({ running: false }),
    ask: assign({ shouldPark: true }),
    release: assign({ shouldPark: false, running: true }),
    park: assign({ running: false }),
  },
}).createMachine({
  id: 'ksoftirqdThread',
  context: { running: false, shouldPark: false },
  initial: 'asleep',
  states: {
    asleep: {
      description: 'Off the run queue.',
      on: {
        WAKE: { target: 'top', actions: 'wake', meta: cite('wakeup_softirqd') },
        PARK: { target: 'top', actions: ['ask', 'wake'], meta: cite('kthread_park') },
      },
    },
    top: {
      description: 'At the top of smpboot_thread_fn().',
      on: {
        ...WAKEUPS('top'),
        SET: { target: 'looking', actions: 'interruptible', meta: cite('smpboot_thread_fn') },
        NOTHING: { guard: 'looksFirst', target: 'going', meta: cite('smpboot_thread_fn') },
      },
    },
    looking: {
      description: 'TASK_INTERRUPTIBLE unless woken since; about to look at park request and mask.',
      on: {
        ...WAKEUPS('looking'),
        PARKED: { guard: 'shouldPark', target: 'parked', actions: 'park', meta: cite('smpboot_thread_fn', 'kthread_parkme') },
        FOUND: { guard: 'mayGoOn', target: 'found', actions: 'wake', meta: cite('smpboot_thread_fn', 'ksoftirqd_should_run') },
        NOTHING: { guard: 'mayGoOn', target: 'going', meta: cite('smpboot_thread_fn', 'ksoftirqd_should_run') },
      },
    },
    going: {
      description: 'The mask was zero; about to call schedule().',
      on: {
        ...WAKEUPS('going'),
        SCHEDULE: [
          { guard: 'looksFirst', target: 'asleep', actions: 'interruptible', meta: cite('smpboot_thread_fn') },
          { guard: 'woken', target: 'top', meta: cite('smpboot_thread_fn', 'schedule') },
          { target: 'asleep', meta: cite('smpboot_thread_fn', 'schedule') },
        ],
      },
    },
    found: {
      description: 'The mask was not zero; interrupts are about to go off.',
      on: {
        ...WAKEUPS('found'),
        RUN: { target: 'serving', meta: cite('run_ksoftirqd') },
        RUN_NOTHING: { target: 'top', meta: cite('run_ksoftirqd') },
      },
    },
    serving: {
      description: 'Hosts the softirq processing of its CPU.',
      on: { ...WAKEUPS('serving'), YIELD: { target: 'top', meta: cite('run_ksoftirqd') } },
    },
    parked: {
      description: 'TASK_PARKED: wakeup_softirqd() does not wake it.',
      on: {
        WAKE: { target: 'parked', meta: cite('wakeup_softirqd') },
        UNPARK: { target: 'top', actions: 'release', meta: cite('kthread_unpark') },
      },
    },
  },
});

/** What ksoftirqd_running() asks: interrupts may leave softirqs to it. */
export const isRunnable = ({ running, shouldPark }: ThreadContext): boolean => running && !shouldPark;

/** kthread_park() has been called and the thread is not parked yet. */
export const isAskedToPark = ({ shouldPark }: ThreadContext, state: string): boolean => shouldPark && state !== 'parked';
