/** The ends of packets by what skb:kfree_skb says: reason and location. */
import type { Fate } from '../../models/kernel/packet.ts';
import { TERMINALS } from '../../models/kernel/terminals.ts';
import type { End, Packet } from './life.ts';

/** Reasons that say where a packet ended, each with the first end in the ledger that has it. */
const BY_REASON = new Map<string, Fate>();
for (const [fate, { reason, later }] of Object.entries(TERMINALS) as [Fate, (typeof TERMINALS)[Fate]][]) {
  for (const one of [reason, later]) if (one !== undefined && !BY_REASON.has(one)) BY_REASON.set(one, fate);
}
BY_REASON.delete('consumed');
BY_REASON.delete('NOT_SPECIFIED');

/** Where the reason is not specified, or is that of several ends: the function says it. */
const BY_LOCATION: readonly (readonly [location: RegExp, reason: RegExp, fate: Fate])[] = [
  [/^(__)?udp_recvmsg|^skb_copy_and_csum|^__skb_/, /NOT_SPECIFIED|UDP_CSUM/, 'checksumAtCopy'],
  [/^udp_destruct/, /.*/, 'purged'],
  [/^__udp4_lib_rcv|^udp_rcv/, /PKT_TOO_SMALL/, 'udpLength'],
  [/^__udp4_lib_mcast_deliver/, /.*/, 'ignored'],
];

export function fateOf(reason: string, location: string, { answered }: Pick<Packet, 'answered'>): End {
  if (reason === 'NO_SOCKET') return answered ? 'unreachable' : 'noPort';
  const placed = BY_LOCATION.find(([where, why]) => where.test(location) && why.test(reason));
  return placed?.[2] ?? BY_REASON.get(reason) ?? 'silent';
}
