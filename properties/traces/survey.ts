/** Who takes part in a trace: readers, CPUs, the device, its NAPI instance. Found before any line is given a meaning. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { UsageError } from '../../src/model/error.ts';
import { MSG } from '../monitors/tasks.ts';
import type { Recording } from './recording.ts';
import { type Destinations, destinationsOf, type SocketsByReader, socketsOf } from './sockets.ts';
import { handedUpOn, steersNic } from './steering.ts';

/** A task that calls recvfrom(). */
export interface Reader {
  readonly pid: number;
  readonly comm: string;
  /** The CPU of the trace on which it first calls. */
  readonly cpu: number;
  /** It was seen on several CPUs: the model gives it one of its own. */
  readonly moves: boolean;
}

/** Where packets come from: `veth` is netif_rx(), of loopback too; `veth-napi` is veth with GRO. */
export type Device = 'igb' | 'e1000' | 'veth' | 'veth-napi';

/** The poll routines of those that have a NAPI instance of their own. */
const POLLS = ['igb_poll', 'e1000_clean', 'veth_poll'];

export interface Survey {
  readonly device: Device;
  /** Devices whose packets are the model's. */
  readonly devices: readonly string[];
  readonly readers: readonly Reader[];
  /** By CPU of the model: the CPU of the trace, or undefined for one that only a reader that moves runs on. */
  readonly cpus: readonly (number | undefined)[];
  /** CPUs of the trace on which packets arrive. */
  readonly arrivals: readonly number[];
  /** With igb, CPUs of the trace on which an ICMP error came in: through another device, as the receiving one gets none. */
  readonly errors: readonly number[];
  /** Lines that tell of an ICMP error for another socket, likewise. */
  readonly errorsOfOthers: ReadonlySet<number>;
  /** Lines at which a packet arrives. */
  readonly packets: readonly FtraceLine[];
  /** Lines in which a task wakes a reader in recvfrom(). */
  readonly wakings: readonly FtraceLine[];
  /** Packets go through a backlog: with veth, and from a NIC by RPS. */
  readonly byBacklog: boolean;
  /** Through a backlog, by packet: the CPU of the trace on which it is handed up, another one than it came on by RPS. */
  readonly handedUp: readonly (number | undefined)[];
  /** Of several UDP sockets, the address of the model's, and by packet that of the one that it was given to. */
  readonly socket?: { readonly address: string; readonly of: readonly (string | undefined)[] };
  /**
   * Packets that go where no line tells of: fragments that wait for others, or go up as a part of one; and what other protocols
   * take, which the model has end in the same way.
   */
  readonly kept: ReadonlySet<number>;
  /** By packet: what lines show that it is; undefined if none does. */
  readonly kinds: Destinations['kinds'];
  /** The NIC's NAPI instance as probes print it, and as napi_poll does. */
  readonly napi: readonly string[];
  /** The names of its interrupts. */
  readonly vectors: readonly string[];
}

/**
 * Surveys `recording`; of several UDP sockets, the one at `address`. Packets that arrive at a line of `silent` are told of by no other. Throws a UsageError (65) for a trace that lacks events, or
 * that the model has no machine for.
 */
