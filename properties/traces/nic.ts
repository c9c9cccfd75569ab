/** Lines of igb and its interrupt: handler, poll, GRO, refill, completion. Other vectors and instances are left out. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { type Book, contextOf, type Handler, type Handlers, OTHER_CPU } from './book.ts';
import { pollOf } from './survey.ts';

/** A poll of the model's instance: frames given back to the ring so far. */
interface Poll {
  readonly refilled: number;
}

export class Nic {
  /** CPUs of the trace in an interrupt handler: whether it is one of the model's vectors. */
  readonly #handler = new Map<number, boolean>();
  /** By context: a __napi_schedule whose raise is awaited. */
  readonly #scheduling = new Map<string, FtraceLine>();
  readonly #polls = new Map<number, Poll>();
  /** CPUs in napi_complete_done() for the model's instance; the line that scheduled it again, if one did. */
  readonly #completing = new Map<number, FtraceLine | undefined>();

  readonly handlers: Handlers = {
    'event irq_handler_entry': (line, book) => this.#enter(line, book),
    'event irq_handler_exit': (line, book) => this.#exit(line, book),
    'return napi_schedule_prep_ret': this.#inHandler((line, book, cpu) => {
      book.step(line, 'napi_schedule_prep_ret', { cpu, ret: Number(line.args['ret']) });
    }),
    'probe __napi_schedule': (line, book) => this.#schedule(line, book),
    'probe igb_poll': (line, book) => this.#poll(line, book),
    'event napi_gro_receive_entry': (line, book) => {
      const cpu = book.cpuOf(line);
      if (cpu === undefined || !book.survey.devices.includes(line.args['dev'] ?? '')) return book.ignore('packets of other devices');
      book.step(line, 'napi_gro_receive_entry', { cpu, pkt: book.arrive(line.args['skbaddr']) });
    },
    'probe igb_alloc_rx_buffers': (line, book) => this.#refill(line, book),
    'probe napi_complete_done': (line, book) => this.#complete(line, book),
    'return napi_complete_done_ret': (line, book) => this.#completed(line, book),
  };

  /** Takes a softirq_raise in an interrupt handler; false if the line is elsewhere. */
  raise(line: FtraceLine, book: Book, cpu: number): boolean {
    const isOwn = this.#handler.get(line.cpu);
    if (line.level !== 'hardirq' || isOwn === undefined) return false;
    const scheduling = this.#scheduling.get(contextOf(line));
    this.#scheduling.delete(contextOf(line));
    if (!isOwn) book.ignore(OTHER_VECTOR);
    else if (!book.records('probe __napi_schedule')) book.step(line, 'softirq_raise', { cpu });
    else if (scheduling === undefined) book.contradict(line, 'NET_RX is raised by the handler, and no __napi_schedule() came before');
    else book.step(scheduling, '__napi_schedule', { cpu, raised: true });
    return true;
  }

  /** napi_poll of the device. */
  polled(line: FtraceLine, book: Book, cpu: number): void {
    const { instance, work } = pollOf(line.rest);
    if (!book.survey.napi.includes(instance)) return book.ignore(OTHER_NAPI);
    this.#polls.delete(line.cpu);
    const cleaned = book.n.poll(cpu).is(`has cleaned ${work} frames in this poll`, (context) => context.work === work);
    book.step(line, 'napi_poll', { cpu, dev: 'igb' }, [cleaned]);
  }

  #enter(line: FtraceLine, book: Book): void {
    const isOwn = book.survey.vectors.includes(line.args['name'] ?? '');
    this.#handler.set(line.cpu, isOwn);
    const cpu = book.cpuOf(line);
    if (!isOwn || cpu === undefined) return book.ignore(OTHER_VECTOR);
    book.step(line, 'irq_handler_entry', { cpu });
  }

  #exit(line: FtraceLine, book: Book): void {
    const isOwn = this.#handler.get(line.cpu);
    this.#handler.delete(line.cpu);
    const cpu = book.cpuOf(line);
    if (isOwn !== true || cpu === undefined) return book.ignore(OTHER_VECTOR);
    const scheduling = this.#scheduling.get(contextOf(line));
    this.#scheduling.delete(contextOf(line));
    if (scheduling !== undefined) book.step(scheduling, '__napi_schedule', { cpu, raised: false });
    book.state(line, book.n.handler(cpu).in('leaving'));
  }

  #schedule(line: FtraceLine, book: Book): void {
    if (!book.survey.napi.includes(line.args['n'] ?? '')) return book.ignore(OTHER_NAPI);
    if (line.level === 'hardirq') this.#scheduling.set(contextOf(line), line);
    else if (this.#completing.has(line.cpu)) this.#completing.set(line.cpu, line);
    else book.contradict(line, 'the instance is scheduled, and neither by its interrupt nor by napi_complete_done()');
  }

  #poll(line: FtraceLine, book: Book): void {
    const cpu = book.cpuOf(line);
    if (cpu === undefined || !book.survey.napi.includes(line.args['napi'] ?? '')) return book.ignore(OTHER_NAPI);
    this.#polls.set(line.cpu, { refilled: 0 });
    book.step(line, 'igb_poll', { cpu });
  }

  /** Frames are given back as they are cleaned: after this call, as many as the poll has taken. */
  #refill(line: FtraceLine, book: Book): void {
    const poll = this.#polls.get(line.cpu);
    const cpu = book.cpuOf(line);
    if (poll === undefined || cpu === undefined) return book.ignore(OTHER_NAPI);
    const refilled = poll.refilled + Number(line.args['count']);
    this.#polls.set(line.cpu, { refilled });
    const taken = book.n
      .poll(cpu)
      .is(
        `is at a refill with ${refilled} frames taken`,
        (context, state) => (state === 'cleaning' || state === 'refilling') && context.work === refilled,
      );
    book.state(line, taken);
  }

  #complete(line: FtraceLine, book: Book): void {
    const cpu = book.cpuOf(line);
    if (cpu === undefined || !book.survey.napi.includes(line.args['n'] ?? '')) return book.ignore(OTHER_NAPI);
    this.#completing.set(line.cpu, undefined);
    const work = Number(line.args['work_done']);
    const ready = book.n
      .poll(cpu)
      .is(`is about to complete with ${work} frames`, (context, state) => state === 'flushing' && context.work === work);
    book.state(line, ready);
  }

  #completed(line: FtraceLine, book: Book): void {
    const cpu = book.cpuOf(line);
    if (cpu === undefined || !this.#completing.has(line.cpu)) return book.ignore(OTHER_NAPI);
    const again = this.#completing.get(line.cpu);
    this.#completing.delete(line.cpu);
    const ret = Number(line.args['ret']);
    if (book.records('probe __napi_schedule') && (again === undefined) !== (ret === 1)) {
      book.contradict(line, `napi_complete_done() returns ${ret}, and the instance was ${again ? '' : 'not '}scheduled again`);
    }
    book.step(line, 'napi_complete_done_ret', { cpu, ret });
  }

  /** Lines within the handler of one of the model's vectors. */
  #inHandler(take: (line: FtraceLine, book: Book, cpu: number) => void): Handler {
    return (line, book) => {
      const cpu = book.cpuOf(line);
      if (cpu === undefined) book.ignore(OTHER_CPU);
      else if (this.#handler.get(line.cpu) === true && line.level === 'hardirq') take(line, book, cpu);
      else book.ignore(OTHER_VECTOR);
    };
  }
}

const OTHER_VECTOR = 'of other interrupt vectors';
export const OTHER_NAPI = 'of other NAPI instances';
