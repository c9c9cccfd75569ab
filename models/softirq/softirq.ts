/**
 * Softirq processing on one CPU: is NET_RX pending, and who will serve it?
 *
 * Source      Linux 3.10 kernel/softirq.c (__do_softirq); 6.12 (handle_softirqs) is the same loop
 * Contract    a raised vector is served, or ksoftirqd is woken, before the CPU leaves softirq processing
 * Bounds      none
 * Leaves out  what the other vectors do; that one is served (OTHER) matters only where recorded traces are explained. The
 *             ten passes, the 2 ms and need_resched are one nondeterministic choice: any look at the mask may find that
 *             time is up and hand over to ksoftirqd, which allows every run the counts allow.
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type SoftirqEvent =
  | { readonly type: 'RAISE' } //    NET_RX becomes pending; interrupts are off
  | { readonly type: 'ENTER' } //    snapshot and clear the mask, then interrupts on: one irqs-off region
  | { readonly type: 'DONE' } //     the handler has returned
  | { readonly type: 'RESTART' } //  pending again, time left: another pass
  | { readonly type: 'LEAVE' } //    nothing pending
  | { readonly type: 'HANDOVER' } //  pending, no time left: wake ksoftirqd and leave
  | { readonly type: 'OTHER' }; //    other vectors are served; NET_RX was not in the snapshot

export interface SoftirqContext {
  /** The NET_RX bit of __softirq_pending. */
  readonly pending: boolean;
}

export const softirq = setup({
  types: { context: {} as SoftirqContext, events: {} as SoftirqEvent, meta: {} as Cite },
  guards: { pending: ({ context }) => context.pending, notPending: ({ context }) => !context.pending },
  actions: { raise: assign({ pending: true }), clear: assign({ pending: false }) },
}).createMachine({
  id: 'softirq',
  context: { pending: false },
  initial: 'idle',
  states: {
    idle: {
      description: 'Not serving.',
      on: {
        RAISE: { target: 'idle', actions: 'raise', meta: cite('__raise_softirq_irqoff') },
        ENTER: { guard: 'pending', target: 'serving', actions: 'clear', meta: cite('__do_softirq') },
        OTHER: { guard: 'notPending', target: 'recheck', meta: cite('__do_softirq') },
      },
    },
    serving: {
      description: 'net_rx_action() runs. A bit raised now waits for the next pass.',
      on: {
        RAISE: { target: 'serving', actions: 'raise', meta: cite('__raise_softirq_irqoff') },
        DONE: { target: 'recheck', meta: cite('__do_softirq') },
        ENTER: { guard: 'pending', target: 'nested', meta: cite('__do_softirq') },
      },
    },
    recheck: {
      description: 'The handler has returned; the mask is about to be read again.',
      on: {
        RAISE: { target: 'recheck', actions: 'raise', meta: cite('__raise_softirq_irqoff') },
        RESTART: { guard: 'pending', target: 'serving', actions: 'clear', meta: cite('__do_softirq') },
        HANDOVER: { guard: 'pending', target: 'idle', meta: cite('__do_softirq', 'wakeup_softirqd') },
        LEAVE: { guard: 'notPending', target: 'idle', meta: cite('__do_softirq') },
        ENTER: { guard: 'pending', target: 'nested', meta: cite('__do_softirq') },
      },
    },
    nested: { description: 'Softirq processing was entered twice on this CPU: a handler would run inside itself.' },
  },
});

/** The NET_RX bit is set. */
export const pending = (context: SoftirqContext): boolean => context.pending;
