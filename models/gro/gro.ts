/**
 * GRO of one NAPI instance: skbs held for merging, flow by flow, and rx_list.
 *
 * Source      Linux 6.12 net/core/gro.c (dev_gro_receive, napi_gro_flush, gro_normal_list), include/net/gro.h
 * Contract    within a flow frames come out in the order in which they went in: a frame that cannot be merged pushes the one held
 *             before it out first; a bucket that is full pushes its oldest out; a list that is long enough goes up at once
 * Bounds      GroBounds; the kernel holds 8 skbs in each of 8 buckets, this is one bucket
 * Leaves out  what decides whether two frames may be merged: any two of a flow may, or not; segments beyond the size of a packet
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface GroBounds {
  readonly flows: number;
  /** MAX_GRO_SKBS: flows that may be held. */
  readonly limit: number;
  /** gro_normal_batch: the length at which rx_list goes up. */
  readonly batch: number;
}

/** Frames `pkt` belong to flow `pkt % flows`. */
export const flowOf = (pkt: Packet, flows: number): number => pkt % flows;

export type GroEvent =
  | { readonly type: 'HOLD'; readonly pkt: Packet } //   GRO_HELD: the first of its flow; one held before goes to rx_list
  | { readonly type: 'MERGE'; readonly pkt: Packet } //  GRO_MERGED: behind the held one of its flow
  | { readonly type: 'NORMAL'; readonly pkt: Packet } // GRO_NORMAL: rx_list, behind the held one of its flow
  | { readonly type: 'AGE' } //                          a jiffy passes
  | { readonly type: 'FLUSH' } //                        napi_gro_flush(): all
  | { readonly type: 'FLUSH_OLD' } //                    napi_gro_flush(): those held since an earlier jiffy
  | { readonly type: 'UP'; readonly pkt: Packet } //     the first frame of rx_list goes up
  | { readonly type: 'EMPTY' }; //                       rx_list is empty

export interface GroContext extends GroBounds {
  /** By flow, what is held: the head and what was merged into it. */
  readonly held: readonly (readonly Packet[])[];
  /** Flows that are held, the oldest first. */
  readonly order: readonly number[];
  /** By flow: held since an earlier jiffy. */
  readonly old: readonly boolean[];
  /** napi->rx_list. */
  readonly list: readonly Packet[];
  /** rx_list has reached gro_normal_batch and goes up, whatever the poll is doing. */
  readonly draining: boolean;
}

/** Frames come in the order of the queue. */
const isNewest = ({ held, list }: GroContext, pkt: Packet): boolean => [...list, ...held.flat()].every((one) => one < pkt);

/** gro_normal_one(): the list grows, and goes up once it is long enough. */
const listed = (c: GroContext, frames: readonly Packet[]): Pick<GroContext, 'list' | 'draining'> => {
  const list = [...c.list, ...frames];
  return { list, draining: frames.length > 0 && list.length >= c.batch };
};

