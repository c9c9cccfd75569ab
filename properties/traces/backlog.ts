/** Lines of the virtual device and the backlog. netif_rx() from entry to exit is one step of the model, at its tracepoint. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { type Book, contextOf, type Handlers, OTHER_CPU } from './book.ts';
import { pollOf } from './survey.ts';

/** One call of netif_rx(): what it has shown so far. */
interface Call {
  readonly address: string | undefined;
  /** The tracepoint netif_rx, and the number of the packet. */
  readonly given?: { readonly line: FtraceLine; readonly packet: number };
  /** Its softirq_raise. */
  readonly raise?: FtraceLine;
}

/** Lines of a backlog, whoever fills it. */
export const BACKLOG_HANDLERS: Handlers = {
  'probe process_backlog': (line, book) => {
    const cpu = book.cpuOf(line);
    if (cpu !== undefined) book.step(line, 'process_backlog', { cpu });
  },
};

export class NetifRx {
  readonly #calls = new Map<string, Call>();
  /** By CPU of the trace: the line that scheduled its backlog from another CPU, until that CPU says something again. */
  readonly #scheduled = new Map<number, FtraceLine>();

  readonly handlers: Handlers = {
    'event netif_rx_entry': (line) => void this.#calls.set(contextOf(line), { address: line.args['skbaddr'] }),
    'event netif_rx': (line, book) => this.#give(line, book),
    'event netif_rx_exit': (line, book) => this.#leave(line, book),
  };

  /** Takes a softirq_raise that belongs to a call under way; false if there is none. */
  raise(line: FtraceLine, book: Book): boolean {
    const call = this.#calls.get(contextOf(line));
    if (call?.given === undefined) return false;
    if (call.raise) book.contradict(line, 'one netif_rx() raises NET_RX twice');
    this.#calls.set(contextOf(line), { ...call, raise: line });
    const target = book.survey.handedUp[call.given.packet];
    if (target !== undefined && target !== line.cpu && book.records('event csd_function_entry')) this.#scheduled.set(target, line);
    return true;
  }

  /**
   * napi_poll of the per-CPU backlog. Who schedules it from another CPU, under the lock, finds SCHED clear: then
   * process_backlog() had returned before, and only its napi_poll comes later.
   */
  polled(line: FtraceLine, book: Book, cpu: number): void {
    const { work } = pollOf(line.rest);
    const delivered = book.n.backlog(cpu).is(`has delivered ${work} packets in this poll`, (context) => context.work === work);
    const scheduled = this.#scheduled.get(line.cpu);
    const args = { cpu, dev: 'backlog' };
    if (scheduled === undefined) book.step(line, 'napi_poll', args, [delivered]);
    else book.stepBefore(scheduled, line, 'napi_poll', args, [delivered]);
  }

  /** A line of any kind, once it is read. */
  collect({ cpu, level, name }: FtraceLine): void {
    if (level === 'softirq' || name === 'csd_function_entry') this.#scheduled.delete(cpu);
  }

  #give(line: FtraceLine, book: Book): void {
    const address = line.args['skbaddr'];
    const entered = this.#calls.get(contextOf(line));
    if (book.records('event netif_rx_entry') && (entered === undefined || entered.given || entered.address !== address)) {
      book.contradict(line, 'netif_rx() was not entered with this packet');
    }
    if (!book.survey.devices.includes(line.args['dev'] ?? '')) return book.ignore('packets of other devices');
    this.#calls.set(contextOf(line), { address, given: { line, packet: book.arrive(address) } });
  }

  #leave(line: FtraceLine, book: Book): void {
    const call = this.#calls.get(contextOf(line));
    this.#calls.delete(contextOf(line));
    if (call?.given === undefined) return book.contradict(line, 'netif_rx() returns, and no packet was given to it');
    const cpu = book.cpuOf(line);
    if (cpu === undefined) return book.ignore(OTHER_CPU);
    const queued = call.raise ? 'netif_rx_scheduled' : 'netif_rx';
    // The queue of another CPU may change between the two: the raise comes under its lock.
    const isSteered = (book.survey.handedUp[call.given.packet] ?? line.cpu) !== line.cpu;
    book.step((isSteered ? call.raise : undefined) ?? call.given.line, line.args['ret'] === '0' ? queued : 'netif_rx_dropped', {
      cpu,
      pkt: call.given.packet,
    });
  }
}
