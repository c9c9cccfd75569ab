/**
 * Every packet from its arrival to its end, by the lines that name it: one place at a time, one end, and the order that the
 * functions of the kernel keep. Packets are forgotten as they end: memory is that of the packets under way.
 *
 * Rules: notes, lower half 7 and 8, upper half 2 to 7. A reused address is another packet.
 */
import type { Fate } from '../../models/kernel/packet.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { fateOf } from './fates.ts';
import { contextOf, type Findings } from './finding.ts';

export type Stage = 'backlog' | 'GRO' | 'stack' | 'socket';

/** One packet under way. */
export interface Packet {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly skb: string;
  readonly dev: string;
  readonly arrival: FtraceLine;
  stage: Stage;
  /** Port-unreachable, or another ICMP error, was sent about it. */
  answered: boolean;
  /** The line of each stage that it has come to. */
  readonly seen: { readonly stage: string; readonly line: FtraceLine }[];
}

/** How a packet has ended: its fate, or undefined where the trace does not say. */
export type End = Fate | 'silent';

interface Context {
  /** With the stack, in order. */
  readonly inStack: Packet[];
  /** netif_rx() has been entered with this one. */
  entered: string | undefined;
  /** netif_rx() is at work on it. */
  rx: Packet | undefined;
  /** The line of the last packet that was freed here. */
  freed: FtraceLine | undefined;
  /** Handed to the stack since the last poll. */
  handedUp: number;
  /** The buffer was full, and the packet is not freed yet. */
  failed: FtraceLine | undefined;
  /** The last one that was queued here: a wakeup that follows is for it. */
  queued: Packet | undefined;
  /** Handed to GRO since the last poll, by device. */
  readonly gro: Map<string, number>;
}

/** Who wants to know of packets. */
export interface PacketListener {
  came?(packet: Packet): void;
  moved?(packet: Packet, stage: string, line: FtraceLine): void;
  ended(packet: Packet, end: End, line: FtraceLine): void;
}

const MONITOR = 'packets';
/** Polls that are remembered until the end. */
const SHORT_MAX = 50;
const REFUSED_MAX = 1000;

export class Packets {
  readonly live = new Map<string, Packet>();
  /** In sockets, by arrival there; the trace does not say in which one. */
  readonly queued: Packet[] = [];
  count = 0;
  /** Datagrams that were appended, and those whose append another CPU does (6.18). */
  appended = 0;
  #followers = 0;
  readonly #contexts = new Map<string, Context>();
  readonly #findings: Findings;
  readonly #isRecorded: (key: string) => boolean;
  readonly #listeners: readonly PacketListener[];
  /** Devices whose packets are seen to arrive. */
  readonly #arriving = new Set<string>();
  /** CPUs on which some poll has ended: what comes later has been seen to arrive. */
  readonly #polled = new Set<number>();
  /** What netif_rx() has refused, by address, until that is used again. */
  readonly #refused = new Map<string, FtraceLine>();
  /** Contexts that were seen to begin. */
  readonly #watched = new Set<string>();

  /** `isRecorded` says which lines the trace would have. */
  constructor(findings: Findings, listeners: readonly PacketListener[], isRecorded: (key: string) => boolean) {
    this.#isRecorded = isRecorded;
    this.#findings = findings;
    this.#listeners = listeners;
  }

  /** netif_rx() is entered. */
  entersRx(line: FtraceLine): void {
    this.#contextOf(line).entered = line.args['skbaddr'];
  }

