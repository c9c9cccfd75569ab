/** igb_poll() and e1000e_poll() by the contract, over three kinds of interrupt: MSI-X, MSI and a shared INTx line. */
import type { Component, Move, Observation, RefFamily } from '../../src/model/component.ts';
import { component, type Ref } from '../../src/model/component.ts';
import { step, type StepTemplate } from '../../src/model/network.ts';
import { masked as vectorMasked, vector } from '../irq/vector.ts';
import { range } from '../kernel/packet.ts';
import { igbPoll } from '../nic/igbPoll.ts';
import { type Core, type Part, together } from './core.ts';
import type { Driver, DriverBounds } from './driver.ts';
import { intx, intxMasked, msi, msiMasked } from './legacy.ts';

type Polls = { readonly poll: Component<typeof igbPoll>[] };

const polls = (s: DriverBounds): Polls['poll'] => range(s.cpus).map(() => component(igbPoll, { weight: s.weight, batches: false }));

/** The poll routine that both have: clean, refill, complete, `arm`. */
function pollSteps(poll: RefFamily<typeof igbPoll>, core: Core, s: DriverBounds, arm: Move): StepTemplate[] {
  const cpu = range(s.cpus);
  const own = (
    c: number,
    type: 'CALL' | 'TAKE' | 'EMPTY' | 'SPENT' | 'REFILL' | 'COMPLETE' | 'COMPLETE_MISSED' | 'UNMASK' | 'RETURN' | 'RETURN_FULL',
  ): Part => ({
    moves: [poll(c).on({ type })],
  });
  return [
    step('poll', { cpu }, ({ cpu: c }) => together(core.call(c), own(c, 'CALL'))),
    step('take', { cpu, pkt: range(s.packets) }, ({ cpu: c, pkt }) => together(core.take(c, pkt), own(c, 'TAKE'))),
    step('ring_empty', { cpu }, ({ cpu: c }) => together(core.look(c, false), own(c, 'EMPTY'))),
    step('weight_spent', { cpu }, ({ cpu: c }) => together(core.runs(c), own(c, 'SPENT'))),
    step('refill', { cpu }, ({ cpu: c }) => together(core.refill(c), own(c, 'REFILL'))),
    step('complete', { cpu }, ({ cpu: c }) => together(core.complete(c), own(c, 'COMPLETE'))),
    step('complete_missed', { cpu }, ({ cpu: c }) => together(core.kept(c), own(c, 'COMPLETE_MISSED'))),
    step('unmask', { cpu }, ({ cpu: c }) => together(core.arm(c), own(c, 'UNMASK'), { moves: [arm] })),
    step('poll_short', { cpu }, ({ cpu: c }) => together(core.return(c, 'short'), own(c, 'RETURN'))),
    step('poll_full', { cpu }, ({ cpu: c }) => together(core.return(c, 'full'), own(c, 'RETURN_FULL'))),
  ];
}

const cause = (core: Core, moves: readonly Move[]): StepTemplate => step('cause', {}, () => together(core.cause(), { moves }));

/** igb with one MSI-X vector per queue: causes are latched, a message takes cause and mask bit with it. */
export const igbMsix: Driver<Polls & { readonly vector: Component<typeof vector> }> = {
  name: 'igb-msix',
  about: 'igb and e1000e on MSI-X, by the driver contract',
  components: (s) => ({ poll: polls(s), vector: component(vector) }),
  open: (n) => [n.vector.on({ type: 'UNMASK' })],
  masked: (n) => n.vector.is('is masked', vectorMasked),
  steps: (n, core, s) => [
    cause(core, [n.vector.on({ type: 'CAUSE' })]),
    step('emit', {}, () => ({ owner: 'device', moves: [n.vector.on({ type: 'EMIT' })] })),
    step('irq_enter', { cpu: range(s.cpus) }, ({ cpu: c }) => together(core.interrupt(c), { moves: [n.vector.on({ type: 'ACCEPT' })] })),
    ...pollSteps(n.poll, core, s, n.vector.on({ type: 'UNMASK' })),
  ],
};

/** igb or e1000e on MSI: the handler reads ICR, which clears the causes and masks; IMS opens again. */
export const igbMsi: Driver<Polls & { readonly irq: Component<typeof msi> }> = {
  name: 'igb-msi',
  about: 'igb and e1000e on MSI: one message, causes read and cleared by the handler',
  components: (s) => ({ poll: polls(s), irq: component(msi) }),
  open: (n) => [n.irq.on({ type: 'UNMASK' })],
  masked: (n) => n.irq.is('is masked', msiMasked),
  steps: (n, core, s) => [
    cause(core, [n.irq.on({ type: 'CAUSE' })]),
    step('emit', {}, () => ({ owner: 'device', moves: [n.irq.on({ type: 'EMIT' })] })),
    step('irq_enter', { cpu: range(s.cpus) }, ({ cpu: c }) => together(core.interrupt(c), { moves: [n.irq.on({ type: 'ACCEPT' })] })),
    ...pollSteps(n.poll, core, s, n.irq.on({ type: 'UNMASK' })),
  ],
};

/** e1000e on a line shared with another device: level-triggered, acknowledged after the handler. */
export const e1000eIntx: Driver<Polls & { readonly line: Component<typeof intx> }> = {
  name: 'e1000e-intx',
  about: 'e1000e on a level-triggered line that it shares with another device',
  components: (s) => ({ poll: polls(s), line: component(intx) }),
  open: (n) => [n.line.on({ type: 'UNMASK' })],
  masked: (n) => n.line.is('is masked', intxMasked),
  done: (n, c) => n.poll(c).in('completing', 'full'),
  steps: (n, core, s) => [
    cause(core, [n.line.on({ type: 'CAUSE' })]),
    ...lineSteps(n.line, core, s),
    ...pollSteps(n.poll, core, s, n.line.on({ type: 'UNMASK' })),
  ],
};

/**
 * e1000 on such a line. Its handler masks by hand what e1000e's IAM masks, and opens again where it finds the instance taken.
 * Transmission and the state of the link raise the same interrupt.
 *
 * Source      Linux 6.12 drivers/net/ethernet/intel/e1000/e1000_main.c (e1000_intr, e1000_clean)
 */
export const e1000: typeof e1000eIntx = {
  ...e1000eIntx,
  name: 'e1000',
  about: 'e1000 on a level-triggered line that it shares with another device',
  handled: (n, won) => (won ? [] : [n.line.on({ type: 'UNMASK' })]),
  steps: (n, core, s) => [
    ...e1000eIntx.steps(n, core, s),
    step('other_cause', {}, () => ({ owner: 'device', environment: true, moves: [n.line.on({ type: 'CAUSE' })] })),
  ],
};

/** The line is asserted by this device, or by the other one that shares it, which is quiet again when its own handler has run. */
function lineSteps(line: Ref<typeof intx>, core: Core, s: DriverBounds): StepTemplate[] {
  const cpu = range(s.cpus);
  const idle = (c: number): Observation => core.n.handler(c).in('idle');
  return [
    step('irq_enter', { cpu }, ({ cpu: c }) => together(core.interrupt(c), { moves: [line.on({ type: 'READ_ICR' })] })),
    // IRQ_NONE: ICR says nothing of this device. One step, as nothing of it changes.
    step('irq_other', { cpu }, ({ cpu: c }) => ({
      owner: `hardirq/${c}`,
      environment: true,
      moves: [line.on({ type: 'OTHER' })],
      when: [core.n.cpu(c).out('hardirq'), idle(c)],
    })),
  ];
}
