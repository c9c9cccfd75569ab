/**
 * Kernel functions by name, as typed data: a transition cites what it stands for, and a misspelt name does not compile.
 *
 * Names only, gathered from Linux 3.10 (profile `article`), 6.1, 6.12 and 6.18; where a function exists in some of them
 * only, the transition that cites it belongs to those profiles.
 */
export const SYMBOLS = [
  // boot, probe, open, close
  'spawn_ksoftirqd', 'net_dev_init', 'open_softirq', 'inet_init', 'inet_add_protocol', 'udp_init', 'icmp_init', 'dev_add_pack',
  'igb_probe', 'netif_napi_add', 'register_netdev', '__dev_open', 'igb_open', 'igb_configure', 'igb_request_irq', 'napi_enable',
  'igb_irq_enable', 'igb_close', 'igb_down', 'igb_irq_disable', 'napi_disable', 'igb_clean_all_rx_rings', 'free_irq',
  // NIC, interrupt, context stack
  'igb_alloc_rx_buffers', 'igb_clean_rx_irq', 'igb_poll', 'igb_msix_ring', 'igb_ring_irq_enable', 'igb_watchdog_task',
  'handle_edge_irq', 'handle_irq_event', 'irq_enter', 'irq_exit', 'invoke_softirq',
  'call_function_single_interrupt', 'generic_smp_call_function_single_interrupt',
  // softirq
  '__raise_softirq_irqoff', 'raise_softirq_irqoff', '__do_softirq', 'wakeup_softirqd', 'run_ksoftirqd', 'smpboot_thread_fn',
  'local_bh_disable', 'local_bh_enable', 'do_softirq',
  // NAPI, backlog, GRO, dispatch
  'napi_schedule_prep', '__napi_schedule', '____napi_schedule', 'napi_complete', '__napi_complete', 'napi_complete_done', 'net_rx_action',
  '__napi_poll', 'netif_rx', 'enqueue_to_backlog', 'process_backlog', 'rps_trigger_softirq', 'net_rps_action_and_irq_enable', 'get_rps_cpu',
  'napi_gro_receive', 'gro_normal_list', 'netif_receive_skb', '__netif_receive_skb_core', 'veth_xmit',
  // IP, UDP, ICMP
  'ip_rcv', 'ip_rcv_finish', 'ip_local_deliver', 'ip_local_deliver_finish', 'udp_rcv', '__udp4_lib_rcv', '__udp4_lib_lookup', '__udp4_lib_mcast_deliver',
  'udp_queue_rcv_skb', '__udp_queue_rcv_skb', 'udp_lib_checksum_complete', 'udp4_csum_init', 'icmp_send', 'icmpv4_xrlim_allow', 'icmp_push_reply', 'icmp_rcv', 'icmp_unreach',
  '__udp4_lib_err',
  // socket, wait queue, recvfrom
  'bh_lock_sock', 'bh_unlock_sock', 'sk_add_backlog', 'sock_queue_rcv_skb', '__udp_enqueue_schedule_skb', 'sk_rcvqueues_full', 'sock_def_readable',
  'sock_def_error_report', 'wq_has_sleeper', '__wake_up_sync_key', '__wake_up_common', 'receiver_wake_function', 'autoremove_wake_function', 'try_to_wake_up',
  'prepare_to_wait_exclusive', 'finish_wait', 'schedule', 'schedule_timeout', 'process_timeout', 'sys_recvfrom', 'udp_recvmsg', '__skb_recv_datagram',
  '__skb_recv_udp', '__skb_wait_for_more_packets', 'wait_for_more_packets', 'sock_error', 'skb_copy_datagram_iovec', 'skb_copy_and_csum_datagram_iovec',
  'skb_free_datagram_locked', 'skb_consume_udp', 'udp_rmem_release', 'sock_rfree', 'lock_sock', 'release_sock', '__release_sock',
] as const;

export type KernelSymbol = (typeof SYMBOLS)[number];

/** The `meta` of a transition: the kernel functions it stands for, in call order. */
export interface Cite {
  readonly cites: readonly KernelSymbol[];
}

/** Cites kernel functions, in call order. */
export function cite(...cites: readonly KernelSymbol[]): Cite {
  return { cites };
}
