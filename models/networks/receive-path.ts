/**
 * The full receive path: every machine, from boot and the NIC's DMA write to the return of recvfrom().
 *
 * `device` chooses where packets come from: `igb` puts them into a descriptor ring and interrupts; `veth` has a sender on
 * some CPU call netif_rx(), which is the backlog's way in. All machines are in the network either way.
 */
import { network } from '../../src/model/network.ts';
import { choice, family, type Scenario } from '../../src/model/scenario.ts';
import { type Packet, range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { componentsOf } from './components.ts';
import { keys, kindsOf, modesOf } from './scenario.ts';
import { idleIpiSteps, ipiSteps, processSteps, senderSteps, toBacklog } from './steps/backlog.ts';
import { bootSteps, closeSteps, DOWN, openSteps } from './steps/boot.ts';
import { igbSteps } from './steps/igb.ts';
import { deviceSteps, interruptSteps, watchdogStep } from './steps/nic.ts';
import { peekSteps } from './steps/peek.ts';
import { readerSteps } from './steps/reader.ts';
import { errorElsewhereSteps, socketSteps, toError, toReceive } from './steps/socket.ts';
import { otherSoftirqSteps, softirqSteps } from './steps/softirq.ts';
import { stackIdle, stackSteps, toIp, type TracedEnds, tracedSteps, unhandledSteps } from './steps/stack.ts';
import { readersOnOneCpu } from './symmetry.ts';

const KEYS = {
  ...keys(
    'profile',
    'packets',
    'kinds',
    'cpus',
    'ring',
    'weight',
    'batch',
    'refill',
    'backlogMax',
    'rcvbuf',
    'size',
    'readers',
    'modes',
    'signals',
    'tokens',
    'holds',
    'kicks',
    'closes',
  ),
  device: choice(['igb', 'veth'], 'igb', 'where packets come from'),
  rps: choice(['off', 'on'], 'off', 'veth: packets go to the backlog of the next CPU'),
} as const;

export type ReceivePathScenario = Scenario<typeof KEYS>;

/** Where tasks run; and what recorded traces show besides. */
export interface Placement extends TracedEnds {
  /** CPUs that senders run on (veth). */
  readonly senders: readonly number[];
  /** The CPU that a reader is pinned to. */
  readonly home: (reader: number) => number;
  /** RPS: the CPU whose backlog a packet goes to. */
  readonly target?: (cpu: number, pkt: Packet) => number;
  /** RPS takes what the NIC brings, too. */
  readonly steersNic?: boolean;
  /** CPUs whose idle loop runs the callback of an IPI. */
  readonly idleIpis?: readonly number[];
  /** CPUs on which other softirqs than NET_RX run too, or NET_RX for other devices. */
  readonly otherSoftirqs?: readonly number[];
  /** recvfrom() may be called with MSG_PEEK. */
  readonly peeks?: boolean;
  /** CPUs on which those bring ICMP errors for the socket. */
  readonly errorsElsewhere?: readonly number[];
  /** Packets for other sockets than this one. */
  readonly elsewhere?: (pkt: Packet) => boolean;
}

export const receivePath = family({
  name: 'receive-path',
  about: 'boot, NIC ring, interrupt, softirq, NAPI, backlog, IP, UDP, ICMP, socket, wait queue, recvfrom',
  keys: KEYS,
  // Readers are pinned, the first one away from CPU 0, where senders are.
  build: (s) => receivePathOn(s, { senders: [0], home: (i) => (i + s.cpus - 1) % s.cpus }),
});

/** The receive path with its tasks on given CPUs, which may not trade places: boot is on CPU 0. */
export function receivePathOn(s: ReceivePathScenario, placement: Placement) {
  const { senders, home, otherSoftirqs = [], errorsElsewhere = [], steersNic = false, idleIpis = [], peeks = false, elsewhere } = placement;
  const profile = PROFILE[s.profile];
  const bounds = { ...s, profile, irqCpus: s.cpus, kinds: kindsOf(s.kinds), modes: modesOf(s.modes) };
  const rules = { checksumFirst: profile.checksumFirst, countsIgnored: !profile.socketLock };
  const { target = (c: number) => (c + 1) % s.cpus } = placement;
  const sender = { ...bounds, defers: profile.defersToKsoftirqd, senders, target: s.rps === 'on' ? target : (c: number) => c };
  const tasks = { home, unchargesLate: !profile.readerQueue };
  const frames = { cpu: range(s.cpus), pkt: range(s.packets) };
  const { counters, ...machines } = componentsOf(s);
  return network('receive-path', { ...machines, ...counters })
    .join(bootSteps)
    .join(openSteps)
    .join((n) => (s.closes > 0 ? closeSteps(n, profile.masksFirst) : []))
    .join((n) => (s.device === 'igb' ? deviceSteps(n, bounds) : senderSteps(n, { ...sender, ready: [n.boot.in('up')] })))
    .join((n) => watchdogStep(n, s.kicks, [n.boot.in('up')]))
    .join((n) => interruptSteps(n, bounds))
    .join((n) => softirqSteps(n, s.cpus))
    .join((n) => (otherSoftirqs.length > 0 ? otherSoftirqSteps(n, otherSoftirqs) : []))
    .join((n) =>
      igbSteps(
        n,
        { ...bounds, link: { up: n.boot.out(...DOWN), down: n.boot.in(...DOWN) } },
        steersNic ? toBacklog(n, target) : toIp(n),
        stackIdle(n),
      ),
    )
    .join((n) => processSteps(n, bounds, toIp(n), stackIdle(n), profile.pollInPlace))
    .join((n) => (s.rps === 'on' ? ipiSteps(n, s.cpus, profile.defersToKsoftirqd) : []))
    .join((n) => (idleIpis.length > 0 ? idleIpiSteps(n, idleIpis) : []))
    .join((n) => stackSteps(n, { ...bounds, ...rules, ...(elsewhere && { elsewhere }) }, toReceive(n), toError(n)))
    .join((n) => tracedSteps(n, s, placement))
    .join((n) => unhandledSteps(n, 'unhandled', frames, (c, pkt) => [n.poll(c).on({ type: 'TAKE' }), n.ring.on({ type: 'TAKE', pkt })]))
    .join((n) => socketSteps(n, bounds))
    .join((n) => (errorsElsewhere.length > 0 ? errorElsewhereSteps(n, errorsElsewhere, stackIdle(n)) : []))
    .join((n) => readerSteps(n, { ...bounds, ...tasks }))
    .join((n) => (peeks ? peekSteps(n, { ...bounds, ...tasks }) : []))
    .symmetric((parts) => readersOnOneCpu(parts, { ...s, home }));
}
