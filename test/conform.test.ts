/** Recorded traces of real kernels against the model: those accepted, and what is made of them by one wrong line. */
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { conform } from '../properties/traces/conform.ts';
import { conformText } from '../properties/traces/text.ts';
import { check, type Edit, edited, folder, linesOf, pathOf, recounted } from './fixtures/traces/edit.ts';

afterAll(() => rmSync(folder, { recursive: true }));

describe('a recorded trace', () => {
  test.each([
    ['igb-s01_blocking_one', '6.12', 1, ['watchdog(kick=0)', 'complete_missed(cpu=0)'], { UdpInDatagrams: 1 }],
    ['local-s01_blocking_one', '6.18', 1, ['wake(by=0, reader=0, passed=)'], { UdpInDatagrams: 1 }],
    ['local-s03_queued_before_recv', '6.18', 3, ['no_sleeper(by=0, after=data)'], { UdpInDatagrams: 3 }],
    [
      'local-s04a_icmp_unreach_connected',
      '6.18',
      2,
      ['icmp_send(cpu=0, pkt=0)'],
      { UdpNoPorts: 1, IcmpOutDestUnreachs: 1, IcmpInDestUnreachs: 1 },
    ],
    ['local-s05b_rcvbuf_min', '6.18', 6, ['rcvbuf_full(by=0, pkt=5)'], { UdpInDatagrams: 2, UdpRcvbufErrors: 4, UdpInErrors: 4 }],
    ['local-s09b_dontwait', '6.18', 0, ['again(reader=0)'], {}],
    // Ended by a signal, entered again by the program, and then a datagram.
    ['local-s10a_signal_eintr', '6.18', 1, ['signal(reader=0, signal=0)', 'wait_signal(reader=0)'], { UdpInDatagrams: 1 }],
    ['local-s06b_bad_udp_csum_bound_long', '6.18', 1, ['copy_bad_checksum(reader=0, pkt=0)'], { UdpInErrors: 1, UdpInCsumErrors: 1 }],
    [
      'local-s04c_icmp_unreach_unconnected',
      '6.18',
      2,
      ['ip_icmp_unheard(cpu=0, pkt=1)'],
      { UdpNoPorts: 1, IcmpOutDestUnreachs: 1, IcmpInDestUnreachs: 1 },
    ],
    ['local-s11c_rps_burst5', '6.18', 5, ['send_ipi(cpu=0, target=1)', 'ipi_enter(cpu=1, inAction=false)'], { UdpInDatagrams: 5 }],
  ])('%s is accepted, with the counters of the kernel', (name, profile, packets, steps, counters) => {
    const result = conform(pathOf(name));
    if (result.kind !== 'accepted') throw new Error(conformText(result));
    expect(result.subject.scenario).toContain(`profile=${profile} packets=${packets} `);
    expect(result.run.map(({ step }) => step.label)).toEqual(expect.arrayContaining(steps));
    const moved = result.counters.filter(({ value }) => value > 0);
    expect(Object.fromEntries(moved.map(({ name: counter, value }) => [counter, value]))).toEqual(counters);
    expect(moved.every(({ operator }) => operator !== undefined)).toBe(true);
  });

  test('is told as text: stages, what was inferred, counters, what was left out', () => {
    const text = conformText(conform(pathOf('igb-s01_blocking_one')), { run: true });
    expect(text).toContain('CPU 1 of the trace is CPU 0 of the model');
    expect(text).toContain('environment: watchdog(kick=0), inferred: an interrupt that no frame explains');
    expect(text).toMatch(/UdpInDatagrams +1 {2}the same as B.Udp.InDatagrams in meta.json/);
    expect(text).toMatch(/line 107 +irq_enter\(cpu=0\)/);
    expect(text).toMatch(/of other NAPI instances/);
  });
});

