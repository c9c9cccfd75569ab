/** The receive buffer of a socket, by the rule of each kernel. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { ACCOUNTING_BUGS } from '../../models/bugs/accounting.ts';
import { accountingSlice } from '../../models/networks/accounting.ts';
import {
  bound,
  boundedBy,
  boundIsReached,
  chargeIsExact,
  deficitIsGone,
  emptyAccepts,
  listHasLeader,
  neverNegative,
  nothingVanishes,
  senderIsSeen,
  VISIBLE,
} from '../claims/accounting.ts';

interface Bounds {
  readonly profile: string;
  readonly packets: number;
  readonly cpus: number;
  readonly rcvbuf: number;
}

const accountingProperties = ({ refs: n }: ReturnType<typeof accountingSlice.build>, s: Bounds) => [
  chargeIsExact(n),
  deficitIsGone(n),
  emptyAccepts(n),
  neverNegative(n),
  boundedBy(n, bound(s)),
  boundIsReached(n, bound(s)),
  nothingVanishes(n, s.packets),
  ...(s.profile === '6.18' ? [listHasLeader(n), senderIsSeen(n)] : []),
];

const K9 =
  'K9: in 6.18 sendto() over loopback returns as soon as the datagram is on the producer queue; the CPU that leads there may not have appended it yet. Measured: EAGAIN for a datagram of its own, 6 times in 929 000 sends.';

export const ACCOUNTING_SUITES: readonly Suite[] = (['6.1', '6.12', '6.18'] as const).flatMap((profile) =>
  ([1, 2] as const).map((rcvbuf) =>
    suite({
      id: `accounting/${profile}-rcvbuf${rcvbuf}`,
      family: accountingSlice,
      scenario: { profile, rcvbuf, threshold: rcvbuf, packets: 5, memory: rcvbuf === 2 ? 'short' : 'enough' },
      ...(profile === '6.18' && rcvbuf === 1 ? { deep: { scenario: { cpus: 3, packets: 6 }, states: 93_174, transitions: 326_926 } } : {}),
      walk: { profile, rcvbuf: 3, threshold: 2, packets: 6, cpus: 3 },
      properties: accountingProperties,
      ...(profile === '6.18' ? { violates: { [VISIBLE]: K9 } } : {}),
      bugs: profile === '6.12' && rcvbuf === 1 ? ACCOUNTING_BUGS : [],
    }),
  ),
);
