/**
 * One CPU's context stack: what is running, and what may interrupt it?
 *
 * Source      Linux 3.10 and 6.12, kernel/softirq.c, include/linux/preempt.h
 * Contract    a hardirq may preempt a task or a softirq; hardirqs do not nest; softirq never nests on one CPU and never
 *             starts where bottom halves are off
 * Bounds      none
 * Leaves out  NMI, preemption between tasks (any runnable task may take the next step), CPU hotplug. An irqs-off section
 *             is one step, so it needs no state of its own.
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type CpuEvent =
  | { readonly type: 'IRQ' } //           an interrupt is taken
  | { readonly type: 'IRET' } //          irq_exit() back to what was interrupted
  | { readonly type: 'IRET_SOFTIRQ' } //  irq_exit() runs softirqs first
  | { readonly type: 'BH_OFF' } //        the task disables bottom halves
  | { readonly type: 'BH_ON' } //         the task enables them, nothing is pending
  | { readonly type: 'BH_ON_SOFTIRQ' } // the task enables them and runs what is pending
  | { readonly type: 'SOFTIRQ' } //       ksoftirqd, a task, starts softirq processing
  | { readonly type: 'LEAVE' }; //        softirq processing ends

export interface CpuContext {
  /** What a running hardirq has interrupted. */
  readonly below: 'task' | 'bhOff' | 'softirq';
}

export const cpu = setup({
  types: { context: {} as CpuContext, events: {} as CpuEvent, meta: {} as Cite },
  guards: {
    notInInterrupt: ({ context }) => context.below === 'task',
    overTask: ({ context }) => context.below === 'task',
    overBhOff: ({ context }) => context.below === 'bhOff',
  },
  actions: {
    // Back to 'task' when the hardirq ends: the field means nothing outside it.
    interruptTask: assign({ below: 'task' }),
    interruptBhOff: assign({ below: 'bhOff' }),
    interruptSoftirq: assign({ below: 'softirq' }),
  },
}).createMachine({
  id: 'cpu',
  context: { below: 'task' },
  initial: 'task',
  states: {
    task: {
      description: 'A task runs, interrupts and bottom halves on.',
      on: {
        IRQ: { target: 'hardirq', actions: 'interruptTask', meta: cite('irq_enter') },
        BH_OFF: { target: 'bhOff', meta: cite('local_bh_disable') },
        SOFTIRQ: { target: 'softirq', meta: cite('run_ksoftirqd', '__do_softirq') },
      },
    },
    bhOff: {
      description: 'A task runs with bottom halves off.',
      on: {
        IRQ: { target: 'hardirq', actions: 'interruptBhOff', meta: cite('irq_enter') },
        BH_ON: { target: 'task', meta: cite('local_bh_enable') },
        BH_ON_SOFTIRQ: { target: 'softirq', meta: cite('local_bh_enable', 'do_softirq', '__do_softirq') },
      },
    },
    softirq: {
      description: 'Serving softirqs, interrupts on.',
      on: {
        IRQ: { target: 'hardirq', actions: 'interruptSoftirq', meta: cite('irq_enter') },
        LEAVE: { target: 'task', meta: cite('__do_softirq') },
      },
    },
    hardirq: {
      description: 'An interrupt handler runs, interrupts off.',
      on: {
        IRET: [
          { guard: 'overTask', target: 'task', actions: 'interruptTask', meta: cite('irq_exit') },
          { guard: 'overBhOff', target: 'bhOff', actions: 'interruptTask', meta: cite('irq_exit') },
          { target: 'softirq', actions: 'interruptTask', meta: cite('irq_exit') },
        ],
        IRET_SOFTIRQ: {
          guard: 'notInInterrupt',
          target: 'softirq',
          actions: 'interruptTask',
          meta: cite('irq_exit', 'invoke_softirq', '__do_softirq'),
        },
      },
    },
  },
});

/** in_interrupt() at irq_exit(): a softirq, or a task with bottom halves off, was interrupted. */
export const inInterrupt = (context: CpuContext): boolean => context.below !== 'task';
