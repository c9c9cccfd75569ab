/** enqueue_to_backlog(), whoever calls it. */
import type { Move, Observation, Ref, RefFamily } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import { full, halfFull } from '../../backlog/backlog.ts';
import type { flowLimit } from '../../backlog/flowLimit.ts';
import type { refusal } from '../../backlog/refusal.ts';
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
  readonly target: (cpu: number, pkt: Packet) => number;
  readonly kinds: readonly Kind[];
  /** What a packet may be, where that is known of each. */
  readonly isKind?: (pkt: Packet, kind: Kind) => boolean;
  /** local_bh_enable() leaves softirqs to a runnable ksoftirqd. */
  readonly defers: boolean;
  /** What must be true before anybody can send: the device is up. */
  readonly ready?: readonly Observation[];
  /** Where the device comes and goes. */
  readonly leaving?: Device;
  /** By CPU, where the length is looked at without the lock as well: the senders in task context. */
  readonly refusal?: RefFamily<typeof refusal>;
  /** Where flows are limited. */
  readonly limited?: Flows;
}

/** Where enqueue_to_backlog() is called from, and what the caller does beside. */
export interface Caller {
  readonly name: string;
  readonly owner: (cpu: number) => string;
  readonly environment: boolean;
  /** In a task, with bottom halves off: nothing else of this CPU comes between but interrupts. */
  readonly inTask: boolean;
  readonly moves: (cpu: number) => readonly Move[];
  readonly when: (cpu: number) => readonly Observation[];
}

/** What enqueue_to_backlog() does with a packet beside its arrival. */
interface Outcome {
  readonly moves: readonly Move[];
  readonly when?: readonly Observation[];
  readonly reveals: string;
}

/** A step by `caller` with one of the outcomes; skb_flow_limit() may have noted the flow of the packet, or refused it. */
type OutcomeStep = (name: string, outcome: (c: number, pkt: Packet) => Outcome, noted?: 'NOTE' | 'LIMIT') => StepTemplate;

function outcomeSteps(
  n: BacklogParts,
  { senders, packets, kinds, isKind = () => true, limited }: BacklogScenario,
  caller: Caller,
): OutcomeStep {
  const domain = { cpu: senders, pkt: range(packets), kind: kinds };
  return (name, outcome, noted) => {
    const flows = noted === undefined || limited === undefined ? undefined : { ...limited, type: noted };
    return step(`${caller.name}_${name}`, { ...domain, ...(flows && { flow: range(flows.flows) }) }, (params) => {
      const { cpu: c, pkt, kind } = params;
      if (!isKind(pkt, kind)) return undefined;
      const { moves, when = [], reveals } = outcome(c, pkt);
      const arrive = [n.wire.on({ type: 'ARRIVE', pkt, kind }), ...caller.moves(c)];
      const note = flows ? [flows.flowLimit(c).on({ type: flows.type, flow: Number(params['flow']) })] : [];
      return {
        owner: caller.owner(c),
        environment: caller.environment,
        moves: [...arrive, ...moves, ...note],
        when: [...caller.when(c), ...when],
        reveals: [{ event: reveals, args: { cpu: c, pkt } }],
      };
    });
  };
}

/** netif_running() is false, where the kernel asks and the device may come and go. */
const notRunning = ({ leaving }: BacklogScenario): Observation | undefined =>
  leaving === undefined || leaving.rule === 'not asked' ? undefined : leaving.netdev.in('stopping', 'unmarked');

const running = (s: BacklogScenario): readonly Observation[] => {
  const stopped = notRunning(s);
  return stopped ? [not(stopped)] : [];
};

const half = (n: BacklogParts, target: number, yes: boolean): Observation =>
  n.backlog(target).is(yes ? 'is half full' : 'is not half full', (context) => halfFull(context) === yes);

const hasRoom = (n: BacklogParts, target: number): Observation => n.backlog(target).is('has room', (context) => !full(context));

/** enqueue_to_backlog(): scheduled here, scheduled there by IPI, appended, or dropped for one of three reasons. */
export function enqueueSteps(n: BacklogParts, s: BacklogScenario, caller: Caller): StepTemplate[] {
  const outcome = outcomeSteps(n, s, caller);
  const taken = takenSteps(n, s, outcome);
  return [
    ...(s.limited
      ? [
          ...taken('', (c, pkt) => [half(n, s.target(c, pkt), false)]),
          ...taken('_noted', (c, pkt) => [half(n, s.target(c, pkt), true)], 'NOTE'),
        ]
      : taken('', () => [])),
    ...refusedSteps(n, s, caller, outcome),
  ];
}

