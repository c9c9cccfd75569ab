/** From the lines of a trace to what they show of the receive path; the rest is left out, and counted by reason. */
import { checkFrames, checkTwins } from '../../src/conform/frames.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { type Contradiction, inFileOrder, type Seen } from '../../src/conform/seen.ts';
import type { Revealed } from '../../src/model/network.ts';
import { Findings } from '../monitors/finding.ts';
import { Schedule } from '../monitors/schedule.ts';
import { BACKLOG_HANDLERS, NetifRx } from './backlog.ts';
import { Book, type Handler, type Handlers, OTHER_CPU, type Path } from './book.ts';
import { Ipis } from './ipi.ts';
import { NetRx, OTHER_PASS } from './netRx.ts';
import { Nic, OTHER_NAPI } from './nic.ts';
import { Readers } from './reader.ts';
import { keyOf, type Recording } from './recording.ts';
import { MORE_CALLS, STACK_HANDLERS } from './stack.ts';
import { pollOf, type Survey } from './survey.ts';

export interface Observed {
  readonly seen: readonly Seen[];
  /** Lines left out, by reason. */
  readonly ignored: ReadonlyMap<string, number>;
}

/** Reads every line of `recording` once, with `n` the components of the network that `survey` asks for. */
export function observe(recording: Recording, survey: Survey, n: Path): Observed {
  const { lines, records } = recording;
  const book = new Book(n, survey, records);
  const netRx = new NetRx(lines, survey);
  const [netifRx, ipis] = [new NetifRx(), new Ipis()];
  const handlers = { ...handlersOf(netRx, netifRx, survey), ...(survey.byBacklog && ipis.handlers) };
  for (const line of lines) {
    book.collect(line);
    netRx.collect(line, book);
    if (ipis.collect(line, book)) continue;
    const handler = handlers[keyOf(line)];
    if (handler === undefined) book.ignore(OTHERS[line.name] ?? (line.kind === 'event' ? 'other events' : MORE_CALLS));
    else if (netRx.isServingOthers(line) && Object.hasOwn(STACK_HANDLERS, keyOf(line)) && line.name !== 'inet_sk_error_report')
      book.ignore(OTHER_PASS);
    else handler(line, book);
    netifRx.collect(line);
  }
  const broken = [...checkFrames(lines, records), ...checkTwins(lines, records), ...checkSchedule(lines)];
  return { seen: inFileOrder([...book.seen, ...broken]), ignored: book.ignored };
}

/** What contradicts the lives of tasks. */
function checkSchedule(lines: readonly FtraceLine[]): Contradiction[] {
  const findings = new Findings();
  const schedule = new Schedule(findings);
  for (const line of lines) schedule.take(line);
  schedule.finish();
  return findings.refusals.map(({ line, text, why }) => ({ kind: 'contradiction', line, text, why }));
}

const OTHERS: Readonly<Record<string, string>> = {
  tracing_mark_write: 'marks of the recorder',
  fib_table_lookup: 'route lookups',
  net_dev_queue: 'of the sender',
  net_dev_start_xmit: 'of the sender',
  net_dev_xmit: 'of the sender',
  sock_send_length: 'of the sender',
  sys_sendto: 'of the sender',
  sys_sendmmsg: 'of the sender',
};

function handlersOf(netRx: NetRx, netifRx: NetifRx, survey: Survey): Handlers {
  const [nic, readers] = [new Nic(), new Readers()];
  const raised: Handler = (line, book) => {
    const cpu = book.cpuOf(line);
    if (line.args['vec'] !== '3') return book.ignore(OTHER_PASS);
    if (cpu === undefined) return book.ignore(OTHER_CPU);
    if (netifRx.raise(line, book) || nic.raise(line, book, cpu)) return;
    // By net_rx_action() that stops with work left; elsewhere it is for another device.
    if (netRx.isServing(line)) book.step(line, 'softirq_raise', { cpu });
    else book.ignore(OTHER_PASS);
  };
  const polled: Handler = (line, book) => {
    const cpu = book.cpuOf(line);
    if (cpu === undefined) return book.ignore(OTHER_CPU);
    if (pollOf(line.rest).device !== '(no_device)') return nic.polled(line, book, cpu);
    if (survey.byBacklog) netifRx.polled(line, book, cpu);
    else book.ignore(OTHER_NAPI);
  };
  const waking: Handler = (line, book) => readers.woken(line, book, netRx.isServing(line) || netRx.isServingOthers(line));
  /** By the stack; or by a reader, who has read the datagram or found its checksum wrong. */
  const freed: Handler = (line, book) => (line.level === 'task' ? readers.handlers : STACK_HANDLERS)[keyOf(line)]?.(line, book);
  return {
    ...netRx.handlers,
    ...(survey.byBacklog && BACKLOG_HANDLERS),
    ...(survey.device !== 'veth' ? nic.handlers : netifRx.handlers),
    ...STACK_HANDLERS,
    ...readers.handlers,
    'event softirq_raise': raised,
    'event napi_poll': polled,
    'event sched_waking': waking,
    'event kfree_skb': freed,
    'event consume_skb': freed,
  };
}

/** Where a step's event stands in the trace. */
const SOURCES: Readonly<Record<string, string>> = {
  netif_rx_scheduled: 'event netif_rx',
  netif_rx_dropped: 'event netif_rx',
  sk_data_ready_elsewhere: 'event sk_data_ready',
  sys_enter_recvfrom: 'enter sys_recvfrom',
  sys_enter_recvfrom_peek: 'enter sys_recvfrom',
  sys_exit_recvfrom: 'exit sys_recvfrom',
  sched_switch_out: 'event sched_switch',
  timer_waking: 'event sched_waking',
  signal_waking: 'event sched_waking',
  net_rx_action: 'function net_rx_action',
  igb_poll: 'probe igb_poll',
  process_backlog: 'probe process_backlog',
  __napi_schedule: 'probe __napi_schedule',
  napi_schedule_prep_ret: 'return napi_schedule_prep_ret',
  napi_complete_done_ret: 'return napi_complete_done_ret',
};

/** The trace would show `revealed`. Wakeups of ksoftirqd are left out: every vector causes them. */
export function recordsStep({ records }: Recording, { event, args }: Revealed): boolean {
  if (event === 'poll') return ['probe e1000_clean', 'probe veth_poll'].some((key) => records(key));
  return args['comm'] === undefined && records(SOURCES[event] ?? `event ${event}`);
}
