/** The softirq engine on one CPU: interrupts and tasks that raise, the loop, ksoftirqd and its parking, a task that waits. */
import type { Move, Observation, Ref } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import { inInterrupt, type cpu } from '../../cpu/cpu.ts';
import type { counter } from '../../kernel/counter.ts';
import { reads } from '../../kernel/counter.ts';
import { range } from '../../kernel/packet.ts';
import { anyRaised, isRaised, type softirqLoop, type Vector, VECTORS } from '../../softirq/loop.ts';
import { isRunnable, type ksoftirqdThread } from '../../softirq/thread.ts';
import type { work } from '../../softirq/work.ts';
import type { raiser, user } from '../../task/raiser.ts';

export interface EngineParts {
  readonly cpu: Ref<typeof cpu>;
  readonly loop: Ref<typeof softirqLoop>;
  readonly ksoftirqd: Ref<typeof ksoftirqdThread>;
  readonly work: Ref<typeof work>;
  readonly raiser: Ref<typeof raiser>;
  readonly user: Ref<typeof user>;
  readonly irqs: Ref<typeof counter>;
  readonly raises: Ref<typeof counter>;
  readonly parks: Ref<typeof counter>;
}

export interface EngineScenario {
  /** Interrupts that raise. */
  readonly irqs: number;
  /** Times a task raises. */
  readonly raises: number;
  readonly parks: number;
  /** Interrupts and local_bh_enable() leave softirqs to a runnable ksoftirqd. */
  readonly defers: boolean;
}

const SOFTIRQ = 'softirq/0';
const HARDIRQ = 'hardirq/0';
const TASK = 'task/0';
export const KSOFTIRQD = 'ksoftirqd/0';

const nothingRaised = (n: EngineParts): Observation => n.loop.is('has nothing raised', (context) => !anyRaised(context));

/** Counts the `k`th of a bounded number of events. */
const nth = (one: Ref<typeof counter>, k: number) => ({ move: one.on({ type: 'INC' }), when: one.is(`reads ${k}`, reads(k)) });

/** Who may start softirqs where interrupts or bottom halves come on again. */
function startSteps(n: EngineParts, defers: boolean, name: string, owner: string, moves: { on: readonly Move[]; start: readonly Move[] }) {
  const left = [n.loop.is('has something raised', anyRaised), n.cpu.is('is not in_interrupt()', (context) => !inInterrupt(context))];
  const now = n.loop.is('has TASKLET raised', isRaised('TASKLET'));
  const runnable = n.ksoftirqd.is('is runnable', isRunnable);
  const reasons: readonly (readonly [string, readonly Observation[]])[] = defers
    ? [
        ['_now', [now]],
        ['', [not(now), not(runnable)]],
      ]
    : [['', []]];
  return [
    step(`${name}_idle`, {}, () => ({ owner, moves: moves.on, when: [nothingRaised(n)] })),
    ...reasons.map(([suffix, when]) =>
      step(`${name}_softirq${suffix}`, {}, () => ({ owner, moves: [...moves.start, n.loop.on({ type: 'ENTER' })], when })),
    ),
    ...(defers
      ? [
          step(`${name}_deferred`, {}, () => ({
            owner,
            moves: moves.on,
            when: [...left, not(now), runnable],
            cite: ['ksoftirqd_running'],
          })),
        ]
      : []),
  ];
}

/** Interrupts: the timer's, which raises nothing here and comes for ever, and a bounded number that raise. */
export function irqSteps(n: EngineParts, s: EngineScenario): StepTemplate[] {
  return [
    step('tick', {}, () => ({ owner: HARDIRQ, environment: true, moves: [n.cpu.on({ type: 'IRQ' })] })),
    step('irq', { vec: VECTORS, k: range(s.irqs) }, ({ vec, k }) => ({
      owner: HARDIRQ,
      environment: true,
      moves: [n.cpu.on({ type: 'IRQ' }), n.work.on({ type: 'QUEUE', vec }), n.loop.on({ type: 'RAISE', vec }), nth(n.irqs, k).move],
      when: [nth(n.irqs, k).when],
    })),
    step('irq_exit_nested', {}, () => ({
      owner: HARDIRQ,
      moves: [n.cpu.on({ type: 'IRET' })],
      when: [n.loop.is('has something raised', anyRaised), n.cpu.is('is in_interrupt()', inInterrupt)],
    })),
    ...startSteps(n, s.defers, 'irq_exit', HARDIRQ, {
      on: [n.cpu.on({ type: 'IRET' })],
      start: [n.cpu.on({ type: 'IRET_SOFTIRQ' })],
    }),
  ];
}

