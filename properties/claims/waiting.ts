/** Sleep and wakeup of several tasks on one socket. */
import { eachLeadsTo, never, not, type Property, quiescent } from '../../src/model/property.ts';
import { reads } from '../../models/kernel/counter.ts';
import { range } from '../../models/kernel/packet.ts';
import type { WakeupParts } from '../../models/networks/steps/waiting.ts';
import { isReadable } from '../../models/socket/udpQueues.ts';
import { links } from '../../models/socket/waitList.ts';
import { sleepsForGood } from '../../models/task/waiter.ts';
import { NO_LOST_WAKEUP } from './wakeup.ts';

export const SLEEPERS_WOKEN = 'a reader asleep beside a datagram is woken in the end, or another one takes it';
export const ERROR_SEEN = 'no reader sleeps while an ICMP error waits for one';
const POLLER_WOKEN = 'poll() does not sleep on a readable socket';

const readable = (n: WakeupParts) => n.queues.is('is readable', isReadable);

/** LP1, LP2, LP3 */
export const readersWoken = (n: WakeupParts): Property => {
  const asleep = n.reader.all.map((one) => one.is('is asleep without a timer', sleepsForGood));
  return quiescent(
    NO_LOST_WAKEUP,
    asleep.map((one) => [readable(n), one]),
    [asleep[0]!],
  );
};

/** The same where the system never rests. */
export const sleepersWoken = (n: WakeupParts): Property =>
  eachLeadsTo(
    SLEEPERS_WOKEN,
    n.reader.all.map((one) => {
      const asleep = one.is('is asleep without a timer', sleepsForGood);
      return { from: [[readable(n), asleep]], to: [[not(asleep)], [not(readable(n))]] };
    }),
    // A spinlock is given in turn: whoever wants that of the wait queue gets it.
    {
      strong: [
        ...n.notifier.all.map((_, x, all) => (x < all.length - 1 ? `softirq/${x}` : 'shutdown')),
        ...n.reader.all.map((_, i) => `reader/${i}`),
      ],
    },
  );

/** LP4 */
export const pollerWoken = (n: WakeupParts): Property =>
  quiescent(POLLER_WOKEN, [[n.poller.in('asleep'), readable(n)]], [n.poller.in('asleep')]);

/** poll() that has begun returns or sleeps; so does recvfrom(). */
export const waitersGoOn = (n: WakeupParts): Property =>
  quiescent(
    'a call that has begun returns or sleeps',
    [...n.reader.all.map((one) => [one.out('user', 'asleep')]), [n.poller.out('user', 'asleep', 'disappointed')]],
    [n.reader(0).in('copying')],
  );

/** SP1: a datagram is in a queue or with one reader. A peek leaves it where it is. */
export const oneOwner = (n: WakeupParts, packets: number): Property => {
  const has = (i: number, pkt: number) => n.reader(i).is(`has datagram ${pkt}`, (c) => c.pkt === pkt && c.way !== 'peek');
  const readers = range(n.reader.all.length);
  const twice = range(packets).flatMap((pkt) => [
    ...readers.map((i) => [has(i, pkt), n.queues.is(`has datagram ${pkt}`, ({ rq, rdq }) => [...rq, ...rdq].includes(pkt))]),
    ...readers.flatMap((i) => readers.slice(i + 1).map((j) => [has(i, pkt), has(j, pkt)])),
  ]);
  return never('a datagram has one owner', [[n.queues.in('broken')], ...twice], [has(0, 0)]);
};

/** I9.9: the entry is on the stack of the sleeper. */
export const entryGone = (n: WakeupParts): Property =>
  never(
    'no entry is linked whose call has returned',
    n.reader.all.map((one, i) => [one.in('user'), n.waitList.is(`links reader ${i}`, links(i))]),
    [n.waitList.is('links reader 0', links(0))],
  );

/** LP5 */
export const shutdownSeen = (n: WakeupParts): Property =>
  quiescent(
    'after shutdown() no reader sleeps',
    n.reader.all.map((one) => [
      n.queues.is('is shut down', ({ shutdown }) => shutdown),
      one.is('is asleep without a timer', sleepsForGood),
    ]),
    [n.queues.is('is shut down', ({ shutdown }) => shutdown)],
  );

/** LP5, M75: exchanged with 0. */
export const errorsReportedOnce = (n: WakeupParts, errors: number): Property =>
  never(
    'an ICMP error is reported once at most',
    range(errors + 1).flatMap((k) => [
      ...range(k).map((arrived) => [n.reported.is(`reads ${k}`, reads(k)), n.errors.is(`reads ${arrived}`, reads(arrived))]),
      [n.reported.in('overflown')],
    ]),
    [n.reported.is('reads 1', reads(1))],
  );

/** LP5: nobody sleeps on a socket with an error. */
export const errorSeen = (n: WakeupParts): Property =>
  quiescent(
    ERROR_SEEN,
    n.reader.all.map((one) => [n.queues.is('has an error', ({ error }) => error), one.is('is asleep without a timer', sleepsForGood)]),
    [n.queues.is('has an error', ({ error }) => error)],
  );

export const PROMISE = 'what poll() says is there, is there for a call that does not wait';

/** K10 */
export const pollKeepsWord = (n: WakeupParts): Property => never(PROMISE, [[n.poller.in('disappointed')]], [n.poller.in('told')]);
