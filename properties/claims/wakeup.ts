/** Sleep and wakeup: a reader is never left asleep on a readable socket, and EAGAIN never lies. */
import type { Conjunction, Property } from '../../src/model/property.ts';
import { never, quiescent } from '../../src/model/property.ts';
import type { Parts } from '../../models/networks/parts.ts';
import { leaksCharge, overcharged, readable } from '../../models/socket/socket.ts';
import { asleepForGood } from '../../models/task/reader.ts';

type SocketParts = Pick<Parts, 'socket' | 'reader' | 'emptiness'>;

export const NO_LOST_WAKEUP = 'no reader sleeps for ever on a readable socket';

/** Some reader satisfies what `of` says of it: one conjunction per reader. */
const some = (n: SocketParts, of: (reader: Parts['reader']['all'][number]) => Conjunction): Conjunction[] => n.reader.all.map(of);

/** Q-WAKE: no quiescent state with a readable socket and a sleeper whom only a wakeup can end. */
export function noLostWakeup(n: SocketParts): Property {
  const asleep = (one: Parts['reader']['all'][number]) => one.is('is asleep without a timer', asleepForGood);
  const forbids = some(n, (one) => [n.socket.is('is readable', readable), asleep(one)]);
  return quiescent(NO_LOST_WAKEUP, forbids, [asleep(n.reader(0))]);
}

/** A call that has begun ends, or sleeps: no reader hangs half-way. */
export function callsEnd(n: SocketParts): Property {
  return quiescent(
    'a call to recvfrom() returns or sleeps',
    some(n, (one) => [one.out('user', 'asleep')]),
    [n.reader(0).in('copying')],
  );
}

/** SP8: EAGAIN only if the queue was empty at some instant of the call. */
export function noFalseAgain(n: SocketParts): Property {
  return never(
    'EAGAIN only if the socket was empty at some instant of the call',
    n.emptiness.all.map((one) => [one.in('lied')]),
    [n.emptiness(0).in('neverEmpty')],
  );
}

/** A5 for one producer: the charge never exceeds what the rule of the profile lets in. */
export function rcvbufBound(n: SocketParts): Property {
  return never(
    'sk_rmem_alloc stays within sk_rcvbuf plus one datagram',
    [[n.socket.is('is charged beyond its bound', overcharged)]],
    [n.socket.is('is readable', readable)],
  );
}

/** A2: an empty socket is charged nothing once nobody copies. */
export function noChargeLeak(n: SocketParts): Property {
  return quiescent('an empty socket has no charge', [[n.socket.is('is empty and charged', leaksCharge)]], [n.reader(0).in('copying')]);
}

/** LP5: a signal ends the sleep of whoever it is sent to, and keeps it awake on its way there. */
export function noSignalAsleep(n: SocketParts): Property {
  const signalled = (one: Parts['reader']['all'][number]) => one.is('has a signal', ({ signal }) => signal);
  return never(
    'no reader sleeps with a signal pending',
    some(n, (one) => [one.in('asleep'), signalled(one)]),
    [signalled(n.reader(0))],
  );
}
