/**
 * The full receive path: every machine, from boot and the NIC's DMA write to the return of recvfrom().
 *
 * `device` chooses where packets come from: `igb` puts them into a descriptor ring and interrupts; `veth` has a sender on
 * some CPU call netif_rx(), which is the backlog's way in. All machines are in the network either way.
 */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family, type Scenario } from '../../src/model/scenario.ts';
import { backlog } from '../backlog/backlog.ts';
import { boot } from '../boot/boot.ts';
import { protocols } from '../boot/protocols.ts';
import { cpu } from '../cpu/cpu.ts';
import { rxList } from '../gro/rxList.ts';
import { icmp } from '../icmp/icmp.ts';
import { limit } from '../icmp/limit.ts';
import { ip } from '../ip/ip.ts';
import { handler } from '../irq/handler.ts';
import { ipi } from '../irq/ipi.ts';
import { vector } from '../irq/vector.ts';
import { counter } from '../kernel/counter.ts';
import { ledger } from '../kernel/ledger.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { napi } from '../napi/napi.ts';
import { softnet } from '../napi/softnet.ts';
import { igbPoll } from '../nic/igbPoll.ts';
import { nic } from '../nic/nic.ts';
import { ring } from '../nic/ring.ts';
import { wire } from '../nic/wire.ts';
import { receive } from '../socket/receive.ts';
import { socket } from '../socket/socket.ts';
import { waitQueue } from '../socket/waitQueue.ts';
import { ksoftirqd } from '../softirq/ksoftirqd.ts';
import { softirq } from '../softirq/softirq.ts';
import { emptiness } from '../task/emptiness.ts';
import { holder } from '../task/holder.ts';
import { reader } from '../task/reader.ts';
import { udp } from '../udp/udp.ts';
import { counters } from './parts.ts';
import { keys, kindsOf, modesOf } from './scenario.ts';
import { ipiSteps, processSteps, senderSteps } from './steps/backlog.ts';
import { bootSteps, closeSteps, DOWN, openSteps } from './steps/boot.ts';
import { igbSteps } from './steps/igb.ts';
import { deviceSteps, interruptSteps, watchdogStep } from './steps/nic.ts';
import { readerSteps } from './steps/reader.ts';
import { socketSteps, toError, toReceive } from './steps/socket.ts';
import { softirqSteps } from './steps/softirq.ts';
import { stackIdle, stackSteps, toIp, unhandledSteps } from './steps/stack.ts';

const KEYS = {
  ...keys(
    'profile',
    'packets',
    'kinds',
    'cpus',
    'ring',
    'weight',
    'backlogMax',
    'rcvbuf',
    'size',
    'readers',
    'modes',
    'tokens',
    'holds',
    'kicks',
    'closes',
  ),
  device: choice(['igb', 'veth'], 'igb', 'where packets come from'),
  rps: choice(['off', 'on'], 'off', 'veth: packets go to the backlog of the next CPU'),
} as const;

export type ReceivePathScenario = Scenario<typeof KEYS>;

export const receivePath = family({
  name: 'receive-path',
  about: 'boot, NIC ring, interrupt, softirq, NAPI, backlog, IP, UDP, ICMP, socket, wait queue, recvfrom',
  keys: KEYS,
  build: (s) => {
    const profile = PROFILE[s.profile];
    const cpus = range(s.cpus);
    const per = <T>(one: T): T[] => cpus.map(() => one);
    const parts = network('receive-path', {
      boot: component(boot, { closes: s.closes }),
      protocols: component(protocols),
      wire: component(wire, { packets: s.packets }),
      nic: component(nic),
      ring: component(ring, { size: s.ring }),
      vector: component(vector),
      watchdog: component(counter, { max: s.kicks }),
      ipi: per(component(ipi)),
      cpu: per(component(cpu)),
      handler: per(component(handler)),
      softirq: per(component(softirq)),
      ksoftirqd: per(component(ksoftirqd)),
      softnet: per(component(softnet, { inPlace: profile.pollInPlace })),
      napi: component(napi, { hasMissed: profile.missed }),
      poll: per(component(igbPoll, { weight: s.weight, batches: profile.rxList })),
      rxList: component(rxList, { size: s.weight }),
      backlog: per(component(backlog, { max: s.backlogMax, weight: s.weight, clearsEarly: profile.pollInPlace })),
      ip: per(component(ip)),
      udp: per(component(udp)),
      icmp: per(component(icmp)),
      limit: component(limit, { tokens: s.tokens }),
      socket: component(socket, { rcvbuf: s.rcvbuf, size: s.size, rule: profile.rcvbuf, readerQueue: profile.readerQueue }),
      receive: [...per(component(receive, { locks: profile.socketLock })), component(receive, { locks: false })],
      waitQueue: component(waitQueue, { readers: s.readers }),
      reader: range(s.readers).map(() => component(reader, { testsErrorAgain: profile.readerQueue, unchargesEarly: profile.readerQueue })),
      emptiness: range(s.readers).map(() => component(emptiness)),
      holder: component(holder, { holds: s.holds }),
      ledger: component(ledger, { packets: s.packets }),
      ...counters(s.packets),
    });
    const kinds = kindsOf(s.kinds);
    const bounds = { packets: s.packets, cpus: s.cpus, irqCpus: s.cpus, readers: s.readers, holds: s.holds, profile, kinds };
    const next = (c: number) => (s.rps === 'on' ? (c + 1) % s.cpus : c);
    return parts
      .join(bootSteps)
      .join(openSteps)
      .join((n) => (s.closes > 0 ? closeSteps(n) : []))
      .join((n) =>
        s.device === 'igb' ? deviceSteps(n, bounds) : senderSteps(n, { ...bounds, senders: [0], target: next, ready: [n.boot.in('up')] }),
      )
      .join((n) => watchdogStep(n, s.kicks))
      .join((n) => interruptSteps(n, bounds))
      .join((n) => softirqSteps(n, s.cpus))
      .join((n) => igbSteps(n, { ...bounds, link: { up: n.boot.out(...DOWN), down: n.boot.in(...DOWN) } }, toIp(n), stackIdle(n)))
      .join((n) => processSteps(n, bounds, toIp(n), stackIdle(n), profile.pollInPlace))
      .join((n) => (s.rps === 'on' ? ipiSteps(n, s.cpus) : []))
      .join((n) =>
        stackSteps(n, { ...bounds, checksumFirst: profile.checksumFirst, countsIgnored: !profile.socketLock }, toReceive(n), toError(n)),
      )
      .join((n) =>
        unhandledSteps(n, 'unhandled', { cpu: cpus, pkt: range(s.packets) }, (c, pkt) => [
          n.poll(c).on({ type: 'TAKE' }),
          n.ring.on({ type: 'TAKE', pkt }),
        ]),
      )
      .join((n) => socketSteps(n, bounds))
      .join((n) =>
        readerSteps(n, {
          ...bounds,
          modes: modesOf(s.modes),
          // Readers are pinned, the first one away from CPU 0.
          home: (i) => (i + s.cpus - 1) % s.cpus,
          unchargesLate: !profile.readerQueue,
        }),
      );
  },
});
