/**
 * igb_msix_ring() on one CPU: the driver's interrupt handler, from entry to irq_exit().
 *
 * Source      Linux 3.10 and 6.12, igb_main.c, net/core/dev.c
 * Contract    hardirq context, interrupts off on this CPU; the test for SCHED and the list insertion are two steps,
 *             because another CPU can see the bit set while the instance is on no list
 * Bounds      none
 * Leaves out  the moderation register write; the edge flow's PENDING retry (one vector, one CPU at a time)
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type HandlerEvent =
  | { readonly type: 'ENTER' } //     the CPU takes the vector
  | { readonly type: 'PREP_WON' } //  napi_schedule_prep() set SCHED
  | { readonly type: 'PREP_LOST' } // it was set already, or the instance is being disabled
  | { readonly type: 'QUEUE' } //     __napi_schedule(): on this CPU's poll_list, NET_RX raised
  | { readonly type: 'LOOK'; readonly mark: boolean } // threaded: what ____napi_schedule() is to do with the thread
  | { readonly type: 'MARK' } //      SCHED_THREADED
  | { readonly type: 'WAKE' } //      the thread
  | { readonly type: 'EXIT' }; //     the handler has returned; irq_exit() decides about softirqs

export const handler = setup({
  types: { events: {} as HandlerEvent, meta: {} as Cite },
  guards: { marks: ({ event }) => event.type === 'LOOK' && event.mark },
}).createMachine({
  id: 'handler',
  initial: 'idle',
  states: {
    idle: {
      description: 'Not running on this CPU.',
      on: { ENTER: { target: 'entered', meta: cite('handle_irq_event', 'igb_msix_ring') } },
    },
    entered: {
      description: 'About to ask for the instance.',
      on: {
        PREP_WON: { target: 'owner', meta: cite('napi_schedule_prep') },
        PREP_LOST: { target: 'leaving', meta: cite('napi_schedule_prep') },
      },
    },
    owner: {
      description: 'SCHED is ours, and the instance is on no list yet.',
      on: {
        QUEUE: { target: 'leaving', meta: cite('__napi_schedule', '____napi_schedule') },
        LOOK: [
          { guard: 'marks', target: 'marking', meta: cite('____napi_schedule') },
          { target: 'waking', meta: cite('____napi_schedule') },
        ],
      },
    },
    marking: {
      description: 'About to set SCHED_THREADED.',
      on: { MARK: { target: 'waking', meta: cite('____napi_schedule') } },
    },
    waking: {
      description: 'About to wake the thread.',
      on: { WAKE: { target: 'leaving', meta: cite('____napi_schedule', 'wake_up_process') } },
    },
    leaving: {
      description: 'The handler is done.',
      on: { EXIT: { target: 'idle', meta: cite('irq_exit') } },
    },
  },
});
