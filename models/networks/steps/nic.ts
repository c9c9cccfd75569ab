/** The NIC's own steps and the driver's interrupt handler: from a frame on the wire to NET_RX being raised. */
import type { Move, Observation } from '../../../src/model/component.ts';
import type { Parts } from '../parts.ts';
import { end } from '../parts.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import type { Kind } from '../../kernel/packet.ts';
import { range } from '../../kernel/packet.ts';
import type { Profile } from '../../kernel/profile.ts';
import { inAction } from '../../napi/softnet.ts';
import { exitSteps } from './exit.ts';

type NicParts = Pick<
  Parts,
  'wire' | 'nic' | 'ring' | 'vector' | 'cpu' | 'handler' | 'napi' | 'softnet' | 'softirq' | 'ksoftirqd' | 'ledger' | 'rx_missed_errors'
>;

/** What an interrupt touches. */
type InterruptParts = Pick<NicParts, 'vector' | 'cpu' | 'handler' | 'napi' | 'softnet' | 'softirq' | 'ksoftirqd'>;

export interface NicScenario {
  readonly packets: number;
  readonly cpus: number;
  /** CPUs that the vector may interrupt. */
  readonly irqCpus: number;
  readonly kinds: readonly Kind[];
  readonly profile: Profile;
  /** What must be true where an instance goes to a poll list; nothing where it cannot go elsewhere. */
  readonly listed?: readonly Observation[];
}

/** Frames arrive, causes are set, messages are sent. */
export function deviceSteps(n: NicParts, s: NicScenario): StepTemplate[] {
  const frame = { pkt: range(s.packets), kind: s.kinds };
  return [
    step('dma', frame, ({ pkt, kind }) => ({
      owner: 'NIC',
      environment: true,
      moves: [n.wire.on({ type: 'ARRIVE', pkt, kind }), n.nic.on({ type: 'DMA' }), n.ring.on({ type: 'DMA', pkt })],
    })),
    step('overrun', frame, ({ pkt, kind }) => ({
      owner: 'NIC',
      environment: true,
      moves: [
        n.wire.on({ type: 'ARRIVE', pkt, kind }),
        n.nic.on({ type: 'DROP' }),
        n.ring.on({ type: 'NO_DESCRIPTOR' }),
        ...end(n, pkt, 'missed', n.rx_missed_errors),
      ],
    })),
    step('cause', {}, () => ({ owner: 'NIC', moves: [n.nic.on({ type: 'CAUSE' }), n.vector.on({ type: 'CAUSE' })] })),
    step('emit', {}, () => ({ owner: 'NIC', moves: [n.vector.on({ type: 'EMIT' })] })),
  ];
}

/** An interface that is up from the start: `moves` fill its ring, enable its instance and open its interrupt. */
export function powerOnStep(n: Pick<Parts, 'nic' | 'ksoftirqd'>, moves: readonly Move[]): StepTemplate {
  return step('power_on', {}, () => ({
    owner: 'boot',
    moves: [n.nic.on({ type: 'ENABLE' }), ...moves, ...n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' }))],
  }));
}

/** A watchdog that writes EICS from time to time, for ever. */
export function endlessWatchdogStep(n: Pick<Parts, 'vector'>): StepTemplate {
  return step('watchdog', {}, () => ({
    owner: 'watchdog',
    environment: true,
    moves: [n.vector.on({ type: 'KICK' })],
    cite: ['igb_watchdog_task'],
  }));
}

/**
 * The watchdog's software interrupt: as often as the scenario allows, at any time while the interface is `up`. Its work
 * starts at the end of __igb_open(); igb_down() stops the timer. Left out: work queued before and run after that.
 */
export function watchdogStep(
  n: Pick<Parts, 'vector'> & { readonly watchdog: Parts['rx_dropped'] },
  kicks: number,
  up: readonly Observation[] = [],
): StepTemplate[] {
  if (kicks === 0) return [];
  return [
    step('watchdog', { kick: range(kicks) }, ({ kick }) => ({
      owner: 'watchdog',
      environment: true,
      moves: [n.vector.on({ type: 'KICK' }), n.watchdog.on({ type: 'INC' })],
      when: [...up, n.watchdog.is(`has fired ${kick} times`, (context) => context.count === kick)],
      cite: ['igb_watchdog_task'],
    })),
  ];
}

/** The handler on each CPU, and irq_exit(). */
export function interruptSteps(n: InterruptParts, s: Omit<NicScenario, 'packets' | 'kinds'>): StepTemplate[] {
  const cpu = range(s.irqCpus);
  const owner = (c: number) => `hardirq/${c}`;
  return [
    step('irq_enter', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.vector.on({ type: 'ACCEPT' }), n.cpu(c).on({ type: 'IRQ' }), n.handler(c).on({ type: 'ENTER' })],
      // handle_edge_irq(), IRQ_INPROGRESS: a second message waits for the first one's handler, wherever that runs.
      when: n.handler.all.map((one) => one.in('idle')),
      reveals: [{ event: 'irq_handler_entry', args: { cpu: c } }],
    })),
    step('prep_won', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'PREP_WON' }), n.napi.on({ type: 'PREP' })],
      reveals: [{ event: 'napi_schedule_prep_ret', args: { cpu: c, ret: 1 } }],
    })),
    step('prep_lost', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'PREP_LOST' }), n.napi.on({ type: 'PREP_LOST' })],
      reveals: [{ event: 'napi_schedule_prep_ret', args: { cpu: c, ret: 0 } }],
    })),
    step('napi_queue', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'QUEUE' }), n.softnet(c).on({ type: 'ADD', napi: 'igb' }), n.softirq(c).on({ type: 'RAISE' })],
      when: [n.softnet(c).is('is not in net_rx_action()', (context) => !inAction(context)), ...(s.listed ?? [])],
      reveals: [
        { event: '__napi_schedule', args: { cpu: c, raised: true } },
        { event: 'softirq_raise', args: { cpu: c } },
      ],
    })),
    step('napi_queue_in_action', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'QUEUE' }), n.softnet(c).on({ type: 'ADD', napi: 'igb' })],
      when: [n.softnet(c).is('is in net_rx_action()', inAction), ...(s.listed ?? [])],
      reveals: [{ event: '__napi_schedule', args: { cpu: c, raised: false } }],
    })),
    ...exitSteps(n, { name: 'irq_exit', cpu, owner, leave: (c) => n.handler(c).on({ type: 'EXIT' }), defers: s.profile.defersToKsoftirqd }),
  ];
}
