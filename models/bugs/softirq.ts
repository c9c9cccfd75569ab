/** Bugs planted in the softirq engine. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { softirqSlice } from '../networks/softirq.ts';
import { anyRaised, isRaised } from '../softirq/loop.ts';
import { isRunnable } from '../softirq/thread.ts';

type SoftirqBug = Bug<ReturnType<typeof softirqSlice.build>>;

/** The network whose task raises in two steps, with interrupts on in between. */
const tornRaise: SoftirqBug['plant'] = (net) =>
  net
    .replaceMachine('raiser', (machine) => machine.provide({ guards: { tornApart: () => true } }))
    .replaceMachine('loop', (machine) => machine.provide({ guards: { isPlain: () => true } }))
    .replaceStep('raise_softirq_bh_off', () => undefined)
    .replaceStep('raise_softirq', () => undefined)
    .step('raise_load', { rest: [false, true] }, ({ rest }, n) => ({
      owner: 'task/0',
      environment: true,
      moves: [n.raiser.on({ type: 'LOAD', rest }), n.raises.on({ type: 'INC' })],
      when: [
        n.cpu.in('task'),
        n.raises.is('reads 0', ({ count }) => count === 0),
        n.loop.is(rest ? 'has NET_RX raised' : 'has not', (context) => isRaised('NET_RX')(context) === rest),
      ],
    }))
    .step('raise_store', { rest: [false, true] }, ({ rest }, n) => ({
      owner: 'task/0',
      moves: [
        n.raiser.on({ type: 'STORE', rest }),
        n.work.on({ type: 'QUEUE', vec: 'TASKLET' }),
        n.loop.on({ type: 'STORE', vec: 'TASKLET', rest }),
        n.ksoftirqd.on({ type: 'WAKE' }),
      ],
      when: [n.cpu.in('task')],
    }));

const LOOKS_LATE: SoftirqBug['plant'] = (net) =>
  net.replaceMachine('ksoftirqd', (machine) => machine.provide({ guards: { looksFirst: () => true } }));

export const SOFTIRQ_BUGS: readonly SoftirqBug[] = [
  {
    id: 'mask-cleared-late',
    row: 'M3.1',
    about: 'handle_softirqs() clears the mask after the handlers have run, and with it what was raised meanwhile',
    breaks: ['work that waits for a handler has its bit in the mask or in the snapshot'],
    plant: (net) =>
      net.replaceMachine('loop', (machine) =>
        machine.provide({
          actions: { snapshot: assign(({ context: c }) => ({ snapshot: c.pending })), passOver: assign({ pending: [] }) },
        }),
      ),
  },
  {
    id: 'passes-without-limit',
    row: 'M3.7',
    about: 'handle_softirqs() goes on as long as something is raised',
    breaks: ['a task that wants the CPU gets it in the end'],
    plant: (net) =>
      net.replaceMachine('loop', (machine) => machine.provide({ guards: { passesLeft: ({ context: c }) => c.pending.length > 0 } })),
  },
  {
    id: 'limit-without-wakeup',
    row: 'M3.8',
    about: 'handle_softirqs() runs out of passes and does not wake ksoftirqd',
    breaks: ['a softirq that is raised in task context finds ksoftirqd awake', 'no softirq stays raised when all is at rest'],
    plant: (net) =>
      net.replaceStep('softirq_handover', (spec, _, { ksoftirqd }) =>
        ksoftirqd === true ? spec : { ...spec, moves: spec.moves.filter((move) => move.component !== 'ksoftirqd') },
      ),
  },
  {
    id: 'plain-raise-in-task',
    row: 'M3.10',
    about: 'a task with bottom halves on raises and wakes nobody (fixed for NAPI by 77e45145e303)',
    breaks: ['a softirq that is raised in task context finds ksoftirqd awake', 'no softirq stays raised when all is at rest'],
    plant: (net) =>
      net.replaceStep('raise_softirq', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'ksoftirqd') })),
  },
  {
    id: 'raise-with-irqs-on',
    row: 'M3.11',
    about: 'a task reads the mask, is interrupted by a raise, and writes what it has read',
    breaks: ['work that waits for a handler has its bit in the mask or in the snapshot'],
    plant: tornRaise,
  },
  {
    id: 'state-set-after-look',
    row: 'M3.6',
    about: 'ksoftirqd reads the mask before it sets TASK_INTERRUPTIBLE: an interrupt in between leaves softirqs to it, and it sleeps',
    breaks: ['a softirq that is raised in task context finds ksoftirqd awake', 'no softirq stays raised when all is at rest'],
    scenario: { profile: '6.1' },
    plant: LOOKS_LATE,
  },
  {
    id: 'state-set-after-look-inline',
    row: 'M3.6',
    about: 'the same where interrupts leave nothing to ksoftirqd, and no task raises: lost is the wakeup of a handover',
    breaks: ['a softirq that is raised in task context finds ksoftirqd awake', 'no softirq stays raised when all is at rest'],
    scenario: { profile: '6.12', raises: 0 },
    plant: LOOKS_LATE,
  },
  {
    id: 'defers-again',
    about: 'interrupts leave softirqs to a runnable ksoftirqd, as from 4.9 to 6.4 (4cd13c21b207, taken back by d15121be7485)',
    breaks: ['a raised softirq is begun in the end even if ksoftirqd never runs, as long as interrupts come'],
    scenario: { profile: '6.12' },
    plant: (net) =>
      net
        .replaceStep('irq_exit_softirq', (spec, n) => ({
          ...spec,
          when: [n.ksoftirqd.is('is not runnable', (context) => !isRunnable(context))],
        }))
        .step('irq_exit_deferred', {}, (_, n) => ({
          owner: 'hardirq/0',
          moves: [n.cpu.on({ type: 'IRET' })],
          when: [n.loop.is('has something raised', anyRaised), n.ksoftirqd.is('is runnable', isRunnable)],
        })),
  },
  {
    id: 'parking-thread-trusted',
    row: 'M3.12',
    about: 'ksoftirqd_running() does not ask whether the thread is about to park (fixed by 0f50524789fc)',
    breaks: ['no interrupt leaves softirqs to a ksoftirqd that is about to park'],
    scenario: { profile: '6.1', parks: 1 },
    plant: (net) =>
      ['irq_exit_deferred', 'bh_enable_deferred'].reduce(
        (changed, name) =>
          changed.replaceStep(name, (spec, n) => ({
            ...spec,
            when: [
              n.loop.is('has something raised', anyRaised),
              n.cpu.is('is not in_interrupt()', ({ below }) => below === 'task'),
              n.loop.is('has no TASKLET raised', (context) => !isRaised('TASKLET')(context)),
              n.ksoftirqd.is('is TASK_RUNNING', ({ running }) => running),
            ],
          })),
        net,
      ),
  },
  {
    id: 'softirq-under-softirq',
    about: 'irq_exit() does not test in_interrupt()',
    breaks: ['handle_softirqs() is never entered twice'],
    plant: (net) => net.replaceMachine('cpu', (machine) => machine.provide({ guards: { notInInterrupt: () => true } })),
  },
];
