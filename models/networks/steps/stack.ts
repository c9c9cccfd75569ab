/** IP, UDP and ICMP on each CPU: from the dispatch by EtherType to a socket, an error or a drop. */
import type { Observation } from '../../../src/model/component.ts';
import { not } from '../../../src/model/property.ts';
import { step, type StepSpec, type StepTemplate } from '../../../src/model/network.ts';
import { hasIcmp, hasIp, hasUdp } from '../../boot/protocols.ts';
import { type Fate, type Kind, type Packet, range } from '../../kernel/packet.ts';
import { kindIs } from '../../nic/wire.ts';
import { end, type Parts, type ToStack } from '../parts.ts';
import { serving, softirqOn } from './softirq.ts';

type StackParts = Pick<
  Parts,
  | 'cpu'
  | 'protocols'
  | 'wire'
  | 'ip'
  | 'udp'
  | 'icmp'
  | 'limit'
  | 'ledger'
  | 'rx_dropped'
  | 'IpInUnknownProtos'
  | 'UdpNoPorts'
  | 'UdpInErrors'
  | 'UdpInCsumErrors'
  | 'UdpRcvbufErrors'
  | 'UdpIgnoredMulti'
  | 'IcmpInDestUnreachs'
  | 'IcmpOutDestUnreachs'
>;

export interface StackScenario {
  readonly packets: number;
  readonly cpus: number;
  /** What may arrive: steps for anything else are left out. */
  readonly kinds: readonly Kind[];
  /** The checksum of a short datagram is verified before the lookup. */
  readonly checksumFirst: boolean;
  /** Broadcasts without a listener are counted (UdpIgnoredMulti, since 4.0); 3.10 frees them silently. */
  readonly countsIgnored: boolean;
  /** Packets for another socket than the one of the network, about whose readers it says nothing. */
  readonly elsewhere?: (pkt: Packet) => boolean;
}

/** A packet handed up while ip_rcv() is in ptype_base. */
export const toIp =
  (n: Pick<Parts, 'ip' | 'protocols'>): ToStack =>
  (c, pkt) => ({ moves: [n.ip(c).on({ type: 'RECEIVE', pkt })], when: [n.protocols.is('has an IP handler', hasIp)] });

/** What the stack on a CPU sets in motion with a datagram for the socket. */
export type ToSocket = (cpu: number, pkt: Packet) => StepSpec['moves'];

/** `toSocket` takes a datagram whose socket was found; `report` an ICMP error for it. */
export function stackSteps(n: StackParts, s: StackScenario, toSocket: ToSocket, report: ToSocket): StepTemplate[] {
  return [...ipSteps(n, s, report), ...udpSteps(n, s, toSocket), ...(s.kinds.includes('unmatched') ? icmpSteps(n, s) : [])];
}

/** What only recorded traces show: ends of packets that the network itself leaves out. */
export interface TracedEnds {
  /** Packets may end in IP in these ways. */
  readonly ipEnds?: readonly IpEnd[];
  /** ICMP errors may be for sockets that do not hear of them: not connected, without IP_RECVERR, or of no known protocol. */
  readonly unheard?: boolean;
}

/** An end in IP that a recorded trace shows, and the reason that its kernel gives for it; without one, no line tells of it. */
export interface IpEnd {
  readonly fate: Fate;
  readonly reason?: string;
  /** The packets that may end so; any, unless it is said. */
  readonly packets?: ReadonlySet<Packet>;
}

/** Packets that IP refuses: any packet may be one of them. Their counters are in the family `input`. */
export function tracedSteps(
  n: StackParts,
  s: Pick<StackScenario, 'cpus' | 'packets'>,
  { ipEnds = [], unheard = false }: TracedEnds,
): StepTemplate[] {
  const ends = ipEnds.map(({ fate, reason, packets }) =>
    step(`ip_ends_${fate}`, domainOf(s), ({ cpu: c, pkt }) => {
      if (packets?.has(pkt) === false) return undefined;
      return {
        ...on(n, c),
        moves: fate === 'protoUnreachable' ? protoUnreachable(n, c, pkt) : [n.ip(c).on({ type: 'DROP', pkt }), ...end(n, pkt, fate)],
        reveals: reason === undefined ? [] : [{ event: 'kfree_skb', args: { cpu: c, pkt, reason } }],
      };
    }),
  );
  return unheard ? [...ends, unheardStep(n, s)] : ends;
}

/** A protocol without a handler, and ICMP says so: of the ends in IP the one with an answer, which is limited like any. */
const protoUnreachable = (n: StackParts, c: number, pkt: Packet): StepSpec['moves'] => [
  n.ip(c).on({ type: 'NO_PROTO', pkt }),
  n.limit.on({ type: 'ALLOW' }),
  ...end(n, pkt, 'protoUnreachable', n.IpInUnknownProtos, n.IcmpOutDestUnreachs),
];

