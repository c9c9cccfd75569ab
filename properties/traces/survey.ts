/** Who takes part in a trace: readers, CPUs, the device, its NAPI instance. Found before any line is given a meaning. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { UsageError } from '../../src/model/error.ts';
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

export interface Survey {
  readonly device: 'igb' | 'veth';
  /** Devices whose packets are the model's. */
  readonly devices: readonly string[];
  readonly readers: readonly Reader[];
  /** By CPU of the model: the CPU of the trace, or undefined for one that only a reader that moves runs on. */
  readonly cpus: readonly (number | undefined)[];
  /** CPUs of the trace on which packets arrive. */
  readonly arrivals: readonly number[];
  /** Lines at which a packet arrives. */
  readonly packets: readonly FtraceLine[];
  /** Packets go through a backlog: with veth, and from a NIC by RPS. */
  readonly byBacklog: boolean;
  /** Through a backlog, by packet: the CPU of the trace on which it is handed up, another one than it came on by RPS. */
  readonly handedUp: readonly (number | undefined)[];
  /** Of several UDP sockets, the address of the model's; and by packet, that of the one that it was given to, and what it is. */
  readonly socket?: { readonly address: string; readonly of: readonly (string | undefined)[]; readonly kinds: Destinations['kinds'] };
  /** The NIC's NAPI instance as probes print it, and as napi_poll does. */
  readonly napi: readonly string[];
  /** The names of its interrupts. */
  readonly vectors: readonly string[];
}

/**
 * Surveys `recording`; of several UDP sockets, the one at `address`. Throws a UsageError (65) for a trace that lacks events, or
 * that the model has no machine for.
 */
export function surveyOf(recording: Recording, address?: string): Survey {
  refuseMissing(recording, ['enter sys_recvfrom', 'exit sys_recvfrom'], 'echo 1 > events/syscalls/sys_{enter,exit}_recvfrom/enable');
  const { lines } = recording;
  const sockets = socketsOf(lines);
  const readers = readersOf(recording, sockets, address);
  const device = deviceOf(recording);
  const devices = devicesOf(recording, device);
  const packets = lines.filter((line) => isArrival(line, device, recording) && devices.includes(line.args['dev'] ?? ''));
  const nic = device === 'igb' ? nicOf(lines, devices) : { napi: [], vectors: [] };
  const irqs = lines.filter(({ name, args }) => name === 'irq_handler_entry' && nic.vectors.includes(args['name'] ?? ''));
  const arrivals = [...new Set([...irqs, ...packets].map(({ cpu }) => cpu))];
  const byBacklog = device === 'veth' || steersNic(lines);
  const handedUp = byBacklog ? handedUpOn(lines, packets) : [];
  const homes = readers.filter((reader) => !reader.moves).map((reader) => reader.cpu);
  const own = readers.filter((reader) => reader.moves).map(() => undefined);
  const steered = handedUp.filter((cpu) => cpu !== undefined);
  const given = address === undefined ? undefined : destinationsOf(lines, packets, sockets);
  if (given?.unknown) {
    throw new UsageError(
      `${recording.path}: nothing says which socket line ${given.unknown.line} is about; record net:udp_fail_queue_rcv_skb, fib:fib_table_lookup and sched:sched_waking`,
      65,
    );
  }
  return {
    device,
    devices,
    readers,
    byBacklog,
    handedUp,
    ...(address !== undefined && given && { socket: { address, of: given.sockets, kinds: given.kinds } }),
    cpus: [...new Set([...arrivals, ...steered, ...homes]), ...own],
    arrivals,
    packets,
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
  if (driver !== undefined && !['igb', 'veth'].includes(driver)) {
    throw new UsageError(`${path} was recorded on a device of driver ${driver}; the model has igb and veth (or lo)`, 65);
  }
  if (meta?.topology === 'nic') return 'igb';
  return lines.some(({ name }) => name === 'napi_gro_receive_entry') && !lines.some(({ name }) => name === 'netif_rx') ? 'igb' : 'veth';
}

/** With igb the receiving device only; with veth both ends, an ICMP error comes back through the other one; and loopback. */
function devicesOf({ meta, lines }: Recording, device: Survey['device']): string[] {
  const event = device === 'igb' ? 'napi_gro_receive_entry' : 'netif_rx';
  const seen = new Set(lines.flatMap(({ name, args }) => (name === event && args['dev'] !== undefined ? [args['dev']] : [])));
  if (meta?.dev_rx === undefined) return [...seen];
  return device === 'igb' ? [meta.dev_rx] : [meta.dev_rx, meta.dev_tx ?? meta.dev_rx, 'lo'].filter((name) => seen.has(name));
}

function isArrival({ kind, name }: FtraceLine, device: Survey['device'], { records }: Recording): boolean {
  if (kind !== 'event') return false;
  if (device === 'veth') return name === 'netif_rx';
  return name === (records('event napi_gro_receive_entry') ? 'napi_gro_receive_entry' : 'netif_receive_skb');
}

/** The instance whose poll brought packets in, and the interrupts that scheduled it. */
function nicOf(lines: readonly FtraceLine[], devices: readonly string[]): Pick<Survey, 'napi' | 'vectors'> {
  const polled = new Map<number, string>();
  const interrupted = new Map<number, string>();
  const napi = new Set<string>();
  const printed = new Map<string, string>();
  const scheduled = new Map<string, Set<string>>();
  for (const { kind, name, cpu, args, rest } of lines) {
    if (name === 'irq_handler_entry') interrupted.set(cpu, args['name'] ?? '');
    if (name === 'irq_handler_exit') interrupted.delete(cpu);
    if (kind === 'probe' && name === 'igb_poll') polled.set(cpu, args['napi'] ?? '');
    const instance = polled.get(cpu);
    const isPacket = name === 'napi_gro_receive_entry' || name === 'netif_receive_skb';
    if (isPacket && devices.includes(args['dev'] ?? '') && instance !== undefined) napi.add(instance);
    if (name === 'napi_poll' && instance !== undefined) {
      printed.set(instance, pollOf(rest).instance);
      polled.delete(cpu);
    }
    const vector = interrupted.get(cpu);
    if (kind === 'probe' && name === 'napi_schedule_prep' && vector !== undefined) {
      const of = args['n'] ?? '';
      scheduled.set(of, (scheduled.get(of) ?? new Set()).add(vector));
    }
  }
  if (napi.size > 1) {
    throw new UsageError(
      `packets came in through ${napi.size} NAPI instances of ${devices.join(', ')}; the model has one receive queue`,
      65,
    );
  }
  const own = [...napi];
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

/** Packet `packet` was given to another socket than the model's. */
export function isElsewhere({ socket }: Survey, packet: number): boolean {
  return socket?.of[packet] !== undefined && socket.of[packet] !== socket.address;
}
