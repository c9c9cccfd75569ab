/** A trace of any length, held against the machines of the model one by one: from a file to findings and figures. */
import { contextOf, Frames } from '../../src/conform/frames.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { eachLine } from '../../src/conform/rows.ts';
import { Findings } from './finding.ts';
import { count, Figures } from './figures.ts';
import { NetRxPasses } from './netRx.ts';
import { pollOf } from '../traces/survey.ts';
import { Arrivals } from './arrivals.ts';
import { Life, type PacketListener } from './life.ts';
import { Packets } from './packets.ts';
import { Polls } from './polls.ts';
import { Schedule } from './schedule.ts';
import { type Call, MSG, Tasks } from './tasks.ts';
import { Wakeups } from './wakeups.ts';

export interface WatchOptions {
  /** net.core.netdev_budget, if it is known. */
  readonly budget?: number | undefined;
  /** Lines that the trace would have, besides those that it has: `event netif_rx`. */
  readonly recorded?: ReadonlySet<string>;
  /** Who else wants to know of packets and lines. */
  readonly listeners?: readonly PacketListener[];
  readonly line?: (line: FtraceLine) => void;
}

export interface Watched {
  readonly lines: number;
  /** Lines that some monitor took. */
  readonly used: number;
  readonly names: ReadonlyMap<string, number>;
  readonly entries: number | undefined;
  readonly findings: Findings;
  readonly figures: Figures;
  readonly packets: number;
  readonly tasks: Tasks;
}

/** False if the line is of others. */
type Take = (line: FtraceLine) => unknown;

/** Everything that is asked of one line; `handlers` by kind and name. */
export class Watch {
  readonly findings = new Findings();
  readonly figures = new Figures();
  readonly tasks = new Tasks(this.findings);
  readonly life: Life;
  readonly packets: Packets;
  readonly wakeups: Wakeups;
  readonly names = new Map<string, number>();
  used = 0;
  readonly #isRecorded: (key: string) => boolean;
  readonly #arrivals: Arrivals;
  readonly #polls: Polls;
  readonly #passes: NetRxPasses;
  readonly #frames = new Frames();
  readonly #schedule = new Schedule(this.findings);
  readonly #handlers: Readonly<Record<string, Take>>;
  #last: FtraceLine | undefined;

