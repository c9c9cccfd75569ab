/** Lines of a device with a NAPI instance: its interrupt or its sender, poll, GRO, refill, completion. Other vectors and instances are left out. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { type Book, contextOf, type Handlers, OTHER_CPU } from './book.ts';
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
  /** By context: a napi_schedule_prep() of the model's instance, outside an interrupt. */
  readonly #asking = new Set<string>();
  /** Contexts that send to the device (veth). */
  readonly #sending = new Set<string>();
  readonly #polls = new Map<number, Poll>();
  /** CPUs in napi_complete_done() for the model's instance; the line that scheduled it again, if one did. */
  readonly #completing = new Map<number, FtraceLine | undefined>();

  readonly handlers: Handlers = {
    'event irq_handler_entry': (line, book) => this.#enter(line, book),
    'event irq_handler_exit': (line, book) => this.#exit(line, book),
    'probe napi_schedule_prep': (line, book) => {
      if (line.level !== 'hardirq' && book.survey.napi.includes(line.args['n'] ?? '')) this.#asking.add(contextOf(line));
      else book.ignore(line.level === 'hardirq' ? 'said by the return from napi_schedule_prep() too' : OTHER_NAPI);
    },
    'return napi_schedule_prep_ret': (line, book) => {
      const cpu = book.cpuOf(line);
      const isOwn = line.level === 'hardirq' ? this.#handler.get(line.cpu) === true : this.#asking.delete(contextOf(line));
      if (cpu === undefined) book.ignore(OTHER_CPU);
      else if (isOwn) book.step(line, 'napi_schedule_prep_ret', { cpu, ret: Number(line.args['ret']) });
      else book.ignore(line.level === 'hardirq' ? OTHER_VECTOR : OTHER_NAPI);
    },
    'probe __napi_schedule': (line, book) => this.#schedule(line, book),
    'probe igb_poll': (line, book) => this.#poll(line, book, 'igb_poll'),
    'probe e1000_clean': (line, book) => this.#poll(line, book, 'poll'),
    'probe veth_poll': (line, book) => this.#poll(line, book, 'poll'),
    'event napi_gro_receive_entry': (line, book) => {
      const cpu = book.cpuOf(line);
      if (cpu === undefined || !book.survey.devices.includes(line.args['dev'] ?? '')) return book.ignore('packets of other devices');
      book.step(line, 'napi_gro_receive_entry', { cpu, pkt: book.arrive(line.args['skbaddr']) });
    },
    'probe igb_alloc_rx_buffers': (line, book) => this.#refill(line, book, line.args['count']),
    'probe e1000_alloc_rx_buffers': (line, book) => this.#refill(line, book, line.args['cleaned_count']),
    'event net_dev_start_xmit': (line, book) => this.#send(line, book, true),
    'event net_dev_xmit': (line, book) => this.#send(line, book, false),
    'probe napi_complete_done': (line, book) => this.#complete(line, book),
    'return napi_complete_done_ret': (line, book) => this.#completed(line, book),
  };

  /** Takes a softirq_raise in an interrupt handler, or by who sends through veth; false if the line is elsewhere. */
  raise(line: FtraceLine, book: Book, cpu: number): boolean {
    if (book.survey.device === 'veth-napi') return this.#raisedBySender(line, book, cpu);
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

  /** Between net_dev_start_xmit and net_dev_xmit of the other end, a sender raises NET_RX for this one. */
  #raisedBySender(line: FtraceLine, book: Book, cpu: number): boolean {
    const scheduling = this.#scheduling.get(contextOf(line));
    if (!this.#sending.has(contextOf(line)) && scheduling === undefined) return false;
    this.#scheduling.delete(contextOf(line));
    if (!book.records('probe __napi_schedule')) book.step(line, 'softirq_raise', { cpu });
    else if (scheduling !== undefined) book.step(scheduling, '__napi_schedule', { cpu, raised: true });
    else book.ignore(OTHER_NAPI);
    return true;
  }

  /** napi_poll of the device. */
  polled(line: FtraceLine, book: Book, cpu: number): void {
    const { instance, work } = pollOf(line.rest);
    if (!book.survey.napi.includes(instance)) return book.ignore(OTHER_NAPI);
    this.#polls.delete(line.cpu);
    const cleaned = book.n.poll(cpu).is(`has cleaned ${work} frames in this poll`, (context) => context.work === work);
    book.step(line, 'napi_poll', { cpu, dev: book.survey.device === 'igb' ? 'igb' : 'driver' }, [cleaned]);
  }

  #send(line: FtraceLine, book: Book, begins: boolean): void {
    if (book.survey.device === 'veth-napi' && !book.survey.devices.includes(line.args['dev'] ?? '')) {
      if (begins) this.#sending.add(contextOf(line));
      else this.#sending.delete(contextOf(line));
    }
    book.ignore('of the sender');
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
    if (line.level === 'hardirq' || line.level === 'task') this.#scheduling.set(contextOf(line), line);
    else if (this.#completing.has(line.cpu)) this.#completing.set(line.cpu, line);
    else book.contradict(line, 'the instance is scheduled, and neither by its interrupt nor by napi_complete_done()');
  }

  #poll(line: FtraceLine, book: Book, event: string): void {
    const cpu = book.cpuOf(line);
    if (cpu === undefined || !book.survey.napi.includes(line.args['napi'] ?? '')) return book.ignore(OTHER_NAPI);
    this.#polls.set(line.cpu, { refilled: 0 });
    book.step(line, event, { cpu });
  }

  /** Frames are given back as they are cleaned: after this call, as many as the poll has taken. */
  #refill(line: FtraceLine, book: Book, count: string | undefined): void {
    const poll = this.#polls.get(line.cpu);
    const cpu = book.cpuOf(line);
    if (poll === undefined || cpu === undefined) return book.ignore(OTHER_NAPI);
    const refilled = poll.refilled + Number(count);
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
      .is(
        `is about to complete with ${work} frames`,
        (context, state) => ['flushing', 'completing'].includes(state) && context.work === work,
      );
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
}

const OTHER_VECTOR = 'of other interrupt vectors';
export const OTHER_NAPI = 'of other NAPI instances';
