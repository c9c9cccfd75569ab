/** The ground truth of a recording: what the programs got, and how the counters moved while it was made. */
import type { Observation } from '../../src/model/component.ts';
import { reads } from '../../models/kernel/counter.ts';
import type { CounterName } from '../../models/networks/parts.ts';
import type { Path } from './book.ts';
import type { Recording } from './recording.ts';
import type { Survey } from './survey.ts';

/** By counter of the model: its name in meta.json, B the receiver's namespace and A the sender's. */
const COUNTERS = {
  UdpInDatagrams: 'B.Udp.InDatagrams',
  UdpNoPorts: 'B.Udp.NoPorts',
  UdpInErrors: 'B.Udp.InErrors',
  UdpRcvbufErrors: 'B.Udp.RcvbufErrors',
  UdpInCsumErrors: 'B.Udp.InCsumErrors',
  IcmpOutDestUnreachs: 'B.Icmp.OutDestUnreachs',
  IcmpInDestUnreachs: 'A.Icmp.InDestUnreachs',
} as const satisfies Partial<Record<CounterName, string>>;

/** What the model says where the receiving device is the NIC: the answer to the sender comes in through another one. */
const RECEIVER_ONLY: readonly string[] = ['IcmpInDestUnreachs'];

export interface CounterTruth {
  readonly name: CounterName;
  /** Its name in meta.json. */
  readonly operator: string;
  readonly value: number;
}

/** The counters that meta.json knows of; empty without ground truth. */
export function counterTruth({ meta }: Recording, { device, devices }: Survey): CounterTruth[] {
  const delta = meta?.ground_truth?.counter_delta;
  if (delta === undefined) return [];
  return Object.entries(COUNTERS)
    .filter(([name]) => device === 'veth' || !RECEIVER_ONLY.includes(name))
    .map(([name, operator]) => {
      // On loopback both ends are one namespace.
      const inOne = devices.includes('lo') ? (delta[operator.replace(/^A/, 'B')] ?? 0) : 0;
      return { name: name as CounterName, operator, value: (delta[operator] ?? 0) + (operator.startsWith('A') ? inOne : 0) };
    });
}

/** The counters of the model read what meta.json says. */
export function agreeing(n: Path, truth: readonly CounterTruth[]): Observation[] {
  return truth.map(({ name, operator, value }) => n[name].is(`reads ${value}, as ${operator} in meta.json`, reads(value)));
}

/** Where the calls of recvfrom() in the trace are not those that the programs counted. */
export function callDisagreements({ meta, lines, path }: Recording, { readers }: Survey): string[] {
  const processes = Object.values(meta?.ground_truth?.processes ?? {});
  return processes.flatMap(({ name, pid, by_result }) => {
    const told = toldResults(by_result);
    // Threads have pids of their own: `tn_rxA=6956,tn_rxB=6958`.
    const pids = new Set([pid, ...[...name.matchAll(/=(\d+)/g)].map(([, thread]) => Number(thread))]);
    // A call that a signal interrupts may be entered again without the program knowing.
    if (!readers.some((reader) => pids.has(reader.pid)) || told.has('EINTR')) return [];
    const returned = lines.filter((line) => line.kind === 'exit' && line.name === 'sys_recvfrom' && pids.has(line.pid));
    return RESULTS.flatMap((result) => {
      const [count, seen] = [told.get(result) ?? 0, returned.filter(({ args }) => resultOf(args['ret']) === result).length];
      return seen === count ? [] : [`meta.json counts ${count} recvfrom() of ${name} with result ${result}, ${path} shows ${seen}`];
    });
  });
}

const RESULTS = ['ok', 'EAGAIN', 'ECONNREFUSED'] as const;

/** `recvfrom:ok` and `recvfrom[A]:ok`, by result. */
function toldResults(byResult: Readonly<Record<string, number>> = {}): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const [call, count] of Object.entries(byResult)) {
    const [, result] = /^recvfrom(?:\[\w+\])?:(\w+)$/.exec(call) ?? [];
    if (result !== undefined) told.set(result, (told.get(result) ?? 0) + count);
  }
  return told;
}

function resultOf(ret: string | undefined): string {
  if (ret === '-11') return 'EAGAIN';
  if (ret === '-111') return 'ECONNREFUSED';
  return Number(ret) >= 0 ? 'ok' : 'other';
}

/** The trace goes on until the last call that meta.json knows of has returned. */
export function coversTruth({ meta, lines }: Recording): boolean {
  if (meta?.trace_clock !== 'mono') return false;
  const returns = Object.values(meta.ground_truth?.processes ?? {}).flatMap(({ calls }) =>
    (calls ?? []).flatMap(({ t_out }) => t_out ?? []),
  );
  return returns.length > 0 && lines.at(-1)!.time >= Math.max(...returns) / 1e9;
}
