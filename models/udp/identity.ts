/**
 * One UDP socket as a lookup sees it, and the task that binds, connects, disconnects and closes it: each store is visible by
 * itself, as a lookup takes no lock.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/udp.c (udp_lib_get_port, udp_lib_rehash, __udp_disconnect, udp_lib_unhash,
 *             udp_destruct_common), net/ipv4/datagram.c (__ip4_datagram_connect), net/core/sock.c (sock_orphan, sk_destruct)
 * Contract    a socket is freed after a grace period that begins when it is in no chain any more
 * Bounds      IdentityBounds
 * Leaves out  a socket bound to an address; autobind; hash4 of 6.18; reuseport groups
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface IdentityBounds {
  /** 7.2: connect() stores the peer before the address of its own. */
  readonly peerFirst: boolean;
  /** What the task may do to its socket. */
  readonly connects: boolean;
  readonly disconnects: boolean;
  readonly closes: boolean;
}

export type IdentityEvent =
  | { readonly type: 'PORT' } //        bind(): in the chain of the port
  | { readonly type: 'ADDRESS' } //     ... and of the address
  | { readonly type: 'CONNECT' } //     begins
  | { readonly type: 'DISCONNECT' } //  begins
  | { readonly type: 'SADDR' } //       inet_rcv_saddr
  | { readonly type: 'UNCHAIN' } //     rehash: out of the chain of the old address
  | { readonly type: 'CHAIN' } //       ... into that of the new one
  | { readonly type: 'DADDR' } //       inet_daddr
  | { readonly type: 'DPORT' } //       inet_dport
  | { readonly type: 'STATE' } //       sk_state: the call returns
  | { readonly type: 'DEAD' } //        close() begins
  | { readonly type: 'UNHASH_PORT' }
  | { readonly type: 'UNHASH_ADDRESS' }
  | { readonly type: 'ORPHAN' } //      sk_wq := NULL
  | { readonly type: 'FREE_WQ' } //     a grace period later: the inode that holds the wait queue
  | { readonly type: 'REF0' } //        the last reference: a grace period begins
  | { readonly type: 'DESTRUCT' } //    it is over: purged and freed
  | { readonly type: 'APPEND' } //      a datagram is queued
  | { readonly type: 'PURGED' }; //     the queue is empty

export type Address = 'any' | 'own';

export interface IdentityContext extends IdentityBounds {
  /** In the chain of its port. */
  readonly inPort: boolean;
  /** The chain that it is in by address. */
  readonly chain: Address | 'none';
  readonly saddr: Address;
  readonly daddr: boolean;
  readonly dport: boolean;
  readonly established: boolean;
  /** sk_wq. */
  readonly wq: boolean;
  /** What sk_wq pointed to is freed. */
  readonly wqFreed: boolean;
  /** A datagram is queued. */
  readonly queued: boolean;
  /** Freed. */
  readonly freed: boolean;
}

