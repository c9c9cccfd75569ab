/** Threaded NAPI: who wakes the thread, and what it does. */
import type { Move, Observation, Ref } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import type { counter } from '../../kernel/counter.ts';
import { range } from '../../kernel/packet.ts';
import { disabling, isBusy, isMarked, isThreaded } from '../../napi/napi.ts';
import { inAction } from '../../napi/softnet.ts';
import type { resetTask, switchTask } from '../../task/admin.ts';
import { isRunning, type napiThread } from '../../task/napiThread.ts';
import type { Parts, ToStack } from '../parts.ts';
import { bhOnSteps } from './exit.ts';
import { cleanSteps } from './igb.ts';
import { serving, softirqOn } from './softirq.ts';

export type ThreadedParts = Pick<
  Parts,
  'cpu' | 'softirq' | 'ksoftirqd' | 'softnet' | 'napi' | 'poll' | 'ring' | 'vector' | 'rxList' | 'handler'
> & {
  readonly thread: Ref<typeof napiThread>;
  readonly reset: Ref<typeof resetTask>;
  readonly admin: Ref<typeof switchTask>;
  readonly resets: Ref<typeof counter>;
  readonly writes: Ref<typeof counter>;
};

export interface ThreadedScenario {
  readonly packets: number;
  readonly cpus: number;
  readonly resets: number;
  readonly writes: number;
  /** 6.1: a thread that is TASK_INTERRUPTIBLE is woken without SCHED_THREADED. */
  readonly marksRunningOnly: boolean;
  /** 6.18: switching the mode off stops the thread. */
  readonly stops: boolean;
  readonly batches: boolean;
  /** local_bh_enable() leaves softirqs to a runnable ksoftirqd. */
  readonly defers: boolean;
  /** Whether the worker that has disabled the instance enables it again. */
  readonly enables: 'always' | 'perhaps';
}

/** The CPU that thread and tasks are on. */
export const HOME = 0;
export const THREAD = 'napi thread';

/** ____napi_schedule() goes to the poll list: not THREADED, or no thread. */
export const listed = (n: ThreadedParts): readonly Observation[] => [not(n.napi.is('is threaded', isThreaded))];
const threaded = (n: ThreadedParts): Observation => n.napi.is('is threaded', isThreaded);

/** Whether ____napi_schedule() sets SCHED_THREADED, and what that depends on. */
export const marking = (n: ThreadedParts, s: ThreadedScenario, mark: boolean): readonly Observation[] | undefined => {
  if (s.marksRunningOnly)
    return [threaded(n), n.thread.is(mark ? 'is not TASK_INTERRUPTIBLE' : 'is', (context) => isRunning(context) === mark)];
  return mark ? [threaded(n)] : undefined;
};

/** From an interrupt: look, mark and wake are three steps. */
export function wakeSteps(n: ThreadedParts, s: ThreadedScenario): StepTemplate[] {
  const cpu = range(s.cpus);
  const owner = (c: number) => `hardirq/${c}`;
  return [
    step('napi_look', { cpu, mark: [false, true] }, ({ cpu: c, mark }) => {
      const when = marking(n, s, mark);
      return when && { owner: owner(c), moves: [n.handler(c).on({ type: 'LOOK', mark })], when };
    }),
    step('napi_mark', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'MARK' }), n.napi.on({ type: 'MARK' })],
    })),
    step('napi_wake', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'WAKE' }), n.thread.on({ type: 'WAKE' })],
    })),
    // From a poll in softirq: as one step, by the CPU that owns the instance.
    step('complete_missed_threaded', { cpu, mark: [false, true] }, ({ cpu: c, mark }) => {
      const when = marking(n, s, mark);
      return (
        when && {
          owner: softirqOn(c),
          moves: [
            n.poll(c).on({ type: 'COMPLETE_MISSED' }),
            n.napi.on({ type: mark ? 'COMPLETE_MISSED_MARK' : 'COMPLETE_MISSED' }),
            n.thread.on({ type: 'WAKE' }),
          ],
          when: [serving(n.cpu(c)), ...when],
        }
      );
    }),
  ];
}

