/** Reads and peeks: nothing freed is read, nothing is counted or unlinked twice, what was cut off is told. */
import type { ReceiveParts } from '../../models/networks/receive.ts';
import type { Packet } from '../../models/kernel/packet.ts';
import { lengthOf } from '../../models/socket/readQueue.ts';
import { leadsTo, never, not, type Property, sometimes } from '../../src/model/property.ts';

export const NOTHING_SKIPPED = 'a peek at an offset passes nothing that was not peeked at';
export const SEEN_ONCE = 'at an offset no byte is peeked at twice';

const holds = (n: ReceiveParts, r: number, p: Packet) => n.receiver(r).is(`has ${p}`, ({ pkt }) => pkt === p);

const readers = (n: ReceiveParts) => n.receiver.all.map((_, r) => r);
const packets = (n: ReceiveParts) => n.skb.all.map((_, p) => p);

/** M67 */
export const nothingFreedIsRead = (n: ReceiveParts): Property =>
  never(
    'what a reader has in hand is not freed',
    readers(n).flatMap((r) => packets(n).map((p) => [holds(n, r, p), n.skb(p).in('freed')])),
    [holds(n, 0, 0), n.skb(0).is('has two users', ({ users }) => users === 2)],
  );

/** M69 */
export const unlinkedOnce = (n: ReceiveParts): Property =>
  never(
    'a bad datagram is taken out of the queue once',
    n.skb.all.map((one) => [one.is('is corrupt', ({ corrupt }) => corrupt)]),
    [
      holds(n, 0, 0),
      n.receiver(0).is('peeks at a bad one', (c) => c.flags === 'peek' && c.content === 'bad'),
      n.skb(0).is('is not linked', ({ linked }) => !linked),
    ],
  );

/** CL: T22 */
export const badCountedOnce = (n: ReceiveParts): Property =>
  never(
    'a bad datagram is counted once',
    n.skb.all.map((one) => [one.is('is counted twice', ({ counted }) => counted > 1)]),
    [n.skb(0).is('is counted', ({ counted }) => counted === 1)],
  );

export const badIsNotReturned = (n: ReceiveParts): Property =>
  never(
    'a bad datagram is returned to nobody',
    n.receiver.all.map((one) => [one.in('returning'), one.is('has a bad one', ({ content }) => content === 'bad')]),
    [n.receiver(0).in('dropping')],
  );

export const truncationIsTold = (n: ReceiveParts): Property =>
  never(
    'MSG_TRUNC says that there was more, and nothing else',
    n.receiver.all.map((one) => [
      one.in('returning'),
      one.is('has the wrong flag', (c) => c.truncated !== c.room < lengthOf(c.content) - c.from),
    ]),
    [n.receiver(0).in('returning'), n.receiver(0).is('is cut', ({ truncated }) => truncated)],
  );

/** T28 */
export const faultLosesReads = (n: ReceiveParts): Property =>
  never(
    'a datagram that a fault has lost is counted',
    packets(n).map((p) => [
      n.lost.is('is 0', ({ count }) => count === 0),
      n.skb(p).in('freed'),
      n.skb(p).is('was neither returned nor bad', ({ returned, counted }) => !returned && counted === 0),
    ]),
    [n.lost.is('is 1', ({ count }) => count === 1)],
  );

/** Section 10: not atomic among several peekers. */
export const seenOnce = (n: ReceiveParts): Property =>
  never(
    SEEN_ONCE,
    n.skb.all.flatMap((one, p) => [
      [one.is('is seen more than once', ({ seen }) => seen > 2)],
      [
        one.is('is seen twice', ({ seen }) => seen > 1),
        n.queue.is(`has ${p}, of length zero`, ({ items }) => items.some(({ pkt, content }) => pkt === p && content === 'empty')),
      ],
    ]),
    [n.skb(0).is('is seen', ({ seen }) => seen > 0)],
  );

/** socket(7), SO_PEEK_OFF. */
export const nothingSkipped = (n: ReceiveParts): Property =>
  never(
    NOTHING_SKIPPED,
    readers(n).flatMap((r) =>
      packets(n).flatMap((p) =>
        [1, 2].map((from) => [
          holds(n, r, p),
          n.receiver(r).is(`peeks from ${from}`, (c) => c.flags === 'peek' && c.from === from),
          n.skb(p).is(`is not seen up to ${from}`, ({ seen }) => seen < from),
        ]),
      ),
    ),
    [n.receiver(0).is('peeks from 1', (c) => c.flags === 'peek' && c.from === 1)],
  );

/** Legal, by design: an empty answer beside a datagram. */
export const peekedPast = (n: ReceiveParts): Property =>
  sometimes('a peek behind all that has been peeked at finds nothing, and the queue is not empty', [
    [
      n.receiver(0).in('looking'),
      n.receiver(0).is('peeks at 2', (c) => c.flags === 'peek' && c.off === 2),
      n.queue.is('has one whole one', ({ items }) => items.length === 1 && items[0]?.content === 'whole'),
    ],
  ]);

export const callsReturn = (n: ReceiveParts): Property =>
  leadsTo('recvfrom() returns', [[not(n.receiver(0).in('user'))]], [[n.receiver(0).in('user')]]);
