/** epoll: nobody sleeps while something is ready. */
import { always, eachLeadsTo, not, type Property, quiescent } from '../../src/model/property.ts';
import type { EpollParts } from '../../models/networks/epoll.ts';
import { waitsForGood } from '../../models/epoll/epollWaiter.ts';

export const NOBODY_SLEEPS = 'nobody sleeps in epoll_wait() beside a datagram';
export const SLEEPERS_ARE_WOKEN = 'who sleeps in epoll_wait() beside a datagram is woken in the end, or another one reads it';

const readable = (n: EpollParts) => n.queue.is('has a datagram', ({ frames }) => frames.length > 0);

/** Section 10b: the wake is passed on. */
export const nobodySleeps = (n: EpollParts): Property =>
  quiescent(
    NOBODY_SLEEPS,
    n.waiter.all.map((one) => [readable(n), one.is('sleeps for good', waitsForGood)]),
    [n.waiter(0).in('asleep')],
  );

/** The same on a way that does not end. */
export const sleepersAreWoken = (n: EpollParts): Property =>
  eachLeadsTo(
    SLEEPERS_ARE_WOKEN,
    n.waiter.all.map((one) => {
      const asleep = one.is('sleeps for good', waitsForGood);
      return { from: [[readable(n), asleep]], to: [[not(asleep)], [not(readable(n))]] };
    }),
    { strong: n.waiter.all.map((_, i) => `waiter/${i}`) },
  );

/** What is on the overflow list belongs to a scan. */
export const overflowIsScanned = (n: EpollParts): Property =>
  always(
    'the overflow list has something only while somebody scans',
    [n.epoll.is('has an overflow', ({ overflow }) => overflow)],
    [n.epoll.is('is scanned', ({ scans }) => scans)],
  );
