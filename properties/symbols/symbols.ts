/**
 * Which kernel functions does the kernel of a profile have? For 6.1 and 6.12 the lists that collect.ts has written from their
 * source, with the file that defines each; for the other two the list nearest in time and what differs from it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { KernelSymbol } from '../../models/kernel/symbols.ts';

const shape = z.record(z.string(), z.strictObject({ version: z.string(), symbols: z.record(z.string(), z.string()) }));

export const SYMBOLS_FILE = new URL('symbols.json', import.meta.url);

/** The lists there are. */
export function readSymbols(): z.infer<typeof shape> {
  return existsSync(SYMBOLS_FILE) ? shape.parse(JSON.parse(readFileSync(SYMBOLS_FILE, 'utf8'))) : {};
}

const lists = readSymbols();

/** In 6.1 and not in 3.10. */
const LATER: readonly string[] = [
  'napi_complete_done',
  '__skb_wait_for_more_packets',
  'ksoftirqd_running',
  '__skb_recv_udp',
  '__udp_enqueue_schedule_skb',
  'skb_consume_udp',
  'udp_rmem_release',
  '__tasklet_schedule_common',
  'netif_receive_skb_list_internal',
  'gro_normal_list',
  '__napi_poll',
] satisfies readonly KernelSymbol[];

/** In 3.10 and not in 6.1. */
const GONE: readonly KernelSymbol[] = [
  '__napi_complete',
  'wait_for_more_packets',
  'skb_copy_datagram_iovec',
  'skb_copy_and_csum_datagram_iovec',
];

/** In 6.18 and not in 6.12. */
const NEW: readonly KernelSymbol[] = ['udp4_lib_lookup4', 'napi_stop_kthread', 'napi_suspend_irqs', 'napi_resume_irqs'];

/** By profile, the names it has. There is no package of the source of 3.10 or 6.18: those two are by hand. */
export const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
  article: new Set([...Object.keys(lists['6.1']?.symbols ?? {}).filter((name) => !LATER.includes(name)), ...GONE]),
  '6.1': new Set(Object.keys(lists['6.1']?.symbols ?? {})),
  '6.12': new Set(Object.keys(lists['6.12']?.symbols ?? {})),
  '6.18': new Set([...Object.keys(lists['6.12']?.symbols ?? {}), ...NEW]),
};

/** The kernel of `profile` defines the function `name`. */
export const has = (profile: string, name: string): boolean => KNOWN[profile]?.has(name) === true;
