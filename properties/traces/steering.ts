/** RPS: on which CPU each packet is handed up, and which IPIs tell of it. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';

/** The function that the IPI calls; others have other functions. */
const TRIGGER = 'rps_trigger_softirq';

export const isRpsIpi = ({ args }: FtraceLine): boolean => args['func'] === TRIGGER;

/** By number of the packet: the CPU of the trace on which it is handed up, where that is shown. */
export function handedUpOn(lines: readonly FtraceLine[], packets: readonly FtraceLine[]): (number | undefined)[] {
  const arrivals = new Map(packets.map(({ line }, packet) => [line, packet]));
  const current = new Map<string, number>();
  const cpus: (number | undefined)[] = packets.map(() => undefined);
  for (const { kind, name, line, cpu, args } of lines) {
    const address = args['skbaddr'] ?? '';
    const arrived = arrivals.get(line);
    if (arrived !== undefined) current.set(address, arrived);
    const packet = current.get(address);
    if (kind === 'event' && name === 'netif_receive_skb' && packet !== undefined) cpus[packet] ??= cpu;
  }
  return cpus;
}

/** RPS takes what the NIC brings: from its poll into a backlog. */
export function steersNic(lines: readonly FtraceLine[]): boolean {
  return lines.some(
    ({ kind, name, level, parent }) =>
      kind === 'return' && name === 'enqueue_to_backlog_ret' && level === 'softirq' && parent.startsWith('netif_receive_skb'),
  );
}
