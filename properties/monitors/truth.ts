/** What a trace says in figures, against what meta.json says: calls of each program, and how the counters moved. */
import type { Fate } from '../../models/kernel/packet.ts';
import { TERMINALS } from '../../models/kernel/terminals.ts';
import type { Meta } from '../traces/recording.ts';
import { count, type Figures } from './figures.ts';

/** One figure: what the lines give, and what was counted. */
export interface Compared {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly told: number;
}

export const agrees = ({ least, most, told }: Compared): boolean => least <= told && told <= most;

/** What must have been recorded for a figure to mean anything. */
const NEEDS = {
  calls: ['enter sys_recvfrom', 'exit sys_recvfrom'],
  ends: ['event kfree_skb', 'event netif_receive_skb'],
  stack: ['event netif_receive_skb'],
  failed: ['event udp_fail_queue_rcv_skb'],
  icmp: ['event icmp_send', 'event netif_receive_skb'],
  backlog: ['event netif_rx_exit'],
  passes: ['event napi_poll', 'event softirq_exit', 'event softirq_raise'],
} as const;

/** Fates whose counter in the ledger of ends is `counter`. */
const fatesOf = (counter: string): Fate[] =>
  (Object.keys(TERMINALS) as Fate[]).filter((fate) => fate !== 'icmpIn' && TERMINALS[fate].counters.includes(counter));

/** Counters of the receiver that the ends of packets move: their names in meta.json and in the ledger. */
const BY_END = {
  'Ip.InHdrErrors': 'IpInHdrErrors',
  'IpExt.InCsumErrors': 'IpExtInCsumErrors',
  'IpExt.InTruncatedPkts': 'IpExtInTruncatedPkts',
  'Ip.InAddrErrors': 'IpInAddrErrors',
  'Ip.InUnknownProtos': 'IpInUnknownProtos',
  'Udp.NoPorts': 'UdpNoPorts',
  'Udp.InErrors': 'UdpInErrors',
  'Udp.InCsumErrors': 'UdpInCsumErrors',
} as const;

/** Every figure that both the trace and `meta` know. `records` says what the trace would show. */
export function compare({ figures }: { readonly figures: Figures }, meta: Meta, records: (key: string) => boolean): Compared[] {
  const delta = meta.ground_truth?.counter_delta;
  const receiver = [figures.handedUp.has(meta.dev_rx ?? 'lo') ? (meta.dev_rx ?? 'lo') : 'lo'];
  const sender = [meta.dev_tx ?? ''];
  const can = (need: keyof typeof NEEDS): boolean => NEEDS[need].every((key) => records(key));
  const row = (need: keyof typeof NEEDS, name: string, told: number, least: number, most = least): Compared[] =>
    can(need) ? [{ name, least, most, told }] : [];
  const calls = can('calls') ? callRows(meta, figures.calls) : [];
  if (delta === undefined) return calls;
  const told = (name: string): number => delta[`B.${name}`] ?? 0;
  const sum = (pattern: RegExp): number =>
    Object.entries(delta).reduce((total, [name, value]) => total + (pattern.test(name) ? value : 0), 0);
  const errors = receiver.reduce((total, dev) => total + (figures.errors.get(`${dev} 3`) ?? 0), 0);
  const handedUp = receiver.reduce((total, dev) => total + (figures.handedUp.get(dev) ?? 0), 0);
  const isLoopback = receiver[0] === 'lo';
  return [
    ...calls,
    ...row('calls', 'Udp.InDatagrams', told('Udp.InDatagrams') + (isLoopback ? 0 : (delta['A.Udp.InDatagrams'] ?? 0)), figures.reads),
    ...row('stack', 'Ip.InReceives', told('Ip.InReceives'), handedUp - figures.endsOf(receiver, 'otherhost')),
    ...Object.entries(BY_END).flatMap(([name, counter]) => row('ends', name, told(name), figures.endsOf(receiver, ...fatesOf(counter)))),
    ...row('failed', 'Udp.RcvbufErrors', told('Udp.RcvbufErrors'), figures.failed.get('-12') ?? 0),
    ...row('icmp', 'Icmp.OutDestUnreachs', told('Icmp.OutDestUnreachs'), errors),
    ...(isLoopback
      ? []
      : row('ends', 'Icmp.InDestUnreachs of the sender', delta['A.Icmp.InDestUnreachs'] ?? 0, figures.endsOf(sender, 'icmpIn'))),
    ...row(
      'backlog',
      'softnet dropped',
      sum(/^softnet\..*\.dropped$/),
      figures.endsOf([...receiver, ...sender], 'backlogFull', 'flowLimited'),
    ),
    ...row('passes', 'softnet time_squeeze', sum(/^softnet\..*\.time_squeeze$/), figures.squeezes.least, figures.squeezes.most),
  ];
}

/** `calls` against what the programs counted, by process and result; of several threads, the sum. */
export function callRows({ ground_truth }: Meta, calls: ReadonlyMap<string, number>): Compared[] {
  return Object.values(ground_truth?.processes ?? {}).flatMap(({ name, pid, by_result = {}, ok = 0, err = 0 }) => {
    const pids = new Set([pid, ...[...name.matchAll(/=(\d+)/g)].map(([, thread]) => Number(thread))]);
    const seen = new Map<string, number>();
    for (const [key, times] of calls) {
      const [, of, result = ''] = /-(\d+) (.+)$/.exec(key) ?? [];
      if (pids.has(Number(of))) count(seen, result, times);
    }
    const told = new Map<string, number>();
    for (const [call, times] of Object.entries(by_result)) {
      const result = /^recvfrom(?:\[\w+\])?:(\w+)$/.exec(call)?.[1];
      if (result !== undefined) count(told, result, times);
    }
    // Of many calls the list is shortened, the sum is not.
    const listed = Object.values(by_result).reduce((sum, times) => sum + times, 0);
    if (listed < ok + err && told.has('ok')) told.set('ok', ok);
    // A signal may restart the call without the program knowing.
    else for (const result of seen.keys()) if (result !== 'EINTR' && told.size > 0) count(told, result, 0);
    return [...told].map(([result, times]) => {
      const most = seen.get(result) ?? 0;
      return { name: `recvfrom() of ${name}: ${result}`, least: result === 'EINTR' ? Math.min(most, times) : most, most, told: times };
    });
  });
}
