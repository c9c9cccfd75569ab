/** igb_poll() with deferred interrupts, called by net_rx_action() or by a task that busy polls; that task. */
import type { Move, Observation, Ref } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import { range } from '../../kernel/packet.ts';
import type { Profile } from '../../kernel/profile.ts';
import type { deferral } from '../../napi/deferral.ts';
import { prefersBusy } from '../../napi/napi.ts';
import { inAction } from '../../napi/softnet.ts';
import type { napiTimer } from '../../napi/timer.ts';
import type { busyPoller } from '../../task/busyPoller.ts';
import type { Parts, ToStack } from '../parts.ts';
import { bhOnSteps } from './exit.ts';
import { bySoftirq, type Caller, cleanSteps } from './igb.ts';
import { serving, softirqOn } from './softirq.ts';

export type BusyParts = Pick<
  Parts,
  'cpu' | 'softirq' | 'ksoftirqd' | 'softnet' | 'napi' | 'poll' | 'ring' | 'vector' | 'rxList' | 'handler'
> & {
  readonly task: Ref<typeof busyPoller>;
  readonly deferral: Ref<typeof deferral>;
  readonly timer: Ref<typeof napiTimer>;
};

export interface BusyScenario {
  readonly packets: number;
  readonly cpus: number;
  readonly profile: Profile;
  /** SO_PREFER_BUSY_POLL. */
  readonly prefer: boolean;
}

/** Whoever polls, and the CPU he is on. */
export interface Poller extends Caller {
  readonly on: (poll: number) => number;
}

/** The CPU that the task is on. */
const HOME = 0;
const TASK = `task/${HOME}`;

const bhOff = (n: BusyParts): Observation => n.cpu(HOME).in('bhOff');

/** NET_RX is raised with the insertion, but where net_rx_action() will look anyhow. */
export const queueing = (
  n: BusyParts,
  c: number,
  inside: boolean,
): { readonly moves: readonly Move[]; readonly when: readonly Observation[] } => ({
  moves: [n.softnet(c).on({ type: 'ADD', napi: 'igb' }), ...(inside ? [] : [n.softirq(c).on({ type: 'RAISE' })])],
  when: [n.softnet(c).is(inside ? 'is in net_rx_action()' : 'is not in net_rx_action()', (context) => inAction(context) === inside)],
});

/** net_rx_action() on each CPU. */
export function softirqPollSteps(n: BusyParts, s: BusyScenario, up: ToStack): StepTemplate[] {
  const cpu = range(s.cpus);
  const poller = { ...bySoftirq(n, cpu), on: (c: number) => c };
  const full = (c: number) => [serving(n.cpu(c)), n.poll(c).in('full')];
  return [
    step('igb_poll', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'PICK', napi: 'igb' }), n.poll(c).on({ type: 'CALL' })],
      when: [serving(n.cpu(c))],
    })),
    ...cleanSteps(n, { packets: s.packets, batches: s.profile.rxList }, up, () => [], poller),
    ...completeSteps(n, poller),
    step('poll_short', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN' }), n.softnet(c).on({ type: 'SHORT' })],
      when: [serving(n.cpu(c))],
    })),
    step('poll_full', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'FULL' })],
      when: [serving(n.cpu(c)), not(n.napi.is('prefers busy polling', prefersBusy))],
    })),
    // A task prefers to busy poll: the core completes on the driver's behalf, and asks again where no timer will.
    step('poll_full_prefer', { cpu, defers: [false, true] }, ({ cpu: c, defers }) => ({
      owner: softirqOn(c),
      moves: [
        n.poll(c).on({ type: defers ? 'YIELD_DEFER' : 'YIELD' }),
        n.napi.on({ type: 'COMPLETE' }),
        n.deferral.on({ type: 'POLICY', worked: true, defers }),
      ],
      when: [...full(c), n.napi.is('prefers busy polling', prefersBusy)],
    })),
    step('poll_full_prefer_missed', { cpu, inside: [false, true], defers: [false, true] }, ({ cpu: c, inside, defers }) => ({
      owner: softirqOn(c),
      moves: [
        n.poll(c).on({ type: 'COMPLETE_MISSED' }),
        n.napi.on({ type: 'COMPLETE_MISSED' }),
        n.deferral.on({ type: 'POLICY', worked: true, defers }),
        ...queueing(n, c, inside).moves,
      ],
      when: [...full(c), n.napi.is('prefers busy polling', prefersBusy), ...queueing(n, c, inside).when],
    })),
    step('reschedule_won', { cpu, inside: [false, true] }, ({ cpu: c, inside }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RESCHEDULED' }), n.napi.on({ type: 'PREP' }), ...queueing(n, c, inside).moves],
      when: [serving(n.cpu(c)), ...queueing(n, c, inside).when],
      cite: ['__napi_schedule'],
    })),
    step('reschedule_lost', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RESCHEDULED' }), n.napi.on({ type: 'PREP_LOST' })],
      when: [serving(n.cpu(c))],
    })),
  ];
}

