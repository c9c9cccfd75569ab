/**
 * reader_queue as MSG_PEEK and reads see it, under its lock, and the peek offset of the socket.
 *
 * Source      Linux 6.1 and 6.12 net/core/datagram.c (__skb_try_recv_from_queue, __sk_queue_drop_skb), include/net/sock.h
 *             (sk_peek_offset_fwd, sk_peek_offset_bwd)
 * Contract    FIFO; a peek leaves the datagram; with SO_PEEK_OFF it passes what has been peeked
 * Bounds      ReadQueueBounds
 * Leaves out  sk_receive_queue, which is spliced first: see the family `wakeup`
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

/** Whole, with a bad checksum that nobody has verified yet, or of length zero. */
export type Content = 'whole' | 'bad' | 'empty';
export const CONTENTS: readonly Content[] = ['whole', 'bad', 'empty'];

/** Bytes: enough to be cut in two. */
export const lengthOf = (content: Content): number => (content === 'empty' ? 0 : 2);

export interface ReadQueueBounds {
  readonly packets: number;
  /** SO_PEEK_OFF. */
  readonly offset: boolean;
}

export interface Item {
  readonly pkt: Packet;
  readonly content: Content;
  readonly peeked: boolean;
}

export type ReadQueueEvent =
  | { readonly type: 'ENQUEUE'; readonly pkt: Packet; readonly content: Content }
  | { readonly type: 'UNLINK'; readonly pkt: Packet }
  | { readonly type: 'PEEK'; readonly pkt: Packet } //      marks one of length zero
  | { readonly type: 'FORWARD'; readonly bytes: number }
  | { readonly type: 'BACKWARD'; readonly bytes: number };

export interface ReadQueueContext extends ReadQueueBounds {
  readonly items: readonly Item[];
  /** The packet that comes next. */
  readonly next: number;
  readonly off: number;
}

export const readQueue = setup({
  types: { input: {} as ReadQueueBounds, context: {} as ReadQueueContext, events: {} as ReadQueueEvent, meta: {} as Cite },
  guards: {
    isNext: ({ context: c, event }) => event.type === 'ENQUEUE' && event.pkt === c.next && c.next < c.packets,
    isLinked: ({ context: c, event }) => 'pkt' in event && c.items.some(({ pkt }) => pkt === event.pkt),
  },
  actions: {
    enqueue: assign(({ context: c, event }) =>
      event.type === 'ENQUEUE' ? { items: [...c.items, { pkt: event.pkt, content: event.content, peeked: false }], next: c.next + 1 } : {},
    ),
    unlink: assign(({ context: c, event }) => ('pkt' in event ? { items: c.items.filter(({ pkt }) => pkt !== event.pkt) } : {})),
    mark: assign(({ context: c, event }) =>
      'pkt' in event
        ? { items: c.items.map((item) => (item.pkt === event.pkt && item.content === 'empty' ? { ...item, peeked: true } : item)) }
        : {},
    ),
    move: assign(({ context: c, event }) => {
      if (!c.offset || !('bytes' in event)) return {};
      const to = event.type === 'FORWARD' ? c.off + event.bytes : c.off - event.bytes;
      return { off: Math.min(Math.max(to, 0), 2 * c.packets) };
    }),
  },
}).createMachine({
  id: 'readQueue',
  context: ({ input }) => ({ ...input, items: [], next: 0, off: 0 }),
  initial: 'on',
  states: {
    on: {
      description: 'Datagrams, the oldest first.',
      on: {
        ENQUEUE: { guard: 'isNext', target: 'on', actions: 'enqueue', meta: cite('__udp_enqueue_schedule_skb') },
        UNLINK: { guard: 'isLinked', target: 'on', actions: 'unlink', meta: cite('__skb_try_recv_from_queue', '__sk_queue_drop_skb') },
        PEEK: { guard: 'isLinked', target: 'on', actions: 'mark', meta: cite('__skb_try_recv_from_queue', 'skb_set_peeked') },
        FORWARD: { target: 'on', actions: 'move', meta: cite('skb_consume_udp') },
        BACKWARD: { target: 'on', actions: 'move', meta: cite('skb_consume_udp') },
      },
    },
  },
});

/** What a read takes: the oldest one. */
export const taken = ({ items }: ReadQueueContext): Packet | null => items[0]?.pkt ?? null;

/** What a peek at offset `off` looks at, and where in it: what has been peeked is passed. */
export function peekedAt({ items, offset }: ReadQueueContext, off: number): { readonly pkt: Packet; readonly from: number } | null {
  let left = off;
  for (const { pkt, content, peeked } of items) {
    const length = lengthOf(content);
    if (!offset || left < length || (left === 0 && !peeked)) return { pkt, from: left };
    left -= length;
  }
  return null;
}
