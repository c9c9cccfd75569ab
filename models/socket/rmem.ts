/**
 * What a UDP socket is charged for, datagrams counted and not told apart.
 *
 * Source      Linux 6.1 to 6.18 net/ipv4/udp.c (__udp_enqueue_schedule_skb, udp_rmem_release)
 * Contract    sk_rmem_alloc is what the queues, the deficit and those who are about to append hold
 * Bounds      RmemBounds; every datagram has size 1
 * Leaves out  forward_alloc: whether the memory of the protocol suffices is a choice; several NUMA nodes; the error queue
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface RmemBounds {
  /** sk_rcvbuf, in datagrams. */
  readonly rcvbuf: number;
  /** The deficit at which udp_rmem_release() gives it back though something is left to read. */
  readonly threshold: number;
  /** Datagrams at most. */
  readonly packets: number;
}

export type RmemEvent =
  | { readonly type: 'READ'; readonly value: number } //   sk_rmem_alloc is `value`
  | { readonly type: 'CHARGE'; readonly value: number } // add_return(): `value` after it
  | { readonly type: 'UNCHARGE' } //                       refused after the charge
  | { readonly type: 'APPEND' } //                         charged before
  | { readonly type: 'FLUSH'; readonly taken: number } //  6.18: a whole producer queue is appended, and charged
  | { readonly type: 'TAKE' }; //                          a reader dequeues, and udp_rmem_release()

export interface RmemContext extends RmemBounds {
  /** sk_rmem_alloc. */
  readonly rmem: number;
  readonly rq: number;
  readonly rdq: number;
  /** forward_deficit. */
  readonly deficit: number;
  /** Charged, and not appended yet. Nobody keeps it; it is what A1 speaks of. */
  readonly charged: number;
}

/** Datagrams that are charged to the socket, one way or another. */
const all = (c: RmemContext): number => c.rq + c.rdq + c.deficit + c.charged;
const value = (event: RmemEvent): number => ('value' in event ? event.value : -1);
const taken = (event: RmemEvent): number => ('taken' in event ? event.taken : -1);
const queued = (c: RmemContext): number => c.rq + c.rdq;

/** Datagrams in either queue. */
export const queuedIs =
  (test: (count: number, c: RmemContext) => boolean) =>
  (c: RmemContext): boolean =>
    test(queued(c), c);

export const rmem = setup({
  types: { input: {} as RmemBounds, context: {} as RmemContext, events: {} as RmemEvent, meta: {} as Cite },
  guards: {
    reads: ({ context: c, event }) => c.rmem === value(event),
    // Beside what is meant, each keeps the charge within the number of datagrams on both sides of 0: there a bug has shown.
    charges: ({ context: c, event }) => c.rmem + 1 === value(event) && all(c) < c.packets && c.rmem < c.packets,
    isCharged: ({ context: c }) => c.charged > 0 && Math.abs(c.rmem) <= c.packets,
    fits: ({ context: c, event }) => taken(event) > 0 && all(c) + taken(event) <= c.packets && c.rmem + taken(event) <= c.packets,
    has: ({ context: c }) => queued(c) > 0 && c.rmem - c.deficit > -c.packets,
  },
  actions: {
    charge: assign(({ context: c }) => ({ rmem: c.rmem + 1, charged: c.charged + 1 })),
    uncharge: assign(({ context: c }) => ({ rmem: c.rmem - 1, charged: c.charged - 1 })),
    append: assign(({ context: c }) => ({ rq: c.rq + 1, charged: c.charged - 1 })),
    flush: assign(({ context: c, event }) => ({ rq: c.rq + taken(event), rmem: c.rmem + taken(event) })),
    take: assign(({ context: c }) => {
      const spliced = c.rdq === 0;
      const rdq = (spliced ? c.rq : c.rdq) - 1;
      const rq = spliced ? 0 : c.rq;
      const deficit = c.deficit + 1;
      if (deficit < c.threshold && rdq > 0) return { rdq, rq, deficit };
      return { rdq: rdq + rq, rq: 0, deficit: 0, rmem: c.rmem - deficit };
    }),
  },
}).createMachine({
  id: 'rmem',
  context: ({ input }) => ({ ...input, rmem: 0, rq: 0, rdq: 0, deficit: 0, charged: 0 }),
  initial: 'bound',
  states: {
    bound: {
      description: 'A socket that receives.',
      on: {
        READ: { guard: 'reads', target: 'bound', meta: cite('__udp_enqueue_schedule_skb') },
        CHARGE: { guard: 'charges', target: 'bound', actions: 'charge', meta: cite('__udp_enqueue_schedule_skb') },
        UNCHARGE: { guard: 'isCharged', target: 'bound', actions: 'uncharge', meta: cite('__udp_enqueue_schedule_skb') },
        APPEND: { guard: 'isCharged', target: 'bound', actions: 'append', meta: cite('__udp_enqueue_schedule_skb') },
        FLUSH: { guard: 'fits', target: 'bound', actions: 'flush', meta: cite('__udp_enqueue_schedule_skb') },
        TAKE: { guard: 'has', target: 'bound', actions: 'take', meta: cite('__skb_recv_udp', 'udp_rmem_release') },
      },
    },
  },
});