function unheardStep(n: StackParts, s: Pick<StackScenario, 'cpus' | 'packets'>): StepTemplate {
  return step('ip_icmp_unheard', domainOf(s), ({ cpu: c, pkt }) => ({
    ...on(n, c, is(n, pkt, ['icmpError']), n.protocols.is('has an ICMP handler', hasIcmp)),
    moves: [n.ip(c).on({ type: 'DISPATCH', pkt }), ...end(n, pkt, 'icmpIn', n.IcmpInDestUnreachs)],
    reveals: [{ event: 'consume_skb', args: { cpu: c, pkt } }],
    cite: ['icmp_rcv', 'icmp_unreach'],
  }));
}

const domainOf = (s: Pick<StackScenario, 'cpus' | 'packets'>) => ({ cpu: range(s.cpus), pkt: range(s.packets) });

/** Packet `pkt` is one of `kinds`. */
const is = (n: Pick<StackParts, 'wire'>, pkt: Packet, kinds: readonly Kind[]): Observation =>
  n.wire.is(`packet ${pkt} is ${kinds.join(' or ')}`, kindIs(pkt, ...kinds));

/** In softirq on CPU `c`, while `when` holds. */
const on = (n: Pick<StackParts, 'cpu'>, c: number, ...when: readonly Observation[]) => ({
  owner: softirqOn(c),
  when: [serving(n.cpu(c)), ...when],
});

/** Dispatch by protocol. */
function ipSteps(n: StackParts, s: StackScenario, report: ToSocket): StepTemplate[] {
  const udpKinds = s.kinds.filter((kind) => kind !== 'icmpError');
  const handler = n.protocols.is('has a UDP handler', hasUdp);
  const toUdp = [
    step('ip_to_udp', domainOf(s), ({ cpu: c, pkt }) => ({
      ...on(n, c, is(n, pkt, udpKinds), handler),
      moves: [n.ip(c).on({ type: 'DISPATCH', pkt }), n.udp(c).on({ type: 'RECEIVE', pkt })],
    })),
    step('ip_no_protocol', domainOf(s), ({ cpu: c, pkt }) => ({
      ...on(n, c, is(n, pkt, udpKinds), not(handler)),
      moves: [n.ip(c).on({ type: 'NO_PROTO', pkt }), ...end(n, pkt, 'noProto', n.IpInUnknownProtos)],
      reveals: [{ event: 'kfree_skb', args: { cpu: c, pkt, reason: 'IP_NOPROTO' } }],
    })),
  ];
  if (!s.kinds.includes('icmpError')) return toUdp;
  return [
    ...toUdp,
    step('ip_to_icmp', domainOf(s), ({ cpu: c, pkt }) => ({
      ...on(n, c, is(n, pkt, ['icmpError']), n.protocols.is('has an ICMP handler', hasIcmp)),
      moves: [
        n.ip(c).on({ type: 'DISPATCH', pkt }),
        ...(s.elsewhere?.(pkt) ? end(n, pkt, 'icmpIn', n.IcmpInDestUnreachs) : report(c, pkt)),
      ],
      // Revealed by nothing: inet_sk_error_report comes when sk_error_report() is through, after the wakeup.
      cite: ['icmp_rcv', 'icmp_unreach', '__udp4_lib_err'],
    })),
  ];
}

/** What becomes of a datagram, by kind. Steps for kinds that never arrive are left out. */
function udpSteps(n: StackParts, s: StackScenario, toSocket: ToSocket): StepTemplate[] {
  const of = (...kinds: readonly Kind[]): readonly Kind[] => kinds.filter((kind) => s.kinds.includes(kind));
  const found = of('matched', 'badLong', ...(s.checksumFirst ? [] : (['badMatched'] as const)));
  const bad = of('badUnmatched', ...(s.checksumFirst ? (['badMatched'] as const) : []));
  const counted = s.countsIgnored ? [n.UdpIgnoredMulti] : [];
  const steps: readonly (readonly [readonly Kind[], StepTemplate])[] = [
    [
      found,
      step('udp_to_socket', domainOf(s), ({ cpu: c, pkt }) =>
        s.elsewhere?.(pkt)
          ? undefined
          : { ...on(n, c, is(n, pkt, found)), moves: [n.udp(c).on({ type: 'FOUND', pkt }), ...toSocket(c, pkt)] },
      ),
    ],
    ...(s.elsewhere ? elsewhereSteps(n, s, found, s.elsewhere).map((one) => [found, one] as const) : []),
    [
      of('unmatched'),
      step('udp_no_port', domainOf(s), ({ cpu: c, pkt }) => ({
        ...on(n, c, is(n, pkt, ['unmatched'])),
        moves: [n.udp(c).on({ type: 'NO_SOCKET', pkt }), n.icmp(c).on({ type: 'SEND', pkt }), ...end(n, pkt, 'noPort', n.UdpNoPorts)],
      })),
    ],
    [
      bad,
      step('udp_bad_checksum', domainOf(s), ({ cpu: c, pkt }) => ({
        ...on(n, c, is(n, pkt, bad)),
        moves: [n.udp(c).on({ type: 'CHECKSUM', pkt }), ...end(n, pkt, 'checksum', n.UdpInCsumErrors, n.UdpInErrors)],
        reveals: [{ event: 'kfree_skb', args: { cpu: c, pkt, reason: 'UDP_CSUM' } }],
      })),
    ],
    [
      of('broadcast'),
      step('udp_no_listener', domainOf(s), ({ cpu: c, pkt }) => ({
        ...on(n, c, is(n, pkt, ['broadcast'])),
        moves: [n.udp(c).on({ type: 'NO_LISTENER', pkt }), ...end(n, pkt, 'ignored', ...counted)],
      })),
    ],
  ];
  return steps.flatMap(([kinds, one]) => (kinds.length > 0 ? [one] : []));
}

