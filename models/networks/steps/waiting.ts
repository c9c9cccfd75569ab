/** Those who sleep on a socket: tasks in recvfrom() and one in poll(). */
import type { Move, Observation, Ref, RefFamily } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import type { counter } from '../../kernel/counter.ts';
import { range } from '../../kernel/packet.ts';
import type { storeBuffer } from '../../memory/storeBuffer.ts';
import type { wire } from '../../nic/wire.ts';
import type { notifier } from '../../socket/notifier.ts';
import { type udpQueues, wantsReader } from '../../socket/udpQueues.ts';
import { links, type waitList } from '../../socket/waitList.ts';
import type { poller } from '../../task/poller.ts';
import type { waiter } from '../../task/waiter.ts';
import type { Way } from '../../task/waiterTypes.ts';

export interface WakeupParts {
  readonly wire: Ref<typeof wire>;
  readonly queues: Ref<typeof udpQueues>;
  readonly waitList: Ref<typeof waitList>;
  readonly notifier: RefFamily<typeof notifier>;
  readonly reader: RefFamily<typeof waiter>;
  readonly poller: Ref<typeof poller>;
  /** Of the notifiers, the readers and the poller, in this order. */
  readonly buffer: RefFamily<typeof storeBuffer>;
  readonly errors: Ref<typeof counter>;
  readonly reported: Ref<typeof counter>;
  readonly signals: Ref<typeof counter>;
  readonly shutdowns: Ref<typeof counter>;
}

export interface WakeupScenario {
  readonly packets: number;
  readonly cpus: number;
  readonly readers: number;
  readonly ways: readonly Way[];
  readonly poller: boolean;
  /** What poll() says is acted upon: a call that does not wait. */
  readonly pollerReads: boolean;
  readonly buffered: boolean;
  readonly handsOn: boolean;
}

/** The store buffer of the poller. */
export const pollerBuffer = (s: WakeupScenario): number => s.cpus + 1 + s.readers;

/** The counter has not reached its bound. */
export const left = (one: Ref<typeof counter>): Observation => one.is('has some left', ({ count, max }) => count < max);

/** recvfrom(), from its call to its return. */
export function readerSteps(n: WakeupParts, s: WakeupScenario): StepTemplate[] {
  const reader = range(s.readers);
  const owner = (i: number) => `reader/${i}`;
  const by = (name: string, moves: (i: number) => readonly Move[], when: (i: number) => readonly Observation[] = () => []) =>
    step(name, { reader }, ({ reader: i }) => ({ owner: owner(i), moves: moves(i), when: when(i) }));
  const way = (i: number, peeks: boolean) =>
    n.reader(i).is(peeks ? 'peeks' : 'takes', (c, state) => state === 'trying' && (c.way === 'peek') === peeks);
  const taking = (name: string, type: 'TAKE' | 'TAKE_SPLICE' | 'PEEK') =>
    step(name, { reader, pkt: range(s.packets) }, ({ reader: i, pkt }) => ({
      owner: owner(i),
      moves: [n.reader(i).on({ type: 'TAKE', pkt }), n.queues.on({ type, pkt })],
      when: [way(i, type === 'PEEK')],
      reveals: [{ event: 'udp_take', args: { reader: i, pkt } }],
    }));
  return [
    step('recvfrom', { reader, way: s.ways }, ({ reader: i, way: how }) => ({
      owner: owner(i),
      environment: true,
      moves: [n.reader(i).on({ type: 'CALL', way: how })],
      reveals: [{ event: 'sys_enter_recvfrom', args: { reader: i } }],
    })),
    by(
      'top_error',
      (i) => [n.reader(i).on({ type: 'ERROR' }), n.queues.on({ type: 'TAKE_ERROR' }), n.reported.on({ type: 'INC' })],
      (i) => [n.reader(i).in('top')],
    ),
    by(
      'top_no_error',
      (i) => [n.reader(i).on({ type: 'NO_ERROR' }), n.queues.on({ type: 'NO_ERROR' })],
      (i) => [n.reader(i).in('top')],
    ),
    taking('take', 'TAKE'),
    taking('take_splice', 'TAKE_SPLICE'),
    taking('peek', 'PEEK'),
    by('find_none', (i) => [n.reader(i).on({ type: 'NONE' }), n.queues.on({ type: 'NONE' })]),
    by('spin_end', (i) => [n.reader(i).on({ type: 'SPUN' }), n.queues.on({ type: 'POLL_NO_RQ' })]),
    by('spin_try', (i) => [n.reader(i).on({ type: 'SPUN_TRY' }), n.queues.on({ type: 'POLL_RQ' })]),
    step('return', { reader }, ({ reader: i }) => ({
      owner: owner(i),
      moves: [n.reader(i).on({ type: 'RETURN' })],
      reveals: [{ event: 'sys_exit_recvfrom', args: { reader: i } }],
    })),
    ...waitSteps(n, s, by),
  ];
}

