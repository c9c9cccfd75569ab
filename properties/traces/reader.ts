/** Lines of the readers: recvfrom() from call to return, going to sleep in it, being woken. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Observation } from '../../src/model/component.ts';
import { type Book, type Handler, type Handlers, OTHER_CPU } from './book.ts';
import { MORE_CALLS } from './stack.ts';
import { isPeek } from './survey.ts';

const MSG_DONTWAIT = 0x40;
/** A signal ended the call, which its handler may have restarted: another call. With SO_RCVTIMEO it is EINTR (sock_intr_errno). */
const ERESTARTSYS = '-512';

/** What recvfrom() can return to the model's readers. */
const RESULTS: Readonly<Record<string, string>> = {
  '-4': 'EINTR',
  '-11': 'EAGAIN',
  '-111': 'ECONNREFUSED',
  [ERESTARTSYS]: 'EINTR',
};

/** One call of recvfrom(): what it has shown so far. */
interface Call {
  readonly peeks: boolean;
  /** The result that sock_recv_length prints. */
  readonly received?: string;
  /** The datagram that it consumed. */
  readonly pkt?: number;
}

/** The state of a reader that a line of its own gives away. */
type State = (book: Book, reader: number, line: FtraceLine) => readonly Observation[];

export class Readers {
  /** By pid. */
  readonly #calls = new Map<number, Call>();
  /** By pid: between sched_waking and sched_wakeup. */
  readonly #waking = new Set<number>();

