/** RPS: lines of the IPI that schedules the backlog of another CPU. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { type Book, type Handlers, OTHER_CPU } from './book.ts';
import { isRpsIpi } from './steering.ts';

/** The callback runs in the idle loop, and no interrupt has come. */
const inIdle = ({ level, pid }: FtraceLine): boolean => level === 'task' && pid === 0;

export class Ipis {
  /** By CPU of the trace: a callback that has begun, interrupts off; whether it has raised NET_RX is to come. */
  readonly #begun = new Map<number, FtraceLine>();

  readonly handlers: Handlers = {
    'event csd_queue_cpu': (line, book) => {
      if (!isRpsIpi(line)) return book.ignore(OTHER_IPI);
      const [cpu, target] = [book.cpuOf(line), book.cpuOf({ ...line, cpu: Number(line.args['cpu']) })];
      if (cpu === undefined || target === undefined) return book.ignore(OTHER_CPU);
      book.step(line, 'csd_queue_cpu', { cpu, target });
    },
    'event csd_function_entry': (line, book) => {
      if (!isRpsIpi(line)) return book.ignore(OTHER_IPI);
      this.#begun.set(line.cpu, line);
    },
    'event ipi_send_cpu': (_, book) => book.ignore('said by csd_queue_cpu too'),
  };

  /** The next line of its CPU says whether a callback has raised NET_RX: true if `line` is that raise. */
  collect(line: FtraceLine, book: Book): boolean {
    const begun = this.#begun.get(line.cpu);
    if (begun === undefined || line.kind !== 'event') return false;
    this.#begun.delete(line.cpu);
    const raised = line.name === 'softirq_raise' && line.args['vec'] === '3' && line.level === begun.level;
    const cpu = book.cpuOf(line);
    const context = inIdle(begun) ? 'idle' : begun.level;
    if (cpu === undefined) book.ignore(OTHER_CPU);
    else book.step(begun, 'csd_function_entry', { cpu, context, ...(book.records('event softirq_raise') && { raised }) });
    return raised;
  }
}

const OTHER_IPI = 'other interprocessor interrupts';
