/**
 * A made-up driver, as an example of how one is written, and it gets one thing wrong: where a poll takes its whole weight and the
 * queue happens to be empty after that, it completes, and still returns its weight.
 *
 * The core believes that the driver kept the instance, and queues it to be polled again, while an interrupt may have queued
 * it elsewhere. See the suite `acme/wrong` for the counterexamples, and README.md for how to check a driver of your own.
 */
import { assign, setup } from 'xstate';
import { type Component, component } from '../../src/model/component.ts';
import { step } from '../../src/model/network.ts';
import { masked, vector } from '../irq/vector.ts';
import { range } from '../kernel/packet.ts';
import { type Part, together } from './core.ts';
import type { Driver } from './driver.ts';

export interface AcmeContext {
  readonly weight: number;
  /** Frames taken in this call. */
  readonly work: number;
}

type AcmeEvent = {
  readonly type: 'CALL' | 'TAKE' | 'EMPTY' | 'MORE' | 'REFILL' | 'COMPLETE' | 'KEPT' | 'ARM' | 'RETURN' | 'RETURN_WEIGHT';
};

const acmePoll = setup({
  types: { input: {} as { readonly weight: number }, context: {} as AcmeContext, events: {} as AcmeEvent },
  guards: {
    weightLeft: ({ context }) => context.work < context.weight,
    weightSpent: ({ context }) => context.work === context.weight,
  },
  actions: { reset: assign({ work: 0 }), count: assign({ work: ({ context }) => context.work + 1 }) },
}).createMachine({
  id: 'acmePoll',
  context: ({ input }) => ({ ...input, work: 0 }),
  initial: 'idle',
  states: {
    idle: { description: 'Not running on this CPU.', on: { CALL: { target: 'receiving', actions: 'reset' } } },
    receiving: {
      description: 'Takes frames.',
      on: {
        TAKE: { guard: 'weightLeft', target: 'receiving', actions: 'count' },
        // The mistake: it looks at the queue first, and at its weight only if there is more.
        EMPTY: { target: 'emptied' },
        MORE: { guard: 'weightSpent', target: 'spent' },
      },
    },
    emptied: { description: 'About to give buffers back, and to complete.', on: { REFILL: { target: 'completing' } } },
    spent: { description: 'About to give buffers back, and to be polled again.', on: { REFILL: { target: 'returning' } } },
    completing: { description: 'The queue was empty.', on: { COMPLETE: { target: 'arming' }, KEPT: { target: 'returning' } } },
    arming: { description: 'Completed.', on: { ARM: { target: 'returning' } } },
    returning: {
      description: 'Returns what it took.',
      on: {
        RETURN: { guard: 'weightLeft', target: 'idle', actions: 'reset' },
        RETURN_WEIGHT: { guard: 'weightSpent', target: 'idle', actions: 'reset' },
      },
    },
  },
});

/** On an MSI-X vector like igb's. */
export const acme: Driver<{ readonly poll: Component<typeof acmePoll>[]; readonly vector: Component<typeof vector> }> = {
  name: 'acme',
  about: 'a made-up driver that completes and returns its weight',
  components: (s) => ({ poll: range(s.cpus).map(() => component(acmePoll, { weight: s.weight })), vector: component(vector) }),
  open: (n) => [n.vector.on({ type: 'UNMASK' })],
  masked: (n) => n.vector.is('is masked', masked),
  steps: (n, core, s) => {
    const cpu = range(s.cpus);
    const own = (c: number, type: AcmeEvent['type']): Part => ({ moves: [n.poll(c).on({ type })] });
    return [
      step('cause', {}, () => together(core.cause(), { moves: [n.vector.on({ type: 'CAUSE' })] })),
      step('emit', {}, () => ({ owner: 'device', moves: [n.vector.on({ type: 'EMIT' })] })),
      step('irq_enter', { cpu }, ({ cpu: c }) => together(core.interrupt(c), { moves: [n.vector.on({ type: 'ACCEPT' })] })),
      step('acme_poll', { cpu }, ({ cpu: c }) => together(core.call(c), own(c, 'CALL'))),
      step('acme_take', { cpu, pkt: range(s.packets) }, ({ cpu: c, pkt }) => together(core.take(c, pkt), own(c, 'TAKE'))),
      step('acme_empty', { cpu }, ({ cpu: c }) => together(core.look(c, false), own(c, 'EMPTY'))),
      step('acme_more', { cpu }, ({ cpu: c }) => together(core.look(c, true), own(c, 'MORE'))),
      step('acme_refill', { cpu }, ({ cpu: c }) => together(core.refill(c), own(c, 'REFILL'))),
      step('acme_complete', { cpu }, ({ cpu: c }) => together(core.complete(c), own(c, 'COMPLETE'))),
      step('acme_kept', { cpu }, ({ cpu: c }) => together(core.kept(c), own(c, 'KEPT'))),
      step('acme_arm', { cpu }, ({ cpu: c }) => together(core.arm(c), own(c, 'ARM'), { moves: [n.vector.on({ type: 'UNMASK' })] })),
      step('acme_return', { cpu }, ({ cpu: c }) => together(core.return(c, 'short'), own(c, 'RETURN'))),
      step('acme_return_weight', { cpu }, ({ cpu: c }) => together(core.return(c, 'full'), own(c, 'RETURN_WEIGHT'))),
    ];
  },
};
