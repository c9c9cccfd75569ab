/**
 * The IPI that schedules a remote backlog (RPS): in flight towards one CPU, or not.
 *
 * Source      Linux 3.10 net/core/dev.c (net_rps_action_and_irq_enable, rps_trigger_softirq), kernel/smp.c
 * Contract    one descriptor per target; it is free again when the handler has returned (6.x: before it runs, which
 *             nobody can tell: the backlog stays scheduled, and sends no second one, until it is polled)
 * Bounds      none
 * Leaves out  offline targets, the merging of several calls into one interrupt
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type IpiEvent = { readonly type: 'SEND' } | { readonly type: 'ACCEPT' } | { readonly type: 'RUN' };

export const ipi = setup({ types: { events: {} as IpiEvent, meta: {} as Cite } }).createMachine({
  id: 'ipi',
  initial: 'idle',
  states: {
    idle: { description: 'The descriptor is free.', on: { SEND: { target: 'flying', meta: cite('net_rps_action_and_irq_enable') } } },
    flying: {
      description: 'On its way.',
      on: { ACCEPT: { target: 'handling', meta: cite('generic_smp_call_function_single_interrupt', 'rps_trigger_softirq') } },
    },
    handling: {
      description: 'In its handler on the target CPU.',
      on: { RUN: { target: 'idle', meta: cite('generic_smp_call_function_single_interrupt') } },
    },
  },
});