type By = (name: string, moves: (i: number) => readonly Move[], when?: (i: number) => readonly Observation[]) => StepTemplate;

/** __skb_wait_for_more_packets() */
function waitSteps(n: WakeupParts, s: WakeupScenario, by: By): StepTemplate[] {
  const linked = (i: number) => [n.waitList.is('has its entry', links(i))];
  const gone = (i: number) => [not(n.waitList.is('has its entry', links(i)))];
  return [
    by('prepare_to_wait', (i) => [n.reader(i).on({ type: 'PREPARE' }), n.waitList.on({ type: 'LINK_TAIL', who: i })]),
    by(
      'wait_error',
      (i) => [n.reader(i).on({ type: 'ERROR' }), n.queues.on({ type: 'TAKE_ERROR' }), n.reported.on({ type: 'INC' })],
      (i) => [n.reader(i).in('cError')],
    ),
    by(
      'wait_no_error',
      (i) => [n.reader(i).on({ type: 'NO_ERROR' }), n.queues.on({ type: 'NO_ERROR' })],
      (i) => [n.reader(i).in('cError')],
    ),
    by('recheck_data', (i) => [n.reader(i).on({ type: 'SEES_DATA' }), n.queues.on({ type: 'SEES_DATA' })]),
    by('recheck_none', (i) => [n.reader(i).on({ type: 'SEES_NONE' }), n.queues.on({ type: 'SEES_NONE' })]),
    by('wait_shutdown', (i) => [n.reader(i).on({ type: 'SHUTDOWN' }), n.queues.on({ type: 'SHUTDOWN' })]),
    by('wait_no_shutdown', (i) => [n.reader(i).on({ type: 'NO_SHUTDOWN' }), n.queues.on({ type: 'NO_SHUTDOWN' })]),
    by('wait_signal', (i) => [n.reader(i).on({ type: 'SIGNALLED' })]),
    by('wait_no_signal', (i) => [n.reader(i).on({ type: 'NO_SIGNAL' })]),
    by('schedule', (i) => [n.reader(i).on({ type: 'SCHEDULE' })]),
    by('set_running', (i) => [n.reader(i).on({ type: 'RUN' })]),
    by('finish_wait_linked', (i) => [n.reader(i).on({ type: 'UNLINK' }), n.waitList.on({ type: 'UNLINK', who: i })], linked),
    by('finish_wait_unlinked', (i) => [n.reader(i).on({ type: 'UNLINKED' }), n.waitList.on({ type: 'UNLINKED', who: i })], gone),
    ...(s.handsOn
      ? [
          by(
            'hand_on_none',
            (i) => [n.reader(i).on({ type: 'HANDED' })],
            (i) => [n.reader(i).in('handing'), n.queues.is('has nothing for anybody', (c) => !wantsReader(c))],
          ),
          by(
            'hand_on',
            (i) => [n.reader(i).on({ type: 'HAND' }), n.waitList.on({ type: 'WALK' })],
            () => [n.queues.is('has something', wantsReader)],
          ),
        ]
      : []),
    step('expire', { reader: range(s.readers) }, ({ reader: i }) => ({ owner: `timer/${i}`, moves: [n.reader(i).on({ type: 'EXPIRE' })] })),
    step('signal', { reader: range(s.readers) }, ({ reader: i }) => ({
      owner: 'kill',
      environment: true,
      moves: [n.reader(i).on({ type: 'SIGNAL' }), n.signals.on({ type: 'INC' })],
      when: [left(n.signals)],
    })),
    // Where a signal finds the task INT and running, the wakeup is a step of its own.
    step('signal_wakes', { reader: range(s.readers) }, ({ reader: i }) => ({
      owner: 'kill',
      moves: [n.reader(i).on({ type: 'WAKE' })],
      when: [n.reader(i).is('has a signal and is not asleep', (c, state) => c.signal && state !== 'asleep')],
    })),
  ];
}

