/** Lines of the virtual device and the backlog. netif_rx() from entry to exit is one step of the model, at its tracepoint. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { type Book, contextOf, type Handlers, OTHER_CPU } from './book.ts';
import { pollOf } from './survey.ts';

/** One call of netif_rx(): what it has shown so far. */
interface Call {
  readonly address: string | undefined;
  /** The tracepoint netif_rx, and the number of the packet. */
  readonly given?: { readonly line: FtraceLine; readonly packet: number };
  readonly raises: boolean;
}

export class NetifRx {
  readonly #calls = new Map<string, Call>();

  readonly handlers: Handlers = {
    'event netif_rx_entry': (line) => void this.#calls.set(contextOf(line), { address: line.args['skbaddr'], raises: false }),
    'event netif_rx': (line, book) => this.#give(line, book),
    'event netif_rx_exit': (line, book) => this.#leave(line, book),
    'probe process_backlog': (line, book) => {
      const cpu = book.cpuOf(line);
      if (cpu !== undefined) book.step(line, 'process_backlog', { cpu });
    },
  };

  /** Takes a softirq_raise that belongs to a call under way; false if there is none. */
  raise(line: FtraceLine, book: Book): boolean {
    const call = this.#calls.get(contextOf(line));
    if (call?.given === undefined) return false;
    if (call.raises) book.contradict(line, 'one netif_rx() raises NET_RX twice');
    this.#calls.set(contextOf(line), { ...call, raises: true });
    return true;
  }

  #give(line: FtraceLine, book: Book): void {
    const address = line.args['skbaddr'];
    const entered = this.#calls.get(contextOf(line));
    if (book.records('event netif_rx_entry') && (entered === undefined || entered.given || entered.address !== address)) {
      book.contradict(line, 'netif_rx() was not entered with this packet');
    }
    if (!book.survey.devices.includes(line.args['dev'] ?? '')) return book.ignore('packets of other devices');
    this.#calls.set(contextOf(line), { address, given: { line, packet: book.arrive(address) }, raises: false });
  }

  #leave(line: FtraceLine, book: Book): void {
    const call = this.#calls.get(contextOf(line));
    this.#calls.delete(contextOf(line));
    if (call?.given === undefined) return book.contradict(line, 'netif_rx() returns, and no packet was given to it');
    const cpu = book.cpuOf(line);
    if (cpu === undefined) return book.ignore(OTHER_CPU);
    const queued = call.raises ? 'netif_rx_scheduled' : 'netif_rx';
    book.step(call.given.line, line.args['ret'] === '0' ? queued : 'netif_rx_dropped', { cpu, pkt: call.given.packet });
  }
}

/** napi_poll of the per-CPU backlog. */
export function backlogPolled(line: FtraceLine, book: Book, cpu: number): void {
  const { work } = pollOf(line.rest);
  const delivered = book.n.backlog(cpu).is(`has delivered ${work} packets in this poll`, (context) => context.work === work);
  book.step(line, 'napi_poll', { cpu, dev: 'backlog' }, [delivered]);
}