/** napi_threaded_poll() on its CPU. Its poll routine is the last one. */
export function threadSteps(n: ThreadedParts, s: ThreadedScenario, up: ToStack): StepTemplate[] {
  const own = s.cpus;
  const onCpu = n.cpu(HOME).in('task');
  const bhOff = n.cpu(HOME).in('bhOff');
  const enter = n.cpu(HOME).on({ type: 'BH_OFF' });
  const by = (name: string, moves: readonly Move[], when: readonly Observation[]) => step(name, {}, () => ({ owner: THREAD, moves, when }));
  const marked = n.napi.is('has SCHED_THREADED', isMarked);
  const list = n.softnet(HOME).on({ type: 'ADD', napi: 'igb' });
  return [
    by('thread_set_state', [n.thread.on({ type: 'SET' })], [onCpu]),
    by('thread_finds', [n.thread.on({ type: 'FOUND' })], [onCpu, marked]),
    by('thread_trusts', [n.thread.on({ type: 'TRUSTED' })], [onCpu, not(marked)]),
    by('thread_finds_nothing', [n.thread.on({ type: 'NOTHING' })], [onCpu, not(marked)]),
    by('thread_schedule', [n.thread.on({ type: 'SCHEDULE' })], [onCpu]),
    by('thread_poll', [n.thread.on({ type: 'POLL' }), enter, n.poll(own).on({ type: 'CALL' })], [n.napi.in('scheduled', 'disabled')]),
    by('thread_skip', [n.thread.on({ type: 'SKIP' }), enter], [n.napi.in('free')]),
    ...cleanSteps(n, s, up, () => [], { prefix: 'thread_', cpu: [own], owner: () => THREAD, runs: () => bhOff }),
    by('thread_complete', [n.poll(own).on({ type: 'COMPLETE' }), n.napi.on({ type: 'COMPLETE' })], [bhOff]),
    // The thread wakes itself, which does nothing; or the mode has been switched off.
    by(
      'thread_complete_missed',
      [n.poll(own).on({ type: 'COMPLETE_MISSED' }), n.napi.on({ type: 'COMPLETE_MISSED_MARK' })],
      [bhOff, threaded(n)],
    ),
    by(
      'thread_complete_missed_listed',
      [n.poll(own).on({ type: 'COMPLETE_MISSED' }), n.napi.on({ type: 'COMPLETE_MISSED' }), list, n.softirq(HOME).on({ type: 'RAISE' })],
      [bhOff, ...listed(n), n.softnet(HOME).is('is not in net_rx_action()', (context) => !inAction(context))],
    ),
    by('thread_kept', [n.poll(own).on({ type: 'KEPT' })], [bhOff, n.napi.in('disabled')]),
    by('thread_unmask', [n.poll(own).on({ type: 'UNMASK' }), n.vector.on({ type: 'UNMASK' })], [bhOff]),
    by('thread_short', [n.thread.on({ type: 'DONE' }), n.poll(own).on({ type: 'RETURN' })], [bhOff]),
    ...threadFullSteps(n, own),
    ...bhOnSteps(n, {
      name: 'thread_bh_on',
      cpu: [HOME],
      owner: () => THREAD,
      moves: () => [n.thread.on({ type: 'BH_ON' })],
      defers: s.defers,
    }),
  ];
}

/** __napi_poll() after a poll that did its whole weight. */
function threadFullSteps(n: ThreadedParts, own: number): StepTemplate[] {
  const bhOff = n.cpu(HOME).in('bhOff');
  const by = (name: string, moves: readonly Move[], when: readonly Observation[]) => step(name, {}, () => ({ owner: THREAD, moves, when }));
  const isDisabling = n.napi.is('is being disabled', disabling);
  return [
    by('thread_full', [n.thread.on({ type: 'AGAIN' }), n.poll(own).on({ type: 'RETURN_FULL' })], [bhOff, not(isDisabling)]),
    // In busy polling the completion on behalf of a driver that is being disabled changes nothing.
    by(
      'thread_full_disabled_kept',
      [n.thread.on({ type: 'DONE' }), n.poll(own).on({ type: 'RETURN_FULL' }), n.napi.on({ type: 'KEEP' })],
      [bhOff, isDisabling],
    ),
    // rx_list went up before that; the kernel hands it up after, with bottom halves off as well.
    by('thread_kept_busy', [n.poll(own).on({ type: 'KEPT' }), n.napi.on({ type: 'KEEP' })], [bhOff]),
    by(
      'thread_full_disabled',
      [n.thread.on({ type: 'DONE' }), n.poll(own).on({ type: 'RETURN_FULL' }), n.napi.on({ type: 'COMPLETE' })],
      [bhOff, isDisabling],
    ),
    by(
      'thread_full_disabled_missed',
      [n.thread.on({ type: 'DONE' }), n.poll(own).on({ type: 'RETURN_FULL' }), n.napi.on({ type: 'COMPLETE_MISSED_MARK' })],
      [bhOff, isDisabling, threaded(n)],
    ),
    by(
      'thread_full_disabled_missed_listed',
      [
        n.thread.on({ type: 'DONE' }),
        n.poll(own).on({ type: 'RETURN_FULL' }),
        n.napi.on({ type: 'COMPLETE_MISSED' }),
        n.softnet(HOME).on({ type: 'ADD', napi: 'igb' }),
        n.softirq(HOME).on({ type: 'RAISE' }),
      ],
      [bhOff, isDisabling, ...listed(n)],
    ),
  ];
}

/** napi_threaded_poll() of 6.18: between two polls it looks whether it is to keep the instance. */
export function threadBusySteps(n: ThreadedParts): StepTemplate[] {
  const isDisabling = n.napi.is('is being disabled', disabling);
  const busy = n.napi.is('is in IN_BUSY_POLL', isBusy);
  const look = (name: string, moves: readonly Move[], when: readonly Observation[]) =>
    step(name, {}, () => ({ owner: THREAD, moves: [n.thread.on({ type: 'LOOK' }), ...moves], when: [n.cpu(HOME).in('task'), ...when] }));
  return [
    look('thread_busy_begin', [n.napi.on({ type: 'SET_BUSY' })], [threaded(n), not(isDisabling), not(busy)]),
    look('thread_busy_on', [], [threaded(n), not(isDisabling), busy]),
    ...[
      { name: 'disabled', when: [isDisabling] },
      { name: 'unwanted', when: [not(isDisabling), ...listed(n)] },
    ].flatMap(({ name, when }) => [
      look(`thread_busy_end_${name}`, [n.napi.on({ type: 'CLEAR_BUSY' })], [...when, busy]),
      look(`thread_busy_off_${name}`, [], [...when, not(busy)]),
    ]),
  ];
}
