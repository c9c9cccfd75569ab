/** Bugs planted in IP and UDP input. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { inputSlice } from '../networks/input.ts';
import { counts, type InputCounter, INPUT_COUNTERS } from '../networks/inputParts.ts';

type InputNetwork = ReturnType<typeof inputSlice.build>;

/** Steps that count, and one counter that each leaves out: every counter of the ledger is missed by one. */
const FORGOTTEN: Readonly<Partial<Record<InputCounter, string>>> = {
  IpInHdrErrors: 'refuse_ipChecksum',
  IpExtInCsumErrors: 'refuse_ipChecksum',
  IpExtInTruncatedPkts: 'refuse_truncated',
  IpInDiscards: 'refuse_discarded',
  IpInAddrErrors: 'no_route_notLocal',
  IpExtIPReversePathFilter: 'no_route_rpFilter',
  IpExtInNoRoutes: 'no_route_noRoute',
  IpReasmFails: 'fragment_timeout',
  IpReasmTimeout: 'fragment_timeout',
  IpInUnknownProtos: 'proto_forbidden',
  IpInDelivers: 'raw_only',
  UdpNoPorts: 'icmp_forbidden',
  UdpInErrors: 'udp_bad_checksum',
  UdpInCsumErrors: 'udp_bad_checksum',
  UdpRcvbufErrors: 'udp_refuse_rcvbufFull',
  UdpMemErrors: 'udp_refuse_protoMem',
  UdpIgnoredMulti: 'udp_no_listener',
  IcmpOutDestUnreachs: 'icmp_sent',
  TcpInSegs: 'tcp_taken',
  TcpInErrs: 'tcp_header',
  TcpInCsumErrors: 'tcp_checksum',
  TcpOutRsts: 'tcp_reset',
};

const forgotten = (group: RegExp): Bug<InputNetwork>[] =>
  Object.entries(FORGOTTEN)
    .filter(([name]) => group.test(name))
    .map(
      ([name, step]): Bug<InputNetwork> => ({
        id: `forgets-${name}`,
        about: `${step} does not count ${name}`,
        breaks: [`${name} moves exactly where the ledger of ends says so`],
        plant: (net) => {
          const component = `counter.${INPUT_COUNTERS.findIndex((one) => one === name)}`;
          return net.replaceStep(step, (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== component) }));
        },
      }),
    );

export const IP_INPUT_BUGS: readonly Bug<InputNetwork>[] = [
  ...forgotten(/^Ip/),
  {
    id: 'counted-before-look',
    row: 'M06',
    about: 'ip_rcv_core() counts InReceives before it looks whom the packet is for',
    breaks: ['a packet for another host is not counted as received'],
    plant: (net) => net.replaceStep('refuse_otherhost', (spec, n) => ({ ...spec, moves: [...spec.moves, ...counts(n, 'IpInReceives')] })),
  },
  {
    id: 'queue-fails-open',
    row: 'M08',
    about: 'a packet that is queued for nobody goes on, although BYPASS is not set',
    breaks: ['a packet that is queued for nobody does not go on'],
    plant: (net) => net.replaceStep('hook_queue_nobody', (spec, n) => ({ ...spec, moves: [n.ip.on({ type: 'ACCEPT' })] })),
  },
  {
    id: 'handler-before-raw',
    row: 'M10',
    about: 'the handler is called before raw sockets have their copy',
    breaks: ['raw sockets are asked before the handler'],
    plant: (net) => net.replaceMachine('ip', (machine) => machine.provide({ guards: { handlerFirst: () => true } })),
  },
  {
    id: 'raw-match-ignored',
    row: 'M11',
    about: 'protocol-unreachable is sent although a raw socket has taken the packet',
    breaks: ['protocol-unreachable is for packets that no raw socket matched'],
    plant: (net) =>
      net.replaceStep('no_proto', (spec) => ({
        ...spec,
        when: (spec.when ?? []).filter(({ label }) => label !== 'was for no raw socket'),
      })),
  },
  {
    id: 'fragment-goes-on',
    row: 'M12',
    about: 'a fragment that is kept goes on as well',
    breaks: ['a packet is in input, or with one keeper, or has ended once'],
    plant: (net) =>
      net.replaceStep('fragment_held', (spec, n) => ({
        ...spec,
        moves: spec.moves.map((move) => (move.component === 'ip' ? n.ip.on({ type: 'WHOLE' }) : move)),
      })),
  },
  {
    id: 'broadcast-protocol-answered',
    about: 'icmp_send() does not look whether a packet of an unknown protocol was a broadcast',
    breaks: ['a broadcast is not answered'],
    scenario: { part: 'both' },
    plant: (net) =>
      net.replaceStep('proto_allowed', (spec) => ({
        ...spec,
        when: (spec.when ?? []).filter(({ label }) => label !== 'has a unicast route'),
      })),
  },
  {
    id: 'stuck-at-options',
    about: 'ip_rcv_options() finds no options and does not return',
    breaks: ['a packet that came in goes to its end, or is kept'],
    plant: (net) =>
      ['options', 'bad_option', 'unicast_in_l2_multicast'].reduce((changed, name) => changed.replaceStep(name, () => undefined), net),
  },
];

export const UDP_INPUT_BUGS: readonly Bug<InputNetwork>[] = [
  ...forgotten(/^(Udp|Icmp)/),
  {
    id: 'broadcast-answered',
    about: 'the route of a datagram is not looked at before it is answered',
    breaks: ['a broadcast is not answered'],
    plant: (net) => net.replaceStep('udp_nobody_from_host', (spec) => ({ ...spec, when: [] })),
  },
  {
    id: 'credit-taken-by-look',
    row: 'M43',
    about: 'icmp_global_allow() takes its credit at once: what the peer is refused after that is charged to all',
    breaks: ['a credit of the global bucket is taken for what is sent, and for nothing else'],
    plant: (net) =>
      net.replaceMachine('udp', (machine) =>
        machine.provide({
          actions: {
            look: assign(({ context: c }) => ({ global: c.global - 1 })),
            spend: assign(({ context: c }) => ({ peer: c.peer - 1 })),
          },
        }),
      ),
  },
  {
    id: 'route-back-not-looked-at',
    about: 'the route back is not looked at: an error goes to the broadcast address of a subnet',
    breaks: ['no ICMP error goes to a broadcast address'],
    scenario: { rule10b: 'on' },
    plant: (net) => net.replaceMachine('udp', (machine) => machine.provide({ guards: { maySend: ({ context: c }) => c.peer > 0 } })),
  },
  {
    id: 'refused-uncounted',
    about: 'a datagram for which there is no memory is dropped, and no counter moves',
    breaks: ['a packet that is dropped moves some counter', 'UdpMemErrors moves exactly where the ledger of ends says so'],
    plant: (net) =>
      net.replaceStep('udp_refuse_protoMem', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => !move.component.startsWith('counter')),
      })),
  },
];

export const TCP_INPUT_BUGS: readonly Bug<InputNetwork>[] = forgotten(/^Tcp/);