/** napi_complete_done() with its policy: SCHED is cleared, and then the interrupt opened or the timer armed. */
function completeSteps(n: BusyParts, { prefix, cpu, owner, runs, on }: Poller): StepTemplate[] {
  const took = (c: number, worked: boolean) =>
    n.poll(c).is(worked ? 'took a frame' : 'took none', ({ work }, state) => state === 'completing' && work > 0 === worked);
  return [
    step(`${prefix}complete`, { cpu, worked: [false, true], defers: [false, true] }, ({ cpu: c, worked, defers }) => ({
      owner: owner(c),
      moves: [
        n.poll(c).on({ type: defers ? 'COMPLETE_DEFER' : 'COMPLETE' }),
        n.napi.on({ type: 'COMPLETE' }),
        n.deferral.on({ type: 'POLICY', worked, defers }),
      ],
      when: [runs(c), took(c, worked)],
    })),
    // The count goes down all the same; the timer is not armed, as the instance is queued once more.
    step(
      `${prefix}complete_missed`,
      { cpu, worked: [false, true], inside: [false, true], defers: [false, true] },
      ({ cpu: c, worked, inside, defers }) => ({
        owner: owner(c),
        moves: [
          n.poll(c).on({ type: 'COMPLETE_MISSED' }),
          n.napi.on({ type: 'COMPLETE_MISSED' }),
          n.deferral.on({ type: 'POLICY', worked, defers }),
          ...queueing(n, on(c), inside).moves,
        ],
        when: [runs(c), took(c, worked), ...queueing(n, on(c), inside).when],
      }),
    ),
    step(`${prefix}unmask`, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.poll(c).on({ type: 'UNMASK' }), n.vector.on({ type: 'UNMASK' })],
      when: [runs(c)],
    })),
    step(`${prefix}arm_timer`, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.poll(c).on({ type: 'ARM' }), n.timer.on({ type: 'ARM' })],
      when: [runs(c)],
    })),
  ];
}

