/** Lines of IP, UDP, ICMP and the socket, in softirq: what becomes of a packet. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Book, Handler, Handlers } from './book.ts';
import { isElsewhere } from './survey.ts';

/** Lines by which a promise of the stack must be kept: the packet is over by then. */
const NEXT_PACKET = ['netif_receive_skb', 'napi_poll', 'softirq_exit'];

export const STACK_HANDLERS: Handlers = {
  'event netif_receive_skb': inSoftirq((line, book, cpu) => {
    if (!book.survey.devices.includes(line.args['dev'] ?? '')) return book.ignore('packets of other devices');
    const pkt = book.packetAt(line.args['skbaddr']);
    if (pkt === undefined) return book.contradict(line, `packet ${line.args['skbaddr']} was not seen to arrive`);
    const again = book.handUp(line.cpu, pkt);
    if (again) book.contradict(line, `packet ${line.args['skbaddr']} was handed to the stack before`);
    if (book.survey.byBacklog) return book.step(line, 'netif_receive_skb', { cpu, pkt });
    // All frames of a list pass here before the first one reaches IP: the model hands them over one by one.
    book.state(
      line,
      book.n.rxList.is(`holds packet ${pkt}`, (context) => context.frames.includes(pkt)),
    );
  }),
  'event kfree_skb': inSoftirq(freed),
  'event udp_fail_queue_rcv_skb': inSoftirq((line, book) => {
    book.promise(line, 'kfree_skb SOCKET_RCVBUFF', [...NEXT_PACKET, 'udp_fail_queue_rcv_skb', 'sk_data_ready', 'icmp_send']);
  }),
  'event icmp_send': inSoftirq((line, book, cpu) => {
    const pkt = book.packetAt(line.args['skbaddr']);
    if (pkt === undefined) return book.ignore('packets of other devices');
    if (isUnreachable(line.args, 2)) {
      book.promise(line, 'kfree_skb IP_NOPROTO', NEXT_PACKET);
      return book.ignore('said by the line after, too');
    }
    if (!isUnreachable(line.args, 3))
      return book.step(line, `icmp_send of type ${line.args['type']}, code ${line.args['code']}`, { cpu, pkt });
    book.step(line, 'icmp_send', { cpu, pkt });
    if (book.records('event kfree_skb'))
      book.promise(line, 'kfree_skb NO_SOCKET', [...NEXT_PACKET, 'udp_fail_queue_rcv_skb', 'sk_data_ready']);
  }),
  'event inet_sk_error_report': inSoftirq((line, book, cpu) => {
    if (book.survey.errorsOfOthers.has(line.line)) return book.ignore('of other sockets');
    if (book.survey.device === 'veth' && book.inStack(line.cpu) === undefined)
      book.contradict(line, 'no packet was handed to the stack of this CPU');
    book.putDown(line.cpu);
    const count = book.countError();
    book.state(
      line,
      book.n.IcmpInDestUnreachs.is(`reads ${count}`, (context) => context.count === count),
      book.n.receive(cpu).in('idle'),
    );
  }),
  // Of an ICMP error that no socket heard of; one that was reported has been put down.
  'event consume_skb': inSoftirq((line, book, cpu) => {
    const pkt = book.inStack(line.cpu);
    const isError = line.args['location']?.startsWith('icmp_rcv') === true;
    if (pkt === undefined || book.packetAt(line.args['skbaddr']) !== pkt || !isError) return book.ignore('freed when all was said');
    book.putDown(line.cpu);
    book.countError();
    book.step(line, 'consume_skb', { cpu, pkt });
  }),
  'event sk_data_ready': inSoftirq((line, book, cpu) => {
    if (line.args['protocol'] !== '17') return book.ignore('of other sockets');
    const pkt = book.inStack(line.cpu);
    if (pkt === undefined) book.contradict(line, 'no packet was handed to the stack of this CPU');
    const elsewhere = pkt !== undefined && isElsewhere(book.survey, pkt);
    book.give(line.cpu, elsewhere);
    if (elsewhere) book.step(line, 'sk_data_ready_elsewhere', { cpu, pkt });
    else book.step(line, 'sk_data_ready', { cpu });
    book.putDown(line.cpu);
  }),
  // What a function line says: where its CPU is.
  'function ip_rcv': working((line, book, cpu, pkt) =>
    book.state(
      line,
      book.n.ip(cpu).is(`has packet ${pkt}`, (context) => context.pkt === pkt),
    ),
  ),
  'function udp_rcv': working((line, book, cpu, pkt) =>
    book.state(
      line,
      book.n.udp(cpu).is(`has packet ${pkt}`, (context) => context.pkt === pkt),
    ),
  ),
  'return __udp4_lib_lookup_ret': working((line, book, cpu, pkt) => {
    if (line.parent !== '__udp4_lib_rcv') return book.ignore(MORE_CALLS);
    const found = line.args['sk'] !== '0x0' && line.args['sk'] !== '0';
    const kinds: readonly string[] = found ? ['matched', 'badMatched', 'badLong'] : ['unmatched', 'badUnmatched'];
    const kind = book.n.wire.is(`packet ${pkt} is for ${found ? 'a' : 'no'} bound port`, (context) =>
      kinds.includes(context.kinds[pkt] ?? ''),
    );
    book.state(
      line,
      kind,
      book.n.udp(cpu).is(`has packet ${pkt}`, (context) => context.pkt === pkt),
    );
  }),
  'probe __udp_enqueue_schedule_skb': queueing((line, book, cpu, pkt) => {
    const held = book.n
      .receive(cpu)
      .is(`is about to charge packet ${pkt}`, (context, state) => state === 'charging' && context.pkt === pkt);
    book.state(line, held, ...socketAs(line, book));
  }),
  'probe sock_def_readable': queueing((line, book, cpu) => book.state(line, book.n.receive(cpu).in('testing'), ...socketAs(line, book))),
  'function __wake_up_sync_key': queueing((line, book, cpu) => {
    if (line.parent !== 'sock_def_readable') return book.ignore(MORE_CALLS);
    if (book.gaveElsewhere(line.cpu)) return book.ignore('of other sockets');
    book.state(line, book.n.receive(cpu).in('waking'));
  }),
};

