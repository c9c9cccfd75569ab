/** The UDP sockets of a trace: who reads which, and which packets go where. The model has one: it is asked once for each. */
import type { Kind } from '../../models/kernel/packet.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';

/** By pid of its reader: the address of its socket, as tracepoints print it. */
export type SocketsByReader = ReadonlyMap<number, string>;

/** Sockets that tasks were seen to receive from. A reader of several is left out. */
export function socketsOf(lines: readonly FtraceLine[]): SocketsByReader {
  const pids = new Set(lines.flatMap(({ name, pid }) => (name === 'sys_recvfrom' ? [pid] : [])));
  const sockets = new Map<number, string>();
  const several = new Set<number>();
  for (const { name, pid, level, args } of lines) {
    const address = args['address'];
    if (name !== 'sock_recv_length' || args['protocol'] !== '0x11' || level !== 'task' || !pids.has(pid) || address === undefined) continue;
    if ((sockets.get(pid) ?? address) !== address) several.add(pid);
    sockets.set(pid, address);
  }
  return new Map([...sockets].filter(([pid]) => !several.has(pid)));
}

export interface Destinations {
  /** By packet: the address of the socket that it was given to; undefined for one that was given to none. */
  readonly sockets: readonly (string | undefined)[];
  /** By packet: what lines show that it is; undefined if none does. */
  readonly kinds: readonly (Kind | undefined)[];
  /** By line of inet_sk_error_report: the address of the socket that is told; undefined if no reader has it. */
  readonly told: ReadonlyMap<number, string | undefined>;
  /** The first line that gives a packet to a socket, and nothing says to which. */
  readonly unknown: FtraceLine | undefined;
}

/** Where `packets`, the lines at which they arrive, went. */
export function destinationsOf(lines: readonly FtraceLine[], packets: readonly FtraceLine[], sockets: SocketsByReader): Destinations {
  const clues = new Clues(packets, sockets);
  for (const line of lines) clues.take(line);
  return clues.destinations();
}

/**
 * What lines tell of sockets: an address itself, a reader that is woken, that sends or frees, or a name that another line ties
 * to one of these: the port, or the address of the socket as probes print it.
 */
class Clues {
  readonly #sockets: SocketsByReader;
  readonly #arrivals: ReadonlyMap<number, number>;
  /** By address: the packet there. */
  readonly #current = new Map<string, number>();
  /** By CPU: the packets in the hands of its stack, first come first, and the one it has just queued. */
  readonly #inStack = new Map<number, number[]>();
  readonly #queued = new Map<number, number>();
  /** Packets given to sockets, and the lines that say so. */
  readonly #given = new Map<number, FtraceLine>();
  /** By line of inet_sk_error_report: the name of the socket. */
  readonly #reports = new Map<number, string>();
  /** By packet: the task that sent it. */
  readonly #senders = new Map<number, number>();
  readonly #kinds: (Kind | undefined)[];
  /** Packets that a reader dropped. */
  readonly #dropped = new Set<number>();
  /** By task: where it last sent to. */
  readonly #sentTo = new Map<number, string>();
  /** By packet: the socket, and its names. */
  readonly #known: (string | undefined)[];
  readonly #names: Set<string>[];
  /** By name: the socket. */
  readonly #named = new Map<string, string>();

  constructor(packets: readonly FtraceLine[], sockets: SocketsByReader) {
    this.#sockets = sockets;
    this.#arrivals = new Map(packets.map(({ line }, packet) => [line, packet]));
    this.#known = packets.map(() => undefined);
    this.#kinds = packets.map(() => undefined);
    this.#names = packets.map(() => new Set());
  }

  take(line: FtraceLine): void {
    const arrived = this.#arrivals.get(line.line);
    if (arrived !== undefined) this.#arrive(line, arrived);
    if (line.level === 'task') this.#inTask(line);
    else if (line.level === 'softirq') this.#inSoftirq(line);
  }

