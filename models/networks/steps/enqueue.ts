/** enqueue_to_backlog(), whoever calls it. */
import type { Move, Observation, Ref, RefFamily } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import { full, halfFull } from '../../backlog/backlog.ts';
import type { flowLimit } from '../../backlog/flowLimit.ts';
import type { netdev } from '../../backlog/netdev.ts';
import type { counter } from '../../kernel/counter.ts';
import { type Fate, type Kind, type Packet, range } from '../../kernel/packet.ts';
import type { RunningRule } from '../../kernel/profile.ts';
import { inAction } from '../../napi/softnet.ts';
import { end, type Parts } from '../parts.ts';

export type BacklogParts = Pick<
  Parts,
  'wire' | 'cpu' | 'softirq' | 'ksoftirqd' | 'softnet' | 'backlog' | 'ipi' | 'ledger' | 'softnet_dropped' | 'rx_dropped'
>;

/** A device that comes and goes. */
export interface Device {
  readonly netdev: Ref<typeof netdev>;
  readonly rule: RunningRule;
}

/** The flow limit of each sending CPU. */
export interface Flows {
  readonly flowLimit: RefFamily<typeof flowLimit>;
  readonly flow_limit_count: Ref<typeof counter>;
  readonly flows: number;
}

export interface BacklogScenario {
  readonly packets: number;
  readonly cpus: number;
  /** CPUs that senders run on. */
  readonly senders: readonly number[];
  /** The CPU whose backlog a packet goes to: the sender's own, or another one (RPS). */
  readonly target: (cpu: number) => number;
  readonly kinds: readonly Kind[];
  /** local_bh_enable() leaves softirqs to a runnable ksoftirqd. */
  readonly defers: boolean;
  /** What must be true before anybody can send: the device is up. */
  readonly ready?: readonly Observation[];
  /** Where the device comes and goes. */
  readonly leaving?: Device;
  /** Where flows are limited. */
  readonly limited?: Flows;
}

/** Where enqueue_to_backlog() is called from, and what the caller does beside. */
export interface Caller {
  readonly name: string;
  readonly owner: (cpu: number) => string;
  readonly environment: boolean;
  readonly moves: (cpu: number) => readonly Move[];
  readonly when: (cpu: number) => readonly Observation[];
}

/** enqueue_to_backlog(), with its outcomes: scheduled here, scheduled there by IPI, appended; dropped for one of three reasons. */
export function enqueueSteps(n: BacklogParts, s: BacklogScenario, caller: Caller): StepTemplate[] {
  const common = { cpu: s.senders, pkt: range(s.packets), kind: s.kinds };
  const { leaving: device, limited } = s;
  const notRunning = device?.netdev.in('stopping', 'unmarked');
  const asks = device !== undefined && notRunning !== undefined && device.rule !== 'not asked';
  const running = asks ? [not(notRunning)] : [];
  const half = (c: number, yes: boolean) =>
    n.backlog(s.target(c)).is(yes ? 'is half full' : 'is not half full', (context) => halfFull(context) === yes);
  /** A packet that is appended is noted if the backlog is half full. */
  const outcome = (
    name: string,
    one: (c: number, pkt: Packet) => { readonly moves: readonly Move[]; readonly when?: readonly Observation[]; readonly reveals: string },
    noted?: 'noted' | 'limited',
  ): StepTemplate =>
    step(`${caller.name}_${name}`, { ...common, ...(noted && limited ? { flow: range(limited.flows) } : {}) }, (params) => {
      const { cpu: c, pkt, kind } = params;
      const { moves, when = [], reveals } = one(c, pkt);
      return {
        owner: caller.owner(c),
        environment: caller.environment,
        moves: [
          n.wire.on({ type: 'ARRIVE', pkt, kind }),
          ...caller.moves(c),
          ...moves,
          ...(noted && limited
            ? [limited.flowLimit(c).on({ type: noted === 'noted' ? 'NOTE' : 'LIMIT', flow: Number(params['flow']) })]
            : []),
        ],
        when: [...caller.when(c), ...when],
        reveals: [{ event: reveals, args: { cpu: c, pkt } }],
      };
    });
  const here = (c: number) => s.target(c) === c;
  const schedule = (c: number) =>
    here(c) ? n.softnet(c).on({ type: 'ADD', napi: 'backlog' }) : n.softnet(c).on({ type: 'PUSH_IPI', cpu: s.target(c) });
  const first = (c: number, pkt: Packet) => [n.backlog(s.target(c)).on({ type: 'ENQUEUE_FIRST', pkt }), schedule(c)];
  const taken = (suffix: string, looks: (c: number) => readonly Observation[], noted?: 'noted'): StepTemplate[] => [
    outcome(
      `schedule${suffix}`,
      (c, pkt) => ({
        moves: [...first(c, pkt), n.softirq(c).on({ type: 'RAISE' })],
        when: [actsIn(n, c, false), ...running, ...looks(c)],
        reveals: 'netif_rx_scheduled',
      }),
      noted,
    ),
    outcome(
      `schedule_in_action${suffix}`,
      (c, pkt) => ({ moves: first(c, pkt), when: [actsIn(n, c, true), ...running, ...looks(c)], reveals: 'netif_rx' }),
      noted,
    ),
    outcome(
      `append${suffix}`,
      (c, pkt) => ({
        moves: [n.backlog(s.target(c)).on({ type: 'ENQUEUE', pkt })],
        when: [...running, ...looks(c)],
        reveals: 'netif_rx',
      }),
      noted,
    ),
  ];
  const drop = (pkt: Packet, fate: Fate, ...counted: readonly Ref<typeof counter>[]) => end(n, pkt, fate, ...counted, n.rx_dropped);
  return [
    ...(limited ? [...taken('', (c) => [half(c, false)]), ...taken('_noted', (c) => [half(c, true)], 'noted')] : taken('', () => [])),
    outcome('drop', (c, pkt) => ({
      moves: [n.backlog(s.target(c)).on({ type: 'DROP' }), ...drop(pkt, 'backlogFull', n.softnet_dropped)],
      when: device?.rule === 'asked last' ? [] : running,
      reveals: 'netif_rx_dropped',
    })),
    ...(limited
      ? [
          outcome(
            'limited',
            (c, pkt) => ({
              moves: drop(pkt, 'flowLimited', n.softnet_dropped, limited.flow_limit_count),
              when: [half(c, true), n.backlog(s.target(c)).is('has room', (context) => !full(context)), ...running],
              reveals: 'netif_rx_dropped',
            }),
            'limited',
          ),
        ]
      : []),
    ...(asks
      ? [
          outcome('not_running', (c, pkt) => ({
            moves: drop(pkt, 'notRunning', ...(device.rule === 'asked first, counted' ? [n.softnet_dropped] : [])),
            when: [
              notRunning,
              ...(device.rule === 'asked last' ? [n.backlog(s.target(c)).is('has room', (context) => !full(context))] : []),
            ],
            reveals: 'netif_rx_dropped',
          })),
        ]
      : []),
  ];
}

/** Whether ____napi_schedule() on CPU `c` may leave out the raise. */
export function actsIn(n: Pick<Parts, 'softnet'>, c: number, yes: boolean): Observation {
  return n.softnet(c).is(yes ? 'is in net_rx_action()' : 'is not in net_rx_action()', (context) => inAction(context) === yes);
}