const groSetup = setup({
  types: { input: {} as GroBounds, context: {} as GroContext, events: {} as GroEvent, meta: {} as Cite },
  guards: {
    isNewest: ({ context: c, event }) => 'pkt' in event && !c.draining && isNewest(c, event.pkt),
    stays: ({ context: c }) => !c.draining,
    holdsFlow: ({ context: c, event }) =>
      'pkt' in event && !c.draining && isNewest(c, event.pkt) && c.held[flowOf(event.pkt, c.flows)]!.length > 0,
    isNot: ({ context: c, event }) => 'pkt' in event && !c.draining && !isNewest(c, event.pkt),
    isFirst: ({ context: c, event }) => 'pkt' in event && c.list[0] === event.pkt,
    isEmpty: ({ context: c }) => c.list.length === 0,
    agesSomething: ({ context: c }) => c.held.some((one, flow) => one.length > 0 && !c.old[flow]),
  },
  actions: {
    hold: assign(({ context: c, event }) => {
      assertEvent(event, 'HOLD');
      const flow = flowOf(event.pkt, c.flows);
      const others = c.order.filter((one) => one !== flow);
      const oldest = others.length >= c.limit ? others[0] : undefined;
      const gone = oldest === undefined ? c.held : c.held.with(oldest, []);
      return {
        held: gone.with(flow, [event.pkt]),
        order: [...others.filter((one) => one !== oldest), flow],
        old: (oldest === undefined ? c.old : c.old.with(oldest, false)).with(flow, false),
        ...listed(c, [...c.held[flow]!, ...(oldest === undefined ? [] : c.held[oldest]!)]),
      };
    }),
    merge: assign(({ context: c, event }) => {
      assertEvent(event, 'MERGE');
      const flow = flowOf(event.pkt, c.flows);
      return { held: c.held.with(flow, [...c.held[flow]!, event.pkt]) };
    }),
    normal: assign(({ context: c, event }) => {
      assertEvent(event, 'NORMAL');
      const flow = flowOf(event.pkt, c.flows);
      return {
        held: c.held.with(flow, []),
        order: c.order.filter((one) => one !== flow),
        old: c.old.with(flow, false),
        ...listed(c, [...c.held[flow]!, event.pkt]),
      };
    }),
    age: assign({ old: ({ context: c }) => c.held.map((one) => one.length > 0) }),
    flush: assign(({ context: c }) => ({
      held: c.held.map(() => []),
      order: [],
      old: c.old.map(() => false),
      ...listed(
        c,
        c.order.flatMap((flow) => c.held[flow]!),
      ),
    })),
    flushOld: assign(({ context: c }) => ({
      held: c.held.map((one, flow) => (c.old[flow] ? [] : one)),
      order: c.order.filter((flow) => !c.old[flow]),
      old: c.old.map(() => false),
      ...listed(
        c,
        c.order.flatMap((flow) => (c.old[flow] ? c.held[flow]! : [])),
      ),
    })),
    up: assign(({ context: c }) => ({ list: c.list.slice(1), draining: c.draining && c.list.length > 1 })),
  },
});

export const gro = groSetup.createMachine({
  id: 'gro',
  context: ({ input }) => ({
    ...input,
    held: Array.from({ length: input.flows }, () => []),
    order: [],
    old: Array<boolean>(input.flows).fill(false),
    list: [],
    draining: false,
  }),
  initial: 'owned',
  states: {
    owned: {
      description: 'Belongs to whoever owns SCHED.',
      on: {
        HOLD: [
          { guard: 'isNewest', target: 'owned', actions: 'hold', meta: cite('napi_gro_receive', 'dev_gro_receive') },
          { guard: 'isNot', target: 'broken', meta: cite('napi_gro_receive', 'dev_gro_receive') },
        ],
        MERGE: [
          { guard: 'holdsFlow', target: 'owned', actions: 'merge', meta: cite('napi_gro_receive', 'dev_gro_receive') },
          { guard: 'isNot', target: 'broken', meta: cite('napi_gro_receive', 'dev_gro_receive') },
        ],
        NORMAL: [
          { guard: 'isNewest', target: 'owned', actions: 'normal', meta: cite('napi_gro_receive', 'dev_gro_receive') },
          { guard: 'isNot', target: 'broken', meta: cite('napi_gro_receive', 'dev_gro_receive') },
        ],
        AGE: { guard: 'agesSomething', target: 'owned', actions: 'age', meta: cite() },
        FLUSH: { guard: 'stays', target: 'owned', actions: 'flush', meta: cite('napi_gro_flush') },
        FLUSH_OLD: { guard: 'stays', target: 'owned', actions: 'flushOld', meta: cite('napi_gro_flush') },
        UP: { guard: 'isFirst', target: 'owned', actions: 'up', meta: cite('gro_normal_list', 'netif_receive_skb_list_internal') },
        EMPTY: { guard: 'isEmpty', target: 'owned', meta: cite('gro_normal_list') },
      },
    },
    broken: { description: 'A frame was given twice, or after a later one.' },
  },
});

/** Something is held for merging. */
export const holdsSome = ({ held }: GroContext): boolean => held.some((one) => one.length > 0);

/** rx_list is not empty. */
export const listsSome = ({ list }: GroContext): boolean => list.length > 0;

/** Frame `pkt` is here. */
export const inGro =
  (pkt: Packet) =>
  ({ held, list }: GroContext): boolean =>
    list.includes(pkt) || held.flat().includes(pkt);

/** rx_list goes up in the middle of a poll. */
export const drains = ({ draining }: GroContext): boolean => draining;