  readonly handlers: Handlers = {
    'enter sys_recvfrom': own((line, book, reader) => {
      this.#calls.set(line.pid, { peeks: isPeek(line) });
      const flags = Number.parseInt(line.args['flags'] ?? '0', 16);
      book.step(line, isPeek(line) ? 'sys_enter_recvfrom_peek' : 'sys_enter_recvfrom', {
        reader,
        ...((flags & MSG_DONTWAIT) !== 0 && { mode: 'dontwait' }),
      });
    }),
    'exit sys_recvfrom': own((line, book, reader) => this.#return(line, book, reader)),
    'event sock_recv_length': this.#inCall((line, book) => {
      const { length = '', error = '' } = line.args;
      if (this.#calls.get(line.pid)?.received !== undefined) book.contradict(line, 'this call has said what it received before');
      this.#update(line, { received: error === '0' ? length : error });
      book.ignore('said by the return from recvfrom() too');
    }),
    'event consume_skb': this.#inCall((line, book) => {
      const pkt = book.packetAt(line.args['skbaddr']);
      if (pkt !== undefined && line.args['location']?.startsWith('udp_recvmsg')) this.#update(line, { pkt });
      book.ignore('said by the return from recvfrom() too');
    }),
    'event kfree_skb': this.#inCall((line, book, reader) => {
      const pkt = book.packetAt(line.args['skbaddr']);
      if (pkt === undefined) return book.ignore('packets of other devices');
      // 6.12 has no reason for it.
      const reason = line.args['reason'] === 'NOT_SPECIFIED' ? 'UDP_CSUM' : (line.args['reason'] ?? '');
      book.step(line, 'kfree_skb', { reader, pkt, reason });
    }),
    'event sched_switch': (line, book) => this.#switch(line, book),
    'event sched_wakeup': (line, book) => {
      this.#waking.delete(Number(line.args['pid']));
      book.ignore('scheduling, checked by itself');
    },
    'function udp_recvmsg': this.#at(({ n }, i) => [n.reader(i).in('calling')]),
    'function __skb_wait_for_more_packets': this.#at(({ n }, i) => [n.reader(i).in('preparing')]),
    'function prepare_to_wait_exclusive': this.#at(({ n }, i) => [n.reader(i).in('preparing')], '__skb_wait_for_more_packets'),
    'probe schedule_timeout': this.#at(({ n }, i, { args }) => [
      n
        .reader(i)
        .is(
          `waits ${isForEver(args['timeout']) ? 'without' : 'with'} a time-out`,
          (context, state) => state === 'committed' && (context.mode === 'block') === isForEver(args['timeout']),
        ),
    ]),
    'return schedule_timeout_ret': this.#at(({ n }, i) => [n.reader(i).in('unlinking')]),
    'function finish_wait': this.#at(({ n }, i) => [n.reader(i).in('leaving', 'unlinking')], '__skb_wait_for_more_packets'),
    'return __skb_recv_udp_ret': this.#at(({ n }, i, { args }) => (args['skb'] === '0x0' ? [] : [n.reader(i).in('copying')])),
  };

  /** sched_waking of a reader: by the stack, in NET_RX; by a timer; or by a signal. */
  woken(line: FtraceLine, book: Book, isNetRx: boolean): void {
    const reader = book.readerOf(Number(line.args['pid']));
    if (reader === undefined || !this.#calls.has(Number(line.args['pid']))) return book.ignore('scheduling outside recvfrom()');
    this.#waking.add(Number(line.args['pid']));
    // Time-outs come as interrupts; a task that wakes a reader sends it a signal: the survey knows.
    if (!isNetRx) return book.step(line, line.level === 'task' ? 'signal_waking' : 'timer_waking', { reader });
    const cpu = book.cpuOf(line);
    if (cpu === undefined) return book.ignore(OTHER_CPU);
    book.step(line, 'sched_waking', { cpu, reader });
  }

  /** A reader goes to sleep; or it was on the way when try_to_wake_up() found it, which completes when it is off the CPU. */
  #switch(line: FtraceLine, book: Book): void {
    this.#waking.delete(Number(line.args['next_pid']));
    const pid = Number(line.args['prev_pid']);
    const reader = book.readerOf(pid);
    if (reader === undefined || line.args['prev_state'] !== 'S' || !this.#calls.has(pid))
      return book.ignore('scheduling outside recvfrom()');
    if (!this.#waking.has(pid)) return book.step(line, 'sched_switch_out', { reader, state: 'S' });
    book.state(
      line,
      book.n.reader(reader).is('is on the way to sleep and woken', (context, state) => state === 'committed' && context.woken),
    );
  }

  #return(line: FtraceLine, book: Book, reader: number): void {
    const ret = line.args['ret'] ?? '';
    const call = this.#calls.get(line.pid);
    this.#calls.delete(line.pid);
    // Where the switch from the idle task is not shown, this is the first sign that it got up.
    this.#waking.delete(line.pid);
    const result = Number(ret) >= 0 ? 'ok' : (RESULTS[ret] ?? `errno ${-Number(ret)}`);
    const pkt = call?.pkt === undefined || result !== 'ok' ? {} : { pkt: call.pkt };
    const timed = book.n
      .reader(reader)
      .is(`has ${ret === ERESTARTSYS ? 'no' : 'a'} time-out`, ({ mode }) => (mode === 'block') === (ret === ERESTARTSYS));
    book.step(line, 'sys_exit_recvfrom', { reader, result, ...pkt }, result === 'EINTR' ? [timed] : []);
    if (call === undefined || !book.records('event sock_recv_length')) return;
    if (call.received === undefined) book.contradict(line, 'recvfrom() returns, and its sock_recv_length was not seen');
    // Of a peek it says nothing.
    else if (call.received !== (call.peeks ? '0' : ret))
      book.contradict(line, `recvfrom() returns ${ret}, its sock_recv_length said ${call.received}`);
  }

  #update({ pid }: FtraceLine, call: Partial<Call>): void {
    this.#calls.set(pid, { peeks: false, ...this.#calls.get(pid), ...call });
  }

  /** Lines that a reader writes inside recvfrom(). */
  #inCall(take: (line: FtraceLine, book: Book, reader: number) => void): Handler {
    return own((line, book, reader) => {
      if (this.#calls.has(line.pid)) take(line, book, reader);
      else if (line.name === 'sock_recv_length') book.contradict(line, 'it is said outside recvfrom()');
      else book.ignore('outside recvfrom()');
    });
  }

  /** A line that gives away where its reader is; with `parent`, only if called from there. */
  #at(state: State, parent?: string): Handler {
    return this.#inCall((line, book, reader) => {
      const when = parent === undefined || parent === line.parent ? state(book, reader, line) : [];
      if (when.length === 0) book.ignore(MORE_CALLS);
      else book.state(line, ...when);
    });
  }
}

/** MAX_SCHEDULE_TIMEOUT. */
function isForEver(timeout: string | undefined): boolean {
  return timeout === '9223372036854775807';
}

/** Lines of a reader in task context. */
function own(take: (line: FtraceLine, book: Book, reader: number) => void): Handler {
  return (line, book) => {
    const reader = book.readerOf(line.pid);
    if (reader === undefined || line.level !== 'task') book.ignore('of other tasks');
    else take(line, book, reader);
  };
}
