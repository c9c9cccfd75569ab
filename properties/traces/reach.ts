/**
 * What a trace shows and the composed network leaves out. Its machines by themselves have most of it: only their composition
 * is not asked.
 */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Watched } from '../monitors/watch.ts';
import type { Recording } from './recording.ts';
import { isUnreachable } from './stack.ts';
import { isBadAtCopy, isPeek, type Survey } from './survey.ts';

const KNOWN =
  /^(NO_SOCKET|SOCKET_RCVBUFF|UDP_CSUM|CPU_BACKLOG|IP_NOPROTO|OTHERHOST|IP_CSUM|IP_INHDR|PKT_TOO_SMALL|NETFILTER_DROP|IP_INADDRERRORS|IP_RPFILTER|IP_INNOROUTES|IP_INVALID)/;
const RPS = 'RPS from a NIC, and enqueue_to_backlog() is not recorded';

/** Why the composed network cannot be asked about `recording`; undefined if it can. */
export function beyondReach({ lines, meta, records }: Recording, survey: Survey, { figures }: Watched): string | undefined {
  const seen = (name: string, is: (line: FtraceLine) => boolean): FtraceLine | undefined =>
    lines.find((line) => line.name === name && is(line));
  const at = (line: FtraceLine | undefined, what: string): string | undefined => line && `line ${line.line} shows ${what}`;
  const skbs = new Set(survey.packets.map(({ args }) => args['skbaddr']));
  const errors = lines.filter(({ name }) => name === 'inet_sk_error_report').length;
  const unheard = figures.endsOf(survey.devices, 'icmpIn') - errors;
  const canTell = survey.device === 'veth' && records('event inet_sk_error_report');
  const unanswered =
    lines.filter(({ args }) => args['reason'] === 'IP_NOPROTO').length -
    lines.filter(({ kind, name, args }) => kind === 'event' && name === 'icmp_send' && isUnreachable(args, 2)).length;
  const silent = figures.endsOf(survey.devices, 'silent');
  return (
    (lines.some(isPeek) ? at(lines.find(isBadAtCopy), 'a bad checksum, which a peek may have found') : undefined) ??
    at(
      seen('napi_poll', ({ level }) => level === 'task'),
      'threaded NAPI',
    ) ??
    at(wokenByTask(lines, survey.wakings), 'a wakeup by another task, and no signal') ??
    at(
      seen('kfree_skb', (line) => skbs.has(line.args['skbaddr']) && !isBadAtCopy(line) && !KNOWN.test(line.args['reason'] ?? '')),
      'a drop that the network leaves out',
    ) ??
    at(
      seen('icmp_send', ({ args }) => !isUnreachable(args, 2) && !isUnreachable(args, 3)),
      'an ICMP error that is not port-unreachable or protocol-unreachable',
    ) ??
    (survey.device === 'veth-napi'
      ? at(
          seen('netif_rx', ({ args }) => args['dev'] === meta?.dev_tx || args['dev'] === meta?.dev_rx),
          'packets through netif_rx() too',
        )
      : undefined) ??
    (survey.device !== 'veth' && errors > survey.packets.length
      ? `${errors} ICMP errors through another device, and fewer packets`
      : undefined) ??
    ((survey.device === 'e1000' || survey.device === 'veth-napi') && survey.errors.length > 0
      ? `an ICMP error through another device than ${survey.device}`
      : undefined) ??
    (survey.byBacklog ? undefined : at(elsewhere(lines), RPS)) ??
    (survey.byBacklog && survey.device !== 'veth' && survey.device !== 'igb' ? `RPS from ${survey.device}` : undefined) ??
    (unanswered > 0 ? `${unanswered} packets of an unknown protocol, and no ICMP error for them` : undefined) ??
    (unheard > 0 && !canTell ? `${unheard} ICMP errors for sockets that do not hear of them` : undefined) ??
    (survey.device === 'e1000'
      ? at(unseen(lines, survey.devices), 'a frame by napi_gro_frags(), of which no other line tells')
      : undefined) ??
    // Of one socket, such packets are fragments, or of other protocols; of several, a queue of 6.18 may have taken them.
    (silent > 0 && survey.socket !== undefined ? `${silent} packets went where no line tells of, and there are several sockets` : undefined)
  );
}

/** A packet is handed up that napi_gro_receive() was not given. */
function unseen(lines: readonly FtraceLine[], devices: readonly string[]): FtraceLine | undefined {
  const given = new Set<string>();
  return lines.find(({ kind, name, args }) => {
    const [skb, isOwn] = [args['skbaddr'] ?? '', kind === 'event' && devices.includes(args['dev'] ?? '')];
    if (isOwn && name === 'napi_gro_receive_entry') given.add(skb);
    return isOwn && name === 'netif_receive_skb' && !given.delete(skb);
  });
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

/** A task wakes a reader in recvfrom(), and not with a signal: signal_generate follows the wakeup. */
function wokenByTask(lines: readonly FtraceLine[], wakings: readonly FtraceLine[]): FtraceLine | undefined {
  const isSignal = (waking: FtraceLine): boolean =>
    lines.some(
      ({ name, line, pid, args }) =>
        name === 'signal_generate' && line > waking.line && pid === waking.pid && args['pid'] === waking.args['pid'],
    );
  return wakings.find((waking) => !isSignal(waking));
}
