/** The descriptor ring: nothing is taken twice, nothing is lost, and a ring that ran dry is filled again. */
import { eachLeadsTo, leadsTo, never, not, type Property, sometimes } from '../../src/model/property.ts';
import { masked } from '../../models/irq/vector.ts';
import { count, open } from '../../models/kernel/ledger.ts';
import { range } from '../../models/kernel/packet.ts';
import type { DescriptorParts } from '../../models/networks/descriptors.ts';
import { addsUp, hasDone, inRing, isStarved, sentinelIsZero } from '../../models/nic/descriptors.ts';
import { arrived } from '../../models/nic/wire.ts';

const REFILLED = 'a ring that ran dry is filled again, if memory comes back and the watchdog goes on';
const LEFT_BEHIND = 'a frame waits in the ring with nothing on its way, after a failed skb allocation';

/** I1.1, I1.4 */
export const takenOnce = (n: DescriptorParts): Property =>
  never('a descriptor is taken once, and written only with a buffer', [[n.ring.in('broken')]], [n.ring.is('holds a frame', hasDone)]);

/** I1.2 */
export const sentinel = (n: DescriptorParts): Property =>
  never(
    'the length at next_to_use is zero whenever the driver looks',
    [[n.poll.in('looping'), not(n.ring.is('has a zero there', sentinelIsZero))]],
    [n.poll.in('looping')],
  );

/** I1.5 */
export const descriptorsAddUp = (n: DescriptorParts): Property =>
  never(
    'unused, given and done descriptors are all but one',
    [[n.ring.in('up'), not(n.ring.is('adds up', addsUp))]],
    [n.poll.in('filling')],
  );

/** Conservation: a frame is in the ring, or ended and counted. */
export const noFrameLost = (n: DescriptorParts, packets: number): Property =>
  never(
    'no frame vanishes',
    range(packets).map((pkt) => [
      n.wire.is(`has sent frame ${pkt}`, arrived(pkt)),
      n.ledger.is(`says frame ${pkt} has not ended`, open(pkt)),
      not(n.ring.is(`holds frame ${pkt}`, inRing(pkt))),
    ]),
    [n.ring.is('holds a frame', hasDone)],
  );

/** An overrun has its counter. */
export const overrunCounted = (n: DescriptorParts, packets: number): Property =>
  never(
    'rx_missed_errors counts exactly the frames that found no descriptor',
    range(packets + 1).map((k) => [
      n.rx_missed_errors.is(`reads ${k}`, (context) => context.count === k),
      not(n.ledger.is(`has ${k} missed`, (context) => count(context, 'missed') === k)),
    ]),
    [n.ledger.is('has missed one', (context) => count(context, 'missed') > 0)],
  );

/** Whoever is interrupted goes on; memory comes back; the watchdog looks again and again. */
const FAIR = { strong: ['softirq/0', 'ksoftirqd/0'] };
const steps = (flagged: boolean): string[] => ['memory_back', ...(flagged ? ['watchdog_test', 'watchdog'] : ['watchdog'])];

/** L1 */
export const refilled = (n: DescriptorParts, flagged: boolean): Property =>
  leadsTo(REFILLED, [[n.ring.in('up'), n.ring.is('ran dry', isStarved)]], [[not(n.ring.is('ran dry', isStarved))]], {
    ...FAIR,
    willing: steps(flagged),
  });

/** L1': after a failed skb allocation too. */
export const takenAtLast = (n: DescriptorParts, packets: number, flagged: boolean): Property =>
  eachLeadsTo(
    'a frame in the ring is taken in the end, if memory comes back and the watchdog goes on',
    range(packets).map((pkt) => ({
      from: [[n.ring.is(`holds frame ${pkt}`, inRing(pkt))]],
      to: [[not(n.ring.is(`holds frame ${pkt}`, inRing(pkt)))]],
    })),
    { ...FAIR, willing: steps(flagged) },
  );

/** An oddity that is no fault (notes, section 12.8): bounded by the watchdog's two seconds. */
export const leftBehind = (n: DescriptorParts): Property =>
  sometimes(LEFT_BEHIND, [
    [
      n.ring.is('holds a frame', hasDone),
      n.napi.in('free'),
      n.vector.is('is open, without a cause', (context) => !masked(context) && !context.cause),
      n.vector.in('quiet'),
      n.handler(0).in('idle'),
      n.poll.in('idle'),
      n.nic.in('ready'),
    ],
  ]);