export const MORE_CALLS = 'function calls that say no more of the model';

/** Destination unreachable: 2 the protocol, 3 the port. */
export function isUnreachable({ type = '', code = '' }: FtraceLine['args'], what: 2 | 3): boolean {
  return Number.parseInt(type, 10) === 3 && Number.parseInt(code, 10) === what;
}

/** Of a packet that is dropped: why, and who says so. */
function freed(line: FtraceLine, book: Book, cpu: number): void {
  const pkt = book.packetAt(line.args['skbaddr']);
  if (pkt === undefined) return book.ignore('packets of other devices');
  const reason = line.args['reason'] ?? '';
  book.putDown(line.cpu, pkt);
  const isAnnounced = book.keep(line, `kfree_skb ${reason}`);
  // The same step of the model as the icmp_send before it.
  if (reason === 'NO_SOCKET' && isAnnounced) return book.ignore('said by the line before already');
  if (reason === 'SOCKET_RCVBUFF' && !isAnnounced && book.records('event udp_fail_queue_rcv_skb')) {
    book.contradict(line, 'the buffer is full, and no udp_fail_queue_rcv_skb came before');
  }
  book.step(line, 'kfree_skb', { cpu, pkt, reason });
}

/** What probes print of the socket: sk_rmem_alloc, and the length of sk_receive_queue. */
function socketAs({ args }: FtraceLine, { n }: Book) {
  const { rmem, qlen } = args;
  return [
    ...(rmem === undefined
      ? []
      : [
          n.socket.is(
            `is charged ${rmem}`,
            ({ queue, readerList, deficit, size }) => (queue.length + readerList.length + deficit) * size === Number(rmem),
          ),
        ]),
    ...(qlen === undefined ? [] : [n.socket.is(`has ${qlen} datagrams in sk_receive_queue`, ({ queue }) => queue.length === Number(qlen))]),
  ];
}

/** Lines in softirq on a CPU of the model. */
function inSoftirq(take: (line: FtraceLine, book: Book, cpu: number) => void): Handler {
  return (line, book) => {
    const cpu = book.cpuOf(line);
    if (cpu === undefined || line.level !== 'softirq') book.ignore('packets and sockets elsewhere');
    else take(line, book, cpu);
  };
}

/** The same while the stack of the CPU has a packet in hand. */
function working(take: (line: FtraceLine, book: Book, cpu: number, pkt: number) => void): Handler {
  return inSoftirq((line, book, cpu) => {
    const pkt = book.inStack(line.cpu);
    if (pkt === undefined) book.ignore(MORE_CALLS);
    else take(line, book, cpu, pkt);
  });
}

/** The same while that packet is given to the socket of the model. */
function queueing(take: (line: FtraceLine, book: Book, cpu: number, pkt: number) => void): Handler {
  return working((line, book, cpu, pkt) => {
    if (isElsewhere(book.survey, pkt)) book.ignore('of other sockets');
    else take(line, book, cpu, pkt);
  });
}
