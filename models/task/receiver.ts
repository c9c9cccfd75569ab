/**
 * A task in recvfrom() that finds a datagram: what it copies, how much of it, and what it does with a bad one.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (udp_recvmsg, __skb_recv_udp), net/core/datagram.c
 * Contract    a bad datagram is dropped, and the next one is looked for; MSG_TRUNC says that there was more
 * Bounds      none
 * Leaves out  waiting: see the family `wakeup`; what recvfrom() returns besides length and MSG_TRUNC
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';
import { type Content, lengthOf } from '../socket/readQueue.ts';

export type Flags = 'read' | 'peek';
export const FLAGS: readonly Flags[] = ['read', 'peek'];
/** Room for all of a datagram, or for half of one. */
export const ROOMS: readonly number[] = [2, 1];

export type ReceiverEvent =
  | { readonly type: 'CALL'; readonly flags: Flags; readonly room: number; readonly off: number } // off: sk_peek_offset()
  | { readonly type: 'FIND'; readonly pkt: Packet; readonly content: Content; readonly from: number }
  | { readonly type: 'NOTHING' } //  EAGAIN
  | { readonly type: 'COPIED' }
  | { readonly type: 'FAULT' } //    EFAULT
  | { readonly type: 'BAD' }
  | { readonly type: 'AGAIN'; readonly off: number }
  | { readonly type: 'RETURN' };

export interface ReceiverContext {
  readonly flags: Flags;
  readonly room: number;
  readonly off: number;
  readonly pkt: Packet | null;
  readonly content: Content;
  /** Where in the datagram. */
  readonly from: number;
  readonly truncated: boolean;
}

const FRESH = { flags: 'read', room: 2, off: 0, pkt: null, content: 'whole', from: 0, truncated: false } as const;

/** Bytes that are copied. */
export const copied = ({ content, from, room }: Pick<ReceiverContext, 'content' | 'from' | 'room'>): number =>
  Math.min(room, Math.max(0, lengthOf(content) - from));

/** MSG_TRUNC. */
const isCut = (c: Pick<ReceiverContext, 'content' | 'from' | 'room'>): boolean => c.room < lengthOf(c.content) - c.from;

export const receiver = setup({
  types: { context: {} as ReceiverContext, events: {} as ReceiverEvent, meta: {} as Cite },
  guards: {
    isBad: ({ context: c }) => c.content === 'bad',
    isGood: ({ context: c }) => c.content !== 'bad',
  },
  actions: {
    call: assign(({ event }) => (event.type === 'CALL' ? { ...FRESH, flags: event.flags, room: event.room, off: event.off } : {})),
    find: assign(({ context: c, event }) =>
      event.type === 'FIND'
        ? {
            pkt: event.pkt,
            content: event.content,
            from: event.from,
            truncated: c.truncated || isCut({ content: event.content, from: event.from, room: c.room }),
          }
        : {},
    ),
    again: assign(({ event }) =>
      event.type === 'AGAIN' ? { off: event.off, pkt: null, content: 'whole' as const, from: 0, truncated: false } : {},
    ),
    end: assign(FRESH),
  },
}).createMachine({
  id: 'receiver',
  context: FRESH,
  initial: 'user',
  states: {
    user: {
      description: 'In user space.',
      on: { CALL: { target: 'looking', actions: 'call', meta: cite('udp_recvmsg', '__skb_recv_udp') } },
    },
    looking: {
      description: 'About to look into reader_queue.',
      on: {
        FIND: { target: 'copying', actions: 'find', meta: cite('__skb_recv_udp', '__skb_try_recv_from_queue') },
        NOTHING: { target: 'user', actions: 'end', meta: cite('__skb_recv_udp') },
      },
    },
    copying: {
      description: 'Has a datagram; no lock is held.',
      on: {
        COPIED: { guard: 'isGood', target: 'returning', meta: cite('udp_recvmsg', 'skb_copy_datagram_iovec') },
        FAULT: { guard: 'isGood', target: 'user', actions: 'end', meta: cite('udp_recvmsg') },
        BAD: { guard: 'isBad', target: 'dropping', meta: cite('udp_recvmsg', '__sk_queue_drop_skb') },
      },
    },
    dropping: {
      description: 'Has dropped a bad one.',
      on: { AGAIN: { target: 'looking', actions: 'again', meta: cite('udp_recvmsg', '__skb_recv_udp') } },
    },
    returning: {
      description: 'Has copied.',
      on: { RETURN: { target: 'user', actions: 'end', meta: cite('udp_recvmsg', 'skb_consume_udp') } },
    },
  },
});
