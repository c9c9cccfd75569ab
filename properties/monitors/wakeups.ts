/**
 * Sleepers and datagrams of one socket: who must be woken, and who sleeps beside a datagram.
 *
 * A wakeup that finds a sleeper shows as sched_waking, in the context of sk_data_ready and before anything else there. A
 * reader that sleeps while datagrams are queued is a lost wakeup: no monitor refuses it, for kernels do that.
 */
import { contextOf } from '../../src/conform/frames.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Findings } from './finding.ts';
import type { Life } from './life.ts';
import type { Call, Tasks } from './tasks.ts';

export const LOST_WAKEUP = 'no reader sleeps while a datagram is readable';

const REFUSALS_MAX = 100;
const RECENT_MAX = 64;

/** Names of lines after which a wakeup of this context cannot come any more. */
const AFTER = new Set(['netif_receive_skb', 'napi_poll', 'softirq_exit', 'sk_data_ready', 'udp_fail_queue_rcv_skb', 'icmp_send']);

export class Wakeups {
  readonly #findings: Findings;
  readonly #tasks: Tasks;
  readonly #life: Life;
  /** By context: the line that says so, and who slept then. */
  readonly #owed = new Map<
    string,
    { readonly line: FtraceLine; readonly sleepers: readonly { readonly call: Call; readonly since: FtraceLine }[] }
  >();
  /** Contexts in which something has just become readable. */
  readonly #ready = new Set<string>();
  /** Wakeups in net_rx_action() without sk_data_ready before. */
  readonly #early = new Map<string, FtraceLine>();
  /** By name and file descriptor of a reader: the address of its socket, once that was seen. */
  readonly #sockets = new Map<string, string | undefined>();
  /** The last lines that tell of readers and datagrams. */
  readonly #recent: FtraceLine[] = [];
  /** What is refused if it turns out that all have one socket. */
  readonly #ifOne: (() => void)[] = [];

  constructor(findings: Findings, tasks: Tasks, life: Life) {
    this.#findings = findings;
    this.#tasks = tasks;
    this.#life = life;
  }

  /** A line that a story of a lost wakeup needs. */
  note(line: FtraceLine): void {
    this.#recent.push(line);
    if (this.#recent.length > 2 * RECENT_MAX) this.#recent.splice(0, RECENT_MAX);
  }

  /** A call, or what sock_recv_length says of it. */
  saw(call: Call): void {
    const key = `${call.comm} ${call.fd}`;
    if (call.sock !== 'other') this.#sockets.set(key, call.sock ?? this.#sockets.get(key));
  }

  /** All readers have one socket, as far as is known. */
  get isOneSocket(): boolean {
    const addresses = new Set(this.#sockets.values());
    return addresses.size === 1 && !addresses.has(undefined);
  }

  /** inet_sk_error_report is written after the wakeup for the error. */
  failed(line: FtraceLine): void {
    this.#early.delete(contextOf(line));
  }

  /** Data for a socket. */
  ready(line: FtraceLine): void {
    this.#ready.add(contextOf(line));
    const sleepers = [...this.#tasks.calls.values()].flatMap((call) => (call.asleep === undefined ? [] : [{ call, since: call.asleep }]));
    if (sleepers.length > 0) this.#owed.set(contextOf(line), { line, sleepers });
  }

  /** A reader is woken; `isInNetRx` says that net_rx_action() is at work there. */
  woken(line: FtraceLine, isInNetRx: boolean): void {
    this.#owed.delete(contextOf(line));
    if (isInNetRx && !this.#ready.has(contextOf(line))) this.#early.set(contextOf(line), line);
  }

  /** Any line: what was owed should have come by now. */
  pass(line: FtraceLine): void {
    if (!AFTER.has(line.name)) return;
    const context = contextOf(line);
    this.#ready.delete(context);
    const early = this.#early.get(context);
    this.#early.delete(context);
    if (early !== undefined)
      this.#findings.refuse(
        'wait queue',
        early,
        'net_rx_action() wakes a reader, and sk_data_ready did not come before, nor an error after',
      );
    const owed = this.#owed.get(context);
    this.#owed.delete(context);
    if (owed === undefined || this.#ifOne.length >= REFUSALS_MAX) return;
    const left = owed.sleepers.filter(({ call, since }) => this.#tasks.calls.get(call.pid)?.asleep === since);
    const [first] = left;
    if (first === undefined || left.length < owed.sleepers.length) return;
    const why = `${first.call.comm}-${first.call.pid} sleeps since line ${first.since.line}, sk_data_ready came in line ${owed.line.line}, and nobody was woken for it`;
    const possible = left.map(({ call }) => `${call.comm}-${call.pid} sleeps`);
    this.#ifOne.push(() => this.#findings.refuse('wait queue', line, why, { possible, instead: ['sched_waking of one of them'] }));
  }

  /** The end of the trace, or a moment at which nothing is under way: who sleeps beside a datagram? */
  rest(last: FtraceLine): void {
    if (!this.isOneSocket) return;
    for (const refuse of this.#ifOne) refuse();
    // Who is awake in recvfrom() will take one each.
    const awake = [...this.#tasks.calls.values()].filter(({ asleep }) => asleep === undefined).length;
    const waits = this.#life.queued[awake];
    if (waits === undefined) return;
    for (const { comm, pid, asleep, line } of this.#tasks.calls.values()) {
      if (asleep === undefined) continue;
      const came = waits.seen.at(-1)!.line;
      this.#findings.violations.push({
        property: LOST_WAKEUP,
        line: last.line,
        what: `${comm}-${pid} has slept in recvfrom() since line ${asleep.line}, and packet ${waits.number}, queued in line ${came.line}, is readable`,
        recorded: this.#since(line),
        reader: pid,
        inferred: [
          `line ${line}: ${comm}-${pid} tries both queues and finds nothing`,
          ...(came.line < asleep.line
            ? [
                `line ${came.line}: sk_data_ready finds nobody in the wait queue: ${comm}-${pid} is not linked yet, or has not set its state`,
                `another reader tries: it splices all of sk_receive_queue to reader_queue, and takes one datagram; packet ${waits.number} stays in reader_queue`,
                `${comm}-${pid} links itself and looks at sk_receive_queue alone (__skb_wait_for_more_packets): it is empty, reader_queue is not`,
                `line ${asleep.line}: ${comm}-${pid} sleeps; packet ${waits.number} waits for the next datagram`,
              ]
            : [`line ${came.line}: the wakeup for it went to somebody who did not read it`]),
        ],
      });
    }
  }

  /** Lines since the call of line `from`, and since the calls of others that had not returned by then. */
  #since(from: number): FtraceLine[] {
    const open = new Map<number, number>();
    for (const { kind, pid, line } of this.#recent) {
      if (line > from) break;
      if (kind === 'enter') open.set(pid, line);
      if (kind === 'exit') open.delete(pid);
    }
    const first = Math.min(from, ...open.values());
    const pids = new Set(open.keys());
    const isOf = ({ line, kind, pid, args }: FtraceLine): boolean =>
      line >= from || (kind === 'event' ? [args['prev_pid'], args['pid']].some((one) => pids.has(Number(one))) : open.get(pid) === line);
    return this.#recent.filter((one) => one.line >= first && isOf(one));
  }
}