/** The task, on the first CPU. Its own poll routine is the last one. */
export function busyTaskSteps(n: BusyParts, s: BusyScenario, up: ToStack): StepTemplate[] {
  const own = s.cpus;
  const poller = { prefix: 'busy_', cpu: [own], owner: () => TASK, runs: () => bhOff(n), on: () => HOME };
  const by = (name: string, moves: readonly Move[], when: readonly Observation[] = [bhOff(n)]) =>
    step(name, {}, () => ({ owner: TASK, moves, when }));
  const enter = n.cpu(HOME).on({ type: 'BH_OFF' });
  return [
    step('busy_loop', {}, () => ({ owner: TASK, environment: true, moves: [n.task.on({ type: 'LOOP' }), enter] })),
    by('busy_grab', [n.task.on({ type: 'GRAB' }), n.napi.on({ type: 'GRAB' }), n.poll(own).on({ type: 'CALL' })]),
    by('busy_grab_lost', [n.task.on({ type: 'GRAB_LOST' }), n.napi.on({ type: 'GRAB_LOST', prefer: s.prefer })]),
    ...cleanSteps(n, { packets: s.packets, batches: s.profile.rxList }, up, () => [], poller),
    ...completeSteps(n, poller),
    by('busy_kept', [n.poll(own).on({ type: 'KEPT' }), n.napi.on({ type: 'KEEP' })]),
    by('busy_polled', [n.task.on({ type: 'POLLED' }), n.poll(own).on({ type: 'RETURN' })]),
    by('busy_polled_full', [n.task.on({ type: 'POLLED' }), n.poll(own).on({ type: 'RETURN_FULL' })]),
    step('busy_again', {}, () => ({
      owner: TASK,
      environment: true,
      moves: [n.task.on({ type: 'AGAIN' }), enter, n.poll(own).on({ type: 'CALL' })],
    })),
    by('busy_clear_missed', [n.task.on({ type: 'CLEAR_MISSED' }), n.napi.on({ type: 'CLEAR_MISSED' })], [n.cpu(HOME).in('task')]),
    by('busy_clear_busy', [n.task.on({ type: 'CLEAR_BUSY' }), n.napi.on({ type: 'CLEAR_BUSY' })], [n.cpu(HOME).in('task')]),
    by('busy_stop', [n.task.on({ type: 'BH_OFF' }), enter, ...(s.prefer ? [n.deferral.on({ type: 'RELOAD' })] : [])], []),
    by('busy_arm', [n.task.on({ type: 'ARM' }), n.timer.on({ type: 'ARM' })]),
    by('busy_last_poll', [n.task.on({ type: 'LAST' }), n.poll(own).on({ type: 'CALL' })]),
    by('busy_short', [n.task.on({ type: 'SHORT' }), n.poll(own).on({ type: 'RETURN' })]),
    by('busy_full', [n.task.on({ type: 'FULL' }), n.poll(own).on({ type: 'RETURN_FULL' })]),
    ...[false, true].map((inside) =>
      by(
        `busy_queue${inside ? '_in_action' : ''}`,
        [n.task.on({ type: 'QUEUE' }), ...queueing(n, HOME, inside).moves],
        [bhOff(n), ...queueing(n, HOME, inside).when],
      ),
    ),
    by('busy_release', [n.task.on({ type: 'RELEASE' }), n.napi.on({ type: 'RELEASE' })]),
    by('busy_arm_late', [n.task.on({ type: 'ARM_LATE' }), n.timer.on({ type: 'ARM' })]),
    ...(['BH_ON', 'RETURN'] as const).flatMap((type) =>
      bhOnSteps(n, {
        name: type === 'BH_ON' ? 'busy_round' : 'busy_return',
        cpu: [HOME],
        owner: () => TASK,
        moves: () => [n.task.on({ type })],
        defers: s.profile.defersToKsoftirqd,
      }),
    ),
  ];
}

/** epoll_wait() of 6.13 and later: it returns with events, or is about to sleep. */
export function suspendSteps(n: BusyParts): StepTemplate[] {
  const by = (name: string, moves: readonly Move[], when: readonly Observation[] = [bhOff(n)]) =>
    step(name, {}, () => ({ owner: TASK, moves, when }));
  const env = (name: string, moves: readonly Move[]) =>
    step(name, {}, () => ({ owner: TASK, environment: true, moves, when: [n.cpu(HOME).in('task')] }));
  return [
    env('napi_suspend_irqs', [n.task.on({ type: 'SUSPEND' }), n.timer.on({ type: 'ARM' })]),
    env('napi_resume_irqs', [n.task.on({ type: 'RESUME' }), n.cpu(HOME).on({ type: 'BH_OFF' })]),
    by('resume_won', [n.task.on({ type: 'PREP_WON' }), n.napi.on({ type: 'PREP' })]),
    by('resume_lost', [n.task.on({ type: 'PREP_LOST' }), n.napi.on({ type: 'PREP_LOST' })]),
    ...[false, true].map((inside) =>
      by(
        `resume_queue${inside ? '_in_action' : ''}`,
        [n.task.on({ type: 'SCHEDULE' }), ...queueing(n, HOME, inside).moves],
        [bhOff(n), ...queueing(n, HOME, inside).when],
      ),
    ),
  ];
}
