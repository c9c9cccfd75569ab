/** The slice of the descriptor ring: refills buffer by buffer, allocations that fail, and the watchdog that makes up for them. */
import { component, type Move, type Observation, type Ref } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { family, int } from '../../src/model/scenario.ts';
import { counter, reads } from '../kernel/counter.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE, type ProfileName } from '../kernel/profile.ts';
import { inAction } from '../napi/softnet.ts';
import { descPoll } from '../nic/descPoll.ts';
import { descriptors, unused } from '../nic/descriptors.ts';
import { allocFailed, memory } from '../nic/memory.ts';
import { componentsOf } from './components.ts';
import { end, type Parts } from './parts.ts';
import { keys, LATER_PROFILE } from './scenario.ts';
import { endlessWatchdogStep, interruptSteps, powerOnStep } from './steps/nic.ts';
import { serving, softirqOn, softirqSteps } from './steps/softirq.ts';

export type DescriptorParts = Pick<
  Parts,
  'wire' | 'nic' | 'vector' | 'cpu' | 'handler' | 'softirq' | 'ksoftirqd' | 'softnet' | 'napi' | 'ledger' | 'rx_missed_errors'
> & {
  readonly ring: Ref<typeof descriptors>;
  readonly poll: Ref<typeof descPoll>;
  readonly memory: Ref<typeof memory>;
  readonly failed: Ref<typeof allocFailed>;
  readonly shortages: Ref<typeof counter>;
};

interface DescriptorScenario {
  readonly profile: ProfileName;
  readonly packets: number;
  readonly ring: number;
  readonly shortages: number;
}

const SOFTIRQ = softirqOn(0);

/** Frames arrive, causes are set, messages are sent; memory comes and goes; the watchdog looks, again and again. */
function environmentSteps(n: DescriptorParts, s: DescriptorScenario): StepTemplate[] {
  const frame = (pkt: number) => n.wire.on({ type: 'ARRIVE', pkt, kind: 'matched' });
  const device = { owner: 'NIC', environment: true };
  const watchdog = { owner: 'watchdog', environment: true, cite: ['igb_watchdog_task'] };
  const kick = n.vector.on({ type: 'KICK' });
  const looks = s.profile === '6.18';
  return [
    step('dma', { pkt: range(s.packets) }, ({ pkt }) => ({
      ...device,
      moves: [frame(pkt), n.nic.on({ type: 'DMA' }), n.ring.on({ type: 'DMA', pkt })],
    })),
    step('overrun', { pkt: range(s.packets) }, ({ pkt }) => ({
      ...device,
      moves: [frame(pkt), n.nic.on({ type: 'DROP' }), n.ring.on({ type: 'NO_DESCRIPTOR' }), ...end(n, pkt, 'missed', n.rx_missed_errors)],
    })),
    step('cause', {}, () => ({ owner: 'NIC', moves: [n.nic.on({ type: 'CAUSE' }), n.vector.on({ type: 'CAUSE' })] })),
    step('emit', {}, () => ({ owner: 'NIC', moves: [n.vector.on({ type: 'EMIT' })] })),
    step('memory_short', { k: range(s.shortages) }, ({ k }) => ({
      owner: 'memory',
      environment: true,
      moves: [n.memory.on({ type: 'SHORT' }), n.shortages.on({ type: 'INC' })],
      when: [n.shortages.is(`reads ${k}`, reads(k))],
    })),
    step('memory_back', {}, () => ({ owner: 'memory', environment: true, moves: [n.memory.on({ type: 'BACK' })] })),
    ...(looks
      ? [
          step('watchdog_test', {}, () => ({ ...watchdog, moves: [n.failed.on({ type: 'TEST' })] })),
          step('watchdog', {}, () => ({ ...watchdog, moves: [n.failed.on({ type: 'KICK' }), kick] })),
        ]
      : [endlessWatchdogStep(n)]),
  ];
}

