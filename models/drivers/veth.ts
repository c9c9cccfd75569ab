/**
 * veth in NAPI mode: no interrupt. Who sends puts a frame into the peer's ring and schedules the peer's instance, unless the
 * receiver has said that it looks anyhow.
 *
 * Source      Linux 6.12 drivers/net/veth.c (veth_xmit, veth_xdp_rx, __veth_xdp_flush, veth_poll)
 * Contract    the sender adds a frame and then reads rx_notify_masked; the receiver clears it and then looks at the ring
 * Bounds      none
 * Leaves out  XDP; the barrier between the two steps on each side: the memory model is sequential consistency
 */
import { assign, setup } from 'xstate';
import { type Component, component, type RefFamily } from '../../src/model/component.ts';
import { step, type StepTemplate } from '../../src/model/network.ts';
import { cite, type Cite } from '../kernel/cite.ts';
import { range } from '../kernel/packet.ts';
import { type Core, type Part, senderParts, together } from './core.ts';
import type { Driver, DriverBounds } from './driver.ts';

export type NotifyEvent = { readonly type: 'MASK' } | { readonly type: 'UNMASK' };

const notify = setup({
  types: { context: {} as { readonly masked: boolean }, events: {} as NotifyEvent, meta: {} as Cite },
  actions: { mask: assign({ masked: true }), unmask: assign({ masked: false }) },
}).createMachine({
  id: 'rxNotify',
  context: { masked: false },
  initial: 'flag',
  states: {
    flag: {
      description: 'rx_notify_masked of the peer.',
      on: {
        MASK: { target: 'flag', actions: 'mask', meta: cite('__veth_xdp_flush', 'veth_poll') },
        UNMASK: { target: 'flag', actions: 'unmask', meta: cite('veth_poll') },
      },
    },
  },
});

export type SenderEvent = { readonly type: 'PRODUCED' | 'MASKED' | 'OPEN' | 'WON' | 'LOST' | 'QUEUE' | 'LEAVE' };

const sender = setup({ types: { events: {} as SenderEvent, meta: {} as Cite } }).createMachine({
  id: 'vethSender',
  initial: 'idle',
  states: {
    idle: { description: 'Not sending.', on: { PRODUCED: { target: 'produced', meta: cite('veth_xmit', 'veth_xdp_rx') } } },
    produced: {
      description: 'The frame is in the ring.',
      on: {
        MASKED: { target: 'leaving', meta: cite('__veth_xdp_flush') },
        OPEN: { target: 'asking', meta: cite('__veth_xdp_flush') },
      },
    },
    asking: {
      description: 'The receiver wants to be told.',
      on: {
        WON: { target: 'owner', meta: cite('__veth_xdp_flush', 'napi_schedule_prep') },
        LOST: { target: 'leaving', meta: cite('__veth_xdp_flush', 'napi_schedule_prep') },
      },
    },
    owner: { description: 'Has SCHED.', on: { QUEUE: { target: 'leaving', meta: cite('__veth_xdp_flush', '__napi_schedule') } } },
    leaving: { description: 'About to turn bottom halves on.', on: { LEAVE: { target: 'idle', meta: cite('local_bh_enable') } } },
  },
});

export type VethPollEvent = {
  readonly type:
    | 'CALL'
    | 'TAKE'
    | 'EMPTY'
    | 'SPENT'
    | 'REFILL'
    | 'COMPLETE'
    | 'KEPT'
    | 'UNMASK'
    | 'NONE'
    | 'MORE'
    | 'WON'
    | 'LOST'
    | 'RETURN'
    | 'RETURN_FULL';
};

const vethPoll = setup({
  types: {
    input: {} as { readonly weight: number },
    context: {} as { readonly weight: number; readonly work: number },
    events: {} as VethPollEvent,
    meta: {} as Cite,
  },
  guards: { weightLeft: ({ context }) => context.work < context.weight, weightSpent: ({ context }) => context.work === context.weight },
  actions: { reset: assign({ work: 0 }), count: assign({ work: ({ context }) => context.work + 1 }) },
}).createMachine({
  id: 'vethPoll',
  context: ({ input }) => ({ ...input, work: 0 }),
  initial: 'idle',
  states: {
    idle: { description: 'Not running on this CPU.', on: { CALL: { target: 'receiving', actions: 'reset', meta: cite('veth_poll') } } },
    receiving: {
      description: 'In veth_xdp_rcv().',
      on: {
        TAKE: { guard: 'weightLeft', target: 'receiving', actions: 'count', meta: cite('veth_xdp_rcv') },
        EMPTY: { guard: 'weightLeft', target: 'freeing', meta: cite('veth_xdp_rcv') },
        SPENT: { guard: 'weightSpent', target: 'freeing', meta: cite('veth_xdp_rcv') },
      },
    },
    freeing: {
      description: 'The slots of the ring are free again: one step for all of a poll.',
      on: {
        REFILL: [
          { guard: 'weightSpent', target: 'full', meta: cite('veth_xdp_rcv') },
          { target: 'completing', meta: cite('veth_xdp_rcv') },
        ],
      },
    },
    completing: {
      description: 'SCHED still set.',
      on: {
        COMPLETE: { target: 'unmasking', meta: cite('veth_poll', 'napi_complete_done') },
        KEPT: { target: 'returning', meta: cite('veth_poll', 'napi_complete_done') },
      },
    },
    unmasking: { description: 'Free; nobody tells of new frames yet.', on: { UNMASK: { target: 'looking', meta: cite('veth_poll') } } },
    looking: {
      description: 'Has something come while nobody told?',
      on: { NONE: { target: 'returning', meta: cite('veth_poll') }, MORE: { target: 'asking', meta: cite('veth_poll') } },
    },
    asking: {
      description: 'Something has.',
      on: {
        WON: { target: 'returning', meta: cite('veth_poll', 'napi_schedule_prep', '__napi_schedule') },
        LOST: { target: 'returning', meta: cite('veth_poll', 'napi_schedule_prep') },
      },
    },
    returning: { description: 'Returns less than the weight.', on: { RETURN: { target: 'idle', meta: cite('veth_poll') } } },
    full: { description: 'Returns the weight.', on: { RETURN_FULL: { target: 'idle', meta: cite('veth_poll') } } },
  },
});