  constructor({ budget, recorded, listeners = [] }: WatchOptions = {}) {
    this.#isRecorded = (key) => recorded?.has(key) === true || this.names.has(key);
    this.life = new Life(this.findings, [this.figures, ...listeners], this.#isRecorded);
    this.packets = new Packets(this.life);
    this.#arrivals = new Arrivals(this.life);
    this.#polls = new Polls(this.life);
    this.wakeups = new Wakeups(this.findings, this.tasks, this.life);
    this.#passes = new NetRxPasses(this.findings, this.figures, budget);
    this.#handlers = { ...this.#packetHandlers(), ...this.#taskHandlers(), ...this.#softirqHandlers() };
  }

  take(line: FtraceLine): void {
    this.#last = line;
    this.#frames.take(line);
    this.#schedule.take(line);
    this.wakeups.pass(line);
    const key = `${line.kind} ${line.name}`;
    count(this.names, key);
    const handler = this.#handlers[key];
    if (handler === undefined) return;
    if (handler(line) !== false) this.used++;
  }

  end(): void {
    this.#schedule.finish();
    this.packets.finish();
    this.#polls.finish();
    if (this.#last !== undefined) this.wakeups.rest(this.#last);
    for (const { line, text, why } of this.#frames.end()) this.findings.refuse('calls', { line, text } as FtraceLine, why);
    this.findings.refusals.sort((a, b) => a.line - b.line);
  }

  /** sock_recv_length comes right before the end of the call, and says what that returns. */
  #returns(line: FtraceLine, call: Call | undefined): void {
    if (call === undefined || !this.#isRecorded('event sock_recv_length')) return;
    const ret = Number(line.args['ret']);
    if (call.length === undefined) this.findings.refuse('socket', line, 'the call returns, and sock_recv_length did not come before');
    else if (call.length !== (ret >= 0 && call.flags & MSG.peek ? 0 : ret))
      this.findings.refuse('socket', line, `the call returns ${ret}, sock_recv_length said ${call.length}`);
  }

  #packetHandlers(): Record<string, Take> {
    const { packets, figures } = this;
    return {
      'event netif_rx_entry': (line) => this.#arrivals.entersRx(line),
      'event netif_rx': (line) => this.#arrivals.arrives(line, 'backlog'),
      'event netif_rx_exit': (line) => this.#arrivals.netifRx(line),
      'event napi_gro_receive_entry': (line) => this.#arrivals.arrives(line, 'GRO'),
      'event netif_receive_skb': (line) => {
        this.#passes.within(line);
        packets.handedUp(line);
      },
      'event kfree_skb': (line) => {
        const packet = packets.freed(line);
        if (packet === undefined) return false;
        if (line.level === 'task' && (line.args['location'] ?? '').startsWith('udp_recvmsg')) this.tasks.bad(line);
        return true;
      },
      'event consume_skb': (line) => packets.consumed(line),
      'event udp_fail_queue_rcv_skb': (line) => {
        count(figures.failed, line.args['rc'] ?? '');
        this.#passes.within(line);
        packets.failed(line);
      },
      'event icmp_send': (line) => {
        count(figures.errors, `${this.life.at(line)?.dev} ${Number.parseInt(line.args['type'] ?? '', 10)}`);
        packets.answered(line);
      },
      'event inet_sk_error_report': (line) => this.wakeups.failed(line),
      'event sk_data_ready': (line) => {
        if (line.args['protocol'] !== '17' || line.args['family'] !== '2') return false;
        this.#passes.within(line);
        packets.appendedOne(line);
        this.wakeups.note(line);
        this.wakeups.ready(line);
        return true;
      },
    };
  }

  #taskHandlers(): Record<string, Take> {
    const { tasks, figures, packets } = this;
    return {
      'enter sys_recvfrom': (line) => {
        this.wakeups.note(line);
        this.wakeups.saw(tasks.enter(line));
      },
      'event sock_recv_length': (line) => {
        const call = tasks.calls.get(line.pid);
        if (call === undefined) return false;
        if (call.length !== undefined)
          this.findings.refuse('socket', line, `the call of line ${call.line} has said already what it returns`);
        // trace-cmd prints a negative length where tracefs prints an error.
        call.length = Number(line.args['error']) < 0 ? Number(line.args['error']) : Number(line.args['length']);
        call.sock = line.args['protocol'] === '0x11' && line.args['family'] === 'AF_INET' ? (line.args['address'] ?? '') : 'other';
        this.wakeups.saw(call);
        return true;
      },
      'exit sys_recvfrom': (line) => {
        this.wakeups.note(line);
        const call = tasks.exit(line);
        this.#returns(line, call);
        const isPeek = ((call?.flags ?? 0) & MSG.peek) !== 0;
        const isUdp = call?.sock !== 'other';
        figures.returned(line, call, isPeek, isUdp);
        if (Number(line.args['ret']) === -11 && this.wakeups.isOneSocket) packets.isEmptyKnown = true;
        if (Number(line.args['ret']) >= 0 && isUdp && !isPeek) packets.read(line, this.wakeups.isOneSocket);
      },
      'event sched_switch': (line) => {
        const sleeps = tasks.out(line);
        if (sleeps) this.wakeups.note(line);
        if (sleeps && packets.isEmpty) packets.isEmptyKnown = true;
        return sleeps || [line.args['prev_pid'], line.args['next_pid']].some((pid) => this.#schedule.has(Number(pid)));
      },
      'event sched_waking': (line) => {
        if (tasks.woken(line) === undefined) return this.#schedule.has(Number(line.args['pid']));
        this.wakeups.note(line);
        if (line.level !== 'hardirq') figures.wakeups++;
        packets.wakes(line);
        this.wakeups.woken(line, line.level === 'softirq' && this.#passes.isIn(line) && this.#isRecorded('event sk_data_ready'));
        return true;
      },
      'probe napi_schedule_prep': (line) => tasks.napiCalled(line, contextOf(line)),
      'probe napi_complete_done': (line) => tasks.napiCalled(line, contextOf(line)),
      'return napi_schedule_prep_ret': (line) => tasks.napiReturned(line, contextOf(line)),
      'return napi_complete_done_ret': (line) => {
        if (line.args['ret'] === '0' || line.args['ret'] === '0x0') figures.missed++;
        tasks.napiReturned(line, contextOf(line));
      },
    };
  }

  #softirqHandlers(): Record<string, Take> {
    return {
      'event softirq_raise': (line) => {
        this.tasks.softirq(line);
        if (line.args['vec'] !== '3') return false;
        if (line.level !== 'hardirq') {
          this.#passes.raised(line);
          this.#arrivals.raised(line);
        }
        return true;
      },
      'event softirq_entry': (line) => {
        this.tasks.softirq(line);
        if (line.args['vec'] !== '3') return false;
        this.#passes.begin(line);
        this.#polls.softirqBegins(line);
        return true;
      },
      'event softirq_exit': (line) => {
        this.tasks.softirq(line);
        if (line.args['vec'] !== '3') return false;
        this.#passes.end(line);
        this.#polls.softirqEnds(line);
        return true;
      },
      'event napi_poll': (line) => {
        this.#passes.within(line);
        const { device, work, budget } = pollOf(line.rest);
        this.#passes.polled(line, device, work, budget);
        this.packets.polled(line);
        this.#polls.polled(line, device, work);
      },
    };
  }
}

/** Reads the trace at `path` once. Throws a UsageError for a file that is no whole trace. */
export async function watchFile(path: string, options: WatchOptions = {}): Promise<Watched> {
  const watch = new Watch(options);
  const { lines, entries } = await eachLine(path, (line) => {
    options.line?.(line);
    watch.take(line);
  });
  watch.end();
  const { findings, figures, life, tasks, names, used } = watch;
  return { lines, entries, used, names, findings, figures, packets: life.count, tasks };
}
