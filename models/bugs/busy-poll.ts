/** Bugs planted in busy polling and deferred interrupts. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { busyPollSlice } from '../networks/busy-poll.ts';

type BusyPollBug = Bug<ReturnType<typeof busyPollSlice.build>>;

const TIMER_OR_OPEN = 'a free instance whose vector is masked has a timer that comes, or somebody about to see to it';
const DEAD = [TIMER_OR_OPEN, 'the vector is not left masked with its instance idle', 'no frame is stuck in the ring'];

/** The timer is armed when rx_list is up, before SCHED is given up, and not after that. */
const armsBeforeComplete: BusyPollBug['plant'] = (net) => {
  const took = (n: typeof net.refs, cpu: number, yes: boolean) =>
    n.poll(cpu).is(yes ? 'took some of its weight' : 'took none or all of it', ({ work, weight }) => (work > 0 && work < weight) === yes);
  return net
    .replaceStep('gro_flushed', (spec, n, { cpu }) => ({ ...spec, when: [...(spec.when ?? []), took(n, Number(cpu), false)] }))
    .step('gro_flushed_arming', { cpu: [0] }, ({ cpu }, n) => ({
      owner: `softirq/${cpu}`,
      moves: [n.poll(cpu).on({ type: 'FLUSHED' }), n.rxList.on({ type: 'EMPTY' }), n.timer.on({ type: 'ARM' })],
      when: [n.cpu(cpu).in('softirq'), took(n, cpu, true)],
    }))
    .replaceStep('arm_timer', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'timer') }));
};

export const BUSY_POLL_BUGS: readonly BusyPollBug[] = [
  {
    id: 'timer-not-armed',
    row: 'M4.14',
    about: 'napi_complete_done() returns false, so that the driver leaves the interrupt masked, and arms no timer',
    breaks: DEAD,
    plant: (net) => net.replaceStep('arm_timer', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'timer') })),
  },
  {
    id: 'timer-armed-first',
    row: 'M4.15',
    about: 'napi_complete_done() arms the timer before it clears SCHED: an expiry in between wins nothing, and is gone',
    breaks: DEAD,
    plant: armsBeforeComplete,
  },
  {
    id: 'deferral-never-ends',
    row: 'M4.16',
    about: 'a poll without a frame reloads the deferral, too: the timer polls for ever, and the interrupt stays masked',
    breaks: ['a masked vector is opened in the end, or the instance is busy polled'],
    plant: (net) =>
      net.replaceMachine('deferral', (machine) =>
        machine.provide({
          guards: { decides: ({ context: c, event }) => event.type === 'POLICY' && event.defers === (c.defer > 0 && c.timeout) },
          actions: { countDown: assign({ count: ({ context: c }) => c.defer - 1 }) },
        }),
      ),
  },
  {
    id: 'missed-cleared-late',
    row: 'M4.22',
    about: "busy_poll_stop() clears MISSED after its last poll, when the instance may be somebody else's",
    breaks: ['no frame is stuck in the ring'],
    scenario: { cpus: 2, defer: 0, watchdog: 'on' },
    plant: (net) =>
      net
        .replaceMachine('task', (machine) => machine.provide({ guards: { clearsLate: () => true } }))
        .replaceStep('busy_clear_missed', (spec, n) => ({
          ...spec,
          moves: spec.moves.filter((move) => move.component !== 'napi'),
          when: [...(spec.when ?? []), n.task.in('between')],
        }))
        .step('busy_clear_missed_late', {}, (_, n) => ({
          owner: 'task/0',
          moves: [n.task.on({ type: 'CLEAR_MISSED' }), n.napi.on({ type: 'CLEAR_MISSED' })],
          when: [n.task.in('clearing'), n.cpu(0).in('bhOff')],
        })),
  },
  {
    id: 'timer-sets-missed',
    row: 'M4.29',
    about: 'napi_watchdog() uses napi_schedule_prep(), which sets MISSED where it loses: one useless poll more',
    breaks: [],
    plant: (net) =>
      net.replaceStep('timer_lost', (spec, n) => ({
        ...spec,
        moves: spec.moves.map((move) => (move.component === 'napi' ? n.napi.on({ type: 'PREP_LOST' }) : move)),
      })),
  },
  {
    id: 'full-and-forgotten',
    about: '__busy_poll_stop() does not queue the instance after a last poll of the whole budget',
    breaks: [
      'a scheduled NAPI instance is with somebody who will poll it',
      'a frame in the ring is taken in the end, if the watchdog goes on',
    ],
    scenario: { watchdog: 'on' },
    plant: (net) =>
      ['busy_queue', 'busy_queue_in_action'].reduce(
        (changed, name) =>
          changed.replaceStep(name, (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component === 'task') })),
        net,
      ),
  },
  {
    id: 'token-dropped-early',
    about: 'busy_poll_stop() clears SCHED together with IN_BUSY_POLL, and then polls once more',
    breaks: ['a NAPI instance is polled only while scheduled'],
    plant: (net) =>
      net.replaceStep('busy_clear_busy', (spec, n) => ({
        ...spec,
        moves: [...spec.moves.filter((move) => move.component !== 'napi'), n.napi.on({ type: 'RELEASE' })],
      })),
  },
  {
    id: 'grabs-what-is-owned',
    about: 'napi_busy_loop() tests and sets SCHED in two steps',
    breaks: ['a NAPI instance is polled by one CPU or task at a time, and queued once'],
    plant: (net) =>
      net.replaceStep('busy_grab_lost', (spec, n) => ({
        ...spec,
        moves: [n.task.on({ type: 'GRAB' }), n.poll(n.cpu.all.length).on({ type: 'CALL' })],
        when: [...(spec.when ?? []), n.napi.in('scheduled')],
      })),
  },
  {
    id: 'grab-masks',
    about: 'the grab masks the vector, so that no interrupt comes while a task busy polls',
    breaks: ['the vector is open while the instance is busy polled'],
    plant: (net) => net.replaceStep('busy_grab', (spec, n) => ({ ...spec, moves: [...spec.moves, n.vector.on({ type: 'MASK' })] })),
  },
  {
    id: 'missed-forgotten-while-busy',
    about: 'napi_schedule_prep() does not record MISSED: it is never found set on a free instance',
    breaks: ['MISSED is set while SCHED is clear'],
    scenario: { prefer: 'on' },
    plant: (net) => net.replaceMachine('napi', (machine) => machine.provide({ actions: { setMissed: assign({}) } })),
  },
  {
    id: 'resumed-and-forgotten',
    about: 'napi_resume_irqs() wins SCHED and does not queue the instance',
    breaks: ['a scheduled NAPI instance is with somebody who will poll it'],
    scenario: { profile: '6.18', prefer: 'on', fix: 'on', suspend: 'on' },
    plant: (net) => net.replaceStep('resume_queue', (spec, n) => ({ ...spec, moves: [n.task.on({ type: 'SCHEDULE' })] })),
  },
];
