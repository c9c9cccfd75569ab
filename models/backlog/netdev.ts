/**
 * A device that comes and goes, as the backlogs see it: IFF_UP, netif_running(), and at the end what it has left behind is
 * dropped, CPU by CPU.
 *
 * Source      Linux 6.12 net/core/dev.c (__dev_open, __dev_close_many, unregister_netdevice_many_notify, flush_all_backlogs,
 *             flush_backlog)
 * Contract    __LINK_STATE_START is set before the driver opens and cleared before it stops; nobody sends on the device any more
 *             when the flush begins, and nothing of it is in a backlog when that has ended
 * Bounds      NetdevBounds
 * Leaves out  packets of other devices, which stay; that the workers of all CPUs run at once; going down and up again
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface NetdevBounds {
  readonly cpus: number;
  /** Down at first, and may be unregistered; otherwise up for ever. */
  readonly comesAndGoes: boolean;
}

export type NetdevEvent =
  | { readonly type: 'START' } //                         __dev_open() sets __LINK_STATE_START
  | { readonly type: 'OPEN' } //                          the driver is open: packets come
  | { readonly type: 'STOP' } //                          __LINK_STATE_START is cleared
  | { readonly type: 'CLOSE' } //                         the driver has stopped, and a grace period: no more packets
  | { readonly type: 'BEGIN'; readonly cpu: number } //   the worker of a CPU, bottom halves off
  | { readonly type: 'PACKET'; readonly cpu: number } //  drops one
  | { readonly type: 'END'; readonly cpu: number }; //    bottom halves on

export interface NetdevContext extends NetdevBounds {
  /** CPUs that are done, or the one at work. 0..cpus */
  readonly cpu: number;
}

export const netdev = setup({
  types: { input: {} as NetdevBounds, context: {} as NetdevContext, events: {} as NetdevEvent, meta: {} as Cite },
  guards: {
    comesAndGoes: ({ context }) => context.comesAndGoes,
    isNext: ({ context, event }) => 'cpu' in event && event.cpu === context.cpu,
    isLast: ({ context, event }) => 'cpu' in event && event.cpu === context.cpu && context.cpu === context.cpus - 1,
    // __LINK_STATE_START comes first.
    opensFirst: () => false,
  },
  actions: { next: assign({ cpu: ({ context }) => context.cpu + 1 }) },
}).createMachine({
  id: 'netdev',
  context: ({ input }) => ({ ...input, cpu: 0 }),
  initial: 'registered',
  states: {
    registered: {
      always: [
        { guard: 'comesAndGoes', target: 'down', meta: cite('register_netdev') },
        { target: 'up', meta: cite('register_netdev') },
      ],
    },
    down: {
      description: 'The driver is not open.',
      on: {
        START: { target: 'starting', meta: cite('__dev_open') },
        OPEN: { guard: 'opensFirst', target: 'unmarked', meta: cite('__dev_open') },
      },
    },
    unmarked: {
      description: 'The driver is open, and netif_running() is false. Only a bug comes here.',
      on: { START: { target: 'up', meta: cite('__dev_open') } },
    },
    starting: {
      description: 'netif_running() is true, the driver about to open.',
      on: { OPEN: { target: 'up', meta: cite('__dev_open') } },
    },
    up: {
      description: 'The device sends and receives.',
      on: { STOP: { guard: 'comesAndGoes', target: 'stopping', meta: cite('__dev_close_many') } },
    },
    stopping: {
      description: 'netif_running() is false; the driver has not stopped yet.',
      on: { CLOSE: { target: 'closed', meta: cite('__dev_close_many', 'unregister_netdevice_many_notify') } },
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
