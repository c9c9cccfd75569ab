/**
 * One frame in __netif_receive_skb_core(): who takes it, and who counts it if nobody does.
 *
 * Source      Linux 6.12 net/core/dev.c (__netif_receive_skb_core, deliver_skb, do_xdp_generic); 6.1 and 6.18 the same
 * Contract    each handler is called one behind: all but the last with a reference of its own, the last with the caller's; a frame
 *             that no handler remembers is dropped and counted, in rx_nohandler if it was for an exact match only
 * Bounds      none; what a device has is the business of the steps
 * Leaves out  tc and netfilter at ingress, which take a frame as an rx_handler does; that a handler list changes meanwhile; the
 *             VLAN tag 0
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

/** Who was found last and has not been called: a tap, the handler of the EtherType, one that is for this device only. */
export type Handler = 'tap' | 'global' | 'exact';

export type DispatchEvent =
  | { readonly type: 'RECEIVE' } //      a frame comes
  | { readonly type: 'RECEIVE_RESERVE' } // the same, its memory from the reserves: skb_pfmemalloc()
  | { readonly type: 'XDP_DROP' } //     the generic XDP program does not pass it
  | { readonly type: 'XDP_PASS' } //     it does, or there is none
  | { readonly type: 'TAP' } //          a packet socket listens to everything
  | { readonly type: 'NO_TAP' }
  | { readonly type: 'RESERVE_DROP' } // skb_pfmemalloc_protocol() says no
  | { readonly type: 'RESERVE_PASS' }
  | { readonly type: 'UNTAGGED' }
  | { readonly type: 'VLAN' } //         the tag's device exists: another round, on it
  | { readonly type: 'NO_VLAN' } //      it does not: the frame is for somebody else
  | { readonly type: 'PASS' } //         no rx_handler, or RX_HANDLER_PASS
  | { readonly type: 'CONSUMED' } //     RX_HANDLER_CONSUMED: a bridge
  | { readonly type: 'ANOTHER' } //      RX_HANDLER_ANOTHER: another round, on the device of the bond or the macvlan
  | { readonly type: 'EXACT' } //        RX_HANDLER_EXACT: an inactive slave
  | { readonly type: 'MATCH'; readonly handler: 'global' | 'exact' }
  | { readonly type: 'NO_MATCH' }
  | { readonly type: 'DELIVER' } //      the last handler takes the frame
  | { readonly type: 'DROP' }; //        there is none

export interface DispatchContext {
  /** pt_prev. */
  readonly remembered: Handler | 'none';
  /** deliver_exact. */
  readonly exact: boolean;
  /** skb_pfmemalloc(). */
  readonly reserve: boolean;
  /** Rounds behind the first. 0..1 */
  readonly again: number;
  /** PACKET_OTHERHOST. */
  readonly otherhost: boolean;
  /** skb->users. */
  readonly users: number;
  /** Handlers that have been given the frame, each to free it. */
  readonly owners: number;
}

const FRESH = { remembered: 'none', exact: false, reserve: false, again: 0, otherhost: false, users: 0, owners: 0 } as const;

