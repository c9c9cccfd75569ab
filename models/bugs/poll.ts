/** Bugs planted in poll(), and in what else than a datagram ends a sleep: shutdown(), an ICMP error. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { wakeupSlice } from '../networks/wakeup.ts';

const SMALL = { packets: 2, cpus: 1 };
const POLLED = 'poll() does not sleep on a readable socket';

export const ENDING_BUGS: readonly Bug<ReturnType<typeof wakeupSlice.build>>[] = [
  {
    id: 'poller-ends-walk',
    row: 'M59',
    about: 'a woken poller counts as the one exclusive waiter',
    breaks: ['no reader sleeps for ever on a readable socket'],
    scenario: { ...SMALL, polls: 'yes' },
    plant: (net) =>
      net.replaceMachine('waitList', (machine) =>
        machine.provide({
          actions: { skip: assign(({ context: c }) => ({ cursor: c.cursor + 1, over: c.waiters[c.cursor] === c.poller })) },
        }),
      ),
  },
  {
    id: 'exclusive-at-head',
    row: 'M60',
    about: 'exclusive entries go to the head, before the pollers: a reader that only peeks ends the walk',
    breaks: [POLLED],
    scenario: { ...SMALL, ways: 'peek', polls: 'yes', packets: 1 },
    plant: (net) =>
      net.replaceMachine('waitList', (machine) =>
        machine.provide({
          actions: { tail: assign(({ context: c, event }) => ('who' in event ? { waiters: [event.who, ...c.waiters], held: false } : {})) },
        }),
      ),
  },
  {
    id: 'poll-ignores-reader-queue',
    row: 'M64',
    about: 'udp_poll() looks at sk_receive_queue only',
    breaks: [POLLED],
    scenario: { ...SMALL, polls: 'yes' },
    plant: (net) =>
      net.replaceStep('poll_no_rdq', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'queues') })),
  },
  {
    id: 'poll-looks-backwards',
    row: 'M65',
    about: 'udp_poll() looks at reader_queue first: a splice in between moves the datagrams past it',
    breaks: [POLLED],
    scenario: { ...SMALL, polls: 'yes' },
    plant: (net) => net.replaceMachine('poller', (machine) => machine.provide({ guards: { looksBackwards: () => true } })),
  },
  {
    id: 'poll-not-triggered',
    row: 'M66',
    about: 'poll() does not look at `triggered`: a wakeup that came while it looked is forgotten',
    breaks: [POLLED],
    scenario: { ...SMALL, polls: 'yes' },
    plant: (net) => net.replaceMachine('poller', (machine) => machine.provide({ guards: { triggered: () => false } })),
  },
  {
    id: 'shutdown-wakes-one',
    row: 'M74',
    about: 'shutdown() wakes one exclusive waiter, as a datagram does',
    breaks: ['after shutdown() no reader sleeps'],
    scenario: { ...SMALL, shutdowns: 1 },
    plant: (net) =>
      net.replaceMachine('waitList', (machine) =>
        machine.provide({ actions: { startAll: assign({ cursor: 0, over: false, all: false }) } }),
      ),
  },
  {
    id: 'error-read-plainly',
    row: 'M75',
    about: 'sock_error() reads sk_err and clears it later: two readers are told of one error',
    breaks: ['an ICMP error is reported once at most'],
    scenario: { ...SMALL, errors: 1 },
    plant: (net) =>
      net.replaceStep('wait_error', (spec, n) => ({
        ...spec,
        moves: spec.moves.map((move) => (move.component === 'queues' ? n.queues.on({ type: 'POLL_ERROR' }) : move)),
      })),
  },
  {
    id: 'error-wakes-nobody',
    about: 'sk_error_report() stores sk_err and wakes nobody',
    breaks: ['no reader sleeps while an ICMP error waits for one'],
    scenario: { ...SMALL, packets: 0, errors: 1 },
    plant: (net) => net.replaceStep('sleeper', () => undefined).replaceStep('no_sleeper', (spec) => ({ ...spec, when: [] })),
  },
  {
    id: 'poll-says-yes',
    about: 'poll() says that there is something where reader_queue is empty, too',
    breaks: ['what poll() says is there, is there for a call that does not wait'],
    scenario: { packets: 1, cpus: 1, readers: 1, ways: 'peek', polls: 'and reads', repairs: 'none' },
    plant: (net) => net.replaceStep('poll_rdq', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'queues') })),
  },
];
