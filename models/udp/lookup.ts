/**
 * Softirq on one CPU with a datagram in __udp4_lib_lookup(): three scans of three chains, one after another, then the queueing.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (__udp4_lib_lookup, udp4_lib_lookup2, compute_score, __udp4_lib_rcv)
 * Contract    all of it is one RCU section: what was found in a chain is not freed before its end
 * Bounds      none
 * Leaves out  hash4 of 6.18 (an exact match, before all this); that the fields of a socket are read one by one
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

/** Whom the datagram is from: the peer that the socket is or will be connected to, or anybody else. */
export type Source = 'peer' | 'stranger';

export type LookupEvent =
  | { readonly type: 'BEGIN'; readonly from: Source; readonly bound: boolean; readonly knowsPeer: boolean }
  | { readonly type: 'MEET' } //     the next chain has the socket
  | { readonly type: 'PASS' } //     it does not
  | { readonly type: 'MATCH' } //    its score is positive
  | { readonly type: 'NO_MATCH' }
  | { readonly type: 'OTHER' } //    another socket behind it matches
  | { readonly type: 'END_OF_CHAIN' }
  | { readonly type: 'CUT' } //      a bug's: the socket has left the chain, and its next pointer is gone
  | { readonly type: 'APPEND' } //   queued
  | { readonly type: 'NO_PORT' } //  NoPorts, port-unreachable
  | { readonly type: 'READ_WQ'; readonly set: boolean } // sk_wq
  | { readonly type: 'WAKE' } //     ... is used
  | { readonly type: 'MARK' } //     a grace period begins: it waits for this section
  | { readonly type: 'EXCUSE' } //   the socket begins to close
  | { readonly type: 'FORGET' }; //  it begins to disconnect

export interface LookupContext {
  readonly from: Source;
  /** The chain that is being scanned: own address, any address, port. */
  readonly scan: 1 | 2 | 3;
  /** The socket was bound when the lookup began, and has not begun to close since. */
  readonly due: boolean;
  /** It had its peer recorded when the lookup began, and has not begun to disconnect since. */
  readonly knowsPeer: boolean;
  /** A grace period waits for the end of this section. */
  readonly old: boolean;
}

const FRESH = { from: 'peer', scan: 1, due: false, knowsPeer: false, old: false } as const;

type Inside = 'chains' | 'scoring' | 'behind' | 'found' | 'waking' | 'using' | 'missing';
const ANY = (state: Inside) =>
  ({
    MARK: { target: state, actions: 'mark', meta: cite() },
    EXCUSE: { target: state, actions: 'excuse', meta: cite() },
    FORGET: { target: state, actions: 'forget', meta: cite() },
  }) as const;

export const lookup = setup({
  types: { context: {} as LookupContext, events: {} as LookupEvent, meta: {} as Cite },
  guards: {
    isLast: ({ context: c }) => c.scan === 3,
    wqIsSet: ({ event }) => event.type === 'READ_WQ' && event.set,
    // A socket that leaves a chain keeps its next pointer for those who stand on it.
    isCut: () => false,
    usesWhateverIsRead: () => false,
  },
  actions: {
    begin: assign(({ event }) =>
      event.type === 'BEGIN' ? { ...FRESH, from: event.from, due: event.bound, knowsPeer: event.knowsPeer } : {},
    ),
    next: assign({ scan: ({ context: c }) => (c.scan === 1 ? 2 : 3) }),
    mark: assign({ old: true }),
    excuse: assign({ due: false }),
    forget: assign({ knowsPeer: false }),
    end: assign(FRESH),
  },
}).createMachine({
  id: 'lookup',
  context: FRESH,
  initial: 'idle',
  states: {
    idle: {
      description: 'In no RCU section.',
      on: {
        BEGIN: { target: 'chains', actions: 'begin', meta: cite('__udp4_lib_rcv', '__udp4_lib_lookup') },
        MARK: { target: 'idle', meta: cite() },
        EXCUSE: { target: 'idle', meta: cite() },
        FORGET: { target: 'idle', meta: cite() },
      },
    },
    chains: {
      description: 'About to begin the next scan.',
      on: {
        ...ANY('chains'),
        MEET: { target: 'scoring', meta: cite('udp4_lib_lookup2') },
        PASS: { target: 'behind', meta: cite('udp4_lib_lookup2') },
      },
    },
    scoring: {
      description: 'Stands on the socket.',
      on: {
        ...ANY('scoring'),
        CUT: { guard: 'isCut', target: 'missing', meta: cite('udp4_lib_lookup2') },
        MATCH: { target: 'found', meta: cite('compute_score') },
        NO_MATCH: { target: 'behind', meta: cite('compute_score') },
      },
    },
    behind: {
      description: 'Behind the socket in the chain, or where it would be.',
      on: {
        ...ANY('behind'),
        OTHER: { target: 'idle', actions: 'end', meta: cite('udp4_lib_lookup2', 'udp_queue_rcv_skb') },
        END_OF_CHAIN: [
          { guard: 'isLast', target: 'missing', meta: cite('__udp4_lib_lookup') },
          { target: 'chains', actions: 'next', meta: cite('__udp4_lib_lookup') },
        ],
      },
    },
    found: {
      description: 'Has the socket.',
      on: { ...ANY('found'), APPEND: { target: 'waking', meta: cite('udp_queue_rcv_skb', '__udp_enqueue_schedule_skb') } },
    },
    waking: {
      description: 'About to read sk_wq.',
      on: {
        ...ANY('waking'),
        READ_WQ: [
          { guard: 'wqIsSet', target: 'using', meta: cite('sock_def_readable', 'wq_has_sleeper') },
          { guard: 'usesWhateverIsRead', target: 'crashed', meta: cite('sock_def_readable') },
          { target: 'idle', actions: 'end', meta: cite('sock_def_readable') },
        ],
      },
    },
    using: {
      description: 'About to take the lock in the wait queue that it has read.',
      on: { ...ANY('using'), WAKE: { target: 'idle', actions: 'end', meta: cite('__wake_up_sync_key') } },
    },
    missing: {
      description: 'Nobody.',
      on: { ...ANY('missing'), NO_PORT: { target: 'idle', actions: 'end', meta: cite('__udp4_lib_rcv', 'icmp_send') } },
    },
    crashed: { description: 'Has used a pointer that is NULL.' },
  },
});

/** In an RCU section that a grace period waits for. */
export const isOld = ({ old }: LookupContext): boolean => old;
