/** Bugs planted in demultiplexing. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { demuxSlice } from '../networks/demux.ts';

const HIGHEST = 'a datagram goes to the socket of the highest score, the newest of equals';
const STRANGER = 'a connected socket gets nothing from strangers';
const MISSED = 'a datagram that some socket matches finds one';

const COPY = 'of a broadcast, each socket that listens has a copy, or the failure of its copy counted';

export const DEMUX_BUGS: readonly Bug<ReturnType<typeof demuxSlice.build>>[] = [
  {
    id: 'last-in-chain-wins',
    about: 'of two sockets on the address itself the last one in the chain is taken, whatever it scores',
    breaks: [HIGHEST],
    plant: (net) =>
      net.replaceMachine('demux', (machine) =>
        machine.provide({
          guards: {
            isBetter: ({ context: c, event }) =>
              event.type === 'MEET' &&
              (c.scan === 'own' ? event.kind === 'own' && c.to === 'own' : c.scan === 'any' && event.kind === 'any'),
          },
        }),
      ),
  },
  {
    id: 'peer-not-compared',
    about: 'a socket that is found by its address is taken whoever its peer is',
    breaks: [STRANGER],
    plant: (net) =>
      net.replaceMachine('demux', (machine) =>
        machine.provide({
          guards: {
            isBetter: ({ context: c, event }) =>
              event.type === 'MEET' && (c.scan === 'own') === (event.kind !== 'any') && c.badness < 2 && c.to !== 'other',
          },
        }),
      ),
  },
  {
    id: 'early-by-port',
    about: 'early demux takes the first socket on the address, whoever its peer is',
    breaks: [STRANGER, HIGHEST],
    scenario: { early: 'on' },
    plant: (net) =>
      net.replaceMachine('demux', (machine) =>
        machine.provide({
          guards: {
            isExact: ({ context: c, event }) => c.scan === 'early' && c.to === 'own' && event.type === 'MEET' && event.kind !== 'any',
          },
        }),
      ),
  },
  {
    id: 'connected-member-chosen',
    about: 'the hash of a reuseport group chooses among all members, the connected ones as well',
    breaks: [STRANGER],
    scenario: { groups: 'yes' },
    plant: (net) => net.replaceMachine('demux', (machine) => machine.provide({ guards: { isChosen: () => true } })),
  },
  {
    id: 'any-not-scanned',
    about: 'the chain of any address is not scanned',
    breaks: [MISSED],
    plant: (net) =>
      net.replaceMachine('demux', (machine) => machine.provide({ guards: { isLast: ({ context: c }) => c.at < 0 && c.scan === 'own' } })),
  },
  {
    id: 'own-not-scanned',
    about: 'the chain of the address is left empty: only the chain of the port has the socket',
    breaks: ['where sockets stay as they are, the chain of the port finds nobody else'],
    plant: (net) =>
      net.replaceMachine('demux', (machine) =>
        machine.provide({
          guards: {
            isBetter: ({ context: c, event }) => c.scan === 'port' && event.type === 'MEET' && event.kind === 'own' && c.to === 'own',
          },
        }),
      ),
  },
  {
    id: 'original-first',
    row: 'M20',
    about: 'the datagram itself is queued first: a reader frees it while copies are still made',
    breaks: ['a broadcast is copied from what softirq owns'],
    plant: (net) =>
      net
        .replaceStep('original', (spec) => ({ ...spec, moves: spec.moves.filter(({ component }) => component === 'demux') }))
        .step('original_at_once', {}, (_, n) => ({
          owner: 'softirq/0',
          moves: [n.original.on({ type: 'QUEUE' })],
          when: [n.demux.is('has met the first one', ({ best, to }) => best >= 0 && to === 'broadcast')],
        })),
  },
  {
    id: 'clone-failure-uncounted',
    about: 'a copy that could not be made is not counted',
    breaks: [COPY],
    plant: (net) =>
      net.replaceMachine('demux', (machine) =>
        machine.provide({ actions: { fail: assign(({ context: c }) => ({ at: Math.max(-1, c.at - 1) })) } }),
      ),
  },
  {
    id: 'first-forgotten',
    about: 'the first socket of a broadcast is passed over: with one listener nobody has it',
    breaks: ['a broadcast is ignored only if nobody listens'],
    plant: (net) =>
      net.replaceMachine('demux', (machine) =>
        machine.provide({ actions: { first: assign(({ context: c }) => ({ at: Math.max(-1, c.at - 1) })) } }),
      ),
  },
  {
    id: 'stuck-in-chain',
    about: 'the end of the chain is not seen',
    breaks: ['a datagram that came in goes to a socket, or to nobody'],
    plant: (net) => net.replaceStep('end_of_chain', () => undefined),
  },
];
