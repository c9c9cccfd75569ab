/** Bugs planted in lookups and in the life of a socket. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import { type lookupSlice, scores } from '../networks/lookup.ts';

type LookupNetwork = ReturnType<typeof lookupSlice.build>;

const FOUND = 'a datagram of the peer finds a socket that is bound all the while';
const FREED = 'a socket that is freed is used by nobody';

export const LOOKUP_BUGS: readonly Bug<LookupNetwork>[] = [
  {
    id: 'no-third-scan',
    row: 'M15',
    about: 'the chain of the port is not looked at: a socket between two chains of addresses is missed',
    breaks: [FOUND, 'the chain of the port finds what the two others have missed'],
    plant: (net) => net.replaceMachine('lookup', (machine) => machine.provide({ guards: { isLast: ({ context }) => context.scan >= 2 } })),
  },
  {
    id: 'next-pointer-cleared',
    row: 'M16',
    about: 'a socket that leaves a chain forgets its next one: who stands on it misses the socket behind it',
    breaks: ['another socket of the same port is not missed'],
    scenario: { other: 'yes' },
    plant: (net) =>
      net
        .replaceMachine('lookup', (machine) => machine.provide({ guards: { isCut: () => true } }))
        .step('cut', { cpu: [0, 1] }, ({ cpu }, n) => ({
          owner: `softirq/${cpu}`,
          moves: [n.lookup(cpu).on({ type: 'CUT' })],
          when: [n.socket.in('orphaning', 'orphaned', 'waiting', 'gone')],
        })),
  },
  {
    id: 'freed-at-once',
    row: 'M18',
    about: 'the socket is freed without a grace period',
    breaks: [FREED],
    plant: (net) => net.replaceStep('destruct', (spec) => ({ ...spec, when: [] })),
  },
  {
    id: 'peer-when-established',
    row: 'M22',
    about: 'the peer is compared only once sk_state is ESTABLISHED: while connect() goes on, a stranger is taken',
    breaks: ['a datagram of a stranger is not given to a socket that had its peer recorded when the lookup began'],
    plant: (net) =>
      net.replaceStep('score', (spec, n, { scan, from, matches }) => ({
        ...spec,
        when: [
          ...(spec.when ?? []).filter(({ component }) => component !== 'socket'),
          n.socket.is('scores by state', (c) => {
            const seen = c.established ? c : { ...c, daddr: false, dport: false };
            return scores(seen, Number(scan), from === 'peer' ? 'peer' : 'stranger') === matches;
          }),
        ],
      })),
  },
  {
    id: 'wq-not-tested',
    row: 'M35',
    about: 'sock_def_readable() uses sk_wq without a look whether it is NULL',
    breaks: ['a socket without a wait queue wakes nobody'],
    plant: (net) => net.replaceMachine('lookup', (machine) => machine.provide({ guards: { usesWhateverIsRead: () => true } })),
  },
  {
    id: 'wq-freed-at-once',
    row: 'M36',
    about: 'what holds the wait queue is freed without a grace period',
    breaks: ['a wait queue that is freed is used by nobody'],
    plant: (net) => net.replaceStep('inode_freed', (spec) => ({ ...spec, when: [] })),
  },
  {
    id: 'not-purged',
    row: 'M37',
    about: 'udp_destruct_common() does not purge the queues: what was appended after the unhash is leaked',
    breaks: ['a socket that is freed leaves no datagram behind'],
    plant: (net) => net.replaceMachine('socket', (machine) => machine.provide({ actions: { free: assign({ freed: true }) } })),
  },
  {
    id: 'orphaned-first',
    row: 'M73',
    about: 'close() orphans the socket before it leaves its chains: it goes on to take datagrams for nobody',
    breaks: ['a socket that is orphaned is in no chain'],
    plant: (net) =>
      net.replaceMachine('socket', (machine) => machine.provide({ guards: { orphansFirst: ({ context }) => context.closes } })),
  },
];
