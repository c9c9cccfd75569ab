/** NET_RX on the CPUs of the model: from softirq_entry to softirq_exit, unless it served other devices only. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Book, Handler, Handlers } from './book.ts';
import { OTHER_CPU } from './book.ts';
import { isRpsIpi } from './steering.ts';
import { pollOf, type Survey } from './survey.ts';

/** Whether a line of NET_RX is about the model's packets. */
function isOwn(line: FtraceLine, { byBacklog, devices, napi, vectors }: Survey): boolean {
  const { name, args, rest } = line;
  switch (name) {
    case 'process_backlog':
      return byBacklog;
    case 'csd_queue_cpu':
      return byBacklog && isRpsIpi(line);
    case 'netif_receive_skb':
    case 'napi_gro_receive_entry':
      return devices.includes(args['dev'] ?? '');
    case 'napi_poll':
      return (byBacklog && pollOf(rest).device === '(no_device)') || napi.includes(pollOf(rest).instance);
    case 'igb_poll':
    case 'e1000_clean':
    case 'veth_poll':
      return napi.includes(args['napi'] ?? '');
    case 'irq_handler_entry':
      return vectors.includes(args['name'] ?? '');
    default:
      return false;
  }
}

const isNetRx = ({ name, args }: FtraceLine): boolean => /^softirq_(entry|exit)$/.test(name) && args['vec'] === '3';

export class NetRx {
  /** Lines that begin or end a pass that is not the model's. */
  readonly #foreign = new Set<number>();
  /** CPUs of the trace in a pass, and the line that began it. */
  readonly #serving = new Map<number, number>();
  /** CPUs of the trace in a pass that is not the model's. */
  readonly #servingOthers = new Set<number>();

  readonly handlers: Handlers = {
    'event softirq_entry': this.#edge('softirq_entry', ({ cpu, line }) => this.#serving.set(cpu, line)),
    'event softirq_exit': this.#edge('softirq_exit', ({ cpu }) => this.#serving.delete(cpu)),
    'function net_rx_action': (line, book) => {
      const cpu = book.cpuOf(line);
      if (cpu === undefined || !this.#serving.has(line.cpu)) book.ignore(OTHER_PASS);
      else book.step(line, 'net_rx_action', { cpu });
    },
  };

  constructor(lines: readonly FtraceLine[], survey: Survey) {
    const passes = new Map<number, { readonly from: number; isOwn: boolean }>();
    for (const line of lines) {
      const pass = passes.get(line.cpu);
      if (isNetRx(line) && line.name === 'softirq_entry') passes.set(line.cpu, { from: line.line, isOwn: false });
      else if (pass !== undefined && isNetRx(line)) {
        if (!pass.isOwn) this.#foreign.add(pass.from).add(line.line);
        passes.delete(line.cpu);
      } else if (pass !== undefined && line.level !== 'task' && isOwn(line, survey)) pass.isOwn = true;
    }
  }

  /** The line is in a pass of the model. */
  isServing({ cpu, level }: FtraceLine): boolean {
    return level === 'softirq' && this.#serving.has(cpu);
  }

  /** The line is in a pass for other devices. */
  isServingOthers({ cpu, level }: FtraceLine): boolean {
    return level === 'softirq' && this.#servingOthers.has(cpu);
  }

  /** Contradicts a line of a task whose CPU has not left NET_RX. */
  collect(line: FtraceLine, book: Book): void {
    const from = this.#serving.get(line.cpu);
    if (from === undefined || line.level !== 'task' || !book.records('event softirq_exit')) return;
    this.#serving.delete(line.cpu);
    book.contradict(line, `the softirq of line ${from} has not ended, and a task runs`);
  }

  #edge(event: string, note: (line: FtraceLine) => void): Handler {
    return (line, book: Book) => {
      const cpu = book.cpuOf(line);
      if (cpu === undefined) return book.ignore(OTHER_CPU);
      if (line.args['vec'] !== '3') return book.ignore(OTHER_PASS);
      if (this.#foreign.has(line.line)) {
        if (event === 'softirq_entry') this.#servingOthers.add(line.cpu);
        else this.#servingOthers.delete(line.cpu);
        return book.ignore(OTHER_PASS);
      }
      note(line);
      book.step(line, event, { cpu });
    };
  }
}

export const OTHER_PASS = 'softirqs of other devices and vectors';
