/**
 * Softirq that looks for the socket of one datagram, or, for a broadcast, for all of them: early demux, the hash of four of
 * 6.18, three scans, the choice within a reuseport group; the copies of a broadcast.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (udp_v4_early_demux, __udp4_lib_lookup, udp4_lib_lookup2, compute_score,
 *             inet_lookup_reuseport, __udp4_lib_mcast_deliver); 6.18 adds the hash of four
 * Contract    the socket with the highest score, the newest of equals; each socket of a broadcast has a copy, the first one
 *             that is met has the datagram itself, last of all
 * Bounds      DemuxBounds
 * Leaves out  BPF programs that choose; encapsulation; the hash over addresses for broadcasts of ports with many sockets
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import { type From, isConnected, type Kind, score, type To } from './portTable.ts';

export interface DemuxBounds {
  /** net.ipv4.udp_early_demux. */
  readonly early: boolean;
  /** 6.18: connected sockets are in a hash of addresses and ports, which is looked at first. */
  readonly hash4: boolean;
}

export type DemuxEvent =
  | { readonly type: 'RECEIVE'; readonly from: From; readonly to: To; readonly count: number } // count: sockets of the port
  | { readonly type: 'MEET'; readonly kind: Kind } //   the next one in the chain of the port
  | { readonly type: 'END_OF_CHAIN' }
  | { readonly type: 'CHOOSE'; readonly index: number; readonly kind: Kind; readonly hasConns: boolean } // by hash, in the group
  | { readonly type: 'CLONE_FAILS' }
  | { readonly type: 'CLONED' }
  | { readonly type: 'LAST' } //    the datagram itself, to the first one
  | { readonly type: 'DONE' };

/** Early demux, the hash of four, the own address, any address, the port. */
export type Scan = 'early' | 'four' | 'own' | 'any' | 'port';

export interface DemuxContext extends DemuxBounds {
  readonly from: From;
  readonly to: To;
  readonly scan: Scan;
  readonly count: number;
  /** Where the scan stands; -1 behind the last one. */
  readonly at: number;
  /** The socket found so far, or -1; of a broadcast, the first one. */
  readonly best: number;
  readonly badness: number;
  /** Sockets that have a broadcast, and copies of it that could not be made. */
  readonly copies: number;
  readonly failed: number;
}

const FRESH = { from: 'A', to: 'own', scan: 'own', count: 0, at: -1, best: -1, badness: 0, copies: 0, failed: 0 } as const;
const ORDER: readonly Scan[] = ['early', 'four', 'own', 'any', 'port'];

/** The next one in the chain. */
const behind = (c: DemuxContext): number => Math.max(-1, c.at - 1);

const following = (c: DemuxContext): Scan => {
  const left = ORDER.slice(ORDER.indexOf(c.scan) + 1).filter((scan) => scan !== 'four' || c.hash4);
  return left[0] ?? 'port';
};

/** The score in this scan: a connected one for the exact matches, no connected one for any address. */
const points = (c: DemuxContext, kind: Kind): number => {
  if (c.scan === 'early' || c.scan === 'four') return isConnected(kind) ? score(kind, c.from, c.to) : 0;
  return (kind === 'any') === (c.scan === 'any') ? score(kind, c.from, c.to) : 0;
};

const isBetter = (c: DemuxContext, event: DemuxEvent): boolean => event.type === 'MEET' && points(c, event.kind) > c.badness;
/** udp_v4_early_demux() looks at the first socket in the chain of the address, and at no other. */
const isLookedAt = (c: DemuxContext, event: DemuxEvent): boolean => c.scan === 'early' && event.type === 'MEET' && event.kind !== 'any';

