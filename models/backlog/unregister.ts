/**
 * A device goes away: what it has left in the backlogs is dropped, CPU by CPU.
 *
 * Source      Linux 6.12 net/core/dev.c (unregister_netdevice_many_notify, flush_all_backlogs, flush_backlog)
 * Contract    nobody sends on the device any more when the flush begins, and nothing of it is in a backlog when that has ended
 * Bounds      UnregisterBounds
 * Leaves out  packets of other devices, which stay; that the workers of all CPUs run at once
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface UnregisterBounds {
  readonly cpus: number;
}

export type UnregisterEvent =
  | { readonly type: 'CLOSE' } //                         dev_close(), and a grace period: no more packets
  | { readonly type: 'BEGIN'; readonly cpu: number } //   the worker of a CPU, bottom halves off
  | { readonly type: 'PACKET'; readonly cpu: number } //  drops one
  | { readonly type: 'END'; readonly cpu: number }; //    bottom halves on

export interface UnregisterContext extends UnregisterBounds {
  /** CPUs that are done, or the one at work. 0..cpus */
  readonly cpu: number;
}

export const unregister = setup({
  types: { input: {} as UnregisterBounds, context: {} as UnregisterContext, events: {} as UnregisterEvent, meta: {} as Cite },
  guards: {
    isNext: ({ context, event }) => 'cpu' in event && event.cpu === context.cpu,
    isLast: ({ context, event }) => 'cpu' in event && event.cpu === context.cpu && context.cpu === context.cpus - 1,
  },
  actions: { next: assign({ cpu: ({ context }) => context.cpu + 1 }) },
}).createMachine({
  id: 'unregister',
  context: ({ input }) => ({ ...input, cpu: 0 }),
  initial: 'up',
  states: {
    up: {
      description: 'The device sends and receives.',
      on: { CLOSE: { target: 'closed', meta: cite('unregister_netdevice_many_notify') } },
    },
    closed: {
      description: 'Nobody sends any more; the next backlog is about to be flushed.',
      on: { BEGIN: { guard: 'isNext', target: 'flushing', meta: cite('flush_all_backlogs', 'flush_backlog') } },
    },
    flushing: {
      description: 'In flush_backlog(), on its CPU.',
      on: {
        PACKET: { guard: 'isNext', target: 'flushing', meta: cite('flush_backlog') },
        END: [
          { guard: 'isLast', target: 'gone', meta: cite('flush_backlog', 'local_bh_enable') },
          { guard: 'isNext', target: 'closed', actions: 'next', meta: cite('flush_backlog', 'local_bh_enable') },
        ],
      },
    },
    gone: { description: 'No backlog knows the device.' },
  },
});
