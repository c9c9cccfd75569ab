/** The upper half in slices: backlog, IP/UDP/ICMP, socket and readers. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { BACKLOG_BUGS } from '../../models/bugs/backlog.ts';
import { SOCKET_BUGS } from '../../models/bugs/socket.ts';
import { STACK_BUGS } from '../../models/bugs/stack.ts';
import { range } from '../../models/kernel/packet.ts';
import { PROFILE, type ProfileName } from '../../models/kernel/profile.ts';
import { backlogSlice } from '../../models/networks/backlog.ts';
import { socketSlice } from '../../models/networks/socket.ts';
import { stackSlice } from '../../models/networks/stack.ts';
import {
  accounted,
  backlogBound,
  conservation,
  droppedWithRoom,
  mayFill,
  noStuckBacklog,
  oneTooMany,
  RCVBUF_COUNTED,
} from '../claims/frames.ts';
import { badChecksum, everyUnreachable, noFalseUnreachable } from '../claims/icmp.ts';
import { backlogIsProcessed, callGoesOn, queuedIsRead, raisedIsCleared, SLEEPER_WOKEN, sleeperIsWoken } from '../claims/progress.ts';
import { raisedHasServer, raisedIsServed } from '../claims/softirq.ts';
import { flushedIsEmpty, limitedWhenHalfFull, minorFlowPasses, otherFlowPasses, runningIsMarked } from '../claims/netdev.ts';
import { callsEnd, NO_LOST_WAKEUP, noChargeLeak, noFalseAgain, noLostWakeup, rcvbufBound } from '../claims/wakeup.ts';

const backlogProperties = (
  network: ReturnType<typeof backlogSlice.build>,
  s: {
    readonly packets: number;
    readonly cpus: number;
    readonly rps: 'off' | 'on';
    readonly device: string;
    readonly limit: 'off' | 'on';
    readonly flows: number;
    readonly profile: ProfileName;
  },
) => {
  const n = network.refs;
  const target = s.rps === 'on' ? 1 % s.cpus : 0;
  return [
    noStuckBacklog(n, target),
    backlogBound(n, target),
    oneTooMany(n, target),
    accounted(n, 'softnet_dropped', s.packets, PROFILE[s.profile].running === 'asked first, counted' ? ['notRunning'] : []),
    accounted(n, 'rx_dropped', s.packets),
    conservation(n, s.packets),
    raisedHasServer(n),
    raisedIsServed(n),
    backlogIsProcessed(n, s.packets),
    raisedIsCleared(n, range(s.cpus)),
    ...(s.cpus > 1 && PROFILE[s.profile].looksUnlocked && s.device === 'up' ? [droppedWithRoom(n, target)] : []),
    ...(s.device === 'up' ? [] : [flushedIsEmpty(n)]),
    ...(s.device === 'up' || s.profile === 'article' ? [] : [runningIsMarked(n)]),
    ...(s.limit === 'on'
      ? [
          accounted(n, 'flow_limit_count', s.packets),
          limitedWhenHalfFull({ ...n, flows: s.flows }, target),
          minorFlowPasses({ ...n, flows: s.flows }),
          otherFlowPasses({ ...n, flows: s.flows }),
        ]
      : []),
  ];
};

export const BACKLOG_SUITES: readonly Suite[] = [
  suite({
    id: 'backlog/article',
    family: backlogSlice,
    scenario: { packets: 4, cpus: 1, backlogMax: 0 },
    walk: { packets: 10, cpus: 2, backlogMax: 2, weight: 3 },
    properties: backlogProperties,
    bugs: BACKLOG_BUGS,
  }),
  suite({
    id: 'backlog/article-rps',
    family: backlogSlice,
    scenario: { packets: 3, cpus: 2, backlogMax: 0, rps: 'on' },
    walk: { packets: 10, cpus: 3, backlogMax: 1, rps: 'on' },
    properties: backlogProperties,
    bugs: [],
  }),
  suite({
    id: 'backlog/6.12-unregister',
    family: backlogSlice,
    scenario: { profile: '6.12', packets: 3, cpus: 2, backlogMax: 1, rps: 'on', device: 'comes and goes' },
    walk: { packets: 10, cpus: 3, backlogMax: 1, rps: 'on', device: 'comes and goes' },
    properties: backlogProperties,
    bugs: [],
  }),
  // netif_running() is asked in another place, and counted.
  suite({
    id: 'backlog/6.1-unregister',
    family: backlogSlice,
    scenario: { profile: '6.1', packets: 3, device: 'comes and goes' },
    walk: { packets: 10, cpus: 2, device: 'comes and goes' },
    properties: backlogProperties,
    bugs: [],
  }),
  suite({
    id: 'backlog/6.12-flows',
    family: backlogSlice,
    scenario: { profile: '6.12', packets: 4, backlogMax: 2, limit: 'on' },
    walk: { packets: 12, cpus: 2, backlogMax: 4, rps: 'on', limit: 'on', history: 4, flows: 3 },
    properties: backlogProperties,
    bugs: [],
  }),
  suite({
    id: 'backlog/6.1-rps',
    family: backlogSlice,
    scenario: { profile: '6.1', packets: 3, cpus: 2, backlogMax: 0, rps: 'on' },
    walk: { packets: 10, cpus: 3, backlogMax: 1, rps: 'on' },
    properties: backlogProperties,
    bugs: [],
  }),
  suite({
    id: 'backlog/6.18-rps',
    family: backlogSlice,
    scenario: { profile: '6.18', packets: 4, cpus: 2, rps: 'on' },
    deep: { scenario: { packets: 5 }, states: 827_402, transitions: 2_167_361 },
    walk: { packets: 10, cpus: 3, backlogMax: 1, rps: 'on' },
    properties: backlogProperties,
    bugs: [],
  }),
];

const stackProperties = (network: ReturnType<typeof stackSlice.build>, s: { readonly packets: number; readonly profile: string }) => {
  const n = network.refs;
  return [
    noFalseUnreachable(n, s.packets),
    everyUnreachable(n, s.packets),
    // 3.10 leaves the checksum of a datagram for a bound port to the reader: the socket slice.
    badChecksum(n, s.packets, s.profile === 'article' ? ['badUnmatched'] : ['badMatched', 'badUnmatched']),
    conservation(n, s.packets),
    accounted(n, 'UdpNoPorts', s.packets),
    accounted(n, 'UdpInCsumErrors', s.packets),
    accounted(n, 'UdpInErrors', s.packets),
    accounted(n, 'IcmpOutDestUnreachs', s.packets),
    // 3.10 frees a broadcast that nobody listens for without counting it.
    ...(s.profile === 'article' ? [] : [accounted(n, 'UdpIgnoredMulti', s.packets)]),
  ];
};

export const STACK_SUITES: readonly Suite[] = [
  suite({
    id: 'stack/article',
    family: stackSlice,
    scenario: { packets: 3, cpus: 2, kinds: 'all', tokens: 2 },
    walk: { packets: 10, cpus: 4, kinds: 'all', tokens: 4 },
    properties: stackProperties,
    bugs: STACK_BUGS,
  }),
  suite({
    id: 'stack/6.18',
    family: stackSlice,
    scenario: { profile: '6.18', packets: 3, cpus: 2, kinds: 'all', tokens: 2 },
    walk: { packets: 10, cpus: 4, kinds: 'all', tokens: 4 },
    properties: stackProperties,
    bugs: [],
  }),
];

const socketProperties = (
  network: ReturnType<typeof socketSlice.build>,
  s: {
    readonly packets: number;
    readonly modes: string;
    readonly rcvbuf: number;
    readonly size: number;
    readonly readers: number;
    readonly kinds: string;
  },
) => {
  const n = network.refs;
  return [
    ...(s.readers > 0 ? [noLostWakeup(n), callsEnd(n), noChargeLeak(n), sleeperIsWoken(n), queuedIsRead(n, s.packets), callGoesOn(n)] : []),
    ...(s.readers > 0 && s.modes === 'all' ? [noFalseAgain(n)] : []),
    ...(s.kinds === 'matched+checksum' ? [badChecksum(n, s.packets, ['badMatched'])] : []),
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
    id: 'socket/6.18-two-readers',
    family: socketSlice,
    scenario: { profile: '6.18', packets: 2, cpus: 2, readers: 2, kinds: 'matched' },
    walk: { profile: '6.18', packets: 6, cpus: 2, readers: 2, kinds: 'matched', rcvbuf: 4 },
    properties: socketProperties,
    violates: { [NO_LOST_WAKEUP]: READER_QUEUE, [SLEEPER_WOKEN]: READER_QUEUE },
    bugs: [],
  }),
];