export const identity = setup({
  types: { input: {} as IdentityBounds, context: {} as IdentityContext, events: {} as IdentityEvent, meta: {} as Cite },
  guards: {
    connects: ({ context: c }) => c.connects && !c.established,
    connectsPeerFirst: ({ context: c }) => c.connects && !c.established && c.peerFirst,
    disconnects: ({ context: c }) => c.disconnects && c.established,
    closes: ({ context: c }) => c.closes,
    isOrphan: ({ context: c }) => !c.wq,
    isHashed: ({ context: c }) => c.inPort,
    peerFirst: ({ context: c }) => c.peerFirst,
    mayAppend: ({ context: c }) => !c.freed,
    mayFreeWq: ({ context: c }) => !c.wq && !c.wqFreed,
    isQueued: ({ context: c }) => c.queued,
    // unhash, then orphan.
    orphansFirst: () => false,
  },
  actions: {
    inPort: assign({ inPort: true }),
    inAny: assign({ chain: 'any' }),
    own: assign({ saddr: 'own' }),
    any: assign({ saddr: 'any' }),
    unchain: assign({ chain: 'none' }),
    chain: assign({ chain: ({ context: c }) => c.saddr }),
    setDaddr: assign({ daddr: true }),
    clearDaddr: assign({ daddr: false }),
    setDport: assign({ dport: true }),
    clearDport: assign({ dport: false }),
    establish: assign({ established: true }),
    unestablish: assign({ established: false }),
    outOfPort: assign({ inPort: false }),
    orphan: assign({ wq: false }),
    freeWq: assign({ wqFreed: true }),
    append: assign({ queued: true }),
    purge: assign({ queued: false }),
    free: assign({ freed: true, queued: false }),
  },
}).createMachine({
  id: 'identity',
  context: ({ input }) => ({
    ...input,
    inPort: false,
    chain: 'none',
    saddr: 'any',
    daddr: false,
    dport: false,
    established: false,
    wq: true,
    wqFreed: false,
    queued: false,
    freed: false,
  }),
  initial: 'created',
  on: {
    FREE_WQ: { guard: 'mayFreeWq', actions: 'freeWq', meta: cite('sock_free_inode') },
    APPEND: { guard: 'mayAppend', actions: 'append', meta: cite('__udp_enqueue_schedule_skb') },
    PURGED: { guard: 'isQueued', actions: 'purge', meta: cite('__skb_recv_udp') },
  },
  states: {
    created: { description: 'No port.', on: { PORT: { target: 'binding', actions: 'inPort', meta: cite('udp_lib_get_port') } } },
    binding: {
      description: 'In the chain of its port.',
      on: { ADDRESS: { target: 'bound', actions: 'inAny', meta: cite('udp_lib_get_port') } },
    },
    bound: {
      description: 'Nothing is being done to it.',
      on: {
        CONNECT: [
          { guard: 'connectsPeerFirst', target: 'peer', meta: cite('__ip4_datagram_connect') },
          { guard: 'connects', target: 'address', meta: cite('__ip4_datagram_connect') },
        ],
        DISCONNECT: { guard: 'disconnects', target: 'leaving', actions: 'unestablish', meta: cite('__udp_disconnect') },
        DEAD: [
          { guard: 'orphansFirst', target: 'orphaning', meta: cite('udp_destroy_sock') },
          { guard: 'closes', target: 'unhashing', meta: cite('udp_destroy_sock') },
        ],
      },
    },
    // connect(): 6.1 and 6.12 go address, unchain, chain, peer, port, state; 7.2 begins with peer and port.
    address: { on: { SADDR: { target: 'unchain', actions: 'own', meta: cite('__ip4_datagram_connect') } } },
    unchain: { on: { UNCHAIN: { target: 'chain', actions: 'unchain', meta: cite('udp_lib_rehash') } } },
    chain: {
      on: {
        CHAIN: [
          { guard: 'peerFirst', target: 'state', actions: 'chain', meta: cite('udp_lib_rehash') },
          { target: 'peer', actions: 'chain', meta: cite('udp_lib_rehash') },
        ],
      },
    },
    peer: { on: { DADDR: { target: 'port', actions: 'setDaddr', meta: cite('__ip4_datagram_connect') } } },
    port: {
      on: {
        DPORT: [
          { guard: 'peerFirst', target: 'address', actions: 'setDport', meta: cite('__ip4_datagram_connect') },
          { target: 'state', actions: 'setDport', meta: cite('__ip4_datagram_connect') },
        ],
      },
    },
    state: { on: { STATE: { target: 'bound', actions: 'establish', meta: cite('__ip4_datagram_connect') } } },
    leaving: { on: { DADDR: { target: 'leavingPort', actions: 'clearDaddr', meta: cite('__udp_disconnect') } } },
    leavingPort: { on: { DPORT: { target: 'leavingAddress', actions: 'clearDport', meta: cite('__udp_disconnect') } } },
    leavingAddress: { on: { SADDR: { target: 'leavingChain', actions: 'any', meta: cite('__udp_disconnect') } } },
    leavingChain: { on: { UNCHAIN: { target: 'back', actions: 'unchain', meta: cite('udp_lib_rehash') } } },
    back: { on: { CHAIN: { target: 'bound', actions: 'chain', meta: cite('udp_lib_rehash') } } },
    unhashing: {
      description: 'close(): about to leave the chain of the port.',
      on: { UNHASH_PORT: { target: 'unhashed', actions: 'outOfPort', meta: cite('udp_lib_unhash') } },
    },
    unhashed: {
      description: 'About to leave the chain of the address.',
      on: {
        UNHASH_ADDRESS: [
          { guard: 'isOrphan', target: 'orphaned', actions: 'unchain', meta: cite('udp_lib_unhash') },
          { target: 'orphaning', actions: 'unchain', meta: cite('udp_lib_unhash') },
        ],
      },
    },
    orphaning: {
      description: 'About to be orphaned.',
      on: {
        ORPHAN: [
          { guard: 'isHashed', target: 'unhashing', actions: 'orphan', meta: cite('sock_orphan') },
          { target: 'orphaned', actions: 'orphan', meta: cite('sock_orphan') },
        ],
      },
    },
    orphaned: {
      description: 'The last reference is about to go.',
      on: { REF0: { target: 'waiting', meta: cite('sk_destruct') } },
    },
    waiting: {
      description: 'Waits for the end of a grace period.',
      on: { DESTRUCT: { target: 'gone', actions: 'free', meta: cite('udp_destruct_common') } },
    },
    gone: { description: 'Freed.' },
  },
});

/** The socket has a whole identity: nothing that is being done to it takes it from its peer. */
export const isBound = ({ inPort }: IdentityContext, state: string): boolean =>
  inPort && !['created', 'binding', 'unhashing', 'unhashed', 'orphaning'].includes(state);
