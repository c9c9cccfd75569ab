/** What every driver must satisfy, whatever it is: its contract, and the lower half of the path. */
import { eachLeadsTo, leadsTo, never, not, type Property, quiescent } from '../../src/model/property.ts';
import type { Observation } from '../../src/model/component.ts';
import { count, open } from '../kernel/ledger.ts';
import { arrived } from '../nic/wire.ts';
import { range } from '../kernel/packet.ts';
import { has } from '../napi/softnet.ts';
import { pending } from '../softirq/softirq.ts';
import { BREACHES } from './contract.ts';
import type { CoreRefs } from './core.ts';
import type { DriverBounds } from './driver.ts';
import { keepsFrame, waiting } from './queue.ts';

export const MISSED = 'rx_missed_errors counts exactly the frames that found no buffer';

/** The claims on a network of `driverFamily(driver)`; `masked` is what the driver says of his interrupt. */
export function driverProperties(n: CoreRefs, s: DriverBounds, masked: Observation): Property[] {
  return [...lowerHalf(n, s, masked), noneVanishes(n, s)];
}

/** Those that are made of `driverPath(driver)` too, where a frame that has left the queue is somewhere above. */
export function lowerHalf(n: CoreRefs, s: DriverBounds, masked: Observation): Property[] {
  return [...contractKept(n), ...queueServed(n, s), ...instanceOwned(n), armed(n, masked)];
}

/** The stub ends every frame that it takes. */
const noneVanishes = (n: CoreRefs, { packets }: DriverBounds): Property =>
  never(
    'no frame vanishes',
    [
      ...range(packets).map((pkt) => [
        n.wire.is(`has sent frame ${pkt}`, arrived(pkt)),
        n.ledger.is(`says frame ${pkt} has not ended`, open(pkt)),
        isWithout(n, pkt),
      ]),
      [n.ledger.in('broken')],
    ],
    [n.queue.is('holds a frame', waiting)],
  );

const isWithout = (n: CoreRefs, pkt: number): Observation => n.queue.is(`is without frame ${pkt}`, (context) => !keepsFrame(pkt)(context));

/** Section 6.5 of the notes, rule by rule. */
function contractKept(n: CoreRefs): Property[] {
  return Object.entries(BREACHES).map(([breach, name]) =>
    never(
      name,
      n.contract.all.map((one) => [one.is(`is ${breach}`, (_, state) => state === breach)]),
      [n.contract(0).in('polling')],
    ),
  );
}

/** Frames are taken, and none is lost without a count. */
function queueServed(n: CoreRefs, { packets }: DriverBounds): Property[] {
  const frame = n.queue.is('holds a frame', waiting);
  return [
    quiescent('no frame is stuck in the queue', [[frame]], [frame]),
    eachLeadsTo(
      'a frame in the queue is taken in the end',
      range(packets).map((pkt) => ({ from: [[n.queue.is(`holds frame ${pkt}`, keepsFrame(pkt))]], to: [[isWithout(n, pkt)]] })),
    ),
    never(
      MISSED,
      range(packets + 1).flatMap((k) => [
        [
          n.rx_missed_errors.is(`reads ${k}`, (context) => context.count === k),
          not(n.ledger.is(`has ${k} missed`, (context) => count(context, 'missed') === k)),
        ],
      ]),
      [n.ledger.is('has missed one', (context) => count(context, 'missed') > 0)],
    ),
    leadsTo(
      'a raised softirq is begun in the end',
      [[n.softirq(0).is('has NET_RX pending', pending)]],
      [[not(n.softirq(0).is('has NET_RX pending', pending))]],
    ),
  ];
}

/** SCHED is an ownership token. */
function instanceOwned(n: CoreRefs): Property[] {
  const polls = n.contract.all.map((one) => one.in('polling'));
  const pairs = polls.flatMap((one, index) => polls.slice(index + 1).map((other) => [one, other]));
  const nobody = [
    ...n.handler.all.map((one) => one.out('owner')),
    ...n.softnet.all.map((one) => one.is('does not have the instance', (context) => !has('driver')(context))),
    ...n.cpu.all.map((one) => one.out('bhOff')),
  ];
  return [
    never(
      'an instance is polled on one CPU at a time, and queued once',
      [...pairs, ...n.softnet.all.map((one) => [one.in('corrupt')])],
      [polls[0]!],
    ),
    never(
      'an instance is polled only while scheduled',
      polls.map((one) => [n.napi.in('free'), one]),
      [polls[0]!],
    ),
    never('a scheduled instance is with somebody who will poll it', [[n.napi.in('scheduled'), ...nobody]], [n.napi.in('scheduled')]),
  ];
}

/** Nobody would ever poll again. */
const armed = (n: CoreRefs, masked: Observation): Property =>
  quiescent('the interrupt is not left unarmed with the instance idle', [[masked, n.napi.in('free')]], [masked, n.napi.in('scheduled')]);
