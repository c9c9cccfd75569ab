/**
 * The buffer of one datagram while it is read and peeked at: who holds it, and what has been made of it.
 *
 * Source      Linux 6.1 and 6.12 net/core/datagram.c (__skb_try_recv_from_queue, skb_set_peeked, __sk_queue_drop_skb),
 *             net/ipv4/udp.c (udp_recvmsg)
 * Contract    freed with the last reference; taken out of the queue once
 * Bounds      none
 * Leaves out  the memory that it is charged with: see the family `accounting`
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { KernelSymbol } from '../kernel/symbols.ts';

export type SkbEvent =
  | { readonly type: 'ENQUEUE' }
  | { readonly type: 'TAKE' } //    unlinked: the reference of the queue is the reader's now
  | { readonly type: 'PEEK'; readonly marks: boolean } // one more reference; one of length zero is marked
  | { readonly type: 'DROP' } //    unlinked by a peek that has found it bad, and counted
  | { readonly type: 'COUNT' } //   by a read that has
  | { readonly type: 'RETURN' } //  to user space: the last reference, but for those of peeks
  | { readonly type: 'PUT'; readonly seen: number }; // seen: bytes that a peek has returned; of one without bytes, 1

export interface SkbContext {
  readonly users: number;
  readonly linked: boolean;
  /** Bad, and counted so many times. */
  readonly counted: number;
  /** The flag that a peek leaves in one of length zero. */
  readonly marked: boolean;
  /** A read has returned it. */
  readonly returned: boolean;
  /** Taken out of a list that it was not in. */
  readonly corrupt: boolean;
  /** Bytes that peeks at an offset have seen; of one without bytes, how many did. */
  readonly seen: number;
}

const FRESH = { users: 0, linked: false, counted: 0, marked: false, returned: false, corrupt: false, seen: 0 } as const;
const live = (actions: 'take' | 'drop' | 'count', name: KernelSymbol) => ({ target: 'live', actions, meta: cite(name) }) as const;

export const skb = setup({
  types: { context: {} as SkbContext, events: {} as SkbEvent, meta: {} as Cite },
  guards: { isLastUser: ({ context: c }) => c.users <= 1 },
  actions: {
    enqueue: assign({ users: 1, linked: true }),
    take: assign({ linked: false }),
    get: assign(({ context: c }) => ({ users: Math.min(4, c.users + 1) })),
    // skb_set_peeked() would copy what others hold. Nobody does: ip_rcv() has seen to that, and the first peek marks.
    mark: assign(({ context: c, event }) => ({ marked: c.marked || (event.type === 'PEEK' && event.marks) })),
    finish: assign({ returned: true }),
    drop: assign(({ context: c }) => ({
      corrupt: !c.linked,
      linked: false,
      users: Math.max(0, c.users - 1),
      counted: Math.min(2, c.counted + 1),
    })),
    count: assign(({ context: c }) => ({ counted: Math.min(2, c.counted + 1) })),
    put: assign(({ context: c, event }) => ({
      users: Math.max(0, c.users - 1),
      seen: Math.min(3, c.seen + (event.type === 'PUT' ? event.seen : 0)),
    })),
  },
}).createMachine({
  id: 'skb',
  context: FRESH,
  initial: 'none',
  states: {
    none: {
      description: 'Not there yet.',
      on: { ENQUEUE: { target: 'live', actions: 'enqueue', meta: cite('__udp_enqueue_schedule_skb') } },
    },
    live: {
      description: 'Held.',
      on: {
        TAKE: live('take', '__skb_try_recv_from_queue'),
        PEEK: { target: 'live', actions: ['mark', 'get'], meta: cite('__skb_try_recv_from_queue', 'skb_set_peeked') },
        DROP: live('drop', '__sk_queue_drop_skb'),
        COUNT: live('count', 'udp_recvmsg'),
        RETURN: [
          { guard: 'isLastUser', target: 'freed', actions: ['finish', 'put'], meta: cite('skb_consume_udp') },
          { target: 'live', actions: ['finish', 'put'], meta: cite('skb_consume_udp') },
        ],
        PUT: [
          { guard: 'isLastUser', target: 'freed', actions: 'put', meta: cite('skb_consume_udp', 'kfree_skb_reason') },
          { target: 'live', actions: 'put', meta: cite('skb_consume_udp', 'kfree_skb_reason') },
        ],
      },
    },
    freed: {
      description: 'Freed. Whoever touches it now is wrong.',
      on: {
        DROP: { target: 'freed', actions: 'drop', meta: cite('__sk_queue_drop_skb') },
        COUNT: { target: 'freed', actions: 'count', meta: cite('udp_recvmsg') },
        RETURN: { target: 'freed', meta: cite('skb_consume_udp') },
        PUT: { target: 'freed', meta: cite('kfree_skb_reason') },
      },
    },
  },
});