  /** netif_rx() puts it into some backlog, or GRO takes it. */
  arrives(line: FtraceLine, stage: 'backlog' | 'GRO'): void {
    const context = this.#contextOf(line);
    const dev = line.args['dev'] ?? '';
    const old = this.live.get(line.args['skbaddr'] ?? '');
    if (old !== undefined && old.stage !== 'socket') {
      this.#findings.refuse(MONITOR, line, `packet ${old.number}, which came in line ${old.arrival.line}, is in the ${old.stage} still`);
    }
    if (old !== undefined) this.#end(old, 'silent', line);
    const packet = this.#new(line, dev, stage);
    this.#arriving.add(`${stage} ${dev}`);
    if (stage === 'backlog') {
      if (context.entered !== packet.skb && this.#isRecorded('event netif_rx_entry'))
        this.#findings.refuse(MONITOR, line, `netif_rx() was entered with ${context.entered ?? 'nothing'}`);
      context.rx = packet;
    } else context.gro.set(dev, (context.gro.get(dev) ?? 0) + 1);
  }

  /** NET_RX is raised, not by an interrupt: in netif_rx(), after the packet has passed. */
  raised(line: FtraceLine): void {
    const context = this.#contextOf(line);
    if (context.entered !== undefined && context.rx === undefined && this.#isRecorded('event netif_rx'))
      this.#findings.refuse(MONITOR, line, `netif_rx() of ${context.entered} raises before the packet has passed`);
  }

  /** netif_rx() returns. */
  netifRx(line: FtraceLine): void {
    const context = this.#contextOf(line);
    const { rx: packet, entered } = context;
    context.rx = undefined;
    context.entered = undefined;
    if (packet === undefined) {
      if (entered !== undefined && this.#arriving.size > 0)
        this.#findings.refuse(MONITOR, line, `netif_rx() returns, and ${entered} did not pass`);
      return;
    }
    const isLive = this.live.get(packet.skb) === packet;
    if (line.args['ret'] !== '0') {
      if (isLive) this.#end(packet, 'backlogFull', line);
      if (this.#refused.size >= REFUSED_MAX) this.#refused.clear();
      this.#refused.set(packet.skb, line);
    } else if (!isLive) {
      this.#findings.refuse(MONITOR, line, `netif_rx() returns 0, and packet ${packet.number} was freed before`);
    }
  }

  /** __netif_receive_skb_core() */
  handedUp(line: FtraceLine): void {
    const context = this.#contextOf(line);
    const dev = line.args['dev'] ?? '';
    let packet = this.live.get(line.args['skbaddr'] ?? '');
    const refused = this.#refused.get(line.args['skbaddr'] ?? '');
    if (refused !== undefined) this.#findings.refuse(MONITOR, line, `netif_rx() refused it in line ${refused.line}`);
    if (packet?.stage === 'stack') {
      this.#findings.refuse(
        MONITOR,
        line,
        `packet ${packet.number} was handed to the stack in line ${packet.seen.at(-1)!.line.line} already`,
      );
      return;
    }
    if (packet?.stage === 'socket') {
      this.#end(packet, 'silent', line);
      packet = undefined;
    }
    if (packet === undefined) {
      if ((this.#arriving.has(`backlog ${dev}`) || this.#arriving.has(`GRO ${dev}`)) && this.#polled.has(line.cpu)) {
        this.#findings.refuse(MONITOR, line, `packet ${line.args['skbaddr']} was not seen to arrive on ${dev}`);
      }
      // Some drivers hand up what napi_gro_frags() takes: no line tells of that.
      packet = this.#new(line, dev, this.#arriving.has(`backlog ${dev}`) ? 'backlog' : 'GRO');
    }
    // From the backlog one by one; a list of GRO passes here as a whole before the first one reaches IP.
    if (packet.seen[0]!.stage === 'backlog') this.#silence(context, line);
    packet.stage = 'stack';
    context.handedUp++;
    this.#move(packet, 'stack', line);
    context.inStack.push(packet);
  }

  /** A packet is freed, and why. */
  freed(line: FtraceLine): Packet | undefined {
    const packet = this.live.get(line.args['skbaddr'] ?? '');
    const context = this.#contextOf(line);
    const reason = line.args['reason'] ?? '';
    if (packet === undefined) {
      if (context.freed?.rest === line.rest) this.#findings.refuse(MONITOR, line, `it was freed in line ${context.freed.line} already`);
      return undefined;
    }
    context.freed = line;
    if (packet.stage === 'socket') this.#available--;
    this.#putDown(context, packet);
    if (reason === 'SOCKET_RCVBUFF') this.#frees = true;
    if (context.failed !== undefined && (reason === 'SOCKET_RCVBUFF' || reason === 'PROTO_MEM')) context.failed = undefined;
    else if (reason === 'SOCKET_RCVBUFF' && this.#isRecorded('event udp_fail_queue_rcv_skb')) {
      this.#findings.refuse(MONITOR, line, 'the receive buffer is full, and udp_fail_queue_rcv_skb did not say so before');
    }
    if (packet.answered && reason !== 'NO_SOCKET' && reason !== 'IP_NOPROTO' && reason !== 'PKT_TOO_SMALL') {
      this.#findings.refuse(MONITOR, line, `packet ${packet.number} was answered with an ICMP error, and is freed for another reason`);
    }
    this.#end(packet, fateOf(reason, line.args['location'] ?? '', packet), line);
    return packet;
  }

  /** udp_queue_rcv_skb() could not queue it. */
  failed(line: FtraceLine): void {
    const context = this.#contextOf(line);
    this.#unkept(context, line);
    context.failed = line;
  }

  consumed(line: FtraceLine): boolean {
    const packet = this.live.get(line.args['skbaddr'] ?? '');
    if (packet === undefined) return false;
    const context = this.#contextOf(line);
    this.#putDown(context, packet);
    const location = line.args['location'] ?? '';
    this.#end(packet, location.startsWith('icmp_rcv') ? 'icmpIn' : packet.stage === 'socket' ? 'delivered' : 'silent', line);
    return true;
  }

  answered(line: FtraceLine): void {
    const packet = this.live.get(line.args['skbaddr'] ?? '');
    if (packet === undefined) return;
    if (packet.answered) this.#findings.refuse(MONITOR, line, `packet ${packet.number} was answered before: one error at most`);
    if (packet.stage !== 'stack')
      this.#findings.refuse(MONITOR, line, `packet ${packet.number} is in the ${packet.stage}, not with the stack`);
    packet.answered = true;
    this.#move(packet, 'icmp_send', line);
  }

  /** A datagram is in some socket: the first one that the stack has in hand, or, in 6.18, another CPU's. */
  appendedOne(line: FtraceLine): Packet | undefined {
    const context = this.#contextOf(line);
    this.#unkept(context, line);
    this.#available++;
    const packet = context.inStack.shift();
    if (packet === undefined) {
      if (this.#followers > 0) this.#followers--;
      else if (this.#polled.has(line.cpu) || this.#watched.has(contextOf(line)))
        this.#findings.refuse(MONITOR, line, 'the stack of this CPU has no packet in hand');
      return undefined;
    }
    if (packet.answered) this.#findings.refuse(MONITOR, line, `packet ${packet.number} was answered with an ICMP error, and is queued`);
    packet.stage = 'socket';
    this.appended++;
    this.queued.push(packet);
    context.queued = packet;
    this.#move(packet, 'socket', line);
    return packet;
  }

  /** A reader is woken: for the datagram that was queued last, if it is by the same CPU. */
  wakes(line: FtraceLine): void {
    const context = this.#contextOf(line);
    if (context.queued !== undefined && this.live.get(context.queued.skb) === context.queued) this.#move(context.queued, 'wakes', line);
    context.queued = undefined;
  }

  /** A reader has returned a datagram: the oldest one, where there is one socket; of several, nobody knows which one. */
  read(line: FtraceLine, isOneSocket: boolean): Packet | undefined {
    if (!isOneSocket) return undefined;
    // A reader may be faster than the line: the datagram is in the queue before sk_data_ready() is called.
    if (--this.#available + this.#inStacks < 0) {
      this.#available = 0;
      if (this.isEmptyKnown) this.#findings.refuse(MONITOR, line, 'a datagram is returned, and none was queued that is not returned yet');
    }
    const packet = this.queued.shift();
    if (packet !== undefined && this.live.get(packet.skb) === packet) this.#end(packet, 'delivered', line);
    return packet;
  }

  /** A poll has ended: what the stack has in hand still, it has kept or consumed. */
  polled(line: FtraceLine, device: string, work: number): void {
    const context = this.#contextOf(line);
    this.#silence(context, line);
    this.#unkept(context, line);
    const taken = context.gro.get(device) ?? 0;
    if (this.#arriving.has(`GRO ${device}`) && taken !== work && (this.#polled.has(line.cpu) || this.#watched.has(contextOf(line)))) {
      this.#findings.refuse(
        MONITOR,
        line,
        `the poll says ${work}, and ${taken} packets of ${device} were handed to GRO since the last one`,
      );
    }
    context.gro.clear();
    if (device === '(no_device)') this.#backlogPolled(line, work, context.handedUp);
    context.handedUp = 0;
    this.#polled.add(line.cpu);
  }

  /**
   * process_backlog() says how many it has handed to the stack. Fewer lines than that may mean that other devices are not
   * recorded: whether they are is known at the end.
   */
  #backlogPolled(line: FtraceLine, work: number, handedUp: number): void {
    if (!this.#polled.has(line.cpu) && !this.#watched.has(contextOf(line)) && handedUp < work) return;
    this.#backlogPolls++;
    const why = `process_backlog() says ${work}, and ${handedUp} packets were handed to the stack since the last poll`;
    if (handedUp > work) this.#findings.refuse(MONITOR, line, why);
    else if (handedUp < work) {
      this.#short++;
      if (this.#ifAllRecorded.length < SHORT_MAX) this.#ifAllRecorded.push(() => this.#findings.refuse(MONITOR, line, why));
    }
  }

  /** Some reader has found the socket empty: all that is queued has been seen. */
  get #inStacks(): number {
    return [...this.#contexts.values()].reduce((sum, { inStack }) => sum + inStack.length, 0);
  }

  get isEmpty(): boolean {
    return this.#available <= 0;
  }

  isEmptyKnown = false;
  /** Datagrams that were queued, less those that were returned or found bad. */
  #available = 0;
  /** kfree_skb is recorded for full buffers. */
  #frees = false;
  #backlogPolls = 0;
  #short = 0;
  readonly #ifAllRecorded: (() => void)[] = [];

  /** NET_RX begins on a CPU: all that is handed to the stack from now on is seen. */
  softirqBegins(line: FtraceLine): void {
    this.#watched.add(contextOf(line));
  }

  /** NET_RX is over on a CPU: what was handed to the stack, some poll has told of. */
  softirqEnds(line: FtraceLine): void {
    const context = this.#contextOf(line);
    if (context.handedUp > 0 && this.#isRecorded('event napi_poll'))
      this.#findings.refuse(MONITOR, line, `${context.handedUp} packets were handed to the stack, and no poll tells of them`);
    context.handedUp = 0;
  }

  /** The end of the trace. */
  finish(): void {
    if (this.#short <= Math.max(1, this.#backlogPolls / 2)) for (const refuse of this.#ifAllRecorded) refuse();
  }

  /** Whatever is under way at the end of the trace. */
  get underWay(): number {
    return [...this.live.values()].filter(({ stage }) => stage !== 'socket').length;
  }

  #new(line: FtraceLine, dev: string, stage: Stage): Packet {
    this.count++;
    const skb = line.args['skbaddr'] ?? '';
    this.#refused.delete(skb);
    const packet: Packet = { number: this.count, skb, dev, arrival: line, stage, answered: false, seen: [{ stage, line }] };
    this.live.set(skb, packet);
    for (const listener of this.#listeners) listener.came?.(packet);
    return packet;
  }

  #move(packet: Packet, stage: string, line: FtraceLine): void {
    packet.seen.push({ stage, line });
    for (const listener of this.#listeners) listener.moved?.(packet, stage, line);
  }

  #end(packet: Packet, end: End, line: FtraceLine): void {
    if (this.live.get(packet.skb) === packet) this.live.delete(packet.skb);
    const at = this.queued.indexOf(packet);
    if (at >= 0) this.queued.splice(at, 1);
    for (const listener of this.#listeners) listener.ended(packet, end, line);
  }

  /** Of a list, IP drops first what it refuses: those before it may still be under way. */
  #putDown(context: Context, packet: Packet): void {
    const at = context.inStack.indexOf(packet);
    if (at >= 0) context.inStack.splice(at, 1);
  }

  #silence(context: Context, line: FtraceLine): void {
    for (const packet of context.inStack.splice(0)) {
      if (packet.answered)
        this.#findings.refuse(MONITOR, line, `packet ${packet.number} was answered with an ICMP error, and is not freed`);
      this.#followers++;
      this.#end(packet, 'silent', line);
    }
  }

  #unkept(context: Context, line: FtraceLine): void {
    if (context.failed === undefined) return;
    if (this.#frees)
      this.#findings.refuse(
        MONITOR,
        line,
        `line ${context.failed.line} says that a datagram could not be queued, and none was freed for it`,
      );
    context.failed = undefined;
  }

  #contextOf(line: FtraceLine): Context {
    const key = contextOf(line);
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const fresh: Context = {
      inStack: [],
      entered: undefined,
      rx: undefined,
      freed: undefined,
      handedUp: 0,
      failed: undefined,
      queued: undefined,
      gro: new Map(),
    };
    this.#contexts.set(key, fresh);
    return fresh;
  }
}
