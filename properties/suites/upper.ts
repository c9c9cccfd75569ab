/** The upper half in slices: backlog, and IP/UDP/ICMP; socket and readers are in socket.ts. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { BACKLOG_BUGS } from '../../models/bugs/backlog.ts';
import { STACK_BUGS } from '../../models/bugs/stack.ts';
import { range } from '../../models/kernel/packet.ts';
import { PROFILE, type ProfileName } from '../../models/kernel/profile.ts';
import { backlogSlice } from '../../models/networks/backlog.ts';
import { stackSlice } from '../../models/networks/stack.ts';
import { accounted, backlogBound, conservation, droppedWithRoom, noStuckBacklog, oneTooMany } from '../claims/frames.ts';
import { badChecksum, everyUnreachable, noFalseUnreachable } from '../claims/icmp.ts';
import { backlogIsProcessed, raisedIsCleared } from '../claims/progress.ts';
import { raisedHasServer, raisedIsServed } from '../claims/softirq.ts';
import { flushedIsEmpty, limitedWhenHalfFull, minorFlowPasses, otherFlowPasses, runningIsMarked } from '../claims/netdev.ts';

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
