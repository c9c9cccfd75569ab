/** What a trace says in figures: packets by device and end, calls by task and result, wakeups, polls, interrupts. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { End, Packet, PacketListener } from './life.ts';
import type { Call } from './tasks.ts';

const SILENT_MAX = 1000;

export class Figures implements PacketListener {
  /** Packets handed to the stack, by device. */
  readonly handedUp = new Map<string, number>();
  /** By device and end: `vb rcvbufFull`. */
  readonly ends = new Map<string, number>();
  /** By task and result: `tn_rx-123 20`, `tn_rx-123 EAGAIN`. */
  readonly calls = new Map<string, number>();
  /** ICMP errors sent, by the device of the packet that they are about, type and code. */
  readonly errors = new Map<string, number>();
  /** Where packets arrived that went where no line tells of; the first ones. */
  readonly silent = new Set<number>();
  /** How many packets a poll brought, by device. */
  readonly polls = new Map<string, Map<number, number>>();
  /** Datagrams returned, without those that were peeked at. */
  reads = 0;
  /** Wakeups of readers by the arrival of data. */
  wakeups = 0;
  /** udp_fail_queue_rcv_skb, by errno. */
  readonly failed = new Map<string, number>();
  /** napi_complete_done() found MISSED. */
  missed = 0;
  /** net_rx_action() that had to stop: certainly, and at most. */
  squeezes = { least: 0, most: 0 };

  moved(packet: Packet, stage: string): void {
    if (stage === 'stack') count(this.handedUp, packet.dev);
  }

  ended(packet: Packet, end: End): void {
    count(this.ends, `${packet.dev} ${end}`);
    if (end === 'silent' && this.silent.size < SILENT_MAX) this.silent.add(packet.seen[0]!.line.line);
  }

  returned(line: FtraceLine, call: Call | undefined, isPeek: boolean, isUdp: boolean): void {
    const ret = Number(line.args['ret']);
    count(this.calls, `${call?.comm ?? line.comm}-${line.pid} ${ret >= 0 ? 'ok' : errnoOf(ret)}`);
    if (ret >= 0 && !isPeek && isUdp) this.reads++;
  }

  polled(device: string, work: number): void {
    const known = this.polls.get(device) ?? new Map<number, number>();
    this.polls.set(device, known.set(work, (known.get(work) ?? 0) + 1));
  }

  /** Packets with `end`, on `devices`. */
  endsOf(devices: readonly string[], ...ends: readonly End[]): number {
    return devices.reduce((sum, dev) => ends.reduce((total, end) => total + (this.ends.get(`${dev} ${end}`) ?? 0), sum), 0);
  }
}

export function count<K>(counts: Map<K, number>, key: K, times = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + times);
}

/** The names of errors that recvfrom() returns. */
export function errnoOf(ret: number): string {
  const names: Readonly<Record<number, string>> = {
    4: 'EINTR',
    11: 'EAGAIN',
    14: 'EFAULT',
    111: 'ECONNREFUSED',
    113: 'EHOSTUNREACH',
    512: 'EINTR',
  };
  return names[-ret] ?? `errno ${-ret}`;
}
