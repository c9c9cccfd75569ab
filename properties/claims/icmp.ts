/** ICMP port-unreachable: exactly for valid unicast datagrams that matched no socket, and never otherwise. */
import { never, type Property, quiescent } from '../../src/model/property.ts';
import { hasToken } from '../../models/icmp/limit.ts';
import { ended } from '../../models/kernel/ledger.ts';
import { type Fate, KINDS, range } from '../../models/kernel/packet.ts';
import type { Parts } from '../../models/networks/parts.ts';
import { kindIs } from '../../models/nic/wire.ts';

type IcmpParts = Pick<Parts, 'wire' | 'ledger' | 'limit'>;

const OTHERS = KINDS.filter((kind) => kind !== 'unmatched');

/** No error for a datagram that matched, was bad, was not unicast, or was itself an error. */
export function noFalseUnreachable(n: IcmpParts, packets: number): Property {
  const forbids = range(packets).map((pkt) => [
    n.ledger.is(`packet ${pkt} was answered by port-unreachable`, ended(pkt, 'unreachable')),
    n.wire.is(`packet ${pkt} is not a valid unicast datagram without a socket`, kindIs(pkt, ...OTHERS)),
  ]);
  return never('port-unreachable is sent only for valid unicast datagrams that matched no socket', forbids, [
    n.ledger.is('packet 0 was answered by port-unreachable', ended(0, 'unreachable')),
  ]);
}

/** Ends of a datagram that reached UDP and was not answered. */
const UNANSWERED: readonly Fate[] = ['noPort', 'checksum', 'ignored', 'rcvbufFull', 'queuesFull', 'delivered'];

/** Every such datagram that reaches UDP is answered, as long as the rate limit allows. */
export function everyUnreachable(n: IcmpParts, packets: number): Property {
  const forbids = range(packets).map((pkt) => [
    n.wire.is(`packet ${pkt} matches no socket`, kindIs(pkt, 'unmatched')),
    n.ledger.is(`packet ${pkt} was not answered`, ended(pkt, ...UNANSWERED)),
    n.limit.is('has a token left', hasToken),
  ]);
  return quiescent('every valid unicast datagram that matched no socket is answered by port-unreachable', forbids, [
    n.wire.is('packet 0 matches no socket', kindIs(0, 'unmatched')),
  ]);
}

/** A bad checksum ends in its own counter, wherever it is found: no delivery, no NoPorts, no ICMP. */
export function badChecksum(
  n: Pick<IcmpParts, 'wire' | 'ledger'>,
  packets: number,
  kinds: readonly ('badMatched' | 'badLong' | 'badUnmatched')[],
): Property {
  const others: readonly Fate[] = ['delivered', 'noPort', 'unreachable', 'ignored', 'icmpIn'];
  const forbids = range(packets).map((pkt) => [
    n.wire.is(`packet ${pkt} has a bad checksum`, kindIs(pkt, ...kinds)),
    n.ledger.is(`packet ${pkt} ended as something else`, ended(pkt, ...others)),
  ]);
  return never('a bad checksum is dropped as such: no delivery, no NoPorts, no ICMP', forbids, [
    n.ledger.is('packet 0 was dropped for its checksum', ended(0, 'checksum')),
  ]);
}
