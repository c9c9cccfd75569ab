/** The components of the slice of IP and UDP input, as its steps and properties speak of them. */
import type { Observation, Ref, RefFamily } from '../../src/model/component.ts';
import type { ipInput } from '../ip/input.ts';
import type { keeper } from '../ip/keeper.ts';
import type { counter } from '../kernel/counter.ts';
import type { udpInput } from '../udp/input.ts';
import type { Parts } from './parts.ts';

/** What the operator reads of IP, UDP and ICMP input. */
export const INPUT_COUNTERS = [
  'IpInReceives',
  'IpInHdrErrors',
  'IpExtInCsumErrors',
  'IpExtInTruncatedPkts',
  'IpInDiscards',
  'IpInAddrErrors',
  'IpExtIPReversePathFilter',
  'IpExtInNoRoutes',
  'IpReasmFails',
  'IpReasmTimeout',
  'IpInUnknownProtos',
  'IpInDelivers',
  'UdpNoPorts',
  'UdpInErrors',
  'UdpInCsumErrors',
  'UdpRcvbufErrors',
  'UdpMemErrors',
  'UdpIgnoredMulti',
  'IcmpOutDestUnreachs',
  'TcpInSegs',
  'TcpInErrs',
  'TcpInCsumErrors',
  'TcpOutRsts',
] as const;

export type InputCounter = (typeof INPUT_COUNTERS)[number];

export type InputParts = Pick<Parts, 'wire' | 'ledger'> & {
  readonly ip: Ref<typeof ipInput>;
  readonly udp: Ref<typeof udpInput>;
  readonly nf: Ref<typeof keeper>;
  readonly fragments: Ref<typeof keeper>;
  readonly counter: RefFamily<typeof counter>;
};

/** Counts `names`. */
export const counts = (n: Pick<InputParts, 'counter'>, ...names: readonly InputCounter[]) =>
  names.map((name) => n.counter(INPUT_COUNTERS.indexOf(name)).on({ type: 'INC' }));

/** Packet `pkt` is in IP input. */
export const inHand = (n: Pick<InputParts, 'ip'>, pkt: number): Observation => n.ip.is(`has packet ${pkt}`, (c) => c.pkt === pkt);