/** By fixture: what is done to which line, how many lines later it must be noticed at most, and in which words. */
const WRONG: readonly (readonly [name: string, edit: Edit, pattern: RegExp, within: number, why: RegExp])[] = [
  ['local-s01_blocking_one', 'delete', /softirq_raise/, 0, /can show netif_rx\(/],
  ['local-s01_blocking_one', 'delete', /softirq_entry/, 1, /can show netif_receive_skb/],
  ['local-s01_blocking_one', 'delete', /netif_receive_skb/, 2, /can show sk_data_ready/],
  ['local-s01_blocking_one', 'delete', /sk_data_ready/, 0, /can show sched_waking/],
  ['local-s01_blocking_one', 'delete', /s4\. .*sched_waking/, 2, /nobody has woken it/],
  ['local-s01_blocking_one', 'delete', /tn_rx-.*prev_comm=tn_rx .*prev_state=S/, 26, /is switched in, and runs/],
  ['local-s01_blocking_one', 'delete', /napi_poll/, 0, /can show softirq_exit/],
  ['local-s01_blocking_one', 'delete', /softirq_exit/, 0, /the softirq of line 32 has not ended/],
  ['local-s01_blocking_one', 'delete', /sys_recvfrom ->/, 2, /can show sched_switch_out/],
  ['local-s01_blocking_one', 'duplicate', /netif_rx:/, 1, /can show netif_rx_scheduled\(cpu=0, pkt=1\)/],
  ['local-s01_blocking_one', 'duplicate', /netif_receive_skb/, 1, /can show netif_receive_skb/],
  ['local-s01_blocking_one', 'duplicate', /sys_recvfrom\(/, 1, /can show sys_enter_recvfrom/],
  ['local-s01_blocking_one', 'duplicate', /s4\. .*sched_waking/, 1, /can show sched_waking/],
  ['local-s01_blocking_one', 'swap', /sk_data_ready/, 1, /can show sched_waking/],
  ['local-s01_blocking_one', 'swap', /napi_poll/, 1, /can show softirq_exit/],
  ['local-s01_blocking_one', 'swap', /sock_recv_length/, 1, /its sock_recv_length was not seen/],
  ['local-s03_queued_before_recv', 'delete', /sys_recvfrom ->/, 1, /can show sys_enter_recvfrom/],
  ['local-s03_queued_before_recv', 'delete', /sk_data_ready/, 1, /can show napi_poll/],
  ['local-s03_queued_before_recv', 'duplicate', /napi_poll/, 1, /can show napi_poll/],
  ['local-s03_queued_before_recv', 'swap', /softirq_entry/, 1, /can show netif_receive_skb/],
  ['local-s04a_icmp_unreach_connected', 'delete', /kfree_skb/, 1, /line 33 must be followed by kfree_skb NO_SOCKET/],
  // A socket that is not connected would not have heard, and recvfrom() not have returned it.
  ['local-s04a_icmp_unreach_connected', 'delete', /inet_sk_error_report/, 7, /result=ECONNREFUSED/],
  ['local-s04a_icmp_unreach_connected', 'duplicate', /icmp_send/, 1, /can show icmp_send/],
  ['local-s04a_icmp_unreach_connected', 'duplicate', /sys_recvfrom ->/, 1, /result=ECONNREFUSED/],
  ['local-s04a_icmp_unreach_connected', 'swap', /napi_poll/, 1, /can show softirq_exit/],
  ['local-s05b_rcvbuf_min', 'delete', /kfree_skb/, 1, /can show napi_poll/],
  ['local-s05b_rcvbuf_min', 'delete', /udp_fail_queue_rcv_skb/, 1, /no udp_fail_queue_rcv_skb came before/],
  ['local-s05b_rcvbuf_min', 'duplicate', /kfree_skb/, 1, /SOCKET_RCVBUFF/],
  ['local-s05b_rcvbuf_min', 'swap', /udp_fail_queue_rcv_skb/, 1, /no udp_fail_queue_rcv_skb came before|SOCKET_RCVBUFF/],
  ['local-s09b_dontwait', 'delete', /sys_recvfrom\(/, 1, /outside recvfrom/],
  ['local-s09b_dontwait', 'duplicate', /sys_recvfrom ->/, 1, /result=EAGAIN/],
  ['local-s09b_dontwait', 'swap', /sys_recvfrom ->/, 1, /can show sys_enter_recvfrom/],
  ['local-s10a_signal_eintr', 'delete', /153455: sched_waking/, 0, /nobody has woken it/],
  ['local-s10a_signal_eintr', 'delete', /sys_recvfrom -> 0xfffffffffffffe00/, 1, /can show sys_enter_recvfrom/],
  ['local-s10a_signal_eintr', 'duplicate', /sys_recvfrom -> 0xfffffffffffffe00/, 1, /result=EINTR/],
  ['local-s06b_bad_udp_csum_bound_long', 'delete', /kfree_skb/, 0, /can show sched_switch_out/],
  ['local-s06b_bad_udp_csum_bound_long', 'duplicate', /kfree_skb/, 1, /reason=UDP_CSUM/],
  ['local-s04c_icmp_unreach_unconnected', 'delete', /icmp_rcv/, 1, /can show napi_poll/],
  ['local-s04c_icmp_unreach_unconnected', 'swap', /icmp_rcv/, 1, /can show napi_poll|consume_skb/],
  ['local-s11c_rps_burst5', 'delete', /csd_queue_cpu/, 22, /can show/],
  ['local-s11c_rps_burst5', 'delete', /csd_function_entry/, 8, /can show softirq_entry/],
  ['local-s11c_rps_burst5', 'duplicate', /csd_queue_cpu/, 1, /can show csd_queue_cpu/],
  ['igb-s01_blocking_one', 'delete', /irq_handler_entry: irq=38/, 16, /__napi_schedule|can show napi_schedule_prep_ret/],
  ['igb-s01_blocking_one', 'delete', /\[001\] d\.h1\..*softirq_raise/, 1, /can show __napi_schedule\(cpu=0, raised=false\)/],
  ['igb-s01_blocking_one', 'delete', /\[001\].*softirq_entry/, 5, /net_rx_action|can show igb_poll/],
  ['igb-s01_blocking_one', 'delete', /\[001\].*napi_complete_done_ret.*ret=0/, 2, /napi_complete_done\(\)|can show napi_poll/],
  ['igb-s01_blocking_one', 'delete', /napi_gro_receive_entry/, 31, /true in no state/],
  ['igb-s01_blocking_one', 'delete', /sk_data_ready/, 3, /true in no state|can show sched_waking/],
  ['igb-s01_blocking_one', 'duplicate', /\[001\].*napi_poll: .*work 1/, 1, /can show napi_poll/],
  ['igb-s01_blocking_one', 'duplicate', /netif_receive_skb: /, 1, /handed to the stack before/],
  [
    'igb-s01_blocking_one',
    'swap',
    /\[001\].*napi_complete_done_ret.*ret=0/,
    1,
    /igb_poll\(\) is left inside napi_complete_done\(\)|left inside/,
  ],
];

describe('one wrong line is noticed', () => {
  test.each(WRONG)('%s: %s %s', (name, edit, pattern, within, why) => {
    const { at, lines } = edited(linesOf(name), edit, pattern);
    for (const written of [recounted(lines), lines]) {
      const result = check(name, written);
      if (result.kind !== 'rejected') throw new Error(conformText(result));
      expect(result.why).toMatch(why);
      expect(result.line).toBeGreaterThanOrEqual(at - 1);
      expect(result.line).toBeLessThanOrEqual(at + within);
      expect(conformText(result)).toContain(`Line ${result.line}:`);
    }
  });

  test('and said with what is false, and what the model could have shown', () => {
    const name = 'local-s01_blocking_one';
    const result = check(name, edited(linesOf(name), 'delete', /softirq_raise/).lines);
    if (result.kind !== 'rejected') throw new Error(result.kind);
    expect(result.blockers).toContainEqual({ what: 'softnet.0 is in net_rx_action()', values: 'idle, inAction = false' });
    expect(result.instead).toContain('netif_rx_scheduled(cpu=0, pkt=0)');
    expect(result.run.at(-1)?.step.label).toBe('schedule(reader=0, woken=false)');
  });

  test('where a number is wrong: more packets in a poll than arrived', () => {
    const lines = linesOf('local-s01_blocking_one').map((line) => line.replace('work 1 budget', 'work 2 budget'));
    expect(check('local-s01_blocking_one', lines)).toMatchObject({ kind: 'rejected', line: 39 });
  });

  test('where an IPI raises nothing, and the CPU serves no softirq', () => {
    const lines = linesOf('local-s11c_rps_burst5').filter((line) => !/ d\.h\.\. .*softirq_raise/.test(line));
    expect(check('local-s11c_rps_burst5', lines)).toMatchObject({ kind: 'rejected', line: 72 });
  });

  test('where the kernel is another: 6.12 would have queued a third datagram', () => {
    expect(conform(pathOf('local-s05b_rcvbuf_min'), { profile: '6.12' })).toMatchObject({ kind: 'rejected', line: 91 });
  });
});
