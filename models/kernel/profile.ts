/**
 * Profiles: the switches in which kernels differ. One profile per run; everything else is common.
 *
 * `article` is the path of the article this project started from, Linux 3.10: igb, `sk_receive_queue` only, the socket
 * lock taken in softirq. 6.1 is the last long-term kernel whose softirqs defer to ksoftirqd; 6.12 and 6.18 carry what the
 * recorded traces show.
 */
export const PROFILES = ['article', '6.1', '6.12', '6.18'] as const;

export type ProfileName = (typeof PROFILES)[number];

/** When is a receive buffer full? `charged` is sk_rmem_alloc, one datagram is `size`. */
export type RcvbufRule =
  /** 3.10 sock_queue_rcv_skb(): drop once charged >= rcvbuf. */
  | 'reached'
  /** 6.12 __udp_enqueue_schedule_skb(): drop if charged > rcvbuf and charged + size > rcvbuf. */
  | 'exceeded'
  /** 6.18 __udp_enqueue_schedule_skb(): drop if charged + size > rcvbuf, but an empty socket takes one. */
  | 'strict';

/** What does enqueue_to_backlog() do with a packet of a device for which netif_running() is false? */
export type RunningRule =
  /** 3.10: it is not asked (e9e4dd3267d0, 4.2). */
  | 'not asked'
  /** 6.1: asked first, and counted in softnet_data.dropped as well. */
  | 'asked first, counted'
  /** 6.12: asked after the limits. */
  | 'asked last'
  /** 6.18: asked first. */
  | 'asked first';

export interface Profile {
  /** igb_down() masks the vector before it disables NAPI; 3.10 does it after. */
  readonly masksFirst: boolean;
  /** NAPI_STATE_MISSED, since 4.11. */
  readonly missed: boolean;
  /** net_rx_action() walks sd->poll_list in place; later kernels splice it to a private list and keep a repoll list. */
  readonly pollInPlace: boolean;
  /** The end of an interrupt and local_bh_enable() leave softirqs to ksoftirqd while that is runnable, 4.9 (4cd13c21b207) to 6.4 (d15121be7485). */
  readonly defersToKsoftirqd: boolean;
  /** softnet_data.in_net_rx_action suppresses the raise while net_rx_action() runs, since 6.4. */
  readonly inNetRxAction: boolean;
  /** GRO_NORMAL frames wait in napi->rx_list until the poll completes, since 5.4; before, each went up at once. */
  readonly rxList: boolean;
  /** UDP input takes the socket lock and uses the socket backlog; later UDP has its own receive path without it. */
  readonly socketLock: boolean;
  /** Readers take from udp_sk()->reader_queue, refilled from sk_receive_queue in one splice, since 4.13. */
  readonly readerQueue: boolean;
  /** A datagram of at most 76 bytes has its checksum verified before the lookup, since 3.16. */
  readonly checksumFirst: boolean;
  /** enqueue_to_backlog() looks at the length before it takes the lock, too. */
  readonly looksUnlocked: boolean;
  readonly rcvbuf: RcvbufRule;
  readonly running: RunningRule;
}

const LATER = {
  masksFirst: true,
  missed: true,
  pollInPlace: false,
  defersToKsoftirqd: false,
  inNetRxAction: true,
  rxList: true,
  socketLock: false,
  readerQueue: true,
  checksumFirst: true,
  looksUnlocked: true,
} as const;

/** The switches of a profile. */
export const PROFILE: Readonly<Record<ProfileName, Profile>> = {
  article: {
    masksFirst: false,
    missed: false,
    pollInPlace: true,
    defersToKsoftirqd: false,
    inNetRxAction: false,
    rxList: false,
    socketLock: true,
    readerQueue: false,
    checksumFirst: false,
    looksUnlocked: false,
    rcvbuf: 'reached',
    running: 'not asked',
  },
  // Its second look at the charge, after the datagram was added, can only differ with several receiving CPUs.
  '6.1': {
    ...LATER,
    defersToKsoftirqd: true,
    inNetRxAction: false,
    looksUnlocked: false,
    rcvbuf: 'exceeded',
    running: 'asked first, counted',
  },
  '6.12': { ...LATER, rcvbuf: 'exceeded', running: 'asked last' },
  '6.18': { ...LATER, rcvbuf: 'strict', running: 'asked first' },
};
