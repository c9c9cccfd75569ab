/**
 * sd_flow_limit of one CPU that sends: one flow must not have most of a backlog that is half full.
 *
 * Source      Linux 6.12 net/core/dev.c (skb_flow_limit); 3.11 (99bbc7074190) and later
 * Contract    only packets that find the backlog at least half full are noted, those that are dropped for it too
 * Bounds      FlowLimitBounds; the kernel has a history of 128
 * Leaves out  two flows that share a bucket; the sysctl that switches it on by CPU
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import { range } from '../kernel/packet.ts';

export interface FlowLimitBounds {
  readonly flows: number;
  /** FLOW_LIMIT_HISTORY. */
  readonly history: number;
}

export type FlowLimitEvent =
  | { readonly type: 'NOTE'; readonly flow: number } //  not too many: the packet may be appended
  | { readonly type: 'LIMIT'; readonly flow: number }; // more than half of the history: dropped

export interface FlowLimitContext extends FlowLimitBounds {
  /** Ring of the flows noted last, zeros at first, the oldest first. */
  readonly recent: readonly number[];
  /** By flow. */
  readonly buckets: readonly number[];
}

/** The bucket of `flow` once it is noted again. */
const grown = ({ recent, buckets }: FlowLimitContext, flow: number): readonly number[] => {
  const oldest = recent[0] ?? 0;
  const without = buckets[oldest]! > 0 ? buckets.with(oldest, buckets[oldest]! - 1) : buckets;
  return without.with(flow, without[flow]! + 1);
};

const exceeds = (c: FlowLimitContext, flow: number): boolean => grown(c, flow)[flow]! > c.history >> 1;

export const flowLimit = setup({
  types: { input: {} as FlowLimitBounds, context: {} as FlowLimitContext, events: {} as FlowLimitEvent, meta: {} as Cite },
  guards: {
    within: ({ context: c, event }) => !exceeds(c, event.flow),
    exceeds: ({ context: c, event }) => exceeds(c, event.flow),
  },
  actions: {
    note: assign(({ context: c, event }) => {
      assertEvent(event, ['NOTE', 'LIMIT']);
      return { recent: [...c.recent.slice(1), event.flow], buckets: grown(c, event.flow) };
    }),
  },
}).createMachine({
  id: 'flowLimit',
  context: ({ input }) => ({ ...input, recent: Array<number>(input.history).fill(0), buckets: range(input.flows).map(() => 0) }),
  initial: 'on',
  states: {
    on: {
      description: 'flow_limit_cpu_bitmap has this CPU.',
      on: {
        NOTE: { guard: 'within', target: 'on', actions: 'note', meta: cite('skb_flow_limit') },
        LIMIT: { guard: 'exceeds', target: 'on', actions: 'note', meta: cite('skb_flow_limit') },
      },
    },
  },
});

/** Flow `flow` has less than half of the history. */
export const isMinor =
  (flow: number) =>
  ({ recent, history }: FlowLimitContext): boolean =>
    recent.filter((one) => one === flow).length < history >> 1;
