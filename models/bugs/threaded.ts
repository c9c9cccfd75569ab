/** Bugs planted in threaded NAPI. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import { disabling } from '../napi/napi.ts';
import type { threadedSlice } from '../networks/threaded.ts';

type ThreadedBug = Bug<ReturnType<typeof threadedSlice.build>>;

const HELD = 'a scheduled NAPI instance is with somebody who will poll it, or its thread is awake';

export const THREADED_BUGS: readonly ThreadedBug[] = [
  {
    id: 'disable-not-announced',
    row: 'M4.17',
    about: 'napi_disable() does not set DISABLE: a flood schedules the instance again before each of its looks',
    breaks: ['napi_disable() ends'],
    scenario: { watchdog: 'on' },
    plant: (net) => net.replaceMachine('napi', (machine) => machine.provide({ guards: { notDisabling: () => true } })),
  },
  {
    id: 'thread-leaves-on-disable',
    row: 'M4.24',
    about: 'napi_thread_wait() ends the thread when the instance is being disabled, although it owns it (fixed by 27f0ad71699d)',
    breaks: ['napi_disable() ends', HELD],
    plant: (net) =>
      net
        .replaceMachine('thread', (machine) => machine.provide({ guards: { shouldStop: () => true } }))
        .step('thread_leaves', {}, (_, n) => ({
          owner: 'napi thread',
          moves: [n.thread.on({ type: 'STOPPED' })],
          when: [n.cpu(0).in('task'), n.napi.is('is being disabled', disabling)],
        })),
  },
  {
    id: 'bit-tested-first',
    row: 'M4.25',
    about: 'the thread tests SCHED_THREADED before it sets TASK_INTERRUPTIBLE: a wakeup in between does nothing',
    breaks: [HELD, 'no frame is stuck in the ring', 'a frame in the ring is taken in the end'],
    plant: (net) => net.replaceMachine('thread', (machine) => machine.provide({ guards: { testsFirst: () => true } })),
  },
  {
    id: 'wakeup-trusted',
    about: 'having been woken counts as owning the instance, as before 56364c910691',
    breaks: [
      'a NAPI instance is polled only while scheduled',
      'a NAPI instance is polled by one CPU or thread at a time, and queued once',
      'a disabled NAPI instance is not polled',
    ],
    scenario: { cpus: 2 },
    plant: (net) =>
      net.replaceMachine('thread', (machine) => machine.provide({ actions: { returned: assign({ woken: true, running: true }) } })),
  },
  {
    id: 'stop-not-seen',
    about: 'napi_thread_wait() does not look at kthread_should_stop()',
    breaks: ['a write to `threaded` ends'],
    scenario: { profile: '6.18', writes: 1 },
    plant: (net) => net.replaceStep('thread_stopped', () => undefined),
  },
  {
    id: 'busy-whatever-comes',
    about: 'a thread that busy polls does not look at DISABLE, and keeps the instance',
    breaks: ['napi_disable() ends'],
    scenario: { profile: '6.18', busy: 'on' },
    plant: (net) =>
      ['thread_busy_end_disabled', 'thread_busy_off_disabled'].reduce(
        (changed, name) => changed.replaceStep(name, () => undefined),
        ['thread_busy_begin', 'thread_busy_on'].reduce(
          (changed, name) =>
            changed.replaceStep(name, (spec) => ({
              ...spec,
              when: (spec.when ?? []).filter(({ label }) => label !== 'not: is being disabled'),
            })),
          net,
        ),
      ),
  },
];