/** poll() */
export function pollerSteps(n: WakeupParts, s: WakeupScenario): StepTemplate[] {
  const who = s.readers;
  const own = n.buffer(pollerBuffer(s));
  const by = (name: string, moves: readonly Move[], when: readonly Observation[] = []) =>
    step(name, {}, () => ({ owner: 'poller', moves, when }));
  const looks = (name: string, state: 'lookError' | 'lookRq' | 'lookRdq', ready: Move, nothing: Move) => [
    by(`poll_${name}`, [n.poller.on({ type: 'READY' }), ready], [n.poller.in(state)]),
    by(`poll_no_${name}`, [n.poller.on({ type: 'NOTHING' }), nothing], [n.poller.in(state)]),
  ];
  return [
    step('poll', {}, () => ({ owner: 'poller', environment: true, moves: [n.poller.on({ type: 'POLL' })] })),
    ...(s.buffered
      ? [
          by('poll_link', [
            n.poller.on({ type: 'LINK' }),
            own.on({ type: 'PUSH', at: 'list', value: who }),
            n.waitList.on({ type: 'HOLD' }),
          ]),
          step('poll_link_visible', {}, () => ({
            owner: 'poller buffer',
            moves: [own.on({ type: 'DRAIN', at: 'list', value: who }), n.waitList.on({ type: 'APPEAR', who })],
          })),
        ]
      : [by('poll_link', [n.poller.on({ type: 'LINK' }), n.waitList.on({ type: 'LINK_HEAD', who })])]),
    by('poll_fence', [n.poller.on({ type: 'FENCE' }), own.on({ type: 'EMPTY' })]),
    ...looks('error', 'lookError', n.queues.on({ type: 'POLL_ERROR' }), n.queues.on({ type: 'NO_ERROR' })),
    ...looks('rq', 'lookRq', n.queues.on({ type: 'POLL_RQ' }), n.queues.on({ type: 'POLL_NO_RQ' })),
    ...looks('rdq', 'lookRdq', n.queues.on({ type: 'POLL_RDQ' }), n.queues.on({ type: 'POLL_NO_RDQ' })),
    by('poll_set_state', [n.poller.on({ type: 'SET' })]),
    by('poll_schedule', [n.poller.on({ type: 'SCHEDULE' })]),
    by('poll_clear', [n.poller.on({ type: 'CLEAR' })]),
    by('poll_return', [n.poller.on({ type: s.pollerReads ? 'TOLD' : 'UNLINK' }), n.waitList.on({ type: 'UNLINK', who })]),
    by(
      'poller_finds_none',
      [n.poller.on({ type: 'FIND_NONE' }), n.queues.on({ type: 'NONE' })],
      [n.queues.is('has no error', ({ error }) => !error)],
    ),
    by('poller_reads', [n.poller.on({ type: 'READ' })], [n.queues.is('wants a reader', wantsReader)]),
  ];
}
