/** The charge of a socket: exact, never negative, bounded, and gone when nothing is left. */
import { never, type Property, quiescent, sometimes } from '../../src/model/property.ts';
import { range } from '../../models/kernel/packet.ts';
import type { AccountingParts } from '../../models/networks/accounting.ts';
import { queuedIs, type RmemContext } from '../../models/socket/rmem.ts';

export const VISIBLE = 'a datagram whose sender has returned is in a queue';

const exact = ({ rmem, rq, rdq, deficit, charged }: RmemContext): boolean => rmem === rq + rdq + deficit + charged;
const some = (n: AccountingParts) =>
  n.rmem.is(
    'has a datagram',
    queuedIs((count) => count > 0),
  );

/** A1 */
export const chargeIsExact = (n: AccountingParts): Property =>
  never(
    'sk_rmem_alloc is what the queues, the deficit and those who are about to append hold',
    [[n.rmem.is('is charged otherwise', (c) => !exact(c))]],
    [some(n)],
  );

/** A2 */
export const deficitIsGone = (n: AccountingParts): Property =>
  never(
    'an empty reader_queue leaves no deficit',
    [[n.rmem.is('has a deficit and nothing to read', ({ rdq, deficit }) => rdq === 0 && deficit > 0)]],
    [some(n)],
  );

/** A3, LP6 */
export const emptyAccepts = (n: AccountingParts): Property =>
  quiescent(
    'an empty socket that nobody appends to has no charge',
    [[n.rmem.is('is empty and charged', (c) => c.rq + c.rdq === 0 && c.rmem > 0)], [n.prod.is('is charged', ({ rmem }) => rmem > 0)]],
    [some(n)],
  );

/** A4 */
export const neverNegative = (n: AccountingParts): Property =>
  never(
    'no charge is negative',
    [
      [n.rmem.is('is charged less than nothing', ({ rmem }) => rmem < 0)],
      [n.prod.is('is charged less than nothing', ({ rmem }) => rmem < 0)],
    ],
    [some(n)],
  );

/** A5: how many datagrams may be queued. */
export function bound({ profile, rcvbuf, cpus }: { readonly profile: string; readonly rcvbuf: number; readonly cpus: number }): number {
  if (profile === '6.1') return rcvbuf + 1;
  if (profile === '6.12') return rcvbuf + cpus;
  // The two charges are read one after the other: a datagram may be seen in neither, and each other CPU has two ways to use that.
  return rcvbuf + 2 * (cpus - 1);
}

/** A5 */
export const boundedBy = (n: AccountingParts, most: number): Property =>
  never(
    'no more datagrams are queued than the rule of the kernel lets in',
    [
      [
        n.rmem.is(
          `has more than ${most}`,
          queuedIs((count) => count > most),
        ),
      ],
    ],
    [some(n)],
  );

/** A5, and it is as sharp as that. */
export const boundIsReached = (n: AccountingParts, most: number): Property =>
  sometimes('as many datagrams are queued as the rule of the kernel lets in', [
    [
      n.rmem.is(
        `has ${most}`,
        queuedIs((count) => count === most),
      ),
    ],
  ]);

/** CL1: every datagram is refused, taken, or still in a queue. */
export const nothingVanishes = (n: AccountingParts, packets: number): Property => {
  const counts = range(packets + 1);
  const sums = counts.flatMap((came) =>
    counts.flatMap((refused) =>
      counts.map((taken) => [
        n.came.is(`reads ${came}`, ({ count }) => count === came),
        n.refused.is(`reads ${refused}`, ({ count }) => count === refused),
        n.taken.is(`reads ${taken}`, ({ count }) => count === taken),
        n.rmem.is(
          `does not have ${came - refused - taken}`,
          queuedIs((count) => count !== came - refused - taken),
        ),
      ]),
    ),
  );
  return quiescent('every datagram is refused, taken or in a queue', sums, [some(n)]);
};

/** A7: who finds the list empty empties it. */
export const listHasLeader = (n: AccountingParts): Property =>
  never(
    'a producer queue that is not empty has a leader',
    [[n.prod.is('has a list', ({ list }) => list > 0), ...n.producer.all.map((one) => one.out('leading'))]],
    [n.prod.is('has a list', ({ list }) => list > 0)],
  );

/** K9 */
export const senderIsSeen = (n: AccountingParts): Property =>
  never(VISIBLE, [[n.prod.is('hides one', ({ hidden }) => hidden > 0)]], [n.prod.is('has a list', ({ list }) => list > 0)]);
