/** The full receive path. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { INTX_PATH_BUGS, VETH_PATH_BUGS } from '../../models/bugs/drivers.ts';
import { PATH_BUGS } from '../../models/bugs/path.ts';
import { lowerHalf, MISSED } from '../../models/drivers/claims.ts';
import type { CoreRefs } from '../../models/drivers/core.ts';
import type { Driver } from '../../models/drivers/driver.ts';
import { e1000eIntx } from '../../models/drivers/intel.ts';
import { driverPath, type DriverPathScenario } from '../../models/drivers/path.ts';
import { veth } from '../../models/drivers/veth.ts';
import { range } from '../../models/kernel/packet.ts';
import type { Parts } from '../../models/networks/parts.ts';
import { receivePath, type ReceivePathScenario } from '../../models/networks/receive-path.ts';
import type { Components } from '../../src/model/network.ts';
import { upperTablesFirst } from '../claims/boot.ts';
import { accounted, conservation, mayFill, noStuckBacklog, noStuckBatch, noStuckFrame } from '../claims/frames.ts';
import { everyUnreachable, noFalseUnreachable } from '../claims/icmp.ts';
import { noDeadVector, onePoller, polledIsScheduled, scheduledIsPolled } from '../claims/napi.ts';
import {
  SLEEPER_WOKEN,
  backlogIsProcessed,
  callGoesOn,
  frameIsTaken,
  queuedIsRead,
  raisedIsCleared,
  sleeperIsWoken,
  vectorIsOpened,
} from '../claims/progress.ts';
import { handlerBeforeRaise, neverNested, raisedHasServer, raisedIsServed } from '../claims/softirq.ts';
import { callsEnd, NO_LOST_WAKEUP, noChargeLeak, noFalseAgain, noLostWakeup, rcvbufBound } from '../claims/wakeup.ts';

/** What holds on the whole path, whichever device the packets come from. */
const pathProperties = (network: ReturnType<typeof receivePath.build>, s: ReceivePathScenario) => {
  const n = network.refs;
  const igb = s.device === 'igb';
  return [
    ...(s.readers > 0 ? [noLostWakeup(n), callsEnd(n), noChargeLeak(n)] : []),
    ...(s.readers > 0 && s.modes === 'all' ? [noFalseAgain(n)] : []),
    ...(igb ? [noStuckFrame(n), noDeadVector(n), onePoller(n, s.cpus), scheduledIsPolled(n), polledIsScheduled(n)] : [noStuckBacklog(n)]),
    conservation(n, s.packets),
    ...(igb && s.packets >= s.ring ? [accounted(n, 'rx_missed_errors', s.packets)] : []),
    ...(mayFill(s) ? [accounted(n, 'UdpRcvbufErrors', s.packets), accounted(n, 'UdpInErrors', s.packets)] : []),
    accounted(n, 'UdpInDatagrams', s.packets),
    rcvbufBound(n),
    noFalseUnreachable(n, s.packets),
    everyUnreachable(n, s.packets),
    accounted(n, 'UdpNoPorts', s.packets),
    accounted(n, 'IcmpOutDestUnreachs', s.packets),
    ...(igb ? [neverNested(n)] : []),
    raisedHasServer(n),
    raisedIsServed(n),
    handlerBeforeRaise(n),
    upperTablesFirst(n),
    ...(igb ? [frameIsTaken(n, s.packets), vectorIsOpened(n)] : [backlogIsProcessed(n, s.packets)]),
    raisedIsCleared(n, range(s.cpus)),
    ...(s.readers > 0 ? [sleeperIsWoken(n), queuedIsRead(n, s.packets), callGoesOn(n)] : []),
  ];
};

