/**
 * softnet_data of one CPU: its poll list, and net_rx_action() walking it.
 *
 * Source      Linux 3.10 net/core/dev.c (list walked in place) and 6.12 (spliced to a private list, with a repoll list)
 * Contract    lists are touched by their own CPU only, with interrupts off; whatever stays on a list has NET_RX pending
 * Bounds      SoftnetBounds
 * Leaves out  netpoll, threaded polling. The budget of 300 and the two jiffies are one nondeterministic choice: after any
 *             poll the loop may find that it has to stop, which allows every run that the counts allow. time_squeeze is
 *             counted in the family net-rx only; elsewhere BREAK is both a squeeze and the end with instances to repoll.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type Instance = 'igb' | 'backlog' | 'driver';

export interface SoftnetBounds {
  /** 3.10: the instance stays on poll_list while it is polled. Later kernels take it off. */
  readonly inPlace: boolean;
}

export type SoftnetEvent =
  | { readonly type: 'ADD'; readonly napi: Instance } //      ____napi_schedule(): tail of poll_list
  | { readonly type: 'REMOVE'; readonly napi: Instance } //   __napi_complete() on the polled instance, 3.10
  | { readonly type: 'START' } //                             net_rx_action() begins
  | { readonly type: 'RESTART' } //                           6.4 and later: poll_list filled while nothing was left
  | { readonly type: 'PICK'; readonly napi: Instance } //     calls ->poll() of the first instance
  | { readonly type: 'SHORT' } //                             ->poll() did less than its weight
  | { readonly type: 'COMPLETED' } //                         the same, for a ->poll() that unlinks itself at the end
  | { readonly type: 'FULL' } //                              ->poll() did its whole weight: poll again later
  | { readonly type: 'REQUEUED' } //                          the same, and the completion on its behalf found MISSED
  | { readonly type: 'EXIT' } //                              nothing left
  | { readonly type: 'BREAK' } //                             stops with work left; NET_RX is raised again
  | { readonly type: 'SQUEEZE' } //                           the same, because the budget or the time is used up: time_squeeze
  | { readonly type: 'SQUEEZE_EMPTY' } //                     they are used up, and nothing is left: time_squeeze all the same
  | { readonly type: 'PUSH_IPI'; readonly cpu: number } //    a remote backlog is to be scheduled by IPI
  | { readonly type: 'SEND_IPI'; readonly cpu: number } //    the IPI leaves
  | { readonly type: 'DONE' }; //                             net_rx_action() returns

export interface SoftnetContext extends SoftnetBounds {
  /** sd->poll_list. */
  readonly list: readonly Instance[];
  /** The private list of 6.12's net_rx_action(). */
  readonly local: readonly Instance[];
  /** Instances that used their whole weight, 6.12. */
  readonly repoll: readonly Instance[];
  /** The instance whose ->poll() runs. */
  readonly current: Instance | null;
  /** At least one poll since START: the budget may be spent. */
  readonly polled: boolean;
  /** sd->in_net_rx_action: NET_RX need not be raised, the loop will look. */
  readonly inAction: boolean;
  /** The loop has ended by time_squeeze. */
  readonly squeezed: boolean;
  /** sd->rps_ipi_list: CPUs whose backlog waits for an IPI from here. */
  readonly ipis: readonly number[];
}

const without = (list: readonly Instance[], napi: Instance | null): readonly Instance[] => list.filter((one) => one !== napi);

