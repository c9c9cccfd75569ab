/**
 * The per-CPU backlog: input queue, process queue, and process_backlog() polling them.
 *
 * Source      Linux 3.10 and 6.12, net/core/dev.c (enqueue_to_backlog, process_backlog)
 * Contract    any CPU appends under the queue lock; the instance is scheduled only when the input queue goes from empty
 *             to non-empty, so one missed schedule is for ever; the limit test is length <= max, so max + 1 fit
 * Bounds      BacklogBounds; the kernel has max 1000, weight 64
 * Leaves out  the flow limit, netif_running() and the look at the length without the lock, which are machines of their own
 *
 * 3.10 clears SCHED when it splices its last batch, before that batch is delivered; 6.12 clears it when both queues are
 * empty. Both happen under the queue lock.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export interface BacklogBounds {
  /** netdev_max_backlog. */
  readonly max: number;
  readonly weight: number;
  /** 3.10: SCHED is cleared with the last splice. */
  readonly clearsEarly: boolean;
}

export type BacklogEvent =
  | { readonly type: 'ENQUEUE_FIRST'; readonly pkt: Packet } // input queue empty, SCHED was clear: schedule
  | { readonly type: 'ENQUEUE'; readonly pkt: Packet } //       appended, nothing to schedule
  | { readonly type: 'DROP' } //                                over the limit
  | { readonly type: 'CALL' } //                                net_rx_action() calls process_backlog()
  | { readonly type: 'TAKE'; readonly pkt: Packet } //          first of the process queue goes up
  | { readonly type: 'SPLICE' } //                              all of the input queue moves to the process queue
  | { readonly type: 'SCHEDULE'; readonly pkt: Packet } //      a bug's: scheduled, and the lock released before the append
  | { readonly type: 'APPEND'; readonly pkt: Packet } //        a bug's: the append
  | { readonly type: 'FLUSH'; readonly pkt: Packet } //         flush_backlog() drops it: input queue first
  | { readonly type: 'UNLOCK' } //                              a bug's: found empty, and the lock released
  | { readonly type: 'RETURN' } //                              nothing left, or the last batch delivered
  | { readonly type: 'RETURN_FULL' }; //                        the weight is used up

export interface BacklogContext extends BacklogBounds {
  /** softnet_data.input_pkt_queue. 0..max+1 */
  readonly input: readonly Packet[];
  /** softnet_data.process_queue. */
  readonly process: readonly Packet[];
  /** NAPI_STATE_SCHED of the backlog instance. */
  readonly sched: boolean;
  /** Packets delivered in this call. 0..weight */
  readonly work: number;
  /** 3.10: SCHED was cleared in this call; deliver what is left and return. */
  readonly last: boolean;
  /** Scheduled and not yet appended: never, as one hold of the lock covers both. */
  readonly owed: Packet | null;
}

const isNew = (c: BacklogContext, event: BacklogEvent): boolean => 'pkt' in event && ![...c.input, ...c.process].includes(event.pkt);

const backlogSetup = setup({
  types: { input: {} as BacklogBounds, context: {} as BacklogContext, events: {} as BacklogEvent, meta: {} as Cite },
  guards: {
    schedules: ({ context: c, event }) => c.input.length === 0 && !c.sched && isNew(c, event),
    appends: ({ context: c, event }) => c.input.length <= c.max && (c.input.length > 0 || c.sched) && isNew(c, event),
    isTwice: ({ context: c, event }) => !isNew(c, event),
    overLimit: ({ context: c }) => c.input.length > c.max,
    isFirst: ({ context: c, event }) => 'pkt' in event && c.process[0] === event.pkt && c.work < c.weight,
    splices: ({ context: c }) => c.process.length === 0 && !c.last && c.work < c.weight && (c.input.length > 0 || c.clearsEarly),
    finished: ({ context: c }) => c.process.length === 0 && c.work < c.weight && (c.clearsEarly ? c.last : c.input.length === 0),
    weightSpent: ({ context: c }) => c.work === c.weight,
    // One hold of the lock covers the test, SCHED and the append; and at the end the test and SCHED.
    letsGoInBetween: () => false,
    isFlushed: ({ context: c, event }) => 'pkt' in event && [...c.input, ...c.process][0] === event.pkt,
    isOwed: ({ context: c, event }) => 'pkt' in event && c.owed === event.pkt,
  },
  actions: {
    schedule: assign({ sched: true }),
    append: assign({
      input: ({ context: c, event }) => {
        assertEvent(event, ['ENQUEUE_FIRST', 'ENQUEUE', 'APPEND']);
        return [...c.input, event.pkt];
      },
    }),
    flush: assign(({ context: c }) => (c.input.length > 0 ? { input: c.input.slice(1) } : { process: c.process.slice(1) })),
    owe: assign({
      owed: ({ event }) => {
        assertEvent(event, 'SCHEDULE');
        return event.pkt;
      },
    }),
    oweNothing: assign({ owed: null }),
    begin: assign({ work: 0, last: false }),
    take: assign(({ context: c }) => ({ process: c.process.slice(1), work: c.work + 1 })),
    splice: assign(({ context: c }) => {
      const last = c.clearsEarly && c.input.length < c.weight - c.work;
      return { process: c.input, input: [], last, sched: c.sched && !last };
    }),
    finish: assign(({ context: c }) => ({ work: 0, last: false, sched: c.clearsEarly ? c.sched : false })),
    spent: assign({ work: 0 }),
  },
});

