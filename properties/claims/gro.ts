/** GRO: nothing lost, nothing reordered within a flow, nothing held for ever. */
import { eachLeadsTo, never, not, type Property } from '../../src/model/property.ts';
import { holdsSome, inGro, listsSome } from '../../models/gro/gro.ts';
import { timerComes } from '../../models/gro/groPoll.ts';
import { keepsFrame } from '../../models/drivers/queue.ts';
import { open } from '../../models/kernel/ledger.ts';
import { range } from '../../models/kernel/packet.ts';
import type { GroParts } from '../../models/networks/gro.ts';
import { arrived } from '../../models/nic/wire.ts';

/** I6.1: a frame is in the queue, in GRO, or has ended. */
export const groLosesNothing = (n: GroParts, packets: number): Property =>
  never(
    'no frame vanishes',
    [
      ...range(packets).map((pkt) => [
        n.wire.is(`has sent frame ${pkt}`, arrived(pkt)),
        n.ledger.is(`says frame ${pkt} has not ended`, open(pkt)),
        not(n.queue.is(`holds frame ${pkt}`, keepsFrame(pkt))),
        not(n.gro.is(`has frame ${pkt}`, inGro(pkt))),
      ]),
      [n.ledger.in('broken')],
    ],
    [n.gro.is('holds something', holdsSome)],
  );

/** I6.3 */
export const flowInOrder = (n: GroParts): Property =>
  never('the frames of a flow come up in order', [[n.flowOrder.in('reordered')]], [n.gro.is('holds something', holdsSome)]);

/** I4.4 */
export const heldHasTimer = (n: GroParts): Property =>
  never(
    'something is held by an idle instance only while its timer is armed',
    [[n.poll.in('idle'), n.gro.is('holds something', holdsSome), not(n.poll.is('has its timer armed', timerComes))]],
    [n.poll.in('receiving'), n.gro.is('holds something', holdsSome)],
  );

/** I4.4 */
export const listGoesUp = (n: GroParts): Property =>
  never(
    'rx_list is empty where the instance is idle',
    [[n.poll.in('idle'), n.gro.is('has something in rx_list', listsSome)]],
    [n.gro.is('has something in rx_list', listsSome)],
  );

/** L6: however full the polls are. Where only what is old is flushed, the clock must go on. */
export const heldIsDelivered = (n: GroParts, packets: number, ages: boolean): Property =>
  eachLeadsTo(
    'what GRO has taken goes up in the end',
    range(packets).map((pkt) => ({
      from: [[n.gro.is(`has frame ${pkt}`, inGro(pkt))]],
      to: [[not(n.gro.is(`has frame ${pkt}`, inGro(pkt)))]],
    })),
    { willing: ages ? ['jiffy'] : [] },
  );

/** 8.1: a bucket holds MAX_GRO_SKBS at most. */
export const heldWithinLimit = (n: GroParts): Property =>
  never(
    'no more flows are held than MAX_GRO_SKBS',
    [[n.gro.is('holds more than that', ({ order, limit }) => order.length > limit)]],
    [n.gro.is('holds as many', ({ order, limit }) => order.length === limit)],
  );

/** Of GRO, and of a driver whose frames GRO lets pass. */
export const BATCH_GOES_UP = 'rx_list goes up once it has gro_normal_batch frames';

/** 8.1: gro_normal_batch. */
export const batchGoesUp = (n: GroParts): Property =>
  never(
    BATCH_GOES_UP,
    [[n.gro.is('has a whole batch that stays', ({ list, batch, draining }) => list.length >= batch && !draining)]],
    [n.gro.is('hands a batch up', ({ draining }) => draining)],
  );
