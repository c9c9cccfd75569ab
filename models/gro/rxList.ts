/**
 * napi->rx_list: frames that GRO let pass, waiting to go up together.
 *
 * Source      Linux 6.12 net/core/gro.c (gro_normal_one, gro_normal_list), net/core/dev.c (napi_complete_done)
 * Contract    touched by the owner of SCHED only; empty when the instance is free
 * Bounds      RxListBounds
 * Leaves out  merging and holding (a lone datagram is GRO_NORMAL)
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface RxListBounds {
  /** Frames at most: the NAPI weight. */
  readonly size: number;
  /** As soon as so many wait, they go up: net.core.gro_normal_batch. */
  readonly batch: number;
}

export type RxListEvent =
  | { readonly type: 'ADD'; readonly pkt: Packet } //   GRO_NORMAL
  | { readonly type: 'NEXT'; readonly pkt: Packet } //  the first one goes up
  | { readonly type: 'EMPTY' }; //                      none is left

export interface RxListContext extends RxListBounds {
  readonly frames: readonly Packet[];
}

export const rxList = setup({
  types: { input: {} as RxListBounds, context: {} as RxListContext, events: {} as RxListEvent, meta: {} as Cite },
  guards: {
    accepts: ({ context, event }) => context.frames.length < context.size && 'pkt' in event && !context.frames.includes(event.pkt),
    isFirst: ({ context, event }) => 'pkt' in event && context.frames[0] === event.pkt,
    fills: ({ context: c, event }) =>
      c.frames.length < c.size && c.frames.length + 1 === c.batch && 'pkt' in event && !c.frames.includes(event.pkt),
    isLast: ({ context, event }) => 'pkt' in event && context.frames[0] === event.pkt && context.frames.length === 1,
    isEmpty: ({ context }) => context.frames.length === 0,
  },
  actions: {
    append: assign({
      frames: ({ context, event }) => {
        assertEvent(event, 'ADD');
        return [...context.frames, event.pkt];
      },
    }),
    shift: assign({ frames: ({ context }) => context.frames.slice(1) }),
  },
}).createMachine({
  id: 'rxList',
  context: ({ input }) => ({ ...input, frames: [] }),
  initial: 'owned',
  states: {
    owned: {
      description: 'Belongs to whoever owns SCHED.',
      on: {
        ADD: [
          { guard: 'fills', target: 'goingUp', actions: 'append', meta: cite('napi_gro_receive', 'gro_normal_list') },
          { guard: 'accepts', target: 'owned', actions: 'append', meta: cite('napi_gro_receive') },
          { target: 'broken', meta: cite('napi_gro_receive') },
        ],
        NEXT: { guard: 'isFirst', target: 'owned', actions: 'shift', meta: cite('gro_normal_list', 'netif_receive_skb_list_internal') },
        EMPTY: { guard: 'isEmpty', target: 'owned', meta: cite('gro_normal_list') },
      },
    },
    goingUp: {
      description: 'A whole batch: it goes up before the next frame is looked at.',
      on: {
        NEXT: [
          { guard: 'isLast', target: 'owned', actions: 'shift', meta: cite('gro_normal_list', 'netif_receive_skb_list_internal') },
          { guard: 'isFirst', target: 'goingUp', actions: 'shift', meta: cite('gro_normal_list', 'netif_receive_skb_list_internal') },
        ],
      },
    },
    broken: { description: 'A frame was added while it was here already, or more frames than a poll can take.' },
  },
});

/** Frame `pkt` waits here. */
export const batched =
  (pkt: Packet) =>
  (context: RxListContext): boolean =>
    context.frames.includes(pkt);
