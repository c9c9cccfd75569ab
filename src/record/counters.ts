/** The counters that an operator reads, before and after: /proc/net/snmp, netstat and softnet_stat of a network namespace. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type Counters = ReadonlyMap<string, number>;

/** Columns of softnet_stat that have names here. */
const SOFTNET = { processed: 0, dropped: 1, time_squeeze: 2 } as const;

/** All counters of namespace `netns`, or of this one. */
export function readCounters(netns?: string): Counters {
  const read = (file: string): string => {
    if (netns === undefined) return readFileSync(file, 'utf8');
    return spawnSync('ip', ['netns', 'exec', netns, 'cat', file], { encoding: 'utf8' }).stdout;
  };
  const counters = new Map<string, number>();
  for (const file of ['/proc/net/snmp', '/proc/net/netstat']) {
    const rows = read(file).split('\n');
    for (let i = 0; i + 1 < rows.length; i += 2) {
      const [group = '', ...names] = rows[i]!.split(/\s+/);
      const values = rows[i + 1]!.split(/\s+/).slice(1);
      names.forEach((name, at) => counters.set(`${group.replace(':', '')}.${name}`, Number(values[at])));
    }
  }
  read('/proc/net/softnet_stat')
    .trim()
    .split('\n')
    .forEach((row, cpu) => {
      const values = row.trim().split(/\s+/);
      for (const [name, at] of Object.entries(SOFTNET)) counters.set(`softnet.cpu${cpu}.${name}`, Number.parseInt(values[at] ?? '0', 16));
    });
  return counters;
}

/** Settings that decide how much one pass does. */
export function readSettings(): Record<string, string> {
  return Object.fromEntries(
    ['net.core.netdev_budget', 'net.core.netdev_max_backlog', 'net.core.rmem_default'].map((name) => [
      name,
      readFileSync(`/proc/sys/${name.replaceAll('.', '/')}`, 'utf8').trim(),
    ]),
  );
}

/** What has moved, named `B.Udp.InDatagrams`; softnet_stat is of no namespace. */
export function deltaOf(before: Counters, after: Counters, side: string): Record<string, number> {
  return Object.fromEntries(
    [...after].flatMap(([name, value]) => {
      const moved = value - (before.get(name) ?? 0);
      return moved === 0 || Number.isNaN(moved) ? [] : [[name.startsWith('softnet') ? name : `${side}.${name}`, moved]];
    }),
  );
}