const softnetSetup = setup({
  types: { input: {} as SoftnetBounds, context: {} as SoftnetContext, events: {} as SoftnetEvent, meta: {} as Cite },
  guards: {
    currentOnNoList: ({ context: c }) => c.current !== null && ![...c.list, ...c.local, ...c.repoll].includes(c.current),
    onNoList: ({ context: c, event }) => 'napi' in event && ![...c.list, ...c.local, ...c.repoll].includes(event.napi),
    isFirst: ({ context: c, event }) =>
      'napi' in event && (c.inPlace ? c.list : c.local)[0] === event.napi && (event.napi !== 'backlog' || c.ipis.length === 0),
    nothingLeft: ({ context: c }) => c.list.length + c.local.length + c.repoll.length === 0,
    onlyNewOnes: ({ context: c }) => !c.inPlace && c.list.length > 0 && c.local.length + c.repoll.length === 0,
    mayBreak: ({ context: c }) => c.polled && c.list.length + c.local.length + c.repoll.length > 0,
    // Later kernels look at budget and time right after a poll, 3.10 at the top of the loop.
    squeezesEmpty: ({ context: c }) => !c.inPlace && c.polled && c.list.length + c.local.length + c.repoll.length === 0,
    isFirstIpi: ({ context: c, event }) => 'cpu' in event && c.ipis[0] === event.cpu,
    backlogNext: ({ context: c, event }) => 'cpu' in event && c.ipis[0] === event.cpu && (c.inPlace ? c.list : c.local)[0] === 'backlog',
    owesNone: ({ context: c, event }) => 'cpu' in event && !c.ipis.includes(event.cpu),
    noIpis: ({ context: c }) => c.ipis.length === 0,
  },
  actions: {
    add: assign({
      list: ({ context: c, event }) => {
        assertEvent(event, 'ADD');
        return [...c.list, event.napi];
      },
    }),
    remove: assign({
      list: ({ context: c, event }) => {
        assertEvent(event, 'REMOVE');
        return without(c.list, event.napi);
      },
    }),
    splice: assign(({ context: c }) => (c.inPlace ? { polled: false } : { local: c.list, list: [], polled: false, inAction: true })),
    pick: assign(({ context: c, event }) => {
      assertEvent(event, 'PICK');
      return { current: event.napi, local: without(c.local, event.napi) };
    }),
    short: assign({ current: null, polled: true }),
    unlink: assign(({ context: c }) => ({ current: null, polled: true, list: c.inPlace ? without(c.list, c.current) : c.list })),
    toTail: assign(({ context: c }) => {
      const again = c.current === null ? [] : [c.current];
      const moved = c.inPlace ? { list: [...without(c.list, c.current), ...again] } : { repoll: [...c.repoll, ...again] };
      return { ...moved, current: null, polled: true };
    }),
    requeue: assign(({ context: c }) => ({ current: null, polled: true, list: c.current === null ? c.list : [...c.list, c.current] })),
    giveBack: assign(({ context: c }) => ({ list: [...c.local, ...c.list, ...c.repoll], local: [], repoll: [] })),
    leaveAction: assign({ inAction: false }),
    pushIpi: assign({
      ipis: ({ context: c, event }) => {
        assertEvent(event, 'PUSH_IPI');
        return [...c.ipis, event.cpu];
      },
    }),
    squeeze: assign({ squeezed: true }),
    relax: assign({ squeezed: false }),
    popIpi: assign({ ipis: ({ context: c }) => c.ipis.slice(1) }),
  },
});

/** A NAPI instance is queued here. A second insertion corrupts the list. */
const ADD = (state: 'idle' | 'loop' | 'polling' | 'ending') =>
  [
    { guard: 'onNoList', target: state, actions: 'add', meta: cite('____napi_schedule') },
    { target: 'corrupt', meta: cite('____napi_schedule') },
  ] as const;

/** A remote backlog is noted for an IPI. */
const PUSH_IPI = (state: 'idle' | 'loop' | 'polling' | 'ending') =>
  [
    { guard: 'owesNone', target: state, actions: 'pushIpi', meta: cite('get_rps_cpu', 'enqueue_to_backlog') },
    { target: 'corrupt', meta: cite('get_rps_cpu', 'enqueue_to_backlog') },
  ] as const;

