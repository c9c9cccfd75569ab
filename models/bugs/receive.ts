/** Bugs planted in reads and peeks. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { receiveSlice } from '../networks/receive.ts';
import { lengthOf } from '../socket/readQueue.ts';

const SEEN = 'at an offset no byte is peeked at twice';

export const RECEIVE_BUGS: readonly Bug<ReturnType<typeof receiveSlice.build>>[] = [
  {
    id: 'peek-without-reference',
    row: 'M67',
    about: 'a peek takes no reference: a read frees the datagram that it copies from',
    breaks: ['what a reader has in hand is not freed'],
    plant: (net) => net.replaceMachine('skb', (machine) => machine.provide({ actions: { get: assign({}) } })),
  },
  {
    id: 'not-marked',
    about: 'a datagram of length zero is not marked when it is peeked at: the next peek sees it again',
    breaks: [SEEN],
    scenario: { readers: 1, offset: 'on' },
    plant: (net) => net.replaceMachine('queue', (machine) => machine.provide({ actions: { mark: assign({}) } })),
  },
  {
    id: 'unlinked-twice',
    row: 'M69',
    about: 'a peek that finds a bad datagram takes it out of the queue without a look whether it is still there',
    breaks: ['a bad datagram is taken out of the queue once', 'a bad datagram is counted once'],
    plant: (net) =>
      net.replaceStep('bad_peek_gone', (spec, n, { pkt }) => ({
        ...spec,
        moves: [...spec.moves, n.skb(Number(pkt)).on({ type: 'DROP' })],
      })),
  },
  {
    id: 'bad-is-copied',
    about: 'the checksum is not verified before a short copy: a bad datagram is returned',
    breaks: ['a bad datagram is returned to nobody'],
    plant: (net) => net.replaceMachine('receiver', (machine) => machine.provide({ guards: { isGood: () => true } })),
  },
  {
    id: 'truncation-kept',
    about: 'MSG_TRUNC of a bad datagram is not cleared before the next one',
    breaks: ['MSG_TRUNC says that there was more, and nothing else'],
    plant: (net) =>
      net.replaceMachine('receiver', (machine) =>
        machine.provide({
          actions: {
            find: assign(({ context: c, event }) =>
              event.type === 'FIND'
                ? { pkt: event.pkt, content: event.content, from: event.from, truncated: c.truncated || c.room < lengthOf(event.content) }
                : {},
            ),
            again: assign(({ event }) => (event.type === 'AGAIN' ? { off: event.off, pkt: null, content: 'whole' as const, from: 0 } : {})),
          },
        }),
      ),
  },
  {
    id: 'fault-uncounted',
    about: 'a datagram that is lost to EFAULT is not counted',
    breaks: ['a datagram that a fault has lost is counted'],
    plant: (net) => net.replaceStep('fault', (spec) => ({ ...spec, moves: spec.moves.filter(({ component }) => component !== 'lost') })),
  },
  {
    id: 'offset-not-moved',
    about: 'a peek does not move the offset: the next one sees the same bytes',
    breaks: [SEEN, 'a peek behind all that has been peeked at finds nothing, and the queue is not empty'],
    scenario: { readers: 1, offset: 'on' },
    plant: (net) => net.replaceMachine('queue', (machine) => machine.provide({ actions: { move: assign({}) } })),
  },
  {
    id: 'offset-stays-at-fault',
    about: 'the offset is repaired for reads that are cut, not for those that meet EFAULT',
    breaks: ['a peek at an offset passes nothing that was not peeked at'],
    scenario: { readers: 1, offset: 'on', repair: 'on' },
    plant: (net) => net.replaceStep('fault', (spec) => ({ ...spec, moves: spec.moves.filter(({ component }) => component !== 'queue') })),
  },
  {
    id: 'stuck-on-bad',
    about: 'after a bad datagram nothing is looked for any more',
    breaks: ['recvfrom() returns'],
    plant: (net) => net.replaceStep('again', () => undefined),
  },
];
