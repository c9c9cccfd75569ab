/**
 * Progress: what has begun is brought to its end, whatever the interleaving, as long as nobody who could go on stops.
 *
 * Beside the claims about quiescence (frames.ts, softirq.ts, wakeup.ts): those say that nothing is left undone where the
 * system comes to rest, these that it is done even where the system never rests. Fairness is weak for every owner: a CPU
 * that could run a handler, the NIC, a thread or a reader for ever without interruption does so. Arrivals, calls and the
 * watchdog may stop, unless a claim names a step that goes on. Which of its steps an owner takes is its own choice, so every
 * budget may run out at every look.
 */
import { eachLeadsTo, leadsTo, type Obligation, type Property } from '../../src/model/property.ts';
import { queues } from '../../models/backlog/backlog.ts';
import { masked } from '../../models/irq/vector.ts';
import { open } from '../../models/kernel/ledger.ts';
import { type Packet, range } from '../../models/kernel/packet.ts';
import type { Parts } from '../../models/networks/parts.ts';
import { holds } from '../../models/nic/ring.ts';
import { keeps, nothingToRead, readable } from '../../models/socket/socket.ts';
import { pending } from '../../models/softirq/softirq.ts';
import { asleepForGood } from '../../models/task/reader.ts';

export const FRAME_TAKEN = 'a frame in the ring is taken in the end';
export const SLEEPER_WOKEN = 'a reader asleep on a readable socket is woken in the end, or another one reads';

const ended = (n: Pick<Parts, 'ledger'>, pkt: Packet) => n.ledger.is(`says packet ${pkt} has ended`, (context) => !open(pkt)(context));

/** L1: a descriptor that was written back is taken, by a poll or by igb_down(). */
export function frameIsTaken(n: Pick<Parts, 'ring'>, packets: number): Property {
  const cases = range(packets).map((pkt): Obligation => {
    const gone = n.ring.is(`is without packet ${pkt}`, (context) => !holds(pkt)(context));
    return { from: [[n.ring.is(`holds packet ${pkt}`, holds(pkt))]], to: [[gone]] };
  });
  return eachLeadsTo(FRAME_TAKEN, cases);
}

/** L2: what enqueue_to_backlog() accepted is taken out again by process_backlog(), on whichever CPU it was queued. */
export function backlogIsProcessed(n: Pick<Parts, 'backlog'>, packets: number): Property {
  const cases = range(packets).map((pkt): Obligation => {
    const gone = n.backlog.all.map((one) => one.is(`is without packet ${pkt}`, (context) => !queues(pkt)(context)));
    return { from: n.backlog.all.map((one) => [one.is(`holds packet ${pkt}`, queues(pkt))]), to: [gone] };
  });
  return eachLeadsTo('a packet in a backlog is taken in the end', cases);
}

/** L3: a raised NET_RX is served, on the CPUs in which something raises it. */
export function raisedIsCleared(n: Pick<Parts, 'softirq'>, cpus: readonly number[]): Property {
  const cases = cpus.map((c): Obligation => {
    const begun = n.softirq(c).is('has cleared NET_RX', (context) => !pending(context));
    return { from: [[n.softirq(c).is('has NET_RX pending', pending)]], to: [[begun]] };
  });
  return eachLeadsTo('a raised softirq is begun in the end', cases);
}

/** L4: the vector, masked by its own message, is opened again. */
export function vectorIsOpened(n: Pick<Parts, 'vector' | 'napi'>): Property {
  const from = [[n.vector.is('is masked', masked), n.napi.in('scheduled')]];
  return leadsTo('a masked vector is opened in the end', from, [[n.vector.is('is open', (context) => !masked(context))]]);
}

/** L5: a sleeper whom only a wakeup can end does not sleep on while there is something to read. */
export function sleeperIsWoken(n: Pick<Parts, 'socket' | 'reader'>): Property {
  const data = n.socket.is('is readable', readable);
  const none = n.socket.is('has nothing to read', nothingToRead);
  const cases = n.reader.all.map((one): Obligation => {
    const asleep = one.is('is asleep without a timer', asleepForGood);
    const awake = one.is('is awake, or has a timer', (context, state) => !asleepForGood(context, state));
    return { from: [[data, asleep]], to: [[awake], [none]] };
  });
  return eachLeadsTo(SLEEPER_WOKEN, cases);
}

/** L6: readers who keep calling recvfrom() read everything that was queued. */
export function queuedIsRead(n: Pick<Parts, 'socket' | 'ledger'>, packets: number): Property {
  const cases = range(packets).map(
    (pkt): Obligation => ({ from: [[n.socket.is(`has packet ${pkt}`, keeps(pkt))]], to: [[ended(n, pkt)]] }),
  );
  return eachLeadsTo('a queued datagram is read in the end, if the readers keep calling', cases, { willing: ['recvfrom'] });
}

/** L7: a call makes its way to the return or to sleep. */
export function callGoesOn(n: Pick<Parts, 'reader'>): Property {
  const cases = n.reader.all.map((one): Obligation => ({ from: [[one.out('user', 'asleep')]], to: [[one.in('user', 'asleep')]] }));
  return eachLeadsTo('a call to recvfrom() returns or sleeps in the end', cases);
}