/** The same over a driver of the contract. */
const overDriver =
  <const C extends Components>(driver: Driver<C>) =>
  ({ refs }: ReturnType<ReturnType<typeof driverPath<C>>['build']>, s: DriverPathScenario) => {
    // As in models/drivers/driver.ts.
    const n = refs as unknown as Parts & CoreRefs;
    return [
      // As many buffers as frames: none is missed.
      ...lowerHalf(n, s, driver.masked(refs as never)).filter(({ name }) => name !== MISSED),
      noLostWakeup(n),
      callsEnd(n),
      conservation(n, s.packets),
      noStuckBatch(n),
      accounted(n, 'UdpInDatagrams', s.packets),
      rcvbufBound(n),
      noFalseUnreachable(n, s.packets),
      everyUnreachable(n, s.packets),
      accounted(n, 'UdpNoPorts', s.packets),
      accounted(n, 'IcmpOutDestUnreachs', s.packets),
      // A sender is no interrupt.
      ...(driver.interrupts === false ? [] : [neverNested(n)]),
      sleeperIsWoken(n),
      queuedIsRead(n, s.packets),
      callGoesOn(n),
    ];
  };

const K1 = 'K1: the look before sleeping is at sk_receive_queue only; see wakeup/two-readers, where nothing else is in the way.';

const larger = { packets: 10, ring: 8, weight: 4, cpus: 2, readers: 2, rcvbuf: 4, modes: 'all' } as const;

export const PATH_SUITES: readonly Suite[] = [
  suite({
    id: 'receive-path/1cpu',
    family: receivePath,
    scenario: { packets: 3 },
    walk: larger,
    properties: pathProperties,
    bugs: PATH_BUGS,
  }),
  suite({
    id: 'receive-path/1cpu-rcvbuf1',
    family: receivePath,
    scenario: { packets: 3, rcvbuf: 1 },
    walk: { ...larger, cpus: 1, readers: 1 },
    properties: pathProperties,
    bugs: [],
  }),
  suite({
    id: 'receive-path/2cpu',
    family: receivePath,
    scenario: { packets: 2, cpus: 2, readers: 2 },
    deep: { scenario: { packets: 3 }, states: 62_010_170, transitions: 149_385_868 },
    walk: { ...larger, readers: 3 },
    properties: pathProperties,
    bugs: [],
  }),
  suite({
    id: 'receive-path/veth',
    family: receivePath,
    scenario: { device: 'veth', packets: 3, backlogMax: 0 },
    walk: { ...larger, backlogMax: 2, rcvbuf: 2 },
    properties: pathProperties,
    bugs: [],
  }),
  suite({
    id: 'receive-path/6.1',
    family: receivePath,
    scenario: { profile: '6.1', packets: 2 },
    walk: { ...larger, readers: 1 },
    properties: pathProperties,
    bugs: [],
  }),
  suite({
    id: 'receive-path/6.12',
    family: receivePath,
    scenario: { profile: '6.12', packets: 2 },
    walk: { ...larger, readers: 1 },
    properties: pathProperties,
    bugs: [],
  }),
  suite({
    id: 'receive-path/6.18-veth',
    family: receivePath,
    scenario: { profile: '6.18', device: 'veth', packets: 3 },
    walk: { ...larger, readers: 1, backlogMax: 2 },
    properties: pathProperties,
    bugs: [],
  }),
  // The lost wakeup, from the wire on.
  ...(['6.12', '6.18'] as const).map((profile) =>
    suite({
      id: `receive-path/${profile}-two-readers`,
      family: receivePath,
      scenario: { profile, packets: 2, readers: 2 },
      walk: { ...larger, profile },
      properties: pathProperties,
      violates: { [NO_LOST_WAKEUP]: K1, [SLEEPER_WOKEN]: K1 },
      bugs: [],
    }),
  ),
  suite({
    id: 'path-e1000e-intx/2cpu',
    family: driverPath(e1000eIntx),
    scenario: { packets: 2, cpus: 2, ring: 2 },
    walk: { packets: 8, cpus: 2, ring: 4, weight: 4, readers: 2, rcvbuf: 4, batch: 2 },
    properties: overDriver(e1000eIntx),
    bugs: INTX_PATH_BUGS,
  }),
  suite({
    id: 'path-veth-napi/2cpu',
    family: driverPath(veth),
    scenario: { packets: 2, cpus: 2, ring: 2 },
    walk: { packets: 8, cpus: 2, ring: 4, weight: 4, readers: 2, rcvbuf: 4, batch: 2 },
    properties: overDriver(veth),
    bugs: VETH_PATH_BUGS,
  }),
];
