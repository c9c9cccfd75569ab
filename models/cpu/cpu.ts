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
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type CpuEvent =
  | { readonly type: 'IRQ' } //           an interrupt is taken
  | { readonly type: 'IRET' } //          irq_exit() to a task, no softirq to run
  | { readonly type: 'IRET_NESTED' } //   irq_exit() to a softirq or to bottom halves off: never runs softirqs
  | { readonly type: 'IRET_SOFTIRQ' } //  irq_exit() runs softirqs on top of the interrupted task
  | { readonly type: 'BH_OFF' } //        the task disables bottom halves
  | { readonly type: 'BH_ON' } //         the task enables them, nothing is pending
  | { readonly type: 'BH_ON_SOFTIRQ' } // the task enables them and runs what is pending
  | { readonly type: 'SOFTIRQ' } //       ksoftirqd, a task, starts softirq processing
  | { readonly type: 'LEAVE' }; //        softirq processing ends

export const cpu = setup({ types: { events: {} as CpuEvent, meta: {} as Cite } }).createMachine({
  id: 'cpu',
  initial: 'task',
  states: {
    task: {
      description: 'A task runs, interrupts and bottom halves on.',
      on: {
        IRQ: { target: 'hardirq.overTask', meta: cite('irq_enter') },
        BH_OFF: { target: 'bhOff', meta: cite('local_bh_disable') },
        SOFTIRQ: { target: 'softirq', meta: cite('run_ksoftirqd', '__do_softirq') },
      },
    },
    bhOff: {
      description: 'A task runs with bottom halves off.',
      on: {
        IRQ: { target: 'hardirq.overBhOff', meta: cite('irq_enter') },
        BH_ON: { target: 'task', meta: cite('local_bh_enable') },
        BH_ON_SOFTIRQ: { target: 'softirq', meta: cite('local_bh_enable', 'do_softirq', '__do_softirq') },
      },
    },
    softirq: {
      description: 'Serving softirqs, interrupts on.',
      on: {
        IRQ: { target: 'hardirq.overSoftirq', meta: cite('irq_enter') },
        LEAVE: { target: 'task', meta: cite('__do_softirq') },
      },
    },
    hardirq: {
      description: 'An interrupt handler runs, interrupts off.',
      initial: 'overTask',
      states: {
        overTask: {
          on: {
            IRET: { target: '#cpu.task', meta: cite('irq_exit') },
            IRET_SOFTIRQ: { target: '#cpu.softirq', meta: cite('irq_exit', 'invoke_softirq', '__do_softirq') },
          },
        },
        overBhOff: { on: { IRET_NESTED: { target: '#cpu.bhOff', meta: cite('irq_exit') } } },
        overSoftirq: { on: { IRET_NESTED: { target: '#cpu.softirq', meta: cite('irq_exit') } } },
      },
    },
  },
});
