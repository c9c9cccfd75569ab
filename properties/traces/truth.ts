/** The ground truth of a recording: what the programs got, and how the counters moved while it was made. */
import type { Observation } from '../../src/model/component.ts';
import { reads } from '../../models/kernel/counter.ts';
import type { CounterName } from '../../models/networks/parts.ts';
import { count, errnoOf } from '../monitors/figures.ts';
import { agrees, callRows } from '../monitors/truth.ts';
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

/** What readers count: of several sockets, those of one are not all. */
const BY_READERS = ['UdpInDatagrams'] as const;
/** What they count too, of a checksum that is found at the copy. */
const BY_READERS_TOO: readonly string[] = ['UdpInErrors', 'UdpInCsumErrors'];

/** What the model says where the receiving device is the NIC: the answer to the sender comes in through another one. */
const RECEIVER_ONLY: readonly string[] = ['IcmpInDestUnreachs'];

export interface CounterTruth {
  readonly name: CounterName;
  /** Its name in meta.json. */
  readonly operator: string;
  readonly value: number;
}

/** The counters that meta.json knows of; empty without ground truth. */
export function counterTruth({ meta, lines }: Recording, { device, devices, socket }: Survey): CounterTruth[] {
  const delta = meta?.ground_truth?.counter_delta;
  if (delta === undefined) return [];
  const dropped = lines.some(
    ({ name, level, args }) => name === 'kfree_skb' && level === 'task' && args['location']?.startsWith('udp_recvmsg'),
  );
  const partial: readonly string[] = socket === undefined ? [] : [...BY_READERS, ...(dropped ? BY_READERS_TOO : [])];
  return Object.entries(COUNTERS)
    .filter(([name]) => !partial.includes(name))
    .filter(([name]) => device === 'veth' || !RECEIVER_ONLY.includes(name))
    .map(([name, operator]) => {
      // On loopback both ends are one namespace.
      const inOne = devices.includes('lo') ? (delta[operator.replace(/^A/, 'B')] ?? 0) : 0;
      return { name: name as CounterName, operator, value: (delta[operator] ?? 0) + (operator.startsWith('A') ? inOne : 0) };
    });
}

/** The same of what the readers of all sockets count. */
export function readersTruth({ meta }: Recording): CounterTruth[] {
  const delta = meta?.ground_truth?.counter_delta;
  if (delta === undefined) return [];
  return BY_READERS.map((name) => ({ name, operator: COUNTERS[name], value: delta[COUNTERS[name]] ?? 0 }));
}

/** The counters of the model read what meta.json says. */
export function agreeing(n: Path, truth: readonly CounterTruth[]): Observation[] {
  return truth.map(({ name, operator, value }) => n[name].is(`reads ${value}, as ${operator} in meta.json`, reads(value)));
}

/** Where the calls of recvfrom() in the trace are not those that the programs counted. */
export function callDisagreements({ meta, lines, path }: Recording): string[] {
  if (meta === undefined) return [];
  const calls = new Map<string, number>();
  for (const { kind, name, comm, pid, args } of lines) {
    const ret = Number(args['ret']);
    if (kind === 'exit' && name === 'sys_recvfrom') count(calls, `${comm}-${pid} ${ret < 0 ? errnoOf(ret) : 'ok'}`);
  }
  return callRows(meta, calls)
    .filter((row) => !agrees(row))
    .map(({ name, told, most }) => `meta.json counts ${told} ${name.replace(': ', ' with result ')}, ${path} shows ${most}`);
}

/** The trace goes on until the last call that meta.json knows of has returned. */
export function coversTruth({ meta, lines }: Recording): boolean {
  if (meta?.trace_clock !== 'mono') return false;
  const returns = Object.values(meta.ground_truth?.processes ?? {}).flatMap(({ calls }) =>
    (calls ?? []).flatMap(({ t_out }) => t_out ?? []),
  );
  return returns.length > 0 && lines.at(-1)!.time >= Math.max(...returns) / 1e9;
}
