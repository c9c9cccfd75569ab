/** Bugs planted in the lower half: ring, interrupt, softirq, NAPI. Row numbers M*.* are those of the kernel notes. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { ringSlice } from '../networks/ring.ts';

type RingBug = Bug<ReturnType<typeof ringSlice.build>>;

export const RING_BUGS: readonly RingBug[] = [
  {
    id: 'overrun-uncounted',
    about: 'the NIC drops a frame for want of a descriptor and counts nothing',
    breaks: ['rx_missed_errors counts exactly the frames that found no descriptor'],
    plant: (net) =>
      net.replaceStep('overrun', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rx_missed_errors') })),
  },
  {
    id: 'frame-taken-twice',
    about: 'igb_clean_rx_irq() hands a frame up and forgets to advance next_to_clean',
    breaks: ['a frame in the ring is taken in the end', 'every packet is in exactly one place, or has ended once'],
    plant: (net) =>
      net.replaceStep('take', (spec, n, { pkt }) => ({
        ...spec,
        moves: spec.moves.filter((move) => move.component !== 'ring'),
        when: [...(spec.when ?? []), n.ring.is(`has packet ${pkt} next`, (context) => context.descriptors[context.clean] === pkt)],
      })),
  },
  {
    id: 'no-latch',
    about: 'M2.1: the device does not latch a cause while the vector is masked',
    breaks: ['a frame in the ring is taken in the end', 'no frame is stuck in the ring'],
    plant: (net) =>
      net.replaceMachine('vector', (machine) =>
        machine.provide({ actions: { latch: assign({ cause: ({ context }) => context.cause || context.open }) } }),
      ),
  },
  {
    id: 'forget-missed',
    about: 'M4.2: napi_schedule_prep() does not record MISSED (fixed by 39e6c8208d7b); the watchdog interrupts during a poll',
    breaks: ['no frame is stuck in the ring'],
    scenario: { profile: '6.12', kicks: 1 },
    plant: (net) => net.replaceMachine('napi', (machine) => machine.provide({ actions: { setMissed: assign({}) } })),
  },
  {
    id: 'never-unmask',
    about: 'the driver completes and forgets to write EIMS',
    breaks: ['a masked vector is opened in the end', 'the vector is not left masked with its instance idle'],
    plant: (net) => net.replaceStep('unmask', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'vector') })),
  },
  {
    id: 'prep-not-atomic',
    about: 'napi_schedule_prep() wins although SCHED is set (compare M4.1)',
    breaks: ['a NAPI instance is polled or queued on one CPU at a time, and queued once'],
    scenario: { cpus: 2, kicks: 1, packets: 2 },
    plant: (net) =>
      net.replaceStep('prep_lost', (spec, n, { cpu }) => ({
        ...spec,
        moves: [n.handler(Number(cpu)).on({ type: 'PREP_WON' })],
        when: [n.napi.in('scheduled')],
      })),
  },
  {
    id: 'complete-and-return-weight',
    about: 'M4.6: the driver completes and still returns its weight, so the core queues the instance again',
    breaks: ['a NAPI instance is queued or polled only while scheduled'],
    plant: (net) =>
      net.replaceStep('poll_short', (spec, n, { cpu }) => ({
        ...spec,
        moves: spec.moves.map((move) => (move.component === `softnet.${cpu}` ? n.softnet(Number(cpu)).on({ type: 'FULL' }) : move)),
      })),
  },
  {
    id: 'return-without-complete',
    about: 'M4.7: the driver returns less than its weight without completing; 6.12 has taken the instance off every list',
    breaks: ['a scheduled NAPI instance is with somebody who will poll it'],
    scenario: { profile: '6.12' },
    plant: (net) => net.replaceStep('complete', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'napi') })),
  },
  {
    id: 'softirq-in-softirq',
    about: 'irq_exit() does not test in_interrupt(), so a softirq starts on top of a softirq',
    breaks: ['softirq processing is never entered twice on one CPU'],
    plant: (net) => net.replaceMachine('cpu', (machine) => machine.provide({ guards: { notInInterrupt: () => true } })),
  },
  {
    id: 'mask-not-read-again',
    about: 'M3.8: __do_softirq() leaves without looking at the mask again',
    breaks: [
      'a raised softirq is begun in the end',
      'a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake',
      'no raised softirq is left unserved',
    ],
    plant: (net) => net.replaceMachine('softirq', (machine) => machine.provide({ guards: { notPending: () => true } })),
  },
  {
    id: 'handover-to-nobody',
    about: '__do_softirq() runs out of time and does not wake ksoftirqd',
    breaks: ['a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake'],
    plant: (net) =>
      net.replaceStep('softirq_handover', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => !move.component.startsWith('ksoftirqd')),
      })),
  },
];
