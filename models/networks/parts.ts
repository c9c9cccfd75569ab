/** The components of the receive path by name, as steps and properties speak of them. */
import type { Observation, Ref, RefFamily } from '../../src/model/component.ts';
import type { Revealed } from '../../src/model/network.ts';
import type { backlog } from '../backlog/backlog.ts';
import type { boot } from '../boot/boot.ts';
import type { protocols } from '../boot/protocols.ts';
import type { cpu } from '../cpu/cpu.ts';
import type { rxList } from '../gro/rxList.ts';
import type { icmp } from '../icmp/icmp.ts';
import type { limit } from '../icmp/limit.ts';
import type { ip } from '../ip/ip.ts';
import type { handler } from '../irq/handler.ts';
import type { ipi } from '../irq/ipi.ts';
import type { vector } from '../irq/vector.ts';
import type { counter } from '../kernel/counter.ts';
import type { ledger } from '../kernel/ledger.ts';
import type { Fate, Packet } from '../kernel/packet.ts';
import type { napi } from '../napi/napi.ts';
import type { softnet } from '../napi/softnet.ts';
import type { igbPoll } from '../nic/igbPoll.ts';
import type { nic } from '../nic/nic.ts';
import type { ring } from '../nic/ring.ts';
import type { wire } from '../nic/wire.ts';
import type { receive } from '../socket/receive.ts';
import type { socket } from '../socket/socket.ts';
import type { waitQueue } from '../socket/waitQueue.ts';
import type { ksoftirqd } from '../softirq/ksoftirqd.ts';
import type { softirq } from '../softirq/softirq.ts';
import type { emptiness } from '../task/emptiness.ts';
import type { holder } from '../task/holder.ts';
import type { reader } from '../task/reader.ts';
import type { udp } from '../udp/udp.ts';

/** Every counter of the path, named as the operator reads it. */
export const COUNTERS = [
  'rx_missed_errors',
  'rx_dropped',
  'rx_nohandler',
  'softnet_dropped',
  'flow_limit_count',
  'IpInUnknownProtos',
  'UdpInDatagrams',
  'UdpNoPorts',
  'UdpInErrors',
  'UdpInCsumErrors',
  'UdpRcvbufErrors',
  'UdpIgnoredMulti',
  'IcmpInDestUnreachs',
  'IcmpOutDestUnreachs',
] as const;

export type CounterName = (typeof COUNTERS)[number];

export type CounterRefs = { readonly [K in CounterName]: Ref<typeof counter> };

export interface Parts extends CounterRefs {
  readonly boot: Ref<typeof boot>;
  readonly protocols: Ref<typeof protocols>;
  readonly wire: Ref<typeof wire>;
  readonly nic: Ref<typeof nic>;
  readonly ring: Ref<typeof ring>;
  readonly vector: Ref<typeof vector>;
  readonly ipi: RefFamily<typeof ipi>;
  readonly cpu: RefFamily<typeof cpu>;
  readonly handler: RefFamily<typeof handler>;
  readonly softirq: RefFamily<typeof softirq>;
  readonly ksoftirqd: RefFamily<typeof ksoftirqd>;
  readonly softnet: RefFamily<typeof softnet>;
  readonly napi: Ref<typeof napi>;
  readonly poll: RefFamily<typeof igbPoll>;
  readonly rxList: Ref<typeof rxList>;
  readonly backlog: RefFamily<typeof backlog>;
  readonly ip: RefFamily<typeof ip>;
  readonly udp: RefFamily<typeof udp>;
  readonly icmp: RefFamily<typeof icmp>;
  readonly limit: Ref<typeof limit>;
  readonly socket: Ref<typeof socket>;
  /** One per CPU, and the last one for the task that owns the socket. */
  readonly receive: RefFamily<typeof receive>;
  readonly waitQueue: Ref<typeof waitQueue>;
  readonly reader: RefFamily<typeof reader>;
  readonly emptiness: RefFamily<typeof emptiness>;
  /** Signals that have come. */
  readonly signals: Ref<typeof counter>;
  readonly holder: Ref<typeof holder>;
  readonly ledger: Ref<typeof ledger>;
}

/** Ends packet `pkt` in the ledger and counts it. The counters are those an operator would see move. */
export function end(n: Pick<Parts, 'ledger'>, pkt: Packet, fate: Fate, ...counted: readonly Ref<typeof counter>[]) {
  return [n.ledger.on({ type: 'END', pkt, fate }), ...counted.map((one) => one.on({ type: 'INC' }))];
}

/** What a packet handed to the stack on a CPU sets in motion, and what must be true for it. */
export type ToStack = (
  cpu: number,
  pkt: Packet,
) => {
  readonly moves: readonly ReturnType<Ref<typeof ip>['on']>[];
  readonly when: readonly Observation[];
  readonly reveals?: readonly Revealed[];
};

/** Several ways for it to go, by what they add to the name of a step. */
export type Ways = readonly { readonly name: string; readonly up: ToStack }[];
