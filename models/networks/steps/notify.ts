/** Those who bring something to a socket, and wake who waits: softirq on each CPU, and shutdown(). */
import type { Move, Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import { range } from '../../kernel/packet.ts';
import { looksBusy } from '../../socket/waitList.ts';
import { pollerSleeps } from '../../task/poller.ts';
import { isInterruptible } from '../../task/waiter.ts';
import { left, type WakeupParts, type WakeupScenario } from './waiting.ts';

const who = (s: WakeupScenario, x: number): string => (x < s.cpus ? `softirq/${x}` : 'shutdown');

/** A store, and how others come to see it: at once, or when the store buffer lets go of it. */
interface Store {
  readonly at: string;
  readonly value: number;
  /** What happens at the store, if it is buffered. */
  readonly held?: readonly Move[];
  readonly visible: Move;
}

/** The stores of all notifiers. */
export function notifierSteps(n: WakeupParts, s: WakeupScenario): StepTemplate[] {
  const stored = (x: number, { at, value, held = [], visible }: Store): Move[] =>
    s.buffered ? [n.buffer(x).on({ type: 'PUSH', at, value }), ...held] : [visible];
  const data = (x: number, pkt: number): Store => ({
    at: 'queue',
    value: pkt,
    held: [n.queues.on({ type: 'HOLD', cpu: x })],
    visible: n.queues.on({ type: 'APPEND', pkt }),
  });
  const error: Store = { at: 'error', value: 1, visible: n.queues.on({ type: 'SET_ERROR' }) };
  const shutdown: Store = { at: 'shutdown', value: 1, visible: n.queues.on({ type: 'SET_SHUTDOWN' }) };
  const cpu = range(s.cpus);
  const drain = (x: number, { at, value, visible }: Store) => ({
    owner: `buffer/${x}`,
    moves: [n.buffer(x).on({ type: 'DRAIN', at, value }), visible],
  });
  return [
    step('append', { cpu, pkt: range(s.packets) }, ({ cpu: x, pkt }) => ({
      owner: who(s, x),
      environment: true,
      moves: [n.wire.on({ type: 'ARRIVE', pkt, kind: 'matched' }), n.notifier(x).on({ type: 'DATA' }), ...stored(x, data(x, pkt))],
      reveals: [{ event: 'udp_enqueue', args: { cpu: x, pkt } }],
    })),
    step('icmp_error', { cpu }, ({ cpu: x }) => ({
      owner: who(s, x),
      environment: true,
      moves: [n.notifier(x).on({ type: 'ERROR' }), n.errors.on({ type: 'INC' }), ...stored(x, error)],
      when: [left(n.errors)],
    })),
    step('shutdown', {}, () => ({
      owner: who(s, s.cpus),
      environment: true,
      moves: [n.notifier(s.cpus).on({ type: 'SHUTDOWN' }), n.shutdowns.on({ type: 'INC' }), ...stored(s.cpus, shutdown)],
      when: [left(n.shutdowns)],
    })),
    ...(s.buffered
      ? [
          step('append_visible', { cpu, pkt: range(s.packets) }, ({ cpu: x, pkt }) => drain(x, data(x, pkt))),
          step('error_visible', { cpu }, ({ cpu: x }) => drain(x, error)),
          step('shutdown_visible', {}, () => drain(s.cpus, shutdown)),
        ]
      : []),
  ];
}

/** The barrier, the look, the walk. */
export function wakeSteps(n: WakeupParts, s: WakeupScenario): StepTemplate[] {
  const by = range(s.cpus + 1);
  const busy = n.waitList.is('has an entry', looksBusy);
  const own = (name: string, moves: (x: number) => readonly Move[], when: (x: number) => readonly Observation[] = () => []) =>
    step(name, { by }, ({ by: x }) => ({ owner: who(s, x), moves: moves(x), when: when(x) }));
  return [
    // Where the function is entered, before it looks at the wait queue.
    step('fence', { by }, ({ by: x }) => ({
      owner: who(s, x),
      moves: [n.notifier(x).on({ type: 'FENCE' }), n.buffer(x).on({ type: 'EMPTY' })],
      reveals: [{ event: 'sk_data_ready', args: { cpu: x } }],
    })),
    own(
      'no_sleeper',
      (x) => [n.notifier(x).on({ type: 'NO_SLEEPER' })],
      () => [not(busy)],
    ),
    own(
      'sleeper',
      (x) => [n.notifier(x).on({ type: 'SLEEPER' })],
      () => [busy],
    ),
    own('walk', (x) => [n.notifier(x).on({ type: 'WALK' }), n.waitList.on({ type: x < s.cpus ? 'WALK' : 'WALK_ALL' })]),
    ...walkers(n, s).flatMap((walker) => walkSteps(n, s, walker)),
  ];
}

/** Whoever has the lock of the wait queue. */
interface Walker {
  readonly name: string;
  readonly owner: string;
  readonly walks: Observation;
  readonly end: Move;
}

function walkers(n: WakeupParts, s: WakeupScenario): Walker[] {
  return [
    ...range(s.cpus + 1).map((x) => ({
      name: x < s.cpus ? `rx${x}` : 'shutdown',
      owner: who(s, x),
      walks: n.notifier(x).in('walking'),
      end: n.notifier(x).on({ type: 'END' }),
    })),
    ...(s.handsOn
      ? range(s.readers).map((i) => ({
          name: `reader${i}`,
          owner: `reader/${i}`,
          walks: n.reader(i).in('handingOver'),
          end: n.reader(i).on({ type: 'HANDED' }),
        }))
      : []),
  ];
}

/** __wake_up_common(), entry by entry: the state of each task is looked at under its own lock. */
function walkSteps(n: WakeupParts, s: WakeupScenario, { name, owner, walks, end }: Walker): StepTemplate[] {
  const reader = range(s.readers);
  const poller = s.readers;
  const sleeps = n.poller.is('can be woken', pollerSleeps);
  return [
    step(`wake_reader_by_${name}`, { reader }, ({ reader: i }) => ({
      owner,
      moves: [n.waitList.on({ type: 'WOKE', who: i }), n.reader(i).on({ type: 'WAKE' })],
      when: [walks, n.reader(i).is('can be woken', isInterruptible)],
      reveals: [{ event: 'sched_waking', args: { reader: i } }],
    })),
    step(`pass_reader_by_${name}`, { reader }, ({ reader: i }) => ({
      owner,
      moves: [n.waitList.on({ type: 'PASSED', who: i })],
      when: [walks, n.reader(i).is('runs already', (context, state) => !isInterruptible(context, state))],
    })),
    ...(s.poller
      ? [
          step(`wake_poller_by_${name}`, {}, () => ({
            owner,
            moves: [n.waitList.on({ type: 'WOKE', who: poller }), n.poller.on({ type: 'WAKE' })],
            when: [walks, sleeps],
          })),
          step(`trigger_poller_by_${name}`, {}, () => ({
            owner,
            moves: [n.waitList.on({ type: 'PASSED', who: poller }), n.poller.on({ type: 'TRIGGER' })],
            when: [walks, not(sleeps)],
          })),
        ]
      : []),
    step(`walk_end_by_${name}`, {}, () => ({ owner, moves: [n.waitList.on({ type: 'END' }), end], when: [walks] })),
  ];
}
