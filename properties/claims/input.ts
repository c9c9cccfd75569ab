/** IP and UDP input: every packet ends once, and every counter moves exactly as the ledger says. */
import { always, never, neverStep, type Property, quiescent } from '../../src/model/property.ts';
import { count, ended, open } from '../../models/kernel/ledger.ts';
import { FATES, range } from '../../models/kernel/packet.ts';
import { TERMINALS } from '../../models/kernel/terminals.ts';
import { INPUT_COUNTERS, inHand, type InputCounter, type InputParts } from '../../models/networks/inputParts.ts';
import { keepsPacket } from '../../models/ip/keeper.ts';
import { arrived } from '../../models/nic/wire.ts';

/** CL1, SP1 */
export const oneEnd = (n: InputParts, packets: number): Property => {
  const kept = (pkt: number) => [n.nf, n.fragments].map((one) => one.is(`keeps packet ${pkt}`, keepsPacket(pkt)));
  const noKeeper = (pkt: number) => [n.nf, n.fragments].map((one) => one.is(`does not keep packet ${pkt}`, (c) => !keepsPacket(pkt)(c)));
  return never(
    'a packet is in input, or with one keeper, or has ended once',
    [
      [n.ledger.in('broken')],
      ...range(packets).flatMap((pkt) => [
        [
          n.wire.is(`has sent packet ${pkt}`, arrived(pkt)),
          n.ledger.is(`says packet ${pkt} has not ended`, open(pkt)),
          n.ip.is(`does not have packet ${pkt}`, (c) => c.pkt !== pkt),
          ...noKeeper(pkt),
        ],
        ...kept(pkt).map((one) => [inHand(n, pkt), one]),
        kept(pkt),
      ]),
    ],
    [n.ip.in('udp')],
  );
};

/** CL2, CL3, T1 to T31: the counter named `name` moves as its packets end. IpInReceives moves before that. */
export const countedAsItSays = (n: InputParts, name: InputCounter, packets: number): Property => {
  const fates = FATES.filter((fate) => TERMINALS[fate].counters.includes(name));
  const counter = n.counter(INPUT_COUNTERS.indexOf(name));
  return never(
    `${name} moves exactly where the ledger of ends says so`,
    range(packets + 1).map((value) => [
      n.ledger.is(`says ${value} times`, (c) => count(c, ...fates) === value),
      counter.is(`does not read ${value}`, (c) => c.count !== value),
    ]),
    [n.ledger.is('says once', (c) => count(c, ...fates) === 1)],
  );
};

/** M06: what is for another host is not received. */
export const othersUncounted = (n: InputParts): Property =>
  never(
    'a packet for another host is not counted as received',
    [
      [
        n.wire.is('has sent one packet', ({ kinds }) => kinds.length === 1),
        n.ledger.is('says it was for another host', ended(0, 'otherhost')),
        n.counter(INPUT_COUNTERS.indexOf('IpInReceives')).is('reads 1', (c) => c.count === 1),
      ],
    ],
    [n.ledger.is('says it was for another host', ended(0, 'otherhost'))],
  );

/** I7.3 */
export const rawFirst = (n: InputParts): Property =>
  always('raw sockets are asked before the handler', [n.ip.in('udp')], [n.ip.is('has asked', ({ asked }) => asked)]);

/** I7.4 */
export const unreachableForNobody = (n: InputParts): Property =>
  neverStep(
    'protocol-unreachable is for packets that no raw socket matched',
    [{ step: ({ name }) => name === 'no_proto', before: [n.ip.is('was for a raw socket', ({ raw }) => raw)], after: [] }],
    [n.ip.in('handler')],
  );

/** M08 */
export const failsClosed = (n: InputParts): Property =>
  neverStep(
    'a packet that is queued for nobody does not go on',
    [{ step: ({ name }) => name === 'hook_queue_nobody', before: [], after: [n.ip.in('routing', 'raw')] }],
    [n.ip.in('pre')],
  );

/** SP5, rules 3 and 4 */
export const broadcastUnanswered = (n: InputParts): Property =>
  never(
    'a broadcast is not answered',
    [
      // UDP does not come to icmp_send() with one; who does, is stopped by its rules.
      [n.udp.in('answering'), n.ip.in('udp'), n.ip.is('has a broadcast route', ({ broadcast }) => broadcast)],
      [n.udp.in('allowed'), n.ip.is('has a broadcast route', ({ broadcast }) => broadcast)],
    ],
    [n.ip.is('has a broadcast route', ({ broadcast }) => broadcast), n.udp.in('looking')],
  );

/** Section 7: credits are taken for what is sent. */
export const creditForSent = (n: InputParts): Property =>
  never(
    'a credit of the global bucket is taken for what is sent, and for nothing else',
    [[n.udp.is('has taken more', ({ credits, global, peer }) => credits - global !== credits - 1 - peer)]],
    [n.udp.is('has sent one', ({ credits, global }) => global < credits)],
  );

/** What has begun ends, is kept, or is with nobody. */
export const inputEnds = (n: InputParts): Property =>
  quiescent('a packet that came in goes to its end, or is kept', [[n.ip.out('idle')]], [n.ip.in('udp')]);

export const NO_BROADCAST = 'no ICMP error goes to a broadcast address';
export const ALL_COUNTED = 'a packet that is dropped moves some counter';

/** K7 */
export const nothingToBroadcast = (n: InputParts): Property =>
  never(
    NO_BROADCAST,
    [[n.udp.is('has sent one there', ({ toBroadcast }) => toBroadcast)]],
    [n.udp.is('answers a datagram from there', ({ fromBroadcast }) => fromBroadcast)],
  );

/** K8. IpInReceives and IpInDelivers say that something came, not that it was dropped. */
export const dropsAreCounted = (n: InputParts): Property => {
  const drops = FATES.filter((fate) => !['consumed', 'never an skb'].includes(TERMINALS[fate].reason));
  const unmoved = INPUT_COUNTERS.flatMap((name, index) =>
    name === 'IpInReceives' || name === 'IpInDelivers' ? [] : [n.counter(index).is('reads 0', (c) => c.count === 0)],
  );
  const dropped = n.ledger.is('says that packet 0 was dropped', ended(0, ...drops));
  return never(ALL_COUNTED, [[dropped, n.wire.is('has sent one packet', ({ kinds }) => kinds.length === 1), ...unmoved]], [dropped]);
};