/** The packet is appended. */
function takenSteps(n: BacklogParts, s: BacklogScenario, outcome: OutcomeStep) {
  const schedule = (c: number, target: number) =>
    n.softnet(c).on(target === c ? { type: 'ADD', napi: 'backlog' } : { type: 'PUSH_IPI', cpu: target });
  const first = (c: number, pkt: Packet) => [n.backlog(s.target(c, pkt)).on({ type: 'ENQUEUE_FIRST', pkt }), schedule(c, s.target(c, pkt))];
  return (suffix: string, looks: (c: number, pkt: Packet) => readonly Observation[], noted?: 'NOTE'): StepTemplate[] => {
    const when = (c: number, pkt: Packet) => [...running(s), ...looks(c, pkt)];
    return [
      outcome(
        `schedule${suffix}`,
        (c, pkt) => ({
          moves: [...first(c, pkt), n.softirq(c).on({ type: 'RAISE' })],
          when: [actsIn(n, c, false), ...when(c, pkt)],
          reveals: 'netif_rx_scheduled',
        }),
        noted,
      ),
      outcome(
        `schedule_in_action${suffix}`,
        (c, pkt) => ({ moves: first(c, pkt), when: [actsIn(n, c, true), ...when(c, pkt)], reveals: 'netif_rx' }),
        noted,
      ),
      outcome(
        `append${suffix}`,
        (c, pkt) => ({ moves: [n.backlog(s.target(c, pkt)).on({ type: 'ENQUEUE', pkt })], when: when(c, pkt), reveals: 'netif_rx' }),
        noted,
      ),
    ];
  };
}

/** The packet is dropped. */
function refusedSteps(n: BacklogParts, s: BacklogScenario, caller: Caller, outcome: OutcomeStep): StepTemplate[] {
  const { leaving, limited, refusal: unlocked } = s;
  const last = leaving?.rule === 'asked last';
  const stopped = notRunning(s);
  const drop = (pkt: Packet, fate: Fate, ...counted: readonly Ref<typeof counter>[]) => end(n, pkt, fate, ...counted, n.rx_dropped);
  const reveals = 'netif_rx_dropped';
  return [
    outcome('drop', (c, pkt) => ({
      moves: [n.backlog(s.target(c, pkt)).on({ type: 'DROP' }), ...drop(pkt, 'backlogFull', n.softnet_dropped)],
      when: last ? [] : running(s),
      reveals,
    })),
    ...(unlocked && caller.inTask
      ? [
          outcome('look_full', (c, pkt) => ({
            moves: [unlocked(c).on({ type: 'REFUSE', pkt })],
            when: [n.backlog(s.target(c, pkt)).is('is full', full), ...(last ? [] : running(s))],
            reveals: 'netif_rx_dropped',
          })),
          step(`${caller.name}_refused`, { cpu: s.senders, pkt: range(s.packets) }, ({ cpu: c, pkt }) => ({
            owner: caller.owner(c),
            moves: [unlocked(c).on({ type: 'DROP', pkt }), ...drop(pkt, 'backlogFull', n.softnet_dropped)],
            when: [n.cpu(c).in('bhOff')],
          })),
        ]
      : []),
    ...(limited
      ? [
          outcome(
            'limited',
            (c, pkt) => ({
              moves: drop(pkt, 'flowLimited', n.softnet_dropped, limited.flow_limit_count),
              when: [half(n, s.target(c, pkt), true), hasRoom(n, s.target(c, pkt)), ...running(s)],
              reveals,
            }),
            'LIMIT',
          ),
        ]
      : []),
    ...(stopped
      ? [
          outcome('not_running', (c, pkt) => ({
            moves: drop(pkt, 'notRunning', ...(leaving?.rule === 'asked first, counted' ? [n.softnet_dropped] : [])),
            when: [stopped, ...(last ? [hasRoom(n, s.target(c, pkt))] : [])],
            reveals,
          })),
        ]
      : []),
  ];
}

/** Whether ____napi_schedule() on CPU `c` may leave out the raise. */
export function actsIn(n: Pick<Parts, 'softnet'>, c: number, yes: boolean): Observation {
  return n.softnet(c).is(yes ? 'is in net_rx_action()' : 'is not in net_rx_action()', (context) => inAction(context) === yes);
}