/** Tasks: one that raises with bottom halves on, one that does with them off, one that only wants to run. */
export function taskSteps(n: EngineParts, s: EngineScenario): StepTemplate[] {
  const raise = (vec: Vector, k: number) => [
    n.work.on({ type: 'QUEUE', vec }),
    n.loop.on({ type: 'RAISE', vec }),
    n.raiser.on({ type: 'RAISE' }),
    nth(n.raises, k).move,
  ];
  return [
    step('raise_softirq', { vec: VECTORS, k: range(s.raises) }, ({ vec, k }) => ({
      owner: TASK,
      environment: true,
      moves: [...raise(vec, k), n.ksoftirqd.on({ type: 'WAKE' })],
      when: [n.cpu.in('task'), nth(n.raises, k).when],
    })),
    step('raise_softirq_bh_off', { vec: VECTORS, k: range(s.raises) }, ({ vec, k }) => ({
      owner: TASK,
      environment: true,
      moves: [...raise(vec, k), n.cpu.on({ type: 'BH_OFF' })],
      when: [nth(n.raises, k).when],
    })),
    ...startSteps(n, s.defers, 'bh_enable', TASK, {
      on: [n.cpu.on({ type: 'BH_ON' })],
      start: [n.cpu.on({ type: 'BH_ON_SOFTIRQ' })],
    }),
    step('user_runs', {}, () => ({ owner: 'user', moves: [n.user.on({ type: 'RUN' })], when: [n.cpu.in('task')] })),
  ];
}

/** The loop, on behalf of an interrupt or a task, or of ksoftirqd, whose pass ends with its yield. */
export function loopSteps(n: EngineParts): StepTemplate[] {
  const serving = n.cpu.in('softirq');
  const host = (hosted: boolean) => (hosted ? n.ksoftirqd.in('serving') : n.ksoftirqd.out('serving'));
  const ends = (hosted: boolean) => (hosted ? [n.ksoftirqd.on({ type: 'YIELD' })] : []);
  return [
    step('handler', { vec: VECTORS }, ({ vec }) => ({
      owner: SOFTIRQ,
      moves: [n.loop.on({ type: 'RUN', vec }), n.work.on({ type: 'TAKE', vec })],
      when: [serving],
    })),
    // A flood: net_rx_action() finds more than its budget, every time.
    step('handler_again', {}, () => ({
      owner: SOFTIRQ,
      environment: true,
      moves: [n.loop.on({ type: 'RUN_AGAIN', vec: 'NET_RX' })],
      when: [serving],
    })),
    step('softirq_restart', {}, () => ({ owner: SOFTIRQ, moves: [n.loop.on({ type: 'RESTART' })], when: [serving] })),
    step('softirq_leave', { ksoftirqd: [false, true] }, ({ ksoftirqd: hosted }) => ({
      owner: SOFTIRQ,
      moves: [n.loop.on({ type: 'LEAVE' }), n.cpu.on({ type: 'LEAVE' }), ...ends(hosted)],
      when: [host(hosted)],
    })),
    step('softirq_handover', { ksoftirqd: [false, true] }, ({ ksoftirqd: hosted }) => ({
      owner: SOFTIRQ,
      moves: [
        n.loop.on({ type: 'HANDOVER' }),
        n.cpu.on({ type: 'LEAVE' }),
        // To the thread that hosts this very pass the wakeup means nothing.
        n.ksoftirqd.on({ type: hosted ? 'YIELD' : 'WAKE' }),
      ],
      when: [host(hosted)],
    })),
  ];
}

/** ksoftirqd, whenever the CPU is in task context, and the one that parks it. */
export function threadSteps(n: EngineParts, s: EngineScenario): StepTemplate[] {
  const owner = KSOFTIRQD;
  const onCpu = n.cpu.in('task');
  return [
    step('ksoftirqd_set_state', {}, () => ({ owner, moves: [n.ksoftirqd.on({ type: 'SET' })], when: [onCpu] })),
    step('ksoftirqd_finds', {}, () => ({
      owner,
      moves: [n.ksoftirqd.on({ type: 'FOUND' })],
      when: [onCpu, n.loop.is('has something raised', anyRaised)],
    })),
    step('ksoftirqd_finds_nothing', {}, () => ({
      owner,
      moves: [n.ksoftirqd.on({ type: 'NOTHING' })],
      when: [onCpu, nothingRaised(n)],
    })),
    step('ksoftirqd_schedule', {}, () => ({ owner, moves: [n.ksoftirqd.on({ type: 'SCHEDULE' })], when: [onCpu] })),
    step('ksoftirqd_run', {}, () => ({
      owner,
      moves: [n.ksoftirqd.on({ type: 'RUN' }), n.cpu.on({ type: 'SOFTIRQ' }), n.loop.on({ type: 'ENTER' })],
    })),
    step('ksoftirqd_run_nothing', {}, () => ({
      owner,
      moves: [n.ksoftirqd.on({ type: 'RUN_NOTHING' })],
      when: [onCpu, nothingRaised(n)],
    })),
    ...(s.parks === 0
      ? []
      : [
          step('park', { k: range(s.parks) }, ({ k }) => ({
            owner: 'hotplug',
            environment: true,
            moves: [n.ksoftirqd.on({ type: 'PARK' }), nth(n.parks, k).move],
            when: [nth(n.parks, k).when],
          })),
          step('ksoftirqd_park', {}, () => ({ owner, moves: [n.ksoftirqd.on({ type: 'PARKED' })], when: [onCpu] })),
          step('unpark', {}, () => ({ owner: 'hotplug', environment: true, moves: [n.ksoftirqd.on({ type: 'UNPARK' })] })),
        ]),
  ];
}
