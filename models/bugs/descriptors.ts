/** Bugs planted in the descriptor ring. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { descriptorSlice } from '../networks/descriptors.ts';
import { unused } from '../nic/descriptors.ts';

type DescriptorBug = Bug<ReturnType<typeof descriptorSlice.build>>;

const TAKEN_AT_LAST = 'a frame in the ring is taken in the end, if memory comes back and the watchdog goes on';
const REFILLED = 'a ring that ran dry is filled again, if memory comes back and the watchdog goes on';

export const DESCRIPTOR_BUGS: readonly DescriptorBug[] = [
  {
    id: 'tail-before-enable',
    row: 'M0.3',
    about: 'RDT is written before the queue is enabled, and ignored: the driver believes that all is given, and never writes it again',
    breaks: [REFILLED],
    plant: (net) =>
      net.replaceMachine('ring', (machine) =>
        machine.provide({
          actions: { open: assign(({ context: c }) => ({ buffers: c.buffers.map((_, index) => index < c.size - 1), use: c.size - 1 })) },
        }),
      ),
  },
  {
    id: 'no-sentinel',
    row: 'M1.1',
    about: 'igb_alloc_rx_buffers() does not zero the next length: the driver runs on into what an earlier lap has left',
    breaks: ['a descriptor is taken once, and written only with a buffer', 'the length at next_to_use is zero whenever the driver looks'],
    plant: (net) => net.replaceMachine('ring', (machine) => machine.provide({ actions: { sentinel: assign({}) } })),
  },
  {
    id: 'ring-filled-to-the-brim',
    row: 'M1.2',
    about: 'igb_desc_unused() leaves none: RDT comes round to RDH, and the NIC takes that for nothing given',
    breaks: [REFILLED],
    plant: (net) =>
      net
        .replaceMachine('ring', (machine) =>
          machine.provide({
            guards: { hasUnused: () => true },
            actions: { open: assign(({ context: c }) => ({ buffers: c.buffers.map(() => true), use: 0, tail: 0 })) },
          }),
        )
        .replaceStep('igb_poll', (spec, n, { owed }) => ({
          ...spec,
          when: [n.cpu(0).in('softirq'), n.ring.is(`has ${owed} unused, none left`, (context) => unused(context) + 1 === owed)],
        })),
  },
  {
    id: 'clean-not-advanced',
    about: 'the driver takes a frame and does not move next_to_clean',
    breaks: ['unused, given and done descriptors are all but one'],
    plant: (net) =>
      net.replaceMachine('ring', (machine) =>
        machine.provide({
          actions: {
            take: assign(({ context: c }) => ({ lengths: c.lengths.with(c.clean, 'stale'), buffers: c.buffers.with(c.clean, false) })),
          },
        }),
      ),
  },
  {
    id: 'only-this-polls-slots',
    row: 'M1.5',
    about: 'the refill counts what this poll has cleaned, so that what failed before is never made good',
    breaks: [REFILLED],
    plant: (net) =>
      net.replaceMachine('poll', (machine) => machine.provide({ actions: { begin: assign({ work: 0, owed: 0, inside: false }) } })),
  },
  {
    id: 'no-watchdog',
    row: 'M1.6',
    about: 'nobody provokes an interrupt: a ring without descriptors gets no frame, no cause, no poll and no refill',
    breaks: [REFILLED, TAKEN_AT_LAST],
    plant: (net) => net.replaceStep('watchdog', (spec, n) => ({ ...spec, moves: [n.failed.on({ type: 'SET' })] })),
  },
  {
    id: 'flag-forgotten',
    row: 'M1.6',
    about: '6.18: a failed page allocation does not set the flag, and the watchdog sees nothing to do',
    breaks: [REFILLED],
    scenario: { profile: '6.18' },
    plant: (net) =>
      net.replaceStep('refill_failed', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'failed') })),
  },
  {
    id: 'flag-cleared-late',
    row: 'M1.7',
    about: '6.18: the watchdog writes EICS and clears the flag after that: the failure of the poll it has provoked is wiped out',
    breaks: [REFILLED],
    scenario: { profile: '6.18' },
    plant: (net) =>
      net
        .replaceMachine('failed', (machine) => machine.provide({ guards: { clearsLate: ({ context }) => context.failed } }))
        .replaceStep('watchdog_test', (spec, n) => ({ ...spec, when: [n.failed.in('kicked')] })),
  },
  {
    id: 'refusal-returns-weight',
    row: 'M1.11',
    about:
      'without an skb the poll returns its weight, and is polled until there is one: i40e does so; only the wait for the watchdog is gone',
    breaks: ['a frame waits in the ring with nothing on its way, after a failed skb allocation'],
    plant: (net) => net.replaceMachine('poll', (machine) => machine.provide({ guards: { keepsPolling: () => true } })),
  },
  {
    id: 'descriptor-overrun-uncounted',
    about: 'the NIC drops a frame for want of a descriptor and counts nothing',
    breaks: ['rx_missed_errors counts exactly the frames that found no descriptor'],
    plant: (net) =>
      net.replaceStep('overrun', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rx_missed_errors') })),
  },
  {
    id: 'frame-left-in-hand',
    about: 'igb_clean_rx_irq() takes a frame and hands nothing up',
    breaks: ['no frame vanishes'],
    plant: (net) => net.replaceStep('take', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'ledger') })),
  },
];
