/** Packets are numbers in order of arrival; what kind each is, the wire knows, and steps ask it. */
export type Packet = number;

export const KINDS = [
  /** Valid datagram for the bound port. */
  'matched',
  /** Valid unicast datagram for a port nobody is bound to. */
  'unmatched',
  /** Wrong UDP checksum, for the bound port. */
  'badMatched',
  /** The same, longer than the 76 bytes that later kernels verify before the lookup: CHECKSUM_BREAK. */
  'badLong',
  /** Wrong UDP checksum, for a port nobody is bound to. */
  'badUnmatched',
  /** Valid broadcast datagram that no socket listens for. */
  'broadcast',
  /** ICMP port-unreachable that quotes a datagram of our connected socket. */
  'icmpError',
] as const;

export type Kind = (typeof KINDS)[number];

/** Where a packet ends, as the operator can tell: delivered, or dropped; see terminals.ts for the counters and reasons of each. */
export const FATES = [
  'delivered',
  /** The NIC had no descriptor: rx_missed_errors. */
  'missed',
  /** No handler for the EtherType: rx_dropped, UNHANDLED_PROTO. */
  'unhandled',
  /** The same on a device whose rx_handler wants an exact match: rx_nohandler. */
  'nohandler',
  /** Its memory is from the reserves, and its protocol may not have it: rx_dropped. */
  'reserve',
  /** A generic XDP program did not let it pass: no counter. */
  'xdp',
  /** For another host's MAC address. */
  'otherhost',
  /** Its IP header is too short, of another version, or longer than the packet. */
  'ipHeader',
  'ipChecksum',
  /** Shorter than its total length. */
  'truncated',
  /** No memory for a copy of a shared buffer. */
  'discarded',
  /** A netfilter hook said DROP, or wanted to queue it for nobody. */
  'netfilter',
  /** A hook took it. */
  'stolen',
  /** A source or destination that cannot be. */
  'martian',
  'rpFilter',
  /** Not for this host, which does not forward. */
  'notLocal',
  /** A router that has no route, or one that says unreachable, prohibit or blackhole. */
  'noRoute',
  'unreachableRoute',
  /** Unicast IP in a link-layer multicast. */
  'l2Multicast',
  'ipOption',
  /** A fragment that another one has come for already, or that overlaps. */
  'fragDuplicate',
  'fragOverlap',
  /** Its queue was given up for an overlap. */
  'fragKilled',
  /** A fragment whose others did not come. */
  'fragTimeout',
  /** A fragment that went up as a part of another packet. */
  'reassembled',
  /** Raw sockets took it, and no handler is there. */
  'rawOnly',
  'udpHeader',
  'udpLength',
  'socketFilter',
  'protoMem',
  'policy',
  /** TCP, as rows only: taken by a socket; for another host; bad header or checksum; no socket, with or without RST. */
  'tcpTaken',
  'tcpOther',
  'tcpHeader',
  'tcpChecksum',
  'tcpReset',
  'tcpSilent',
  /** No handler for the protocol: IpInUnknownProtos; with protocol-unreachable, or without. */
  'noProto',
  'protoUnreachable',
  /** netdev_max_backlog: softnet_stat column 2. */
  'backlogFull',
  /** The backlog was half full, and most of it of one flow: softnet_stat columns 2 and 11. */
  'flowLimited',
  /** netif_running() was false at the backlog: rx_dropped; 6.1 counts it in softnet_stat column 2, too. */
  'notRunning',
  /** The device was unregistered while the packet was in a backlog: no counter. */
  'flushed',
  /** UdpNoPorts, no ICMP (yet). */
  'noPort',
  /** UdpNoPorts, and an ICMP port-unreachable was sent. */
  'unreachable',
  /** UdpIgnoredMulti. */
  'ignored',
  /** UdpInCsumErrors and UdpInErrors. */
  'checksum',
  /** The same, found by the reader. */
  'checksumAtCopy',
  /** EFAULT: read, and lost. */
  'fault',
  /** In the queue of a socket that was destroyed. */
  'purged',
  /** UdpRcvbufErrors and UdpInErrors. */
  'rcvbufFull',
  /** 3.10, sk_rcvqueues_full(): UdpInErrors and the socket's drops, but not UdpRcvbufErrors. */
  'queuesFull',
  /** An ICMP error handed to its socket: IcmpInDestUnreachs. */
  'icmpIn',
] as const;

export type Fate = (typeof FATES)[number];

/** The numbers 0 to `count` - 1. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