export const demux = setup({
  types: { input: {} as DemuxBounds, context: {} as DemuxContext, events: {} as DemuxEvent, meta: {} as Cite },
  guards: {
    isBroadcast: ({ event }) => event.type === 'RECEIVE' && event.to === 'broadcast',
    // A connected socket in a hash of its own, or first in its chain: nobody can have more.
    isExact: ({ context: c, event }) => (c.scan === 'early' || c.scan === 'four') && isBetter(c, event),
    isOnlyOne: ({ context: c, event }) => isLookedAt(c, event),
    choosesInGroup: ({ context: c, event }) => isBetter(c, event) && c.scan === 'own' && event.type === 'MEET' && event.kind === 'group',
    isBetter: ({ context: c, event }) => isBetter(c, event),
    // The choice goes by the hash of the datagram, among the members that are not connected.
    isChosen: ({ event }) => event.type === 'CHOOSE' && event.kind === 'group',
    endsSearch: ({ event }) => event.type === 'CHOOSE' && event.kind === 'group' && !event.hasConns,
    isFound: ({ context: c }) => c.at < 0 && c.best >= 0,
    isLast: ({ context: c }) => c.at < 0 && c.scan === 'port',
    isOver: ({ context: c }) => c.at < 0,
    // __udp_is_mcast_sock(): those bound to any address.
    listens: ({ event }) => event.type === 'MEET' && event.kind === 'any',
    isFirst: ({ context: c, event }) => event.type === 'MEET' && event.kind === 'any' && c.best < 0,
    hasNone: ({ context: c }) => c.at < 0 && c.best < 0,
  },
  actions: {
    begin: assign(({ context: c, event }) =>
      event.type === 'RECEIVE'
        ? {
            ...FRESH,
            from: event.from,
            to: event.to,
            scan: c.early && event.to !== 'broadcast' ? ('early' as const) : c.hash4 ? ('four' as const) : ('own' as const),
            count: event.count,
            at: event.count - 1,
          }
        : {},
    ),
    take: assign(({ context: c, event }) => (event.type === 'MEET' ? { best: c.at, badness: points(c, event.kind), at: behind(c) } : {})),
    choose: assign(({ context: c, event }) => (event.type === 'CHOOSE' ? { best: event.index, badness: 2, at: behind(c) } : {})),
    first: assign(({ context: c }) => ({ best: c.at, at: behind(c) })),
    pass: assign(({ context: c }) => ({ at: behind(c) })),
    stop: assign({ at: -1 }),
    next: assign(({ context: c }) => ({ scan: following(c), at: c.count - 1 })),
    copy: assign(({ context: c }) => ({ copies: Math.min(c.count, c.copies + 1), at: behind(c) })),
    fail: assign(({ context: c }) => ({ failed: Math.min(c.count, c.failed + 1), at: behind(c) })),
    end: assign(FRESH),
  },
}).createMachine({
  id: 'demux',
  context: ({ input }) => ({ ...input, ...FRESH }),
  initial: 'idle',
  states: {
    idle: {
      description: 'No datagram.',
      on: {
        RECEIVE: [
          { guard: 'isBroadcast', target: 'copying', actions: 'begin', meta: cite('__udp4_lib_rcv', '__udp4_lib_mcast_deliver') },
          { target: 'scanning', actions: 'begin', meta: cite('__udp4_lib_rcv', 'udp_v4_early_demux', '__udp4_lib_lookup') },
        ],
      },
    },
    scanning: {
      description: 'In one of the scans.',
      on: {
        MEET: [
          { guard: 'isExact', target: 'found', actions: 'take', meta: cite('udp_v4_early_demux', 'udp4_lib_lookup4') },
          { guard: 'isOnlyOne', target: 'scanning', actions: 'stop', meta: cite('udp_v4_early_demux') },
          { guard: 'choosesInGroup', target: 'choosing', meta: cite('udp4_lib_lookup2', 'inet_lookup_reuseport', 'reuseport_select_sock') },
          { guard: 'isBetter', target: 'scanning', actions: 'take', meta: cite('udp4_lib_lookup2', 'compute_score') },
          { target: 'scanning', actions: 'pass', meta: cite('udp4_lib_lookup2', 'compute_score') },
        ],
        END_OF_CHAIN: [
          { guard: 'isFound', target: 'found', meta: cite('__udp4_lib_lookup') },
          { guard: 'isLast', target: 'missing', meta: cite('__udp4_lib_lookup') },
          { guard: 'isOver', target: 'scanning', actions: 'next', meta: cite('__udp4_lib_lookup') },
        ],
      },
    },
    choosing: {
      description: 'In a reuseport group.',
      on: {
        CHOOSE: [
          { guard: 'endsSearch', target: 'found', actions: 'choose', meta: cite('reuseport_select_sock', 'udp4_lib_lookup2') },
          { guard: 'isChosen', target: 'scanning', actions: 'choose', meta: cite('reuseport_select_sock', 'udp4_lib_lookup2') },
        ],
      },
    },
    found: { description: 'Has the socket.', on: { DONE: { target: 'idle', actions: 'end', meta: cite('udp_queue_rcv_skb') } } },
    missing: { description: 'Nobody.', on: { DONE: { target: 'idle', actions: 'end', meta: cite('__udp4_lib_rcv', 'icmp_send') } } },
    copying: {
      description: 'Goes through the sockets of the port.',
      on: {
        MEET: [
          { guard: 'isFirst', target: 'copying', actions: 'first', meta: cite('__udp4_lib_mcast_deliver') },
          { guard: 'listens', target: 'cloning', meta: cite('__udp4_lib_mcast_deliver', 'skb_clone') },
          { target: 'copying', actions: 'pass', meta: cite('__udp4_lib_mcast_deliver') },
        ],
        LAST: { guard: 'isFound', target: 'copied', actions: 'copy', meta: cite('__udp4_lib_mcast_deliver', 'udp_queue_rcv_skb') },
        END_OF_CHAIN: { guard: 'hasNone', target: 'missing', meta: cite('__udp4_lib_mcast_deliver') },
      },
    },
    cloning: {
      description: 'Makes a copy of the datagram for one more.',
      on: {
        CLONED: { target: 'copying', actions: 'copy', meta: cite('skb_clone', 'udp_queue_rcv_skb') },
        CLONE_FAILS: { target: 'copying', actions: 'fail', meta: cite('__udp4_lib_mcast_deliver') },
      },
    },
    copied: {
      description: 'All have theirs.',
      on: { DONE: { target: 'idle', actions: 'end', meta: cite('__udp4_lib_mcast_deliver') } },
    },
  },
});
