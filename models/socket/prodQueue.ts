/**
 * The producer queue of 6.18, and busylock of the kernels before: what stands between several CPUs and one receive queue.
 *
 * Source      Linux 6.18 net/ipv4/udp.c (__udp_enqueue_schedule_skb, udp_prod_queue); 6.1 and 6.12 (busylock_acquire)
 * Contract    who adds to an empty list leads: it takes all that is there by one exchange, later
 * Bounds      ProdQueueBounds
 * Leaves out  several NUMA nodes, each with a queue of its own; that busylock is hashed
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface ProdQueueBounds {
  /** Datagrams at most. */
  readonly packets: number;
}

export type ProdQueueEvent =
  | { readonly type: 'READ'; readonly value: number } //   its charge is `value`
  | { readonly type: 'CHARGE' }
  | { readonly type: 'LEAD' } //                           llist_add() on an empty list
  | { readonly type: 'FOLLOW' } //                         ... on one that is not
  | { readonly type: 'FLUSH'; readonly taken: number } //  llist_del_all()
  | { readonly type: 'SETTLE'; readonly taken: number } // charged no more
  | { readonly type: 'BUSY' } //                           busylock
  | { readonly type: 'UNBUSY' };

export interface ProdQueueContext extends ProdQueueBounds {
  /** ll_root. */
  readonly list: number;
  /** rmem_alloc. */
  readonly rmem: number;
  /** Of those on the list, whose sender has returned. */
  readonly hidden: number;
  readonly busy: boolean;
}

const taken = (event: ProdQueueEvent): number => ('taken' in event ? event.taken : -1);

export const prodQueue = setup({
  types: { input: {} as ProdQueueBounds, context: {} as ProdQueueContext, events: {} as ProdQueueEvent, meta: {} as Cite },
  guards: {
    reads: ({ context: c, event }) => 'value' in event && c.rmem === event.value,
    fits: ({ context: c }) => c.rmem < c.packets,
    isEmpty: ({ context: c }) => c.list === 0,
    isNotEmpty: ({ context: c }) => c.list > 0 && c.list < c.packets,
    takesAll: ({ context: c, event }) => c.list > 0 && c.list === taken(event),
    settles: ({ context: c, event }) => taken(event) > 0 && c.rmem >= taken(event),
    isFree: ({ context: c }) => !c.busy,
    isBusy: ({ context: c }) => c.busy,
  },
  actions: {
    charge: assign({ rmem: ({ context: c }) => c.rmem + 1 }),
    lead: assign({ list: ({ context: c }) => c.list + 1 }),
    follow: assign(({ context: c }) => ({ list: c.list + 1, hidden: c.hidden + 1 })),
    flush: assign({ list: 0, hidden: 0 }),
    settle: assign({ rmem: ({ context: c, event }) => c.rmem - taken(event) }),
    setBusy: assign({ busy: true }),
    clearBusy: assign({ busy: false }),
  },
}).createMachine({
  id: 'prodQueue',
  context: ({ input }) => ({ ...input, list: 0, rmem: 0, hidden: 0, busy: false }),
  initial: 'on',
  states: {
    on: {
      description: 'Between softirqs and the receive queue.',
      on: {
        READ: { guard: 'reads', target: 'on', meta: cite('__udp_enqueue_schedule_skb') },
        CHARGE: { guard: 'fits', target: 'on', actions: 'charge', meta: cite('__udp_enqueue_schedule_skb') },
        LEAD: { guard: 'isEmpty', target: 'on', actions: 'lead', meta: cite('__udp_enqueue_schedule_skb') },
        FOLLOW: { guard: 'isNotEmpty', target: 'on', actions: 'follow', meta: cite('__udp_enqueue_schedule_skb') },
        FLUSH: { guard: 'takesAll', target: 'on', actions: 'flush', meta: cite('__udp_enqueue_schedule_skb') },
        SETTLE: { guard: 'settles', target: 'on', actions: 'settle', meta: cite('__udp_enqueue_schedule_skb') },
        BUSY: { guard: 'isFree', target: 'on', actions: 'setBusy', meta: cite('busylock_acquire') },
        UNBUSY: { guard: 'isBusy', target: 'on', actions: 'clearBusy', meta: cite('busylock_release') },
      },
    },
  },
});
