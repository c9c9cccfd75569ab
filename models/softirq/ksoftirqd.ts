/**
 * ksoftirqd/N: the thread that serves what interrupts had no time for.
 *
 * Source      Linux 3.10 kernel/softirq.c, kernel/smpboot.c
 * Contract    sets its state before it reads the mask, so that a wakeup between the two is not lost
 * Bounds      none
 * Leaves out  parking (CPU hotplug), priorities: a runnable ksoftirqd may run whenever the CPU is in task context
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type KsoftirqdEvent =
  | { readonly type: 'CREATE' } // spawn_ksoftirqd()
  | { readonly type: 'WAKE' } //   wakeup_softirqd(); does nothing to a running thread
  | { readonly type: 'RUN' } //    finds the mask non-zero
  | { readonly type: 'SLEEP' } //  finds the mask zero
  | { readonly type: 'YIELD' }; // its pass is over; it will look again

export const ksoftirqd = setup({ types: { events: {} as KsoftirqdEvent, meta: {} as Cite } }).createMachine({
  id: 'ksoftirqd',
  initial: 'absent',
  states: {
    absent: {
      description: 'Before early_initcall.',
      on: { CREATE: { target: 'sleeping', meta: cite('spawn_ksoftirqd') } },
    },
    sleeping: {
      description: 'TASK_INTERRUPTIBLE.',
      on: { WAKE: { target: 'runnable', meta: cite('wakeup_softirqd') } },
    },
    runnable: {
      description: 'About to read the mask.',
      on: {
        WAKE: { target: 'runnable', meta: cite('wakeup_softirqd') },
        RUN: { target: 'serving', meta: cite('smpboot_thread_fn', 'run_ksoftirqd') },
        SLEEP: { target: 'sleeping', meta: cite('smpboot_thread_fn') },
      },
    },
    serving: {
      description: 'Hosts the softirq processing of its CPU.',
      on: {
        WAKE: { target: 'serving', meta: cite('wakeup_softirqd') },
        YIELD: { target: 'runnable', meta: cite('run_ksoftirqd') },
      },
    },
  },
});