  destinations(): Destinations {
    this.#known.forEach((socket, packet) => {
      if (socket !== undefined) for (const name of this.#names[packet]!) if (!this.#named.has(name)) this.#named.set(name, socket);
    });
    const sockets = this.#known.map((socket, packet) => {
      if (socket !== undefined || !this.#given.has(packet)) return socket;
      return [...this.#names[packet]!].flatMap((name) => this.#named.get(name) ?? [])[0];
    });
    const [, unknown] = [...this.#given].find(([packet]) => sockets[packet] === undefined) ?? [];
    // A bad checksum that is found at the copy leaves its kind open.
    const told = new Map([...this.#reports].map(([line, name]) => [line, this.#named.get(name)]));
    return { sockets, told, unknown, kinds: this.#kinds.map((kind, packet) => (this.#dropped.has(packet) ? undefined : kind)) };
  }

  #arrive({ pid, level, args }: FtraceLine, packet: number): void {
    this.#current.set(args['skbaddr'] ?? '', packet);
    if (level === 'task') this.#senders.set(packet, pid);
    const port = level === 'task' ? this.#sentTo.get(pid) : undefined;
    this.#sentTo.delete(pid);
    if (port !== undefined) this.#names[packet]!.add(port);
  }

  #inTask({ kind, name, pid, args, rest }: FtraceLine): void {
    const socket = this.#sockets.get(pid);
    if (name === 'fib_table_lookup') {
      const [, from, to] = /proto 17 (\S+) -> (\S+)/.exec(rest) ?? [];
      if (to !== undefined) this.#sentTo.set(pid, `port ${to}`);
      if (from !== undefined && socket !== undefined) this.#named.set(`port ${from}`, socket);
    }
    if (socket === undefined) return;
    if (kind === 'probe' && name === 'udp_recvmsg') this.#named.set(`sk ${args['sk']}`, socket);
    const freed = this.#current.get(args['skbaddr'] ?? '');
    if ((name === 'kfree_skb' || name === 'consume_skb') && args['location']?.startsWith('udp_recvmsg') && freed !== undefined) {
      this.#known[freed] = socket;
      if (name === 'kfree_skb') this.#dropped.add(freed);
    }
  }

  #inSoftirq(line: FtraceLine): void {
    const { kind, name, cpu, args } = line;
    const stack = this.#inStack.get(cpu) ?? [];
    const packet = this.#current.get(args['skbaddr'] ?? '');
    const leave = (gone: number | undefined) =>
      void this.#inStack.set(
        cpu,
        stack.filter((one) => one !== gone),
      );
    const [first] = stack;
    const isNamed = kind === 'probe' && args['sk'] !== undefined && first !== undefined;
    if (isNamed && /^__udp_enqueue_schedule_skb$/.test(name)) this.#names[first]!.add(`sk ${args['sk']}`);
    if (kind !== 'event') return;
    switch (name) {
      case 'netif_receive_skb':
        this.#queued.delete(cpu);
        if (packet !== undefined) this.#inStack.set(cpu, [...stack, packet]);
        break;
      case 'napi_poll':
      case 'softirq_exit':
        this.#queued.delete(cpu);
        this.#inStack.delete(cpu);
        break;
      case 'sched_waking': {
        const woken = this.#sockets.get(Number(args['pid']));
        const by = this.#queued.get(cpu) ?? first;
        if (woken !== undefined && by !== undefined) this.#known[by] = woken;
        break;
      }
      case 'icmp_send': {
        const [, host, port] = /From (\S+):(\d+) to/.exec(line.rest) ?? [];
        if (packet !== undefined && /^3\b/.test(args['code'] ?? '')) this.#kinds[packet] ??= 'unmatched';
        const sender = packet === undefined ? undefined : this.#sockets.get(this.#senders.get(packet) ?? 0);
        if (sender !== undefined) this.#named.set(`port ${host}/${port}`, sender);
        break;
      }
      case 'sk_data_ready':
        if (args['protocol'] !== '17' || first === undefined) break;
        this.#give(first, line, 'matched');
        this.#queued.set(cpu, first);
        leave(first);
        break;
      case 'udp_fail_queue_rcv_skb':
        if (first === undefined) break;
        this.#give(first, line, 'matched');
        this.#names[first]!.add(`port ${(args['dest'] ?? '').replace(/:(?=\d+$)/, '/')}`);
        break;
      case 'inet_sk_error_report':
        this.#reports.set(line.line, `port ${args['saddr']}/${args['sport']}`);
        if (first === undefined) break;
        this.#give(first, line, 'icmpError');
        this.#names[first]!.add(`port ${args['saddr']}/${args['sport']}`);
        leave(first);
        break;
      case 'kfree_skb':
        if (packet !== undefined && /[^0]/.test((args['rx_sk'] ?? '').replace(/^0x/, ''))) this.#known[packet] = args['rx_sk'];
        if (packet !== undefined && args['reason'] === 'NO_SOCKET') this.#kinds[packet] ??= 'unmatched';
        leave(packet);
        break;
    }
  }

  #give(packet: number, line: FtraceLine, kind: Kind): void {
    this.#given.set(packet, line);
    this.#kinds[packet] ??= kind;
  }
}
