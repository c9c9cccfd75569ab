/**
 * What a trace shows and the composed network leaves out. Its machines by themselves have most of it: only their composition
 * is not asked.
 */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { MSG } from '../monitors/tasks.ts';
import type { Watched } from '../monitors/watch.ts';
import type { Recording } from './recording.ts';
import type { Survey } from './survey.ts';

const REASONS = ['NO_SOCKET', 'SOCKET_RCVBUFF', 'UDP_CSUM', 'CPU_BACKLOG'];
const IP_REASONS = /^(OTHERHOST|IP_CSUM|IP_INHDR|PKT_TOO_SMALL|NETFILTER_DROP|IP_INADDRERRORS|IP_RPFILTER|IP_INNOROUTES|IP_INVALID)/;
const RPS = 'RPS from a NIC, and enqueue_to_backlog() is not recorded';

/** Why the composed network cannot be asked about `recording`; undefined if it can. */
export function beyondReach({ lines, meta }: Recording, survey: Survey, { figures }: Watched): string | undefined {
  const pids = new Set(survey.readers.map(({ pid }) => pid));
  const seen = (name: string, is: (line: FtraceLine) => boolean): FtraceLine | undefined =>
    lines.find((line) => line.name === name && is(line));
  const at = (line: FtraceLine | undefined, what: string): string | undefined => line && `line ${line.line} shows ${what}`;
  const skbs = new Set(survey.packets.map(({ args }) => args['skbaddr']));
  const unheard = figures.endsOf(survey.devices, 'icmpIn') - lines.filter(({ name }) => name === 'inet_sk_error_report').length;
  const silent = figures.endsOf(survey.devices, 'silent');
  return (
    at(
      seen('sys_recvfrom', ({ args }) => (Number(args['flags'] ?? 0) & MSG.peek) !== 0),
      'MSG_PEEK',
    ) ??
    at(wokenByTask(lines, pids), 'a signal, or a wakeup by another task') ??
    at(
      seen(
        'kfree_skb',
        ({ args }) => skbs.has(args['skbaddr']) && !REASONS.includes(args['reason'] ?? '') && !IP_REASONS.test(args['reason'] ?? ''),
      ),
      'a drop that the network leaves out',
    ) ??
    at(
      seen('icmp_send', ({ args }) => !/^3\b/.test(args['type'] ?? '') || !/^3\b/.test(args['code'] ?? '')),
      'an ICMP error that is not port-unreachable',
    ) ??
    (survey.device === 'veth' || meta?.driver?.some((text) => /veth/.test(text)) === true
      ? at(
          seen('napi_gro_receive_entry', () => true),
          'GRO on a veth device',
        )
      : undefined) ??
    at(
      seen('kfree_skb', ({ level, args }) => level === 'task' && skbs.has(args['skbaddr'])),
      'a bad checksum of a long datagram, found in recvfrom()',
    ) ??
    at(
      seen('napi_poll', ({ level }) => level === 'task'),
      'threaded NAPI',
    ) ??
    (survey.device === 'igb'
      ? at(
          seen('inet_sk_error_report', () => true),
          'an error that came through another device',
        )
      : undefined) ??
    (survey.byBacklog ? undefined : at(elsewhere(lines), RPS)) ??
    (unheard > 0 ? `${unheard} ICMP errors for sockets that do not hear of them` : undefined) ??
    (silent > 0 ? `${silent} packets went where no line tells of: fragments, or other protocols` : undefined)
  );
}

/** A packet that came on one CPU is handed to the stack on another. */
function elsewhere(lines: readonly FtraceLine[]): FtraceLine | undefined {
  const from = new Map<string, number>();
  return lines.find(({ kind, name, args, cpu }) => {
    if (kind !== 'event') return false;
    const skb = args['skbaddr'] ?? '';
    if (name === 'netif_rx' || name === 'napi_gro_receive_entry') from.set(skb, cpu);
    if (name === 'netif_receive_skb' && from.get(skb) !== undefined && from.get(skb) !== cpu) return true;
    return name === 'csd_queue_cpu' && args['func'] === 'rps_trigger_softirq';
  });
}

/** A reader in recvfrom() is woken, and not by an interrupt. */
function wokenByTask(lines: readonly FtraceLine[], pids: ReadonlySet<number>): FtraceLine | undefined {
  const inCall = new Set<number>();
  return lines.find(({ kind, name, pid, level, args }) => {
    if (name === 'sys_recvfrom') {
      if (kind === 'enter') inCall.add(pid);
      else inCall.delete(pid);
    }
    return name === 'sched_waking' && level === 'task' && pids.has(Number(args['pid'])) && inCall.has(Number(args['pid']));
  });
}