/** igb_poll(): what is owed is counted from the indices; each buffer and the doorbell are steps. */
function pollSteps(n: DescriptorParts, s: DescriptorScenario): StepTemplate[] {
  const runs = serving(n.cpu(0));
  const flagged = s.profile === '6.18' ? [n.failed.on({ type: 'SET' })] : [];
  const by = (name: string, moves: readonly Move[], when: readonly Observation[] = []) =>
    step(name, {}, () => ({ owner: SOFTIRQ, moves, when: [runs, ...when] }));
  const poll = (type: Exclude<Parameters<typeof n.poll.on>[0]['type'], 'CALL'>) => n.poll.on({ type });
  return [
    step('igb_poll', { owed: range(s.ring + 1) }, ({ owed }) => ({
      owner: SOFTIRQ,
      moves: [n.softnet(0).on({ type: 'PICK', napi: 'igb' }), n.poll.on({ type: 'CALL', unused: owed })],
      when: [runs, n.ring.is(`has ${owed} unused`, (context) => unused(context) === owed)],
    })),
    by('batch', [poll('BATCH')]),
    step('take', { pkt: range(s.packets) }, ({ pkt }) => ({
      owner: SOFTIRQ,
      moves: [poll('TAKE'), n.ring.on({ type: 'TAKE', pkt }), n.memory.on({ type: 'ALLOC' }), ...end(n, pkt, 'delivered')],
      when: [runs],
    })),
    step('skb_refused', { pkt: range(s.packets) }, ({ pkt }) => ({
      owner: SOFTIRQ,
      moves: [poll('REFUSED'), n.ring.on({ type: 'REFUSED', pkt }), n.memory.on({ type: 'FAIL' }), ...flagged],
      when: [runs],
    })),
    by('take_stale', [poll('TAKE'), n.ring.on({ type: 'TAKE_STALE' })]),
    by('ring_empty', [poll('EMPTY'), n.ring.on({ type: 'EMPTY' })]),
    by('weight_spent', [poll('SPENT')]),
    by('refill_last', [poll('LAST')]),
    by('refill_none', [poll('NONE')]),
    by('refill', [poll('REFILL'), n.ring.on({ type: 'REFILL' }), n.memory.on({ type: 'ALLOC' })]),
    by('refill_failed', [poll('FAIL'), n.memory.on({ type: 'FAIL' }), ...flagged]),
    by('doorbell', [poll('DOORBELL'), n.ring.on({ type: 'DOORBELL' })]),
    by('complete', [poll('COMPLETE'), n.napi.on({ type: 'COMPLETE' })]),
    by(
      'complete_missed',
      [poll('COMPLETE_MISSED'), n.napi.on({ type: 'COMPLETE_MISSED' }), n.softnet(0).on({ type: 'ADD', napi: 'igb' })],
      [n.softnet(0).is('is in net_rx_action()', inAction)],
    ),
    by('unmask', [poll('UNMASK'), n.vector.on({ type: 'UNMASK' })]),
    by('poll_short', [poll('RETURN'), n.softnet(0).on({ type: 'SHORT' })]),
    by('poll_full', [poll('RETURN_FULL'), n.softnet(0).on({ type: 'FULL' })]),
  ];
}

export const descriptorSlice = family({
  name: 'descriptors',
  about: 'the RX ring descriptor by descriptor, allocations that fail, the watchdog',
  keys: {
    profile: LATER_PROFILE,
    ...keys('packets', 'ring', 'weight'),
    batch: int({ min: 1, max: 16, otherwise: 2, about: 'buffers refilled together inside the loop' }),
    shortages: int({ min: 0, max: 4, otherwise: 1, about: 'times that memory is short' }),
  },
  build: (s) => {
    const { wire, nic, vector, cpu, handler, softirq, ksoftirqd, softnet, napi, ledger, counters } = componentsOf(s);
    const profile = PROFILE[s.profile];
    return network('descriptors', {
      wire,
      nic,
      ring: component(descriptors, { size: s.ring }),
      vector,
      cpu,
      handler,
      softirq,
      ksoftirqd,
      softnet,
      napi,
      poll: component(descPoll, { weight: s.weight, batch: s.batch }),
      memory: component(memory),
      failed: component(allocFailed),
      shortages: component(counter, { max: s.shortages }),
      ledger,
      rx_missed_errors: counters.rx_missed_errors,
    })
      .join((n) => [powerOnStep(n, [n.ring.on({ type: 'OPEN' }), n.napi.on({ type: 'ENABLE' }), n.vector.on({ type: 'UNMASK' })])])
      .join((n) => environmentSteps(n, s))
      .join((n) => interruptSteps(n, { cpus: 1, irqCpus: 1, profile }))
      .join((n) => softirqSteps(n, 1))
      .join((n) => pollSteps(n, s));
  },
});
