/**
 * A trace as a timeline in the JSON form of the Chrome trace event format, which the Perfetto UI opens: lanes for each device,
 * for hardirq and softirq of each CPU and for each task; slices for interrupts, softirqs, packets in the stack, calls and
 * sleeps; a flow from the arrival of each packet to the call that returns it.
 *
 * Slices are complete events (`X`) written when they end: within a lane they nest, as the lines do.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { UsageError } from '../../src/model/error.ts';
import type { End, Packet, PacketListener } from './life.ts';

interface Open {
  readonly name: string;
  readonly time: number;
}

const PROCESS = 1;
const TASKS_FROM = 1000;
const DEVICES_FROM = 500;
const MOMENT = 0.5;

export class Timeline implements PacketListener {
  readonly #file: number;
  readonly #lanes = new Map<string, number>();
  /** By lane: what is not over yet. */
  readonly #open = new Map<number, Open[]>();
  /** Microseconds of one unit of the clock. */
  readonly #scale: number;
  #first: number | undefined;
  #isFirst = true;

  /** Writes to `path`. `unit` is that of the clock: `s` or `ticks`. */
  constructor(path: string, unit: string) {
    this.#scale = unit === 's' ? 1e6 : 1;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new UsageError(`cannot write ${path} (${error instanceof Error && 'code' in error ? String(error.code) : String(error)})`, 73);
    }
    writeSync(this.#file, '{"displayTimeUnit":"ns","traceEvents":[\n');
  }

  line(line: FtraceLine): void {
    this.#first ??= line.time;
    const { name, args } = line;
    if (name === 'irq_handler_entry') this.#begin(this.#lane(line), `${args['name']} (irq ${args['irq']})`, line);
    else if (name === 'irq_handler_exit' || (name === 'softirq_exit' && args['vec'] === '3')) this.#finish(this.#lane(line), line);
    else if (name === 'softirq_entry' && args['vec'] === '3') this.#begin(this.#lane(line), 'NET_RX', line);
    else if (name === 'sys_recvfrom' && line.kind === 'enter') this.#begin(this.#task(line.pid, line.comm), 'recvfrom()', line);
    else if (name === 'sys_recvfrom') this.#finish(this.#task(line.pid, line.comm), line, { ret: args['ret'] ?? '' });
    else if (name === 'sched_switch') this.#switched(line);
  }

  came({ dev, number, arrival }: Packet): void {
    const name = `device ${dev}`;
    const tid = this.#lanes.get(name) ?? DEVICES_FROM + this.#lanes.size;
    this.#lanes.set(name, tid);
    const at = { cat: 'rx', pid: PROCESS, tid, ts: this.#at(arrival.time) };
    // Shorter than the clock's microsecond: slices of one lane do not cross. Flows begin in a slice.
    this.#write({ ph: 'X', name: `packet ${number}`, ...at, dur: MOMENT, args: {} });
    this.#write({ ph: 's', name: 'packet', ...at, cat: 'packet', id: number });
  }

  moved(packet: Packet, stage: string, line: FtraceLine): void {
    if (stage !== 'stack') return;
    this.#flow('t', packet, line);
  }

  ended(packet: Packet, end: End, line: FtraceLine): void {
    const stack = packet.seen.find(({ stage }) => stage === 'stack')?.line;
    if (stack !== undefined) {
      const until = packet.seen.find(({ stage }) => stage === 'socket')?.line ?? line;
      const isSameLane = until.level === stack.level && until.cpu === stack.cpu;
      this.#slice(this.#lane(stack), `packet ${packet.number}`, stack.time, isSameLane ? until.time : stack.time, { skb: packet.skb, end });
    }
    if (end === 'delivered' && line.name === 'sys_recvfrom') this.#flow('f', packet, line);
  }

  /** Ends what is open, names the lanes, closes the file. */
  close(last: number): void {
    for (const [lane, stack] of this.#open)
      for (const open of stack.reverse()) this.#slice(lane, open.name, open.time, last, { ends: 'after the trace' });
    this.#write({ ph: 'M', name: 'process_name', pid: PROCESS, args: { name: 'receive path' } });
    for (const [name, tid] of this.#lanes) {
      this.#write({ ph: 'M', name: 'thread_name', pid: PROCESS, tid, args: { name } });
      this.#write({ ph: 'M', name: 'thread_sort_index', pid: PROCESS, tid, args: { sort_index: tid } });
    }
    writeSync(this.#file, '\n]}\n');
    closeSync(this.#file);
  }

  /** A reader in recvfrom() leaves its CPU, or comes back. */
  #switched(line: FtraceLine): void {
    const [from, to] = [Number(line.args['prev_pid']), Number(line.args['next_pid'])];
    if (this.#isOpen(from) && line.args['prev_state']?.[0] === 'S') this.#begin(TASKS_FROM + from, 'asleep', line);
    if (this.#open.get(TASKS_FROM + to)?.at(-1)?.name === 'asleep') this.#finish(TASKS_FROM + to, line);
  }

  #isOpen(pid: number): boolean {
    return this.#open.get(TASKS_FROM + pid)?.at(-1)?.name === 'recvfrom()';
  }

  #lane({ level, cpu, pid, comm }: FtraceLine): number {
    if (level === 'task') return this.#task(pid, comm);
    const tid = 2 * cpu + (level === 'hardirq' ? 1 : 2);
    this.#lanes.set(`CPU${cpu} ${level}`, tid);
    return tid;
  }

  #task(pid: number, comm: string): number {
    this.#lanes.set(`${comm}-${pid}`, TASKS_FROM + pid);
    return TASKS_FROM + pid;
  }

  #begin(lane: number, name: string, { time }: FtraceLine): void {
    const stack = this.#open.get(lane) ?? [];
    stack.push({ name, time });
    this.#open.set(lane, stack);
  }

  #finish(lane: number, { time }: FtraceLine, args: Readonly<Record<string, string>> = {}): void {
    const open = this.#open.get(lane)?.pop();
    if (open !== undefined) this.#slice(lane, open.name, open.time, time, args);
  }

  #slice(tid: number, name: string, from: number, to: number, args: Readonly<Record<string, string>>): void {
    this.#write({ ph: 'X', name, cat: 'rx', pid: PROCESS, tid, ts: this.#at(from), dur: Math.max(0, this.#at(to) - this.#at(from)), args });
  }

  #flow(ph: 't' | 'f', { number }: Packet, line: FtraceLine): void {
    const tid = line.name === 'sys_recvfrom' ? this.#task(line.pid, line.comm) : this.#lane(line);
    this.#write({
      ph,
      name: 'packet',
      cat: 'packet',
      id: number,
      pid: PROCESS,
      tid,
      ts: this.#at(line.time),
      ...(ph === 'f' && { bp: 'e' }),
    });
  }

  #at(time: number): number {
    return Math.round((time - (this.#first ?? 0)) * this.#scale * 1000) / 1000;
  }

  #write(event: object): void {
    writeSync(this.#file, `${this.#isFirst ? '' : ',\n'}${JSON.stringify(event)}`);
    this.#isFirst = false;
  }
}
