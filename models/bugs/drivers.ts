/** Bugs planted in drivers: each breaks a rule of the contract, or what follows from it. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { Driver, DriverNetwork } from '../drivers/driver.ts';
import type { e1000eIntx, igbMsix } from '../drivers/intel.ts';
import type { driverPath } from '../drivers/path.ts';
import type { veth } from '../drivers/veth.ts';
import type { virtioNet } from '../drivers/virtioNet.ts';

type BugOf<D> = D extends Driver<infer C> ? Bug<DriverNetwork<C>> : never;

const STUCK = 'no frame is stuck in the queue';
const TAKEN = 'a frame in the queue is taken in the end';

export const MSIX_BUGS: readonly BugOf<typeof igbMsix>[] = [
  {
    id: 'driver-returns-weight',
    row: 'M4.6',
    about: 'the driver completes and still returns its weight',
    breaks: ['a poll that returns its weight has not completed'],
    plant: (net) =>
      net.replaceStep('poll_short', (spec, n, { cpu }) => ({
        ...spec,
        moves: spec.moves.map((move) => {
          if (move.component === `softnet.${cpu}`) return n.softnet(Number(cpu)).on({ type: 'FULL' });
          return move.component === `contract.${cpu}` ? n.contract(Number(cpu)).on({ type: 'FULL' }) : move;
        }),
      })),
  },
  {
    id: 'driver-never-completes',
    row: 'M4.7',
    about: 'the driver returns less than its weight without completing',
    breaks: ['a poll that returns less than its weight has completed', 'a scheduled instance is with somebody who will poll it'],
    plant: (net) =>
      net.replaceStep('complete', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component.startsWith('poll')) })),
  },
  {
    id: 'driver-refills-late',
    row: 'M1.8',
    about: 'the driver refills its ring after it has completed, when another CPU may be polling',
    breaks: ['the queue is not touched after the completion'],
    plant: (net) =>
      net.step('late_refill', { cpu: [0, 1] }, ({ cpu }, n) => ({
        owner: `softirq/${cpu}`,
        moves: [n.queue.on({ type: 'REFILL' }), n.contract(cpu).on({ type: 'TOUCH' })],
        when: [n.cpu(cpu).in('softirq'), n.poll(cpu).in('unmasking')],
      })),
  },
  {
    id: 'driver-exceeds-weight',
    about: 'the driver goes on while there are frames',
    breaks: ['a poll takes no more frames than its weight'],
    scenario: { weight: 1 },
    plant: (net) =>
      net.replaceMachine('poll', (machine) => machine.provide({ guards: { weightLeft: ({ context }) => context.work <= context.weight } })),
  },
  {
    id: 'driver-arms-anyway',
    row: 'M2.10',
    about: 'the device does not mask by itself, and the driver opens the vector although the completion returned false',
    breaks: ['the interrupt is armed only if the completion returned true'],
    plant: (net) =>
      net
        .replaceMachine('vector', (machine) => machine.provide({ actions: { emit: assign({ cause: false }) } }))
        .step('arm_anyway', { cpu: [0, 1] }, ({ cpu }, n) => ({
          owner: `softirq/${cpu}`,
          moves: [n.vector.on({ type: 'UNMASK' }), n.contract(cpu).on({ type: 'ARM' })],
          when: [n.cpu(cpu).in('softirq'), n.poll(cpu).in('returning'), n.contract(cpu).in('kept')],
        })),
  },
  {
    id: 'driver-completes-early',
    about: 'the driver completes before it refills',
    breaks: ['an instance is polled only while scheduled'],
    plant: (net) =>
      net
        .replaceStep('ring_empty', (spec, n) => ({ ...spec, moves: [...spec.moves, n.napi.on({ type: 'COMPLETE' })] }))
        .replaceStep('complete', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'napi') })),
  },
  {
    id: 'driver-never-arms',
    about: 'the driver completes and does not open the vector',
    breaks: ['the interrupt is not left unarmed with the instance idle'],
    plant: (net) => net.replaceStep('unmask', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'vector') })),
  },
  {
    id: 'driver-device-without-latch',
    row: 'M2.1',
    about: 'the device forgets a cause that comes while the vector is masked, and the driver does not look again',
    breaks: [STUCK, TAKEN],
    plant: (net) =>
      net.replaceMachine('vector', (machine) =>
        machine.provide({ actions: { latch: assign({ cause: ({ context }) => context.cause || context.open }) } }),
      ),
  },
  {
    id: 'driver-two-owners',
    row: 'M4.1',
    about: 'napi_schedule_prep() wins although SCHED is set; the device does not mask by itself',
    breaks: ['an instance is polled on one CPU at a time, and queued once'],
    plant: (net) =>
      net
        .replaceMachine('vector', (machine) => machine.provide({ actions: { emit: assign({ cause: false }) } }))
        .replaceStep('prep_lost', (spec, n, { cpu }) => ({
          ...spec,
          moves: [n.handler(Number(cpu)).on({ type: 'PREP_WON' })],
          when: [n.napi.in('scheduled')],
        })),
  },
  {
    id: 'driver-loses-frame',
    about: 'the driver takes a frame and hands nothing up',
    breaks: ['no frame vanishes'],
    plant: (net) => net.replaceStep('take', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'ledger') })),
  },
  {
    id: 'driver-miscounts',
    about: 'a frame that finds no buffer is not counted',
    breaks: ['rx_missed_errors counts exactly the frames that found no buffer'],
    plant: (net) =>
      net.replaceStep('overrun', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rx_missed_errors') })),
  },
];

export const INTX_BUGS: readonly BugOf<typeof e1000eIntx>[] = [
  {
    id: 'line-stays-asserted',
    row: 'M2.7',
    about: 'the handler neither clears the cause nor masks, so that the line is asserted at its end, again and again',
    breaks: [TAKEN],
    plant: (net) => net.replaceMachine('line', (machine) => machine.provide({ actions: { read: assign({}) } })),
  },
];

export const VIRTIO_BUGS: readonly BugOf<typeof virtioNet>[] = [
  {
    id: 'callbacks-on-late',
    row: 'M2.9',
    about: 'callbacks are turned on after the completion, and nobody looks again: a buffer that came in between told nobody',
    breaks: [STUCK, TAKEN],
    plant: (net) => net.replaceMachine('poll', (machine) => machine.provide({ guards: { completesFirst: () => true } })),
  },
];

export const VETH_BUGS: readonly BugOf<typeof veth>[] = [
  {
    id: 'no-second-look',
    row: 'M2.8',
    about:
      'the receiver clears rx_notify_masked and does not look at the ring again (of the three of the row, the one that needs no store buffer)',
    breaks: [STUCK, TAKEN],
    plant: (net) =>
      net
        .replaceStep('nothing_more', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'queue') }))
        .replaceStep('more', () => undefined),
  },
];

/** A network in which a driver brings the packets of the whole path. */
type PathOf<D> = D extends Driver<infer C> ? Bug<ReturnType<ReturnType<typeof driverPath<C>>['build']>> : never;

export const INTX_PATH_BUGS: readonly PathOf<typeof e1000eIntx>[] = [
  {
    id: 'intx-stays-masked',
    about: 'e1000e_poll() completes and forgets to write IMS',
    breaks: [STUCK, TAKEN],
    plant: (net) => net.replaceStep('unmask', (spec) => ({ ...spec, moves: spec.moves.filter(({ component }) => component !== 'line') })),
  },
  {
    id: 'intx-list-forgotten',
    about: 'napi_complete_done() completes with frames in rx_list',
    breaks: ['no frame waits in rx_list when all is at rest'],
    plant: (net) => net.replaceMachine('rxList', (machine) => machine.provide({ guards: { isEmpty: () => true } })),
  },
];

export const VETH_PATH_BUGS: readonly PathOf<typeof veth>[] = [
  {
    id: 'veth-path-no-second-look',
    about: 'veth_poll() says that it wants to be told, and does not look at the ring again',
    breaks: [STUCK, TAKEN],
    plant: (net) =>
      net.replaceStep('nothing_more', (spec) => ({ ...spec, moves: spec.moves.filter(({ component }) => component !== 'queue') })),
  },
];
