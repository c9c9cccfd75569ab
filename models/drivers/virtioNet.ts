/**
 * virtio_net: no cause is latched while callbacks are off, so ->poll() turns them on before it completes and looks again after.
 *
 * Source      Linux 6.12 drivers/net/virtio_net.c (virtnet_poll, virtqueue_napi_complete, virtqueue_napi_schedule, skb_recv_done)
 * Contract    the device adds a buffer and then reads whether callbacks are on; the driver turns them on and then looks for buffers
 * Bounds      none
 * Leaves out  the event index (one flag stands for it), refilling in a worker, and that a full barrier stands on each side
 */
import { assign, setup } from 'xstate';
import { type Component, component } from '../../src/model/component.ts';
import { step } from '../../src/model/network.ts';
import { cite, type Cite } from '../kernel/cite.ts';
import { range } from '../kernel/packet.ts';
import { type Part, together } from './core.ts';
import type { Driver } from './driver.ts';

export type VirtqueueEvent =
  | { readonly type: 'NOTIFY' } //  device: has added a buffer, callbacks are on: an interrupt
  | { readonly type: 'SKIP' } //    device: has added a buffer, callbacks are off
  | { readonly type: 'ACCEPT' } //  CPU: the interrupt
  | { readonly type: 'DISABLE' } // driver: virtqueue_disable_cb()
  | { readonly type: 'ENABLE' }; // driver: virtqueue_enable_cb_prepare()

export interface VirtqueueContext {
  readonly enabled: boolean;
}

const virtqueue = setup({
  types: { context: {} as VirtqueueContext, events: {} as VirtqueueEvent, meta: {} as Cite },
  guards: { enabled: ({ context }) => context.enabled, disabled: ({ context }) => !context.enabled },
  actions: { enable: assign({ enabled: true }), disable: assign({ enabled: false }) },
}).createMachine({
  id: 'virtqueue',
  context: { enabled: false },
  initial: 'quiet',
  states: {
    quiet: {
      description: 'No interrupt on its way.',
      on: {
        NOTIFY: { guard: 'enabled', target: 'posted', meta: cite() },
        SKIP: { guard: 'disabled', target: 'quiet', meta: cite() },
        ENABLE: { target: 'quiet', actions: 'enable', meta: cite('virtqueue_napi_complete') },
        DISABLE: { target: 'quiet', actions: 'disable', meta: cite('virtqueue_napi_schedule', 'virtqueue_napi_complete') },
      },
    },
    posted: {
      description: 'An interrupt is on its way; another one merges with it.',
      on: {
        NOTIFY: { guard: 'enabled', target: 'posted', meta: cite() },
        SKIP: { guard: 'disabled', target: 'posted', meta: cite() },
        ENABLE: { target: 'posted', actions: 'enable', meta: cite('virtqueue_napi_complete') },
        DISABLE: { target: 'posted', actions: 'disable', meta: cite('virtqueue_napi_schedule', 'virtqueue_napi_complete') },
        ACCEPT: { target: 'quiet', meta: cite('handle_edge_irq', 'skb_recv_done') },
      },
    },
  },
});

export interface PollContext {
  readonly weight: number;
  readonly work: number;
}

export type VirtnetPollEvent =
  | { readonly type: 'CALL' }
  | { readonly type: 'TAKE' }
  | { readonly type: 'EMPTY' }
  | { readonly type: 'SPENT' }
  | { readonly type: 'REFILL' }
  | { readonly type: 'ENABLE' } //   callbacks on
  | { readonly type: 'COMPLETE' } // napi_complete_done() returned true
  | { readonly type: 'KEPT' } //     it returned false: callbacks off
  | { readonly type: 'NONE' } //     virtqueue_poll(): nothing has come
  | { readonly type: 'MORE' } //     something has
  | { readonly type: 'WON' } //      napi_schedule_prep(): callbacks off, queued
  | { readonly type: 'LOST' } //     somebody else has the instance
  | { readonly type: 'RETURN' }
  | { readonly type: 'RETURN_FULL' };

