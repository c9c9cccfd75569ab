/** Bugs planted in the accounting of a socket. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { accountingSlice } from '../networks/accounting.ts';

type AccountingNetwork = ReturnType<typeof accountingSlice.build>;

const EXACT = 'sk_rmem_alloc is what the queues, the deficit and those who are about to append hold';
const LATER = { profile: '6.18' };

export const ACCOUNTING_BUGS: readonly Bug<AccountingNetwork>[] = [
  {
    id: 'charged-after-append',
    row: 'M24',
    about: 'the datagram is charged after it is appended: a reader that is quick uncharges it first',
    breaks: ['no charge is negative'],
    plant: (net) =>
      net.replaceMachine('rmem', (machine) =>
        machine.provide({
          guards: {
            charges: ({ context: c, event }) => 'value' in event && event.value === 1 && c.rq + c.rdq + c.deficit + c.charged < c.packets,
          },
          actions: {
            charge: assign(({ context: c }) => ({ rq: c.rq + 1, charged: c.charged + 1 })),
            append: assign(({ context: c }) => ({ rmem: c.rmem + 1, charged: c.charged - 1 })),
          },
        }),
      ),
  },
  {
    id: 'charge-kept-on-drop',
    row: 'M26',
    about: '6.1: a datagram that exceeds the buffer after all is dropped with its charge',
    breaks: ['an empty socket that nobody appends to has no charge', EXACT],
    scenario: { profile: '6.1' },
    plant: (net) =>
      net.replaceMachine('rmem', (machine) =>
        machine.provide({ actions: { uncharge: assign(({ context: c }) => ({ charged: c.charged - 1 })) } }),
      ),
  },
  {
    id: 'list-read-then-emptied',
    row: 'M29',
    about: '6.18: the leader reads the list and stores NULL after that: who has added in between is lost',
    breaks: ['every datagram is refused, taken or in a queue'],
    scenario: { ...LATER, rcvbuf: 2 },
    plant: (net) =>
      net.replaceMachine('prod', (machine) =>
        machine.provide({ guards: { takesAll: ({ context: c, event }) => 'taken' in event && event.taken > 0 && event.taken <= c.list } }),
      ),
  },
  {
    id: 'prod-settled-first',
    row: 'M30',
    about: '6.18: the producer queue is uncharged before the socket is charged: in between, another CPU reads too little',
    breaks: ['no more datagrams are queued than the rule of the kernel lets in'],
    scenario: { ...LATER, cpus: 3, packets: 6 },
    plant: (net) =>
      net
        .replaceMachine('prod', (machine) =>
          machine.provide({
            guards: { takesAll: ({ context: c, event }) => 'taken' in event && c.list > 0 && c.list === event.taken && c.rmem >= c.list },
            actions: {
              flush: assign(({ context: c, event }) => ('taken' in event ? { list: 0, hidden: 0, rmem: c.rmem - event.taken } : {})),
            },
          }),
        )
        .replaceStep('flush', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rmem') }))
        .replaceStep('settle', (spec, n, { value }) => ({
          ...spec,
          moves: spec.moves.map((move) => (move.component === 'prod' ? n.rmem.on({ type: 'FLUSH', taken: Number(value) }) : move)),
        })),
  },
  {
    id: 'deficit-kept',
    about: 'udp_rmem_release() keeps the deficit though nothing is left to read',
    breaks: ['an empty reader_queue leaves no deficit', 'an empty socket that nobody appends to has no charge'],
    scenario: { threshold: 2 },
    plant: (net) =>
      net.replaceMachine('rmem', (machine) =>
        machine.provide({
          actions: {
            take: assign(({ context: c }) => {
              const spliced = c.rdq === 0;
              const rest = { rdq: (spliced ? c.rq : c.rdq) - 1, rq: spliced ? 0 : c.rq };
              return c.deficit + 1 < c.threshold
                ? { ...rest, deficit: c.deficit + 1 }
                : { ...rest, deficit: 0, rmem: c.rmem - c.deficit - 1 };
            }),
          },
        }),
      ),
  },
  {
    id: 'follower-leads-nobody',
    about: '6.18: who finds the list empty returns as well, and nobody empties it',
    breaks: [
      'a producer queue that is not empty has a leader',
      'every datagram is refused, taken or in a queue',
      'a datagram whose sender has returned is in a queue',
    ],
    scenario: { ...LATER, cpus: 1 },
    plant: (net) =>
      net
        .replaceMachine('prod', (machine) =>
          machine.provide({ actions: { lead: assign(({ context: c }) => ({ list: c.list + 1, hidden: c.hidden + 1 })) } }),
        )
        .replaceStep('lead', (spec, n, { cpu }) => ({
          ...spec,
          moves: [n.producer(Number(cpu)).on({ type: 'FOLLOW' }), n.prod.on({ type: 'LEAD' })],
        })),
  },
  {
    id: 'rule-of-another-kernel',
    about: '6.1 without its second look: as 6.12',
    breaks: ['no more datagrams are queued than the rule of the kernel lets in'],
    scenario: { profile: '6.1' },
    plant: (net) =>
      net.replaceMachine('producer', (machine) => machine.provide({ guards: { exceeds: () => false, exceedsSoon: () => false } })),
  },
  {
    id: 'refuses-at-the-limit',
    about: 'a datagram is refused as soon as the charge has reached the buffer',
    breaks: ['as many datagrams are queued as the rule of the kernel lets in'],
    plant: (net) =>
      net.replaceMachine('producer', (machine) =>
        machine.provide({
          guards: {
            refuses: ({ context: c }) => c.seen >= c.rcvbuf,
            needsBusy: () => false,
            goesOn: ({ context: c }) => c.seen < c.rcvbuf,
          },
        }),
      ),
  },
  {
    id: 'no-busylock',
    row: 'EQ6',
    about: '6.1 and 6.12 without busylock: it is for speed',
    breaks: [],
    plant: (net) =>
      net
        .replaceStep('busylock', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rmem') }))
        .replaceStep('unbusy', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rmem') })),
  },
];