export const dispatch = setup({
  types: { context: {} as DispatchContext, events: {} as DispatchEvent, meta: {} as Cite },
  guards: {
    firstRound: ({ context: c }) => c.again === 0,
    fromReserve: ({ context: c }) => c.reserve,
    notFromReserve: ({ context: c }) => !c.reserve,
    allowed: ({ context: c, event }) => 'handler' in event && !(c.exact && event.handler === 'global'),
    remembers: ({ context: c }) => c.remembered !== 'none',
    remembersNone: ({ context: c }) => c.remembered === 'none',
  },
  actions: {
    receive: assign({ ...FRESH, users: 1 }),
    receiveReserve: assign({ ...FRESH, users: 1, reserve: true }),
    free: assign({ users: ({ context: c }) => c.users - 1 }),
    remember: assign({ remembered: 'tap' }),
    // deliver_skb(): whoever is remembered gets the frame now, and a reference.
    flush: assign(({ context: c }) => (c.remembered === 'none' ? {} : { remembered: 'none', users: c.users + 1, owners: c.owners + 1 })),
    match: assign(({ context: c, event }) => {
      assertEvent(event, 'MATCH');
      return c.remembered === 'none'
        ? { remembered: event.handler }
        : { remembered: event.handler, users: c.users + 1, owners: c.owners + 1 };
    }),
    again: assign({ again: 1 }),
    setExact: assign({ exact: true }),
    setOtherhost: assign({ otherhost: true }),
    handOver: assign({ owners: ({ context: c }) => c.owners + 1 }),
    deliver: assign({ remembered: 'none', owners: ({ context: c }) => c.owners + 1 }),
  },
}).createMachine({
  id: 'dispatch',
  context: FRESH,
  initial: 'idle',
  states: {
    idle: {
      description: 'No frame, or what became of the last one.',
      on: {
        RECEIVE: { target: 'round', actions: 'receive', meta: cite('__netif_receive_skb_core') },
        RECEIVE_RESERVE: { target: 'round', actions: 'receiveReserve', meta: cite('__netif_receive_skb', '__netif_receive_skb_core') },
      },
    },
    round: {
      description: 'At the top of a round: counted in softnet_data.processed.',
      on: {
        XDP_DROP: { target: 'idle', actions: 'free', meta: cite('do_xdp_generic') },
        XDP_PASS: { target: 'taps', meta: cite('do_xdp_generic') },
      },
    },
    taps: {
      description: 'Before the taps; a frame from the reserves goes past them.',
      on: {
        TAP: { guard: 'notFromReserve', target: 'tagged', actions: 'remember', meta: cite('__netif_receive_skb_core') },
        NO_TAP: { guard: 'notFromReserve', target: 'tagged', meta: cite('__netif_receive_skb_core') },
        RESERVE_DROP: { guard: 'fromReserve', target: 'idle', actions: 'free', meta: cite('__netif_receive_skb_core') },
        RESERVE_PASS: { guard: 'fromReserve', target: 'tagged', meta: cite('__netif_receive_skb_core') },
      },
    },
    tagged: {
      description: 'Before the look at the VLAN tag.',
      on: {
        UNTAGGED: { target: 'handling', meta: cite('__netif_receive_skb_core') },
        VLAN: { guard: 'firstRound', target: 'round', actions: ['flush', 'again'], meta: cite('deliver_skb', 'vlan_do_receive') },
        NO_VLAN: {
          guard: 'firstRound',
          target: 'handling',
          actions: ['flush', 'setOtherhost'],
          meta: cite('deliver_skb', 'vlan_do_receive'),
        },
      },
    },
    handling: {
      description: 'Before the rx_handler of the device.',
      on: {
        PASS: { target: 'matching', meta: cite('__netif_receive_skb_core') },
        CONSUMED: { target: 'idle', actions: ['flush', 'handOver'], meta: cite('deliver_skb', 'br_handle_frame') },
        ANOTHER: { guard: 'firstRound', target: 'round', actions: ['flush', 'again'], meta: cite('deliver_skb', 'bond_handle_frame') },
        EXACT: { target: 'matching', actions: ['flush', 'setExact'], meta: cite('deliver_skb', 'bond_handle_frame') },
      },
    },
    matching: {
      description: 'Before the handlers of the EtherType.',
      on: {
        MATCH: { guard: 'allowed', target: 'last', actions: 'match', meta: cite('deliver_ptype_list_skb', 'deliver_skb') },
        NO_MATCH: { target: 'last', meta: cite('deliver_ptype_list_skb') },
      },
    },
    last: {
      description: 'The handler that is remembered gets the frame with the reference of the caller.',
      on: {
        DELIVER: { guard: 'remembers', target: 'idle', actions: 'deliver', meta: cite('__netif_receive_skb_one_core', 'ip_rcv') },
        DROP: { guard: 'remembersNone', target: 'idle', actions: 'free', meta: cite('__netif_receive_skb_core') },
      },
    },
  },
});
