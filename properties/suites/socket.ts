/** The slice of the socket: its queue, the wakeup, tasks in recvfrom(). */
import { type Suite, suite } from '../../src/model/suite.ts';
import { SIGNAL_BUGS, SOCKET_BUGS } from '../../models/bugs/socket.ts';
import { socketSlice } from '../../models/networks/socket.ts';
import { accounted, conservation, mayFill, RCVBUF_COUNTED } from '../claims/frames.ts';
import { badChecksum } from '../claims/icmp.ts';
import { callGoesOn, queuedIsRead, SLEEPER_WOKEN, sleeperIsWoken } from '../claims/progress.ts';
import { callsEnd, NO_LOST_WAKEUP, noChargeLeak, noFalseAgain, noLostWakeup, noSignalAsleep, rcvbufBound } from '../claims/wakeup.ts';

const socketProperties = (
  network: ReturnType<typeof socketSlice.build>,
  s: {
    readonly packets: number;
    readonly modes: string;
    readonly rcvbuf: number;
    readonly size: number;
    readonly readers: number;
    readonly kinds: string;
    readonly signals: number;
  },
) => {
  const n = network.refs;
  return [
    ...(s.readers > 0 ? [noLostWakeup(n), callsEnd(n), noChargeLeak(n), sleeperIsWoken(n), queuedIsRead(n, s.packets), callGoesOn(n)] : []),
    ...(s.readers > 0 && s.modes === 'all' ? [noFalseAgain(n)] : []),
    ...(s.readers > 0 && s.signals > 0 ? [noSignalAsleep(n)] : []),
    ...(s.kinds.endsWith('checksum') ? [badChecksum(n, s.packets, ['badMatched', 'badLong'])] : []),
    rcvbufBound(n),
    conservation(n, s.packets),
    accounted(n, 'UdpInDatagrams', s.packets),
    ...(mayFill(s) ? [accounted(n, 'UdpRcvbufErrors', s.packets), accounted(n, 'UdpInErrors', s.packets)] : []),
  ];
};

const READER_QUEUE =
  'K1: the re-check before sleeping looks at sk_receive_queue only, and another reader may have spliced the datagram to reader_queue. True of 4.13 to 6.18.';
const ERROR_ABSORBS =
  'K4: a reader that leaves its wait with an error may have absorbed the wakeup of a datagram, and does not pass it on.';
const REFUSED_UNCOUNTED =
  '3.10: udp_queue_rcv_skb() drops what sk_rcvqueues_full() refuses, before the socket lock or at the socket backlog, and counts it in InErrors and in the drops of the socket only. 3e215c8d1b6b (3.16) adds RcvbufErrors where it refuses before the lock.';

export const SOCKET_SUITES: readonly Suite[] = [
  suite({
    id: 'socket/article',
    family: socketSlice,
    scenario: { packets: 3, cpus: 2, readers: 2, modes: 'all', kinds: 'matched+checksum' },
    walk: { packets: 10, cpus: 2, readers: 3, modes: 'all', kinds: 'matched+checksum', rcvbuf: 4 },
    properties: socketProperties,
    bugs: SOCKET_BUGS,
  }),
  suite({
    id: 'socket/article-owned',
    family: socketSlice,
    scenario: { packets: 3, cpus: 2, readers: 1, modes: 'all', kinds: 'matched', holds: 1, rcvbuf: 1 },
    walk: { packets: 10, cpus: 2, readers: 2, modes: 'all', kinds: 'matched', holds: 3, rcvbuf: 3 },
    properties: socketProperties,
    violates: { [RCVBUF_COUNTED]: REFUSED_UNCOUNTED },
    bugs: [],
  }),
  suite({
    id: 'socket/article-size2',
    family: socketSlice,
    scenario: { packets: 4, cpus: 1, readers: 1, kinds: 'matched', size: 2, rcvbuf: 3 },
    walk: { packets: 10, cpus: 2, readers: 2, modes: 'all', kinds: 'matched', size: 3, rcvbuf: 7 },
    properties: socketProperties,
    violates: { [RCVBUF_COUNTED]: REFUSED_UNCOUNTED },
    bugs: [],
  }),
  suite({
    id: 'socket/article-error',
    family: socketSlice,
    scenario: { packets: 2, cpus: 2, readers: 2, kinds: 'matched+error' },
    walk: { packets: 6, cpus: 2, readers: 2, kinds: 'matched+error' },
    properties: socketProperties,
    violates: { [NO_LOST_WAKEUP]: ERROR_ABSORBS, [SLEEPER_WOKEN]: ERROR_ABSORBS },
    bugs: [],
  }),
  suite({
    id: 'socket/6.12-one-reader',
    family: socketSlice,
    scenario: { profile: '6.12', packets: 4, cpus: 1, readers: 1, modes: 'all', kinds: 'matched', rcvbuf: 2 },
    walk: { profile: '6.12', packets: 10, cpus: 1, readers: 1, modes: 'all', kinds: 'matched', rcvbuf: 4 },
    properties: socketProperties,
    bugs: [],
  }),
  suite({
    id: 'socket/6.12-checksum',
    family: socketSlice,
    scenario: { profile: '6.12', packets: 2, cpus: 1, readers: 1, modes: 'all', kinds: 'matched+long checksum' },
    walk: { profile: '6.12', packets: 10, cpus: 1, readers: 1, modes: 'all', kinds: 'matched+long checksum', rcvbuf: 4 },
    properties: socketProperties,
    bugs: [],
  }),
  suite({
    id: 'socket/6.12-signal',
    family: socketSlice,
    scenario: { profile: '6.12', packets: 2, cpus: 1, readers: 1, kinds: 'matched', signals: 1 },
    walk: { profile: '6.12', packets: 10, cpus: 1, readers: 1, modes: 'all', kinds: 'matched', signals: 4, rcvbuf: 4 },
    properties: socketProperties,
    bugs: SIGNAL_BUGS,
  }),
  suite({
    id: 'socket/6.18-two-readers',
    family: socketSlice,
    scenario: { profile: '6.18', packets: 2, cpus: 2, readers: 2, kinds: 'matched' },
    walk: { profile: '6.18', packets: 6, cpus: 2, readers: 2, kinds: 'matched', rcvbuf: 4 },
    properties: socketProperties,
    violates: { [NO_LOST_WAKEUP]: READER_QUEUE, [SLEEPER_WOKEN]: READER_QUEUE },
    bugs: [],
  }),
];
