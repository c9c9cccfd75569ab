/**
 * Sleepers and datagrams of one socket: who must be woken, and who sleeps beside a datagram.
 *
 * A wakeup that finds a sleeper shows as sched_waking, in the context of sk_data_ready and before anything else there. A
 * reader that sleeps while datagrams are queued is a lost wakeup: no monitor refuses it, for kernels do that.
 */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { contextOf, type Findings } from './finding.ts';
import type { Packets } from './packets.ts';
import type { Call, Tasks } from './tasks.ts';

export const LOST_WAKEUP = 'no reader sleeps while a datagram is readable';

/** Names of lines after which a wakeup of this context cannot come any more. */
const REFUSALS_MAX = 100;
const RECENT_MAX = 64;

const AFTER = new Set(['netif_receive_skb', 'napi_poll', 'softirq_exit', 'sk_data_ready', 'udp_fail_queue_rcv_skb', 'icmp_send']);

export class Wakeups {
  readonly #findings: Findings;
  readonly #tasks: Tasks;
  readonly #packets: Packets;
  /** By context: the line that says so, and who slept then. */
  readonly #owed = new Map<string, { readonly line: FtraceLine; readonly sleepers: readonly Call[] }>();
  /** By name and file descriptor of a reader: the address of its socket, once that was seen. */
  readonly #sockets = new Map<string, string | undefined>();
  /** The last lines that tell of readers and datagrams. */
  readonly #recent: FtraceLine[] = [];
  /** What is refused if it turns out that all have one socket. */
  readonly #ifOne: (() => void)[] = [];

  constructor(findings: Findings, tasks: Tasks, packets: Packets) {
    this.#findings = findings;
    this.#tasks = tasks;
    this.#packets = packets;
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

  ready(line: FtraceLine): void {
    const sleepers = [...this.#tasks.calls.values()].filter(({ asleep, line: since }) => asleep !== undefined && since > 0);
    if (sleepers.length > 0) this.#owed.set(contextOf(line), { line, sleepers });
  }

  woken(line: FtraceLine): void {
    this.#owed.delete(contextOf(line));
  }

  /** Any line: what was owed should have come by now. */
  pass(line: FtraceLine): void {
    if (!AFTER.has(line.name) || this.#owed.size === 0) return;
    const context = contextOf(line);
    const owed = this.#owed.get(context);
    this.#owed.delete(context);
    if (owed === undefined || this.#ifOne.length >= REFUSALS_MAX) return;
    const left = owed.sleepers.filter(({ pid, asleep }) => this.#tasks.calls.get(pid)?.asleep === asleep);
    const [first] = left;
    if (first === undefined || left.length < owed.sleepers.length) return;
    const why = `${first.comm}-${first.pid} sleeps since line ${first.asleep!.line}, sk_data_ready came in line ${owed.line.line}, and nobody was woken for it`;
    const possible = left.map(({ comm, pid }) => `${comm}-${pid} sleeps`);
    this.#ifOne.push(() => this.#findings.refuse('wait queue', line, why, { possible, instead: ['sched_waking of one of them'] }));
  }

  /** The end of the trace, or a moment at which nothing is under way: who sleeps beside a datagram? */
  rest(last: FtraceLine): void {
    if (!this.isOneSocket) return;
    for (const refuse of this.#ifOne) refuse();
    const [waits] = this.#packets.queued;
    if (waits === undefined) return;
    for (const { comm, pid, asleep, line } of this.#tasks.calls.values()) {
      if (asleep === undefined) continue;
      const came = waits.seen.at(-1)!.line;
      this.#findings.violations.push({
        property: LOST_WAKEUP,
        line: last.line,
        what: `${comm}-${pid} has slept in recvfrom() since line ${asleep.line}, and packet ${waits.number}, queued in line ${came.line}, is readable`,
        recorded: this.#recent.filter((one) => one.line >= line).map((one) => one.text.trim()),
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
}
