/** Bugs planted in sleep and wakeup, most of them in a network with both repairs, so that nothing else is wrong with it. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import { range } from '../kernel/packet.ts';
import type { wakeupSlice } from '../networks/wakeup.ts';
import { ENDING_BUGS } from './poll.ts';

type WakeupNetwork = ReturnType<typeof wakeupSlice.build>;

const SMALL = { packets: 2, cpus: 1 };
const WOKEN = 'no reader sleeps for ever on a readable socket';
const SLEEPERS = 'a reader asleep beside a datagram is woken in the end, or another one takes it';
const POLLED = 'poll() does not sleep on a readable socket';

const readersOf = (net: WakeupNetwork): number[] => range(net.components.reader.length);

export const WAKEUP_BUGS: readonly Bug<WakeupNetwork>[] = [
  {
    id: 'state-after-checks',
    row: 'M48',
    about: 'the reader looks first, and links itself and sets its state after that',
    breaks: [WOKEN, SLEEPERS],
    scenario: SMALL,
    plant: (net) =>
      net
        .replaceMachine('reader', (machine) => machine.provide({ guards: { looksFirst: () => true } }))
        .step('look_first', { reader: readersOf(net) }, ({ reader }, n) => ({
          owner: `reader/${reader}`,
          moves: [n.reader(reader).on({ type: 'LOOK' }), n.queues.on({ type: 'SEES_NONE' })],
          when: [n.queues.is('has no error', ({ error }) => !error)],
        })),
  },
  {
    id: 'state-stored-plainly',
    row: 'M49',
    about: 'prepare_to_wait_exclusive() links and sets the state by plain stores, which wait in the buffer while it looks',
    breaks: [WOKEN],
    scenario: SMALL,
    plant: (net) =>
      net
        .replaceMachine('reader', (machine) => machine.provide({ guards: { storesPlainly: () => true } }))
        .step('prepare_plainly', { reader: readersOf(net) }, ({ reader }, n) => ({
          owner: `reader/${reader}`,
          moves: [
            n.reader(reader).on({ type: 'STORE' }),
            n.waitList.on({ type: 'HOLD' }),
            n.buffer(net.components.notifier.length + reader).on({ type: 'PUSH', at: 'list', value: reader }),
          ],
        }))
        .step('prepare_visible', { reader: readersOf(net) }, ({ reader }, n) => ({
          owner: `buffer of reader/${reader}`,
          moves: [
            n.buffer(net.components.notifier.length + reader).on({ type: 'DRAIN', at: 'list', value: reader }),
            n.waitList.on({ type: 'APPEAR', who: reader }),
          ],
        })),
  },
  {
    id: 'no-fence-before-look',
    about: 'skwq_has_sleeper() without its barrier: the look at the wait queue overtakes the append',
    breaks: [WOKEN],
    scenario: SMALL,
    plant: (net) =>
      net.replaceStep('fence', (spec) => ({ ...spec, moves: spec.moves.filter((move) => !move.component.startsWith('buffer')) })),
  },
  {
    id: 'poll-without-fence',
    about: 'sock_poll_wait() without its barrier: the look at the queues overtakes the insertion',
    breaks: [POLLED],
    scenario: { ...SMALL, polls: 'yes' },
    plant: (net) =>
      net.replaceStep('poll_fence', (spec) => ({ ...spec, moves: spec.moves.filter((move) => !move.component.startsWith('buffer')) })),
  },
  {
    id: 'preempted-for-good',
    row: 'M51',
    about: 'preemption takes a task off the run queue because its state is TASK_INTERRUPTIBLE',
    breaks: [WOKEN],
    scenario: SMALL,
    plant: (net) =>
      net
        .replaceMachine('reader', (machine) => machine.provide({ guards: { dequeuesWhenPreempted: ({ context }) => !context.woken } }))
        .step('preempt', { reader: readersOf(net) }, ({ reader }, n) => ({
          owner: 'scheduler',
          environment: true,
          moves: [n.reader(reader).on({ type: 'PREEMPT' })],
        })),
  },
  {
    id: 'entry-left-linked',
    row: 'M54',
    about: 'finish_wait() leaves the entry linked where the timer has woken the task',
    breaks: ['no entry is linked whose call has returned'],
    scenario: { ...SMALL, ways: 'timeout' },
    plant: (net) =>
      net
        .replaceMachine('reader', (machine) => machine.provide({ guards: { staysLinked: ({ context }) => context.expired } }))
        .step('leave_linked', { reader: readersOf(net) }, ({ reader }, n) => ({
          owner: `reader/${reader}`,
          moves: [n.reader(reader).on({ type: 'LEAVE_LINKED' })],
        })),
  },
  {
    id: 'again-when-expired',
    row: 'M57',
    about: 'a reader that was woken returns EAGAIN without another look if its time has run out as well',
    breaks: [WOKEN],
    scenario: { ...SMALL, ways: 'block+timeout' },
    plant: (net) =>
      net.replaceMachine('reader', (machine) => machine.provide({ guards: { givesUpWhenExpired: ({ context }) => context.expired } })),
  },
  ...ENDING_BUGS,
  {
    id: 'taken-twice',
    about: 'a reader takes a datagram and leaves it in reader_queue',
    breaks: ['a datagram has one owner'],
    scenario: SMALL,
    plant: (net) =>
      net.replaceMachine('queues', (machine) =>
        machine.provide({ actions: { takeSpliced: assign(({ context: c }) => ({ rq: [], rdq: [...c.rdq, ...c.rq] })) } }),
      ),
  },
  {
    id: 'finish-wait-stuck',
    about: 'finish_wait() does not see that its entry is gone, and waits for it',
    breaks: ['a call that has begun returns or sleeps'],
    scenario: SMALL,
    plant: (net) => net.replaceStep('finish_wait_unlinked', () => undefined),
  },
  {
    id: 'woken-entry-stays',
    row: 'EQ1',
    about: 'a woken reader stays linked until finish_wait(): the next walk passes it by, as it runs',
    breaks: [],
    scenario: { ...SMALL, repairs: 'RP1' },
    plant: (net) =>
      net.replaceMachine('waitList', (machine) =>
        machine.provide({
          actions: {
            unlink: assign(({ context: c, event }) => {
              if (event.type === 'WOKE') return { cursor: c.cursor + 1 };
              return 'who' in event ? { waiters: c.waiters.filter((one) => one !== event.who) } : {};
            }),
          },
        }),
      ),
  },
  {
    id: 'walk-stops-at-running',
    row: 'EQ2',
    // Said to be equivalent, as the task is about to look again: but two walks may stop at it, and it takes one datagram.
    about: 'the walk stops at an exclusive entry even if its task runs already',
    breaks: [WOKEN, SLEEPERS],
    scenario: SMALL,
    plant: (net) =>
      net.replaceMachine('waitList', (machine) =>
        machine.provide({
          actions: {
            skip: assign(({ context: c }) => ({ cursor: c.cursor + 1, over: c.over || (!c.all && c.waiters[c.cursor] !== c.poller) })),
          },
        }),
      ),
  },
  {
    id: 'wakes-all',
    row: 'EQ5',
    about: 'a datagram wakes every reader',
    breaks: [],
    scenario: SMALL,
    plant: (net) =>
      net.replaceMachine('waitList', (machine) => machine.provide({ actions: { start: assign({ cursor: 0, over: false, all: true }) } })),
  },
  {
    id: 'no-second-splice',
    row: 'EQ7',
    about: 'udp_rmem_release() does not splice: only an empty reader_queue is filled again',
    breaks: [],
    scenario: SMALL,
    plant: (net) =>
      net.replaceMachine('queues', (machine) =>
        machine.provide({
          guards: {
            leaves: ({ context: c, event }) => 'pkt' in event && c.rdq[0] === event.pkt,
            splices: ({ context: c, event }) => 'pkt' in event && c.rdq.length === 0 && c.rq[0] === event.pkt && c.holder < 0,
          },
        }),
      ),
  },
];
