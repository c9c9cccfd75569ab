/**
 * The ends of packets, as data: for each, every counter that moves, the reason that skb:kfree_skb gives, and what an operator can
 * set. Models count by it, properties compare with it, and reports show it.
 *
 * Source: upper-half notes, section 2 (T1 to T31) and lower-half notes, sections 3.5, 7.1 and 8.3.
 */
import type { Fate } from './packet.ts';

export interface Terminal {
  /** The row of the notes, where there is one. */
  readonly row: string;
  readonly what: string;
  /** Every counter that moves as the packet ends, in the words of the operator. */
  readonly counters: readonly string[];
  /** The reason of skb:kfree_skb in 6.1, and from 6.18 on where that is another one. */
  readonly reason: string;
  readonly later?: string;
  /** The sysctl or socket option that decides. */
  readonly governedBy?: string;
}

const end = (
  row: string,
  what: string,
  counters: readonly string[],
  reason: string,
  more: Pick<Terminal, 'later' | 'governedBy'> = {},
): Terminal => ({
  row,
  what,
  counters,
  reason,
  ...more,
});

const CONSUMED = 'consumed';
const NONE = 'NOT_SPECIFIED';

export const TERMINALS: Readonly<Record<Fate, Terminal>> = {
  delivered: end('T1', 'copied to the user', ['IpInDelivers', 'UdpInDatagrams'], CONSUMED),
  missed: end('T1.3', 'the NIC had no descriptor', ['rx_missed_errors'], 'never an skb', { governedBy: 'ethtool -G' }),
  unhandled: end('T3', 'no handler for the EtherType', ['rx_dropped'], 'UNHANDLED_PROTO'),
  nohandler: end('T6.13', 'no exact handler on an inactive slave', ['rx_nohandler'], 'UNHANDLED_PROTO'),
  reserve: end('T6.14', 'memory from the reserves, for a protocol that may not have it', ['rx_dropped'], 'UNHANDLED_PROTO', {
    later: 'PFMEMALLOC',
  }),
  xdp: end('T6.6', 'a generic XDP program', [], 'XDP'),
  backlogFull: end('T5.5', 'the backlog is full', ['softnet_dropped', 'rx_dropped'], 'CPU_BACKLOG', {
    governedBy: 'net.core.netdev_max_backlog',
  }),
  flowLimited: end('T5.5', 'one flow has most of the backlog', ['softnet_dropped', 'flow_limit_count', 'rx_dropped'], 'CPU_BACKLOG', {
    governedBy: 'net.core.flow_limit_cpu_bitmap',
  }),
  // 6.1 counts it in softnet_dropped as well.
  notRunning: end('T5.5', 'the device is not running', ['rx_dropped'], NONE, { later: 'DEV_READY' }),
  flushed: end('T5.12', 'the device was unregistered', [], NONE),
  otherhost: end('T2', 'not for our MAC address', [], 'OTHERHOST'),
  ipHeader: end('T4', 'bad IP header, version or length', ['IpInHdrErrors'], 'IP_INHDR'),
  ipChecksum: end('T5', 'bad IP checksum', ['IpExtInCsumErrors', 'IpInHdrErrors'], 'IP_CSUM'),
  truncated: end('T6', 'shorter than its total length', ['IpExtInTruncatedPkts'], 'PKT_TOO_SMALL'),
  discarded: end('T7', 'no memory for a copy', ['IpInDiscards'], NONE, { later: 'NOMEM' }),
  netfilter: end('T8', 'a netfilter verdict', [], 'NETFILTER_DROP', { governedBy: 'nft' }),
  stolen: end('T8', 'a netfilter hook took it', [], CONSUMED, { governedBy: 'nft' }),
  martian: end('T9', 'invalid source or destination', [], NONE, {
    later: 'IP_INVALID_SOURCE',
    governedBy: 'net.ipv4.conf.*.route_localnet',
  }),
  rpFilter: end('T10', 'reverse-path filter', ['IpExtIPReversePathFilter'], 'IP_RPFILTER', { governedBy: 'net.ipv4.conf.*.rp_filter' }),
  notLocal: end('T11', 'not for us, and forwarding is off', ['IpInAddrErrors'], 'IP_INADDRERRORS', { governedBy: 'net.ipv4.ip_forward' }),
  noRoute: end('T12', 'a router without a route', ['IpExtInNoRoutes'], 'IP_INNOROUTES', { governedBy: 'ip route' }),
  unreachableRoute: end('T13', 'a route that says unreachable, prohibit or blackhole', [], NONE, { governedBy: 'ip route' }),
  l2Multicast: end('T14', 'unicast IP in link-layer multicast', [], 'UNICAST_IN_L2_MULTICAST', {
    governedBy: 'net.ipv4.conf.*.drop_unicast_in_l2_multicast',
  }),
  ipOption: end('T15', 'bad IP option', ['IpInHdrErrors'], NONE, { later: 'IP_INHDR' }),
  fragDuplicate: end('T16', 'a fragment that is there already', [], NONE, { later: 'DUP_FRAG' }),
  fragOverlap: end('T16', 'a fragment that overlaps', ['IpReasmFails'], NONE),
  fragKilled: end('T16', 'one that was kept when another overlapped', [], NONE),
  fragTimeout: end('T16', 'the other fragments did not come', ['IpReasmFails', 'IpReasmTimeout'], 'FRAG_REASM_TIMEOUT', {
    governedBy: 'net.ipv4.ipfrag_time',
  }),
  reassembled: end('T16', 'a part of another packet', [], CONSUMED),
  tcpTaken: end('7 (b2)', 'a segment for a socket', ['IpInDelivers', 'TcpInSegs'], CONSUMED),
  tcpOther: end('7 (b2)', 'a segment that was not for our MAC address', ['IpInDelivers'], NONE),
  tcpHeader: end('7 (b2)', 'bad TCP header', ['IpInDelivers', 'TcpInSegs', 'TcpInErrs'], 'PKT_TOO_SMALL'),
  tcpChecksum: end('7 (b2)', 'bad TCP checksum', ['IpInDelivers', 'TcpInSegs', 'TcpInCsumErrors', 'TcpInErrs'], 'TCP_CSUM'),
  tcpReset: end('7 (b2)', 'a segment without a socket: RST', ['IpInDelivers', 'TcpInSegs', 'TcpOutRsts'], 'NO_SOCKET'),
  tcpSilent: end('7 (b2)', 'a RST without a socket', ['IpInDelivers', 'TcpInSegs'], 'NO_SOCKET'),
  noProto: end('T17', 'unknown protocol, no raw socket, and no ICMP', ['IpInUnknownProtos'], 'IP_NOPROTO', {
    governedBy: 'net.ipv4.icmp_ratelimit, icmp_msgs_per_sec',
  }),
  protoUnreachable: end('T17', 'unknown protocol, protocol-unreachable sent', ['IpInUnknownProtos', 'IcmpOutDestUnreachs'], 'IP_NOPROTO'),
  rawOnly: end('T18', 'raw sockets only', ['IpInDelivers'], CONSUMED),
  udpHeader: end('T19', 'no whole UDP header', ['IpInDelivers', 'UdpInErrors'], NONE),
  udpLength: end('T20', 'bad UDP length', ['IpInDelivers', 'UdpInErrors'], 'PKT_TOO_SMALL'),
  checksum: end('T21', 'bad UDP checksum', ['IpInDelivers', 'UdpInCsumErrors', 'UdpInErrors'], 'UDP_CSUM', {
    governedBy: 'SO_NO_CHECK of the sender',
  }),
  checksumAtCopy: end('T22', 'bad UDP checksum, found by the reader', ['IpInDelivers', 'UdpInCsumErrors', 'UdpInErrors'], NONE, {
    later: 'UDP_CSUM',
    governedBy: 'SO_NO_CHECK of the sender',
  }),
  fault: end('T28', 'read, and the copy has met EFAULT', ['IpInDelivers', 'UdpInErrors'], NONE),
  purged: end('T29', 'in a socket that was destroyed', ['IpInDelivers'], NONE, { governedBy: 'close()' }),
  noPort: end('T23', 'no socket, and no ICMP', ['IpInDelivers', 'UdpNoPorts'], 'NO_SOCKET', {
    governedBy: 'net.ipv4.icmp_ratelimit, icmp_msgs_per_sec',
  }),
  unreachable: end('T23', 'no socket, port-unreachable sent', ['IpInDelivers', 'UdpNoPorts', 'IcmpOutDestUnreachs'], 'NO_SOCKET'),
  ignored: end('T24', 'multicast or broadcast, no listener', ['IpInDelivers', 'UdpIgnoredMulti'], NONE),
  socketFilter: end('T25', 'a socket filter', ['IpInDelivers', 'UdpInErrors'], 'SOCKET_FILTER', { governedBy: 'SO_ATTACH_FILTER' }),
  rcvbufFull: end('T26', 'the receive buffer is full', ['IpInDelivers', 'UdpRcvbufErrors', 'UdpInErrors'], 'SOCKET_RCVBUFF', {
    governedBy: 'SO_RCVBUF',
  }),
  queuesFull: end('T26', '3.10: sk_rcvqueues_full()', ['IpInDelivers', 'UdpInErrors'], NONE, { governedBy: 'SO_RCVBUF' }),
  protoMem: end('T27', 'no memory left for UDP', ['IpInDelivers', 'UdpMemErrors', 'UdpInErrors'], 'PROTO_MEM', {
    governedBy: 'net.ipv4.udp_mem',
  }),
  policy: end('T30', 'an xfrm policy', ['IpInDelivers', 'UdpInErrors'], 'XFRM_POLICY', { governedBy: 'ip xfrm policy' }),
  icmpIn: end('7 (b2)', 'an ICMP error for a socket', ['IcmpInDestUnreachs'], CONSUMED),
};
