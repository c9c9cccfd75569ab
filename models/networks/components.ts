/** Every component of the receive path, built from the bounds of a scenario; networks take those they are made of. */
import { component } from '../../src/model/component.ts';
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
import { COUNTERS, type CounterName } from './parts.ts';
import { BOUNDS, type Bounds } from './scenario.ts';

/** The components for `given` bounds; what a network has no key for is at its default. */
export function componentsOf(given: Partial<Bounds>) {
  const s: Bounds = { ...BOUNDS, ...given };
  const profile = PROFILE[s.profile];
  const per = <T>(one: T): T[] => range(s.cpus).map(() => one);
  const later = profile.readerQueue;
  const one = component(counter, { max: s.packets });
  return {
    boot: component(boot, { closes: s.closes, masksFirst: profile.masksFirst }),
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
    rxList: component(rxList, { size: s.weight, batch: s.batch }),
    backlog: per(component(backlog, { max: s.backlogMax, weight: s.weight, clearsEarly: profile.pollInPlace })),
    ip: per(component(ip)),
    udp: per(component(udp)),
    icmp: per(component(icmp)),
    limit: component(limit, { tokens: s.tokens }),
    socket: component(socket, { rcvbuf: s.rcvbuf, size: s.size, rule: profile.rcvbuf, readerQueue: later }),
    // One per CPU, and the last one for the task that owns the socket.
    receive: [...per(component(receive, { locks: profile.socketLock })), component(receive, { locks: false })],
    waitQueue: component(waitQueue, { readers: s.readers }),
    reader: range(s.readers).map(() => component(reader, { testsErrorAgain: later, unchargesEarly: later, hasSignals: s.signals > 0 })),
    emptiness: range(s.readers).map(() => component(emptiness)),
    signals: component(counter, { max: s.signals }),
    holder: component(holder, { holds: s.holds }),
    ledger: component(ledger, { packets: s.packets }),
    counters: Object.fromEntries(COUNTERS.map((name) => [name, one])) as { readonly [K in CounterName]: typeof one },
  };
}