export function surveyOf(recording: Recording, address?: string, silent: ReadonlySet<number> = new Set()): Survey {
  refuseMissing(recording, ['enter sys_recvfrom', 'exit sys_recvfrom'], 'echo 1 > events/syscalls/sys_{enter,exit}_recvfrom/enable');
  const { lines } = recording;
  const sockets = socketsOf(lines);
  const readers = readersOf(recording, sockets, address);
  const device = deviceOf(recording);
  const devices = devicesOf(recording, device);
  const packets = lines.filter((line) => isArrival(line, device, recording) && devices.includes(line.args['dev'] ?? ''));
  const nic = device !== 'veth' ? nicOf(lines, devices) : { napi: [], vectors: [] };
  const irqs = lines.filter(({ name, args }) => name === 'irq_handler_entry' && nic.vectors.includes(args['name'] ?? ''));
  const arrivals = [...new Set([...irqs, ...packets].map(({ cpu }) => cpu))];
  const byBacklog = device === 'veth' || steersNic(lines);
  const handedUp = byBacklog ? handedUpOn(lines, packets) : [];
  const homes = readers.filter((reader) => !reader.moves).map((reader) => reader.cpu);
  const own = readers.filter((reader) => reader.moves).map(() => undefined);
  const steered = handedUp.filter((cpu) => cpu !== undefined);
  const given = destinationsOf(lines, packets, sockets);
  if (address !== undefined && given.unknown) {
    throw new UsageError(
      `${recording.path}: nothing says which socket line ${given.unknown.line} is about; record net:udp_fail_queue_rcv_skb, fib:fib_table_lookup and sched:sched_waking`,
      65,
    );
  }
  const reports = device === 'veth' ? [] : lines.filter(({ name }) => name === 'inet_sk_error_report');
  const isOwn = ({ line }: FtraceLine): boolean => address === undefined || given.told.get(line) === address;
  const errors = [...new Set(reports.filter(isOwn).map(({ cpu }) => cpu))];
  return {
    device,
    devices,
    readers,
    byBacklog,
    handedUp,
    ...(address !== undefined && { socket: { address, of: given.sockets } }),
    kinds: given.kinds,
    kept: new Set(packets.flatMap(({ line }, packet) => (silent.has(line) ? [packet] : []))),
    cpus: [...new Set([...arrivals, ...steered, ...homes, ...errors]), ...own],
    arrivals,
    errors,
    errorsOfOthers: new Set(reports.filter((line) => !isOwn(line)).map(({ line }) => line)),
    packets,
    wakings: wakingsByTask(lines),
    ...nic,
  };
}

function refuseMissing({ records, path }: Recording, keys: readonly string[], how: string): void {
  const missing = keys.filter((key) => !records(key));
  if (missing.length === 0) return;
  throw new UsageError(`${path} has no ${missing.join(' and no ')} lines, without which nothing can be said; record with: ${how}`, 65);
}

/** Tasks that call recvfrom(); of several sockets, those of the one at `address`. */
function readersOf({ lines, path }: Recording, sockets: SocketsByReader, address: string | undefined): Reader[] {
  const calls = lines.filter(({ name }) => name === 'sys_recvfrom');
  const pids = [...new Set(calls.map(({ pid }) => pid))];
  const lost = pids.find((pid) => !sockets.has(pid));
  if (address !== undefined && lost !== undefined) {
    throw new UsageError(
      `${path} shows readers of several UDP sockets, and not which one task ${lost} reads, or that it reads more than one`,
      65,
    );
  }
  return pids
    .filter((pid) => address === undefined || sockets.get(pid) === address)
    .map((pid) => {
      const acts = lines.filter((line) => line.pid === pid && line.level === 'task' && /^sys_recvfrom|^sock_recv/.test(line.name));
      const { comm, cpu } = calls.find((line) => line.pid === pid)!;
      return { pid, comm, cpu, moves: acts.some((line) => line.cpu !== cpu) };
    });
}

function deviceOf({ meta, lines, path }: Recording): Survey['device'] {
  const driver = meta?.driver?.find((line) => line.startsWith('driver:'))?.replace(/^driver:\s*/, '');
  if (driver !== undefined && !['igb', 'e1000', 'veth'].includes(driver)) {
    throw new UsageError(`${path} was recorded on a device of driver ${driver}; the model has igb, e1000 and veth (or lo)`, 65);
  }
  if (driver === 'e1000') return driver;
  const polled = lines.some(
    ({ name, args }) => name === 'napi_gro_receive_entry' && (meta?.dev_rx === undefined || meta.dev_rx === args['dev']),
  );
  if (driver === 'veth') return polled ? 'veth-napi' : driver;
  if (meta?.topology === 'nic') return 'igb';
  return polled && !lines.some(({ name }) => name === 'netif_rx') ? 'igb' : 'veth';
}

/** With igb the receiving device only; with veth both ends, an ICMP error comes back through the other one; and loopback. */
function devicesOf({ meta, lines }: Recording, device: Survey['device']): string[] {
  const event = device === 'veth' ? 'netif_rx' : 'napi_gro_receive_entry';
  const seen = new Set(lines.flatMap(({ name, args }) => (name === event && args['dev'] !== undefined ? [args['dev']] : [])));
  if (meta?.dev_rx === undefined) return [...seen];
  return device !== 'veth' ? [meta.dev_rx] : [meta.dev_rx, meta.dev_tx ?? meta.dev_rx, 'lo'].filter((name) => seen.has(name));
}

