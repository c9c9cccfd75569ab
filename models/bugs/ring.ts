/** Bugs planted in the lower half: ring, interrupt, softirq, NAPI. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { ringSlice } from '../networks/ring.ts';
import { hasFrame } from '../nic/ring.ts';

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
    row: 'M2.1',
    about: 'the device does not latch a cause while the vector is masked',
    breaks: ['a frame in the ring is taken in the end', 'no frame is stuck in the ring'],
    plant: (net) =>
      net.replaceMachine('vector', (machine) =>
        machine.provide({ actions: { latch: assign({ cause: ({ context }) => context.cause || context.open }) } }),
      ),
  },
  {
    id: 'forget-missed',
    row: 'M4.2',
    about: 'napi_schedule_prep() does not record MISSED (fixed by 39e6c8208d7b); the watchdog interrupts during a poll',
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
    row: 'M4.1',
    about: 'napi_schedule_prep() wins although SCHED is set',
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
    row: 'M4.6',
    about: 'the driver completes and still returns its weight, so the core queues the instance again',
    breaks: ['a NAPI instance is queued or polled only while scheduled'],
    plant: (net) =>
      net.replaceStep('poll_short', (spec, n, { cpu }) => ({
        ...spec,
        moves: spec.moves.map((move) => (move.component === `softnet.${cpu}` ? n.softnet(Number(cpu)).on({ type: 'FULL' }) : move)),
      })),
  },
  {
    id: 'return-without-complete',
    row: 'M4.7',
    about: 'the driver returns less than its weight without completing; 6.12 has taken the instance off every list',
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
    about: '__do_softirq() leaves without looking at the mask again',
    breaks: [
      'a raised softirq is begun in the end',
      'a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake',
      'no raised softirq is left unserved',
    ],
    plant: (net) => net.replaceMachine('softirq', (machine) => machine.provide({ guards: { notPending: () => true } })),
  },
  {
    id: 'handover-to-nobody',
    row: 'M3.8',
    about: '__do_softirq() runs out of time and does not wake ksoftirqd',
    breaks: ['a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake'],
    plant: (net) =>
      net.replaceStep('softirq_handover', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => !move.component.startsWith('ksoftirqd')),
      })),
  },
  {
    id: 'net-rx-not-raised-again',
    row: 'M4.8',
    about: 'net_rx_action() stops with work left and does not raise NET_RX',
    breaks: ['no frame is stuck in the ring', 'a frame in the ring is taken in the end'],
    scenario: { profile: '6.12' },
    plant: (net) =>
      net.replaceStep('net_rx_break', (spec) => ({ ...spec, moves: spec.moves.filter((move) => !move.component.startsWith('softirq')) })),
  },
  {
    id: 'poll-list-not-looked-at-again',
    row: 'M4.12',
    about: 'net_rx_action() leaves without another look at poll_list, which an interrupt has filled without raising NET_RX',
    breaks: ['no frame is stuck in the ring', 'a frame in the ring is taken in the end'],
    scenario: { profile: '6.12' },
    plant: (net) =>
      net.replaceMachine('softnet', (machine) =>
        machine.provide({ guards: { nothingLeft: ({ context: c }) => c.local.length + c.repoll.length === 0 } }),
      ),
  },
  {
    id: 'ksoftirqd-looks-too-early',
    row: 'M3.6',
    about: 'ksoftirqd reads the mask before it sets TASK_INTERRUPTIBLE, and sleeps on what an interrupt has left to it in between',
    breaks: ['a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake', 'no raised softirq is left unserved'],
    scenario: { profile: '6.1' },
    // The look, the interrupt that defers, and the sleep, as one: it sleeps although something is pending.
    plant: (net) => net.replaceStep('ksoftirqd_sleep', (spec, n, { cpu }) => ({ ...spec, when: [n.cpu(Number(cpu)).in('task')] })),
  },
  {
    id: 'second-message-ignored',
    row: 'M2.6',
    about: 'handle_edge_irq() forgets a message that comes while the handler runs on another CPU: no IRQS_PENDING',
    breaks: ['no frame is stuck in the ring'],
    scenario: { profile: '6.12', cpus: 2, kicks: 1, packets: 2 },
    plant: (net) =>
      net.step('irq_ignored', { cpu: [0, 1] }, ({ cpu }, n) => ({
        owner: `hardirq/${cpu}`,
        moves: [n.vector.on({ type: 'ACCEPT' })],
        when: [n.handler(1 - cpu).out('idle'), n.cpu(cpu).out('hardirq')],
      })),
  },
  {
    id: 'rx-list-kept',
    row: 'M6.1',
    about: 'napi_complete_done() does not hand rx_list up',
    breaks: ['no frame waits in rx_list when all is at rest'],
    scenario: { profile: '6.12' },
    plant: (net) => net.replaceMachine('rxList', (machine) => machine.provide({ guards: { isEmpty: () => true } })),
  },
  {
    id: 'scheduled-bit-cleared-first',
    row: 'M4.4',
    about: 'napi_complete_done() gives SCHED up before it hands rx_list up: another CPU may take the instance and its list',
    breaks: ['a NAPI instance is queued or polled only while scheduled'],
    scenario: { profile: '6.12' },
    plant: (net) =>
      net.replaceMachine('poll', (machine) =>
        machine.provide({ guards: { completesFirst: ({ context }) => context.work < context.weight } }),
      ),
  },
  {
    id: 'no-auto-mask',
    row: 'M2.4',
    about: 'the device does not mask a vector that has interrupted (EIAM is 0), and there is no MISSED: what comes during a poll is lost',
    breaks: ['no frame is stuck in the ring', 'a frame in the ring is taken in the end'],
    plant: (net) => net.replaceMachine('vector', (machine) => machine.provide({ actions: { emit: assign({ cause: false }) } })),
  },
  {
    id: 'no-auto-mask-but-missed',
    row: 'M2.4',
    about: 'the same where there is MISSED: every frame interrupts, and costs one more poll',
    breaks: [],
    scenario: { profile: '6.12' },
    plant: (net) => net.replaceMachine('vector', (machine) => machine.provide({ actions: { emit: assign({ cause: false }) } })),
  },
  {
    id: 'unmask-although-missed',
    row: 'M2.10',
    about: 'the driver opens the vector although napi_complete_done() said that the instance is queued again',
    breaks: [],
    scenario: { profile: '6.12', kicks: 1, packets: 2, cpus: 2 },
    plant: (net) => net.replaceStep('complete_missed', (spec, n) => ({ ...spec, moves: [...spec.moves, n.vector.on({ type: 'UNMASK' })] })),
  },
  {
    id: 'forget-missed-without-kick',
    row: 'M4.2',
    about: 'napi_schedule_prep() does not record MISSED, and nothing but the device interrupts: one message per unmask',
    breaks: [],
    scenario: { profile: '6.12' },
    plant: (net) => net.replaceMachine('napi', (machine) => machine.provide({ actions: { setMissed: assign({}) } })),
  },
  {
    id: 'device-knows-the-ring',
    about: 'the device sends a message only where a frame waits: what a poll has taken already interrupts nobody',
    breaks: ['an interrupt finds nothing to do: the ring is empty, and nobody polls'],
    plant: (net) => net.replaceStep('emit', (spec, n) => ({ ...spec, when: [n.ring.is('holds a frame', hasFrame)] })),
  },
  {
    id: 'interrupt-overtakes-write-back',
    row: 'M2.5',
    about: 'the cause of a frame is set, and its message may be sent, before its descriptor is written back',
    breaks: ['no frame is stuck in the ring', 'a frame in the ring is taken in the end'],
    // The two steps of the NIC, the other way round.
    plant: (net) =>
      net
        .replaceStep('cause', (_, n) => ({
          owner: 'NIC',
          environment: true,
          moves: [n.nic.on({ type: 'DMA' }), n.vector.on({ type: 'CAUSE' })],
        }))
        .replaceStep('dma', (spec, n) => ({
          ...spec,
          moves: spec.moves.map((move) => (move.component === 'nic' ? n.nic.on({ type: 'CAUSE' }) : move)),
        })),
  },
];

/** Where a batch is smaller than a poll. */
export const BATCH_BUGS: readonly RingBug[] = [
  {
    id: 'list-grows',
    about: 'gro_normal_one() lets rx_list grow until the poll ends',
    breaks: ['rx_list goes up once it has gro_normal_batch frames'],
    plant: (net) => net.replaceMachine('rxList', (machine) => machine.provide({ guards: { fills: () => false } })),
  },
  {
    id: 'batch-cut-short',
    about: 'gro_normal_list() hands up one frame of a batch and calls the list empty',
    breaks: ['every packet is in exactly one place, or has ended once'],
    plant: (net) =>
      net.replaceMachine('rxList', (machine) =>
        machine.provide({
          guards: { isLast: ({ event, context }) => 'pkt' in event && context.frames[0] === event.pkt },
          actions: { shift: assign({ frames: [] }) },
        }),
      ),
  },
];