export const softnet = softnetSetup.createMachine({
  id: 'softnet',
  context: ({ input }) => ({
    ...input,
    list: [],
    local: [],
    repoll: [],
    current: null,
    polled: false,
    inAction: false,
    squeezed: false,
    ipis: [],
  }),
  initial: 'idle',
  states: {
    idle: {
      description: 'net_rx_action() is not running on this CPU.',
      on: { ADD: ADD('idle'), PUSH_IPI: PUSH_IPI('idle'), START: { target: 'loop', actions: 'splice', meta: cite('net_rx_action') } },
    },
    loop: {
      description: 'At the top of the loop, interrupts off for a moment.',
      on: {
        ADD: ADD('loop'),
        PUSH_IPI: PUSH_IPI('loop'),
        PICK: { guard: 'isFirst', target: 'polling', actions: 'pick', meta: cite('net_rx_action') },
        RESTART: { guard: 'onlyNewOnes', target: 'loop', actions: 'splice', meta: cite('net_rx_action') },
        EXIT: { guard: 'nothingLeft', target: 'ending', actions: 'leaveAction', meta: cite('net_rx_action') },
        BREAK: { guard: 'mayBreak', target: 'ending', actions: 'giveBack', meta: cite('net_rx_action', '__raise_softirq_irqoff') },
        SQUEEZE: {
          guard: 'mayBreak',
          target: 'ending',
          actions: ['giveBack', 'squeeze'],
          meta: cite('net_rx_action', '__raise_softirq_irqoff'),
        },
        SQUEEZE_EMPTY: { guard: 'squeezesEmpty', target: 'ending', actions: ['leaveAction', 'squeeze'], meta: cite('net_rx_action') },
        SEND_IPI: {
          guard: 'backlogNext',
          target: 'loop',
          actions: 'popIpi',
          meta: cite('process_backlog', 'net_rps_action_and_irq_enable'),
        },
      },
    },
    polling: {
      description: 'The ->poll() of `current` runs.',
      on: {
        ADD: ADD('polling'),
        PUSH_IPI: PUSH_IPI('polling'),
        REMOVE: { target: 'polling', actions: 'remove', meta: cite('__napi_complete') },
        SHORT: { target: 'loop', actions: 'short', meta: cite('net_rx_action') },
        COMPLETED: { target: 'loop', actions: 'unlink', meta: cite('net_rx_action') },
        FULL: { target: 'loop', actions: 'toTail', meta: cite('net_rx_action') },
        REQUEUED: [
          {
            guard: 'currentOnNoList',
            target: 'loop',
            actions: 'requeue',
            meta: cite('__napi_poll', 'napi_complete_done', '__napi_schedule'),
          },
          { target: 'corrupt', meta: cite('__napi_poll', 'napi_complete_done', '__napi_schedule') },
        ],
      },
    },
    ending: {
      description: 'The loop is over; IPIs for remote backlogs leave.',
      on: {
        ADD: ADD('ending'),
        PUSH_IPI: PUSH_IPI('ending'),
        SEND_IPI: { guard: 'isFirstIpi', target: 'ending', actions: 'popIpi', meta: cite('net_rps_action_and_irq_enable') },
        DONE: { guard: 'noIpis', target: 'idle', actions: 'relax', meta: cite('net_rx_action') },
      },
    },
    corrupt: { description: 'A node was added to a list it was already on.' },
  },
});

/** Instance `napi` is on a list of this CPU, or its ->poll() runs here. */
export const has =
  (napi: Instance) =>
  (context: SoftnetContext): boolean =>
    context.current === napi || [...context.list, ...context.local, ...context.repoll].includes(napi);

/** ____napi_schedule() need not raise NET_RX: net_rx_action() will look at the list. */
export const inAction = (context: SoftnetContext): boolean => context.inAction;

/** A remote backlog waits for an IPI from this CPU. */
export const owesIpi = (context: SoftnetContext): boolean => context.ipis.length > 0;