/** Any CPU, under the queue lock, in every state. */
const enqueueIn = (state: 'idle' | 'polling' | 'finishing') =>
  ({
    ENQUEUE_FIRST: {
      guard: 'schedules',
      target: state,
      actions: ['schedule', 'append'],
      meta: cite('netif_rx', 'enqueue_to_backlog', '____napi_schedule'),
    },
    ENQUEUE: [
      { guard: 'appends', target: state, actions: 'append', meta: cite('netif_rx', 'enqueue_to_backlog') },
      { guard: 'isTwice', target: 'broken', meta: cite('netif_rx', 'enqueue_to_backlog') },
    ],
    DROP: { guard: 'overLimit', target: state, meta: cite('netif_rx', 'enqueue_to_backlog') },
    SCHEDULE: { guard: 'letsGoInBetween', target: state, actions: ['schedule', 'owe'], meta: cite('enqueue_to_backlog') },
    APPEND: { guard: 'isOwed', target: state, actions: ['append', 'oweNothing'], meta: cite('enqueue_to_backlog') },
  }) as const;

export const backlog = backlogSetup.createMachine({
  id: 'backlog',
  context: ({ input }) => ({ ...input, input: [], process: [], sched: false, work: 0, last: false, owed: null }),
  initial: 'idle',
  states: {
    idle: {
      description: 'process_backlog() is not running.',
      on: {
        ...enqueueIn('idle'),
        CALL: { target: 'polling', actions: 'begin', meta: cite('process_backlog') },
        FLUSH: { guard: 'isFlushed', target: 'idle', actions: 'flush', meta: cite('flush_backlog') },
      },
    },
    polling: {
      description: 'process_backlog() runs on its own CPU.',
      on: {
        ...enqueueIn('polling'),
        TAKE: { guard: 'isFirst', target: 'polling', actions: 'take', meta: cite('process_backlog', '__netif_receive_skb_core') },
        SPLICE: { guard: 'splices', target: 'polling', actions: 'splice', meta: cite('process_backlog') },
        UNLOCK: { guard: 'letsGoInBetween', target: 'finishing', meta: cite('process_backlog') },
        RETURN: { guard: 'finished', target: 'idle', actions: 'finish', meta: cite('process_backlog') },
        RETURN_FULL: { guard: 'weightSpent', target: 'idle', actions: 'spent', meta: cite('process_backlog') },
      },
    },
    finishing: {
      description: 'Both queues were empty when the lock was held; SCHED is about to be cleared without it. Only a bug comes here.',
      on: { ...enqueueIn('finishing'), RETURN: { target: 'idle', actions: 'finish', meta: cite('process_backlog') } },
    },
    broken: { description: 'A packet was queued while it was queued already.' },
  },
});

/** A packet waits in one of the two queues. */
export const queued = (context: BacklogContext): boolean => context.input.length + context.process.length > 0;

/** Packet `pkt` waits in one of the two queues, or is about to be appended. */
export const queues =
  (pkt: Packet) =>
  (context: BacklogContext): boolean =>
    context.input.includes(pkt) || context.process.includes(pkt) || context.owed === pkt;

/** Nothing is scheduled without having been appended. */
export const owesNothing = (context: BacklogContext): boolean => context.owed === null;

/** The input queue holds more than the limit allows. */
export const overflown = (context: BacklogContext): boolean => context.input.length > context.max + 1;

/** The next splice leaves weight to spare: 3.10 clears SCHED and unlinks the instance with it. */
export const lastSplice = (context: BacklogContext): boolean => context.clearsEarly && context.input.length < context.weight - context.work;

/** The input queue takes no more: length > max. */
export const full = (context: BacklogContext): boolean => context.input.length > context.max;

/** The input queue is at least half full: skb_flow_limit() looks at the flow. */
export const halfFull = (context: BacklogContext): boolean => context.input.length >= context.max >> 1;
