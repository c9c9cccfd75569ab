/** Bugs planted in IP, UDP and ICMP. Row numbers M** are those of the kernel notes. */
import type { Bug } from '../../src/model/suite.ts';
import { range } from '../kernel/packet.ts';
import { kindIs } from '../nic/wire.ts';
import type { stackSlice } from '../networks/stack.ts';

type StackNetwork = ReturnType<typeof stackSlice.build>;

/** Answers packets of another kind as if no socket had matched. */
const answers = (net: StackNetwork, name: string, kind: 'badUnmatched' | 'broadcast'): StackNetwork =>
  net.step(name, { cpu: range(net.components.cpu.length), pkt: range(3) }, ({ cpu, pkt }, n) => ({
    owner: `softirq/${cpu}`,
    moves: [
      n.udp(cpu).on({ type: 'NO_SOCKET', pkt }),
      n.icmp(cpu).on({ type: 'SEND', pkt }),
      n.ledger.on({ type: 'END', pkt, fate: 'noPort' }),
      n.UdpNoPorts.on({ type: 'INC' }),
    ],
    when: [n.wire.is(`packet ${pkt} is ${kind}`, (context) => pkt < context.packets && kindIs(pkt, kind)(context))],
  }));

export const STACK_BUGS: readonly Bug<StackNetwork>[] = [
  {
    id: 'icmp-before-checksum',
    row: 'M14',
    about: '__udp4_lib_rcv() answers a datagram without a socket before it verifies the checksum',
    breaks: [
      'port-unreachable is sent only for valid unicast datagrams that matched no socket',
      'a bad checksum is dropped as such: no delivery, no NoPorts, no ICMP',
    ],
    plant: (net) => answers(net, 'udp_no_port_unverified', 'badUnmatched'),
  },
  {
    id: 'icmp-to-broadcast',
    row: 'M41',
    about: 'icmp_send() does not look at the packet type, so a broadcast is answered',
    breaks: ['port-unreachable is sent only for valid unicast datagrams that matched no socket'],
    plant: (net) => answers(net, 'udp_no_port_broadcast', 'broadcast'),
  },
  {
    id: 'icmp-never',
    about: '__udp4_lib_rcv() counts NoPorts and forgets icmp_send()',
    breaks: ['every valid unicast datagram that matched no socket is answered by port-unreachable'],
    plant: (net) =>
      net.replaceStep('udp_no_port', (spec) => ({ ...spec, moves: spec.moves.filter((move) => !move.component.startsWith('icmp')) })),
  },
  {
    id: 'checksum-uncounted',
    about: 'a bad checksum is dropped without InCsumErrors',
    breaks: ['UdpInCsumErrors counts exactly the datagrams with a bad checksum'],
    plant: (net) =>
      net.replaceStep('udp_bad_checksum', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => move.component !== 'UdpInCsumErrors'),
      })),
  },
  {
    id: 'drop-forgotten',
    about: "a datagram for a closed port is neither freed nor counted: it is in nobody's hands",
    breaks: ['every packet is in exactly one place, or has ended once'],
    plant: (net) =>
      net.replaceStep('udp_no_port', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => move.component.startsWith('udp')),
      })),
  },
  {
    id: 'no-port-uncounted',
    about: 'a datagram without a socket is answered and not counted in NoPorts',
    breaks: ['UdpNoPorts counts exactly the datagrams without a socket'],
    plant: (net) =>
      net.replaceStep('udp_no_port', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'UdpNoPorts') })),
  },
  {
    id: 'icmp-uncounted',
    about: 'a port-unreachable is sent and not counted',
    breaks: ['IcmpOutDestUnreachs counts exactly the port-unreachables sent'],
    plant: (net) =>
      net.replaceStep('icmp_send', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'IcmpOutDestUnreachs') })),
  },
  {
    id: 'broadcast-uncounted',
    about: 'a broadcast without a listener is freed silently, as 3.10 did',
    breaks: ['UdpIgnoredMulti counts exactly the broadcasts without a listener'],
    scenario: { profile: '6.18' },
    plant: (net) =>
      net.replaceStep('udp_no_listener', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'UdpIgnoredMulti') })),
  },
];