/** A datagram for another socket is queued there, and what becomes of it is not asked; or that socket's buffer is full. */
function elsewhereSteps(n: StackParts, s: StackScenario, found: readonly Kind[], elsewhere: (pkt: Packet) => boolean): StepTemplate[] {
  const domain = { cpu: range(s.cpus), pkt: range(s.packets).filter(elsewhere) };
  return [
    step('udp_elsewhere', domain, ({ cpu: c, pkt }) => ({
      ...on(n, c, is(n, pkt, found)),
      moves: [n.udp(c).on({ type: 'FOUND', pkt })],
      reveals: [{ event: 'sk_data_ready_elsewhere', args: { cpu: c, pkt } }],
      cite: ['__udp_enqueue_schedule_skb', 'sock_def_readable'],
    })),
    step('udp_elsewhere_full', domain, ({ cpu: c, pkt }) => ({
      ...on(n, c, is(n, pkt, found)),
      moves: [n.udp(c).on({ type: 'FOUND', pkt }), ...end(n, pkt, 'rcvbufFull', n.UdpRcvbufErrors, n.UdpInErrors)],
      reveals: [{ event: 'kfree_skb', args: { cpu: c, pkt, reason: 'SOCKET_RCVBUFF' } }],
      cite: ['__udp_enqueue_schedule_skb'],
    })),
  ];
}

/** The answer to a datagram without a socket, or the silence of the rate limit. */
function icmpSteps(n: StackParts, s: StackScenario): StepTemplate[] {
  return [
    step('icmp_send', domainOf(s), ({ cpu: c, pkt }) => ({
      ...on(n, c),
      moves: [n.icmp(c).on({ type: 'SENT', pkt }), n.limit.on({ type: 'ALLOW' }), ...end(n, pkt, 'unreachable', n.IcmpOutDestUnreachs)],
      reveals: [{ event: 'icmp_send', args: { cpu: c, pkt } }],
    })),
    step('icmp_limited', domainOf(s), ({ cpu: c, pkt }) => ({
      ...on(n, c),
      moves: [n.icmp(c).on({ type: 'LIMITED', pkt }), n.limit.on({ type: 'DENY' })],
      reveals: [{ event: 'kfree_skb', args: { cpu: c, pkt, reason: 'NO_SOCKET' } }],
    })),
  ];
}

/** A frame handed up while ptype_base has no IP handler: `take` is how it leaves the queue below. */
export function unhandledSteps(
  n: Pick<Parts, 'cpu' | 'protocols' | 'ledger' | 'rx_dropped'>,
  name: string,
  domain: { readonly cpu: readonly number[]; readonly pkt: readonly Packet[] },
  take: (cpu: number, pkt: Packet) => StepSpec['moves'],
): StepTemplate[] {
  return [
    step(name, domain, ({ cpu: c, pkt }) => ({
      owner: softirqOn(c),
      moves: [...take(c, pkt), ...end(n, pkt, 'unhandled', n.rx_dropped)],
      when: [serving(n.cpu(c)), not(n.protocols.is('has an IP handler', hasIp))],
      cite: ['__netif_receive_skb_core'],
    })),
  ];
}

/** The stack on a CPU has nothing in hand, so its poll routine goes on. */
export const stackIdle =
  (n: Pick<Parts, 'ip' | 'udp' | 'icmp' | 'receive'>) =>
  (c: number): readonly Observation[] => [n.ip(c).in('idle'), n.udp(c).in('idle'), n.icmp(c).in('idle'), n.receive(c).in('idle')];
