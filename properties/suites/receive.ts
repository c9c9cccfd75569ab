/** Reads and peeks. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { RECEIVE_BUGS } from '../../models/bugs/receive.ts';
import { receiveSlice } from '../../models/networks/receive.ts';
import {
  badCountedOnce,
  badIsNotReturned,
  callsReturn,
  faultLosesReads,
  NOTHING_SKIPPED,
  nothingFreedIsRead,
  nothingSkipped,
  peekedPast,
  SEEN_ONCE,
  seenOnce,
  truncationIsTold,
  unlinkedOnce,
} from '../claims/receive.ts';

type ReceiveNetwork = ReturnType<typeof receiveSlice.build>;

const receiveProperties = ({ refs: n }: ReceiveNetwork, s: { readonly readers: number; readonly offset: 'off' | 'on' }) => [
  badCountedOnce(n),
  badIsNotReturned(n),
  truncationIsTold(n),
  faultLosesReads(n),
  callsReturn(n),
  ...(s.readers > 1 ? [nothingFreedIsRead(n), unlinkedOnce(n)] : []),
  ...(s.offset === 'on' ? [seenOnce(n), nothingSkipped(n), peekedPast(n)] : []),
];

const CUT =
  'skb_consume_udp() moves the peek offset back by the bytes that a read has copied, not by those of the datagram that is gone: after a read that is cut short (MSG_TRUNC), or that has met EFAULT, the offset is behind where the peeks have been, and the next peek passes bytes of a datagram that nobody has peeked at. Measured on 6.18.44 with AABB and CCDD: a peek of 4 gives AABB, a read into 2 bytes AA, the next peek DD.';
const TWO_PEEKERS =
  'sk_peek_off is read before the queue is locked and moved after the copy: of two peeks at once, both see the same bytes.';

export const RECEIVE_SUITES: readonly Suite[] = [
  suite({
    id: 'receive/two-readers',
    family: receiveSlice,
    scenario: { packets: 2, readers: 2 },
    walk: { packets: 4, readers: 3 },
    properties: receiveProperties,
    bugs: RECEIVE_BUGS,
  }),
  suite({
    id: 'receive/offset',
    family: receiveSlice,
    scenario: { packets: 2, readers: 1, offset: 'on' },
    walk: { packets: 4, readers: 1, offset: 'on' },
    properties: receiveProperties,
    violates: { [NOTHING_SKIPPED]: CUT },
    bugs: [],
  }),
  suite({
    id: 'receive/offset-repaired',
    family: receiveSlice,
    scenario: { packets: 2, readers: 1, offset: 'on', repair: 'on' },
    walk: { packets: 4, readers: 1, offset: 'on', repair: 'on' },
    properties: receiveProperties,
    bugs: [],
  }),
  suite({
    id: 'receive/offset-two-readers',
    family: receiveSlice,
    scenario: { packets: 2, readers: 2, offset: 'on' },
    walk: { packets: 4, readers: 3, offset: 'on' },
    properties: receiveProperties,
    violates: { [NOTHING_SKIPPED]: CUT, [SEEN_ONCE]: TWO_PEEKERS },
    bugs: [],
  }),
];