function isArrival({ kind, name }: FtraceLine, device: Survey['device'], { records }: Recording): boolean {
  if (kind !== 'event') return false;
  if (device === 'veth') return name === 'netif_rx';
  return name === (records('event napi_gro_receive_entry') ? 'napi_gro_receive_entry' : 'netif_receive_skb');
}

function wakingsByTask(lines: readonly FtraceLine[]): FtraceLine[] {
  const inCall = new Set<number>();
  return lines.filter(({ kind, name, pid, level, args }) => {
    if (name === 'sys_recvfrom') {
      if (kind === 'enter') inCall.add(pid);
      else inCall.delete(pid);
    }
    return name === 'sched_waking' && level === 'task' && inCall.has(Number(args['pid']));
  });
}

/** The instance whose poll brought packets in, and the interrupts that scheduled it. */
function nicOf(lines: readonly FtraceLine[], devices: readonly string[]): Pick<Survey, 'napi' | 'vectors'> {
  const polled = new Map<number, string>();
  const interrupted = new Map<number, string>();
  const napi = new Set<string>();
  /** Where no probe tells: those that a poll of the device is said to be of. */
  const named = new Set<string>();
  const printed = new Map<string, string>();
  const scheduled = new Map<string, Set<string>>();
  for (const { kind, name, cpu, args, rest } of lines) {
    if (name === 'irq_handler_entry') interrupted.set(cpu, args['name'] ?? '');
    if (name === 'irq_handler_exit') interrupted.delete(cpu);
    if (kind === 'probe' && POLLS.includes(name)) polled.set(cpu, args['napi'] ?? '');
    const instance = polled.get(cpu);
    const isPacket = name === 'napi_gro_receive_entry' || name === 'netif_receive_skb';
    if (isPacket && devices.includes(args['dev'] ?? '') && instance !== undefined) napi.add(instance);
    if (name === 'napi_poll' && instance !== undefined) {
      printed.set(instance, pollOf(rest).instance);
      polled.delete(cpu);
    } else if (name === 'napi_poll' && devices.includes(pollOf(rest).device) && pollOf(rest).work > 0) named.add(pollOf(rest).instance);
    const vector = interrupted.get(cpu);
    if (kind === 'probe' && name === 'napi_schedule_prep' && vector !== undefined) {
      const of = args['n'] ?? '';
      scheduled.set(of, (scheduled.get(of) ?? new Set()).add(vector));
    }
  }
  const own = [...(napi.size > 0 ? napi : named)];
  if (own.length > 1) {
    throw new UsageError(
      `packets came in through ${own.length} NAPI instances of ${devices.join(', ')}; the model has one receive queue`,
      65,
    );
  }
  return {
    napi: [...own, ...own.flatMap((one) => printed.get(one) ?? [])],
    vectors: own.flatMap((one) => [...(scheduled.get(one) ?? [])]),
  };
}

/** The fields of napi_poll, which it prints as a sentence. */
export function pollOf(rest: string): {
  readonly instance: string;
  readonly device: string;
  readonly work: number;
  readonly budget: number;
} {
  const [, instance = '', device = '', work = '', budget = ''] =
    /napi struct (\S+) for device (\S+) work (\d+) budget (\d+)/.exec(rest) ?? [];
  return { instance, device, work: Number(work), budget: Number(budget) };
}

/** udp_recvmsg() finds a checksum wrong, and drops the datagram. */
export function isBadAtCopy({ name, args }: FtraceLine): boolean {
  return name === 'kfree_skb' && /^udp_recvmsg\b/.test(args['location'] ?? '') && /^(UDP_CSUM|NOT_SPECIFIED)$/.test(args['reason'] ?? '');
}

/** Packet `packet` was given to another socket than the model's. */
export function isElsewhere({ socket }: Survey, packet: number): boolean {
  return socket?.of[packet] !== undefined && socket.of[packet] !== socket.address;
}

/** recvfrom() is called with MSG_PEEK. */
export function isPeek({ kind, name, args }: FtraceLine): boolean {
  return kind === 'enter' && name === 'sys_recvfrom' && (Number.parseInt(args['flags'] ?? '0', 16) & MSG.peek) !== 0;
}