/** Senders, one per CPU: the frame is in the ring (`cause`), and then the peer is told or not. */
function senderSteps(
  send: RefFamily<typeof sender>,
  flag: (type: NotifyEvent['type']) => Part,
  isMasked: (yes: boolean) => Part,
  core: Core,
  s: DriverBounds,
) {
  const cpu = range(s.cpus);
  const own = (c: number, type: SenderEvent['type']): Part => ({ moves: [send(c).on({ type })] });
  return [
    // The frame came by `dma`; its sender shows up here, on any CPU, before anything else is sent.
    step('produced', { cpu }, ({ cpu: c }) => together(senderParts(core, c).enter, { moves: core.cause().moves }, own(c, 'PRODUCED'))),
    step('masked', { cpu }, ({ cpu: c }) => together(senderParts(core, c).within, own(c, 'MASKED'), isMasked(true))),
    step('not_masked', { cpu }, ({ cpu: c }) => together(senderParts(core, c).within, own(c, 'OPEN'), isMasked(false))),
    step('prep_by_sender', { cpu }, ({ cpu: c }) => together(senderParts(core, c).won, own(c, 'WON'), flag('MASK'))),
    step('prep_by_sender_lost', { cpu }, ({ cpu: c }) => together(senderParts(core, c).lost, own(c, 'LOST'))),
    step('queue_by_sender', { cpu }, ({ cpu: c }) => together(senderParts(core, c).queue, own(c, 'QUEUE'))),
    step('bh_enable', { cpu }, ({ cpu: c }) => together(senderParts(core, c).leave, own(c, 'LEAVE'))),
    step('bh_enable_softirq', { cpu }, ({ cpu: c }) => together(senderParts(core, c).leaveServing, own(c, 'LEAVE'))),
  ] satisfies StepTemplate[];
}

/** veth in NAPI mode by the driver contract. */
export const veth: Driver<{
  readonly poll: Component<typeof vethPoll>[];
  readonly notify: Component<typeof notify>;
  readonly sender: Component<typeof sender>[];
}> = {
  name: 'veth-napi',
  about: 'veth with GRO or XDP: the sender schedules the peer, unless it is told that the peer looks anyhow',
  components: (s) => ({
    poll: range(s.cpus).map(() => component(vethPoll, { weight: s.weight })),
    notify: component(notify),
    sender: range(s.cpus).map(() => component(sender)),
  }),
  open: () => [],
  interrupts: false,
  masked: (n) => n.notify.is('is masked', ({ masked }) => masked),
  done: (n, c) => n.poll(c).in('completing', 'full'),
  steps: (n, core, s) => {
    const cpu = range(s.cpus);
    const own = (c: number, type: VethPollEvent['type']): Part => ({ moves: [n.poll(c).on({ type })] });
    const flag = (type: NotifyEvent['type']): Part => ({ moves: [n.notify.on({ type })] });
    const isMasked = (yes: boolean): Part => ({
      moves: [],
      when: [n.notify.is(yes ? 'is masked' : 'is open', ({ masked }) => masked === yes)],
    });
    return [
      ...senderSteps(n.sender, flag, isMasked, core, s),
      step('poll', { cpu }, ({ cpu: c }) => together(core.call(c), own(c, 'CALL'))),
      step('take', { cpu, pkt: range(s.packets) }, ({ cpu: c, pkt }) => together(core.take(c, pkt), own(c, 'TAKE'))),
      step('ring_empty', { cpu }, ({ cpu: c }) => together(core.look(c, false), own(c, 'EMPTY'))),
      step('weight_spent', { cpu }, ({ cpu: c }) => together(core.runs(c), own(c, 'SPENT'))),
      step('free_slots', { cpu }, ({ cpu: c }) => together(core.refill(c), own(c, 'REFILL'))),
      step('complete', { cpu }, ({ cpu: c }) => together(core.complete(c), own(c, 'COMPLETE'))),
      step('complete_missed', { cpu }, ({ cpu: c }) => together(core.kept(c), own(c, 'KEPT'))),
      step('unmask', { cpu }, ({ cpu: c }) => together(core.arm(c), own(c, 'UNMASK'), flag('UNMASK'))),
      step('nothing_more', { cpu }, ({ cpu: c }) => together(core.recheck(c, false), own(c, 'NONE'))),
      step('more', { cpu }, ({ cpu: c }) => together(core.recheck(c, true), own(c, 'MORE'))),
      step('reschedule_won', { cpu }, ({ cpu: c }) => together(core.rescheduled(c), own(c, 'WON'), flag('MASK'))),
      step('reschedule_lost', { cpu }, ({ cpu: c }) => together(core.notRescheduled(c), own(c, 'LOST'))),
      step('poll_short', { cpu }, ({ cpu: c }) => together(core.return(c, 'short'), own(c, 'RETURN'))),
      step('poll_full', { cpu }, ({ cpu: c }) => together(core.return(c, 'full'), own(c, 'RETURN_FULL'))),
    ];
  },
};
