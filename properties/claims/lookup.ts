/** Lookups: nobody who is bound is missed, nobody who is connected is given another's datagram, nobody who is freed is used. */
import { never, type Property, sometimes } from '../../src/model/property.ts';
import type { LookupParts } from '../../models/networks/lookup.ts';

export const NO_FALSE_NO_PORTS = 'a datagram of the peer finds a socket that is bound all the while';

/** I8.3, SP10, SP11 */
export const bindingIsFound = (n: LookupParts): Property =>
  never(
    NO_FALSE_NO_PORTS,
    n.lookup.all.map((one) => [one.in('missing'), one.is('has one that is due', ({ due, from }) => due && from === 'peer')]),
    [n.lookup(0).in('found'), n.lookup(0).is('has one that is due', ({ due, from }) => due && from === 'peer')],
  );

/** I8.2 */
export const strangersAreKept = (n: LookupParts): Property =>
  never(
    'a datagram of a stranger is not given to a socket that had its peer recorded when the lookup began',
    n.lookup.all.map((one) => [
      one.in('found'),
      one.is('knew the peer', ({ knowsPeer, from }) => knowsPeer && from === 'stranger'),
      n.socket.is('has a peer', ({ daddr }) => daddr),
    ]),
    [n.lookup(0).is('knew the peer', ({ knowsPeer, from }) => knowsPeer && from === 'stranger')],
  );

/** I9.1, SP6 */
export const freedIsNotUsed = (n: LookupParts): Property =>
  never(
    'a socket that is freed is used by nobody',
    n.lookup.all.map((one) => [n.socket.in('gone'), one.in('scoring', 'found', 'waking', 'using')]),
    [n.socket.in('waiting'), n.lookup(0).in('using')],
  );

/** I9.3 */
export const wakesNothing = (n: LookupParts): Property =>
  never(
    'a socket without a wait queue wakes nobody',
    n.lookup.all.map((one) => [one.in('crashed')]),
    [n.socket.is('is orphaned', ({ wq }) => !wq), n.lookup(0).in('waking')],
  );

/** I9.2, T29 */
export const purged = (n: LookupParts): Property =>
  never(
    'a socket that is freed leaves no datagram behind',
    [[n.socket.is('is freed with a datagram', ({ freed, queued }) => freed && queued)]],
    [n.socket.is('waits with a datagram', ({ queued }, state) => queued && state === 'waiting')],
  );

/** I9.4: who can still be found can still be woken. */
export const orphanIsUnhashed = (n: LookupParts): Property =>
  never(
    'a socket that is orphaned is in no chain',
    [[n.socket.is('is orphaned and hashed', ({ wq, inPort, chain }) => !wq && (inPort || chain !== 'none'))]],
    [n.socket.is('is orphaned', ({ wq }) => !wq)],
  );

/** What the third scan is for. */
export const foundInThePortChain = (n: LookupParts): Property =>
  sometimes('the chain of the port finds what the two others have missed', [
    [n.lookup(0).in('found'), n.lookup(0).is('is in scan 3', ({ scan }) => scan === 3)],
  ]);

/** I9.3 */
export const wqIsThere = (n: LookupParts): Property =>
  never(
    'a wait queue that is freed is used by nobody',
    n.lookup.all.map((one) => [n.socket.is('has freed it', ({ wqFreed }) => wqFreed), one.in('using')]),
    [n.socket.is('is orphaned', ({ wq }) => !wq), n.lookup(0).in('using')],
  );

/** I8.3 for another socket: that one in front of it goes takes nothing from it. */
export const otherIsFound = (n: LookupParts): Property =>
  never(
    'another socket of the same port is not missed',
    n.lookup.all.map((one) => [one.in('missing')]),
    [n.lookup(0).in('scoring')],
  );