const virtnetPoll = setup({
  types: { input: {} as { readonly weight: number }, context: {} as PollContext, events: {} as VirtnetPollEvent, meta: {} as Cite },
  guards: {
    weightLeft: ({ context }) => context.work < context.weight,
    weightSpent: ({ context }) => context.work === context.weight,
    // Callbacks are on before the completion, and looked behind after it.
    completesFirst: () => false,
  },
  actions: { reset: assign({ work: 0 }), count: assign({ work: ({ context }) => context.work + 1 }) },
}).createMachine({
  id: 'virtnetPoll',
  context: ({ input }) => ({ ...input, work: 0 }),
  initial: 'idle',
  states: {
    idle: { description: 'Not running on this CPU.', on: { CALL: { target: 'receiving', actions: 'reset', meta: cite('virtnet_poll') } } },
    receiving: {
      description: 'In virtnet_receive().',
      on: {
        TAKE: { guard: 'weightLeft', target: 'receiving', actions: 'count', meta: cite('virtnet_receive') },
        EMPTY: { guard: 'weightLeft', target: 'refilling', meta: cite('virtnet_receive') },
        SPENT: { guard: 'weightSpent', target: 'refilling', meta: cite('virtnet_receive') },
      },
    },
    refilling: {
      description: 'The loop is over.',
      on: {
        REFILL: [
          { guard: 'weightSpent', target: 'full', meta: cite('try_fill_recv') },
          { guard: 'completesFirst', target: 'completing', meta: cite('try_fill_recv') },
          { target: 'enabling', meta: cite('try_fill_recv') },
        ],
      },
    },
    enabling: {
      description: 'About to turn callbacks on.',
      on: {
        ENABLE: [
          { guard: 'completesFirst', target: 'returning', meta: cite('virtqueue_napi_complete') },
          { target: 'completing', meta: cite('virtqueue_napi_complete') },
        ],
      },
    },
    completing: {
      description: 'SCHED still set, callbacks on.',
      on: {
        COMPLETE: [
          { guard: 'completesFirst', target: 'enabling', meta: cite('virtqueue_napi_complete', 'napi_complete_done') },
          { target: 'looking', meta: cite('virtqueue_napi_complete', 'napi_complete_done') },
        ],
        KEPT: { target: 'returning', meta: cite('virtqueue_napi_complete', 'napi_complete_done') },
      },
    },
    looking: {
      description: 'Free; has something come before callbacks were on?',
      on: {
        NONE: { target: 'returning', meta: cite('virtqueue_napi_complete') },
        MORE: { target: 'asking', meta: cite('virtqueue_napi_complete') },
      },
    },
    asking: {
      description: 'Something has.',
      on: {
        WON: { target: 'returning', meta: cite('virtqueue_napi_schedule', 'napi_schedule_prep') },
        LOST: { target: 'returning', meta: cite('virtqueue_napi_schedule', 'napi_schedule_prep') },
      },
    },
    returning: { description: 'Returns less than the weight.', on: { RETURN: { target: 'idle', meta: cite('virtnet_poll') } } },
    full: { description: 'Returns the weight.', on: { RETURN_FULL: { target: 'idle', meta: cite('virtnet_poll') } } },
  },
});

/** virtio_net by the driver contract. */
export const virtioNet: Driver<{ readonly poll: Component<typeof virtnetPoll>[]; readonly vq: Component<typeof virtqueue> }> = {
  name: 'virtio_net',
  about: 'virtio_net: callbacks instead of a latch, and a second look after the completion',
  components: (s) => ({ poll: range(s.cpus).map(() => component(virtnetPoll, { weight: s.weight })), vq: component(virtqueue) }),
  open: (n) => [n.vq.on({ type: 'ENABLE' })],
  handled: (n, won) => (won ? [n.vq.on({ type: 'DISABLE' })] : []),
  masked: (n) => n.vq.is('has callbacks off', ({ enabled }) => !enabled),
  steps: (n, core, s) => {
    const cpu = range(s.cpus);
    const own = (c: number, type: VirtnetPollEvent['type']): Part => ({ moves: [n.poll(c).on({ type })] });
    const vq = (type: VirtqueueEvent['type']): Part => ({ moves: [n.vq.on({ type })] });
    return [
      step('notify', {}, () => together(core.cause(), vq('NOTIFY'))),
      step('notify_off', {}, () => together(core.cause(), vq('SKIP'))),
      step('irq_enter', { cpu }, ({ cpu: c }) => together(core.interrupt(c), vq('ACCEPT'))),
      step('poll', { cpu }, ({ cpu: c }) => together(core.call(c), own(c, 'CALL'))),
      step('take', { cpu, pkt: range(s.packets) }, ({ cpu: c, pkt }) => together(core.take(c, pkt), own(c, 'TAKE'))),
      step('queue_empty', { cpu }, ({ cpu: c }) => together(core.look(c, false), own(c, 'EMPTY'))),
      step('weight_spent', { cpu }, ({ cpu: c }) => together(core.runs(c), own(c, 'SPENT'))),
      step('refill', { cpu }, ({ cpu: c }) => together(core.refill(c), own(c, 'REFILL'))),
      step('enable_cb', { cpu }, ({ cpu: c }) => together(core.runs(c), own(c, 'ENABLE'), vq('ENABLE'))),
      step('complete', { cpu }, ({ cpu: c }) => together(core.complete(c), own(c, 'COMPLETE'))),
      step('complete_missed', { cpu }, ({ cpu: c }) => together(core.kept(c), own(c, 'KEPT'), vq('DISABLE'))),
      step('nothing_more', { cpu }, ({ cpu: c }) => together(core.recheck(c, false), own(c, 'NONE'))),
      step('more', { cpu }, ({ cpu: c }) => together(core.recheck(c, true), own(c, 'MORE'))),
      step('reschedule_won', { cpu }, ({ cpu: c }) => together(core.rescheduled(c), own(c, 'WON'), vq('DISABLE'))),
      step('reschedule_lost', { cpu }, ({ cpu: c }) => together(core.notRescheduled(c), own(c, 'LOST'))),
      step('poll_short', { cpu }, ({ cpu: c }) => together(core.return(c, 'short'), own(c, 'RETURN'))),
      step('poll_full', { cpu }, ({ cpu: c }) => together(core.return(c, 'full'), own(c, 'RETURN_FULL'))),
    ];
  },
};
