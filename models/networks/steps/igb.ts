/** igb_poll() on each CPU: from being picked off the poll list to the unmask. */
import type { Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { range, type Packet } from '../../kernel/packet.ts';
import type { Profile } from '../../kernel/profile.ts';
import { disabling } from '../../napi/napi.ts';
import { inAction } from '../../napi/softnet.ts';
import type { Parts, ToStack } from '../parts.ts';
import { serving, softirqOn } from './softirq.ts';

type IgbParts = Pick<Parts, 'cpu' | 'softirq' | 'softnet' | 'napi' | 'poll' | 'ring' | 'vector' | 'rxList'>;

export interface IgbScenario {
  readonly packets: number;
  readonly irqCpus: number;
  readonly profile: Profile;
  /** __IGB_DOWN is clear, and set: igb_ring_irq_enable() looks. Absent where the interface never goes down. */
  readonly link?: { readonly up: Observation; readonly down: Observation };
}

/** `up` hands a frame to the stack; `settled` says that the stack on a CPU has nothing in hand. */
export function igbSteps(n: IgbParts, s: IgbScenario, up: ToStack, settled: (cpu: number) => readonly Observation[]): StepTemplate[] {
  const cpu = range(s.irqCpus);
  return [
    step('igb_poll', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'PICK', napi: 'igb' }), n.poll(c).on({ type: 'CALL' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'igb_poll', args: { cpu: c } }],
    })),
    ...takeSteps(n, s, up, settled),
    step('ring_empty', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'EMPTY' }), n.ring.on({ type: 'EMPTY' })],
      when: [serving(n.cpu(c)), ...settled(c)],
    })),
    step('weight_spent', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'SPENT' })],
      when: [serving(n.cpu(c)), ...settled(c)],
    })),
    step('refill', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'REFILL' }), n.ring.on({ type: 'REFILL' })],
      when: [serving(n.cpu(c))],
    })),
    ...completeSteps(n, s),
    step('poll_full', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'FULL' })],
      when: [serving(n.cpu(c)), n.napi.is('is not being disabled', (context) => !disabling(context))],
      cite: ['net_rx_action'],
      reveals: [{ event: 'napi_poll', args: { cpu: c, dev: 'igb' } }],
    })),
    ...disabledSteps(n, cpu),
  ];
}

/** A full poll while napi_disable() waits: net_rx_action() completes on the driver's behalf. The interrupt stays masked. */
function disabledSteps(n: IgbParts, cpu: readonly number[]): StepTemplate[] {
  const isDisabling = n.napi.is('is being disabled', disabling);
  return [
    step('poll_full_disabled', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'COMPLETED' }), n.napi.on({ type: 'COMPLETE' })],
      when: [serving(n.cpu(c)), isDisabling],
      cite: ['net_rx_action', '__napi_poll', 'napi_complete'],
    })),
    // MISSED was set before: one more poll, and the next completion clears SCHED.
    step('poll_full_disabled_missed', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'REQUEUED' }), n.napi.on({ type: 'COMPLETE_MISSED' })],
      when: [serving(n.cpu(c)), isDisabling],
      cite: ['net_rx_action', '__napi_poll', 'napi_complete'],
    })),
  ];
}

/** A frame leaves the ring: straight into the stack (3.10), or into rx_list, which goes up when the poll completes. */
function takeSteps(n: IgbParts, s: IgbScenario, up: ToStack, settled: (cpu: number) => readonly Observation[]): StepTemplate[] {
  const domain = { cpu: range(s.irqCpus), pkt: range(s.packets) };
  const take = (c: number, pkt: Packet) => [n.poll(c).on({ type: 'TAKE' }), n.ring.on({ type: 'TAKE', pkt })];
  if (!s.profile.rxList) {
    return [
      step('take', domain, ({ cpu: c, pkt }) => {
        const { moves, when } = up(c, pkt);
        return { owner: softirqOn(c), moves: [...take(c, pkt), ...moves], when: [serving(n.cpu(c)), ...settled(c), ...when] };
      }),
    ];
  }
  return [
    step('take', domain, ({ cpu: c, pkt }) => ({
      owner: softirqOn(c),
      moves: [...take(c, pkt), n.rxList.on({ type: 'ADD', pkt })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'napi_gro_receive_entry', args: { cpu: c, pkt } }],
    })),
    step('gro_flush', domain, ({ cpu: c, pkt }) => {
      const { moves, when } = up(c, pkt);
      return {
        owner: softirqOn(c),
        moves: [n.poll(c).on({ type: 'FLUSH' }), n.rxList.on({ type: 'NEXT', pkt }), ...moves],
        // Revealed by nothing: netif_receive_skb comes for every frame of the list before IP sees the first.
        when: [serving(n.cpu(c)), ...settled(c), ...when],
      };
    }),
    step('gro_flushed', { cpu: domain.cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'FLUSHED' }), n.rxList.on({ type: 'EMPTY' })],
      when: [serving(n.cpu(c)), ...settled(c)],
    })),
  ];
}

/** SCHED is given up and the vector opened; or MISSED was set, and the instance is queued once more. */
function completeSteps(n: IgbParts, s: IgbScenario): StepTemplate[] {
  const cpu = range(s.irqCpus);
  const unlink = (c: number) => (s.profile.pollInPlace ? [n.softnet(c).on({ type: 'REMOVE', napi: 'igb' })] : []);
  return [
    step('complete', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'COMPLETE' }), n.napi.on({ type: 'COMPLETE' }), ...unlink(c)],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'napi_complete_done_ret', args: { cpu: c, ret: 1 } }],
    })),
    step('complete_missed', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [
        n.poll(c).on({ type: 'COMPLETE_MISSED' }),
        n.napi.on({ type: 'COMPLETE_MISSED' }),
        n.softnet(c).on({ type: 'ADD', napi: 'igb' }),
      ],
      when: [serving(n.cpu(c)), n.softnet(c).is('is in net_rx_action()', inAction)],
      reveals: [{ event: 'napi_complete_done_ret', args: { cpu: c, ret: 0 } }],
    })),
    step('unmask', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'UNMASK' }), n.vector.on({ type: 'UNMASK' })],
      when: [serving(n.cpu(c)), ...(s.link ? [s.link.up] : [])],
    })),
    step(
      'unmask_down',
      { cpu },
      ({ cpu: c }) => s.link && { owner: softirqOn(c), moves: [n.poll(c).on({ type: 'DOWN' })], when: [serving(n.cpu(c)), s.link.down] },
    ),
    step('poll_short', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN' }), n.softnet(c).on({ type: 'SHORT' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'napi_poll', args: { cpu: c, dev: 'igb' } }],
    })),
  ];
}
