/** Softirqs: never nested, never forgotten. */
import { never, type Property, quiescent } from '../../src/model/property.ts';
import { hasNetRx } from '../../models/boot/protocols.ts';
import type { Parts } from '../../models/networks/parts.ts';
import { owesIpi } from '../../models/napi/softnet.ts';
import { pending } from '../../models/softirq/softirq.ts';

type SoftirqParts = Pick<Parts, 'cpu' | 'softirq' | 'ksoftirqd' | 'softnet'>;

/** I3.1 */
export function neverNested(n: SoftirqParts): Property {
  return never(
    'softirq processing is never entered twice on one CPU',
    n.softirq.all.map((one) => [one.in('nested')]),
    [n.cpu(0).in('hardirq'), n.softirq(0).in('serving'), n.softirq(0).is('has NET_RX pending', pending)],
  );
}

/** I3.3: outside interrupts and softirqs, a raised softirq has ksoftirqd awake. */
export function raisedHasServer(n: SoftirqParts): Property {
  return never(
    'a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake',
    n.softirq.all.map((one, c) => [
      one.is('has NET_RX pending', pending),
      one.in('idle'),
      n.cpu(c).in('task'),
      n.ksoftirqd(c).in('sleeping'),
    ]),
    [n.softirq(0).is('has NET_RX pending', pending), n.ksoftirqd(0).in('runnable')],
  );
}

/** L3 as a state of rest: nothing stays pending, no IPI stays owed. */
export function raisedIsServed(n: SoftirqParts): Property {
  return quiescent(
    'no raised softirq is left unserved',
    [
      ...n.softirq.all.map((one) => [one.is('has NET_RX pending', pending)]),
      ...n.softnet.all.map((one) => [one.is('owes an IPI', owesIpi)]),
    ],
    [n.softirq(0).is('has NET_RX pending', pending)],
  );
}

/** I0.1 */
export function handlerBeforeRaise(n: Pick<Parts, 'softirq' | 'protocols'>): Property {
  return never(
    'NET_RX has a handler before it runs',
    n.softirq.all.map((one) => [one.in('serving'), n.protocols.is('has no NET_RX handler', (context) => !hasNetRx(context))]),
    [n.softirq(0).in('serving')],
  );
}
