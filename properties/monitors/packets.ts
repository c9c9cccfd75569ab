/**
 * Packets in the stack and in sockets: one place at a time, one end, and the order that the functions of the kernel keep.
 *
 * Rules: notes, lower half 7 and 8, upper half 2 to 7.
 */
import { contextOf } from '../../src/conform/frames.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { fateOf } from './fates.ts';
import type { Context, Life, Packet } from './life.ts';

/** What is refused at the end, if at all. */
const LATE_MAX = 50;

export class Packets {
  readonly #life: Life;
  /** Some reader has found the socket empty: all that is queued has been seen. */
  isEmptyKnown = false;
  /** Datagrams that were queued, less those that were returned or found bad. */
  #available = 0;
  /** Packets that went where no line tells of: another CPU may append them (6.18). */
  #followers = 0;
  /** kfree_skb is recorded for full buffers; what is refused if it is. */
  #frees = false;
  readonly #ifFrees: (() => void)[] = [];

  constructor(life: Life) {
    this.#life = life;
  }

  get isEmpty(): boolean {
    return this.#available <= 0;
  }

  /** __netif_receive_skb_core() */
  handedUp(line: FtraceLine): void {
    const context = this.#life.contextOf(line);
    const dev = line.args['dev'] ?? '';
    let packet = this.#life.at(line);
    const refused = this.#life.refused.get(line.args['skbaddr'] ?? '');
    if (refused !== undefined) this.#life.refuse(line, `netif_rx() refused it in line ${refused.line}`);
    if (packet?.stage === 'stack') {
      this.#life.refuse(line, `packet ${packet.number} was handed to the stack in line ${packet.seen.at(-1)!.line.line} already`);
      return;
    }
    if (packet?.stage === 'socket') {
      this.#life.end(packet, 'silent', line);
      packet = undefined;
    }
    if (packet === undefined) {
      if ((this.#life.arriving.has(`backlog ${dev}`) || this.#life.arriving.has(`GRO ${dev}`)) && this.#life.polled.has(line.cpu)) {
        this.#life.refuse(line, `packet ${line.args['skbaddr']} was not seen to arrive on ${dev}`);
      }
      // Some drivers hand up what napi_gro_frags() takes: no line tells of that.
      packet = this.#life.begin(line, dev, this.#life.arriving.has(`backlog ${dev}`) ? 'backlog' : 'GRO');
    }
    // From the backlog one by one; a list of GRO passes here as a whole before the first one reaches IP.
    if (packet.seen[0]!.stage === 'backlog') this.#silence(context, line);
    packet.stage = 'stack';
    context.handedUp++;
    this.#life.move(packet, 'stack', line);
    context.inStack.push(packet);
  }

  /** A packet is freed, and why. */
  freed(line: FtraceLine): Packet | undefined {
    const packet = this.#life.at(line);
    const context = this.#life.contextOf(line);
    const reason = line.args['reason'] ?? '';
    if (packet === undefined) {
      if (context.freed?.rest === line.rest) this.#life.refuse(line, `it was freed in line ${context.freed.line} already`);
      return undefined;
    }
    context.freed = line;
    if (packet.stage === 'socket') this.#available--;
    this.#putDown(context, packet);
    if (reason === 'SOCKET_RCVBUFF') this.#frees = true;
    if (context.failed !== undefined && (reason === 'SOCKET_RCVBUFF' || reason === 'PROTO_MEM')) context.failed = undefined;
    else if (reason === 'SOCKET_RCVBUFF' && this.#life.isRecorded('event udp_fail_queue_rcv_skb')) {
      this.#life.refuse(line, 'the receive buffer is full, and udp_fail_queue_rcv_skb did not say so before');
    }
    if (packet.answered && reason !== 'NO_SOCKET' && reason !== 'IP_NOPROTO' && reason !== 'PKT_TOO_SMALL') {
      this.#life.refuse(line, `packet ${packet.number} was answered with an ICMP error, and is freed for another reason`);
    }
    this.#life.end(packet, fateOf(reason, line.args['location'] ?? '', packet), line);
    return packet;
  }

  /** udp_queue_rcv_skb() could not queue it. */
  failed(line: FtraceLine): void {
    const context = this.#life.contextOf(line);
    this.#unkept(context, line);
    context.failed = line;
  }

  consumed(line: FtraceLine): boolean {
    const packet = this.#life.at(line);
    if (packet === undefined) return false;
    const context = this.#life.contextOf(line);
    this.#putDown(context, packet);
    const location = line.args['location'] ?? '';
    this.#life.end(packet, location.startsWith('icmp_rcv') ? 'icmpIn' : packet.stage === 'socket' ? 'delivered' : 'silent', line);
    return true;
  }

  answered(line: FtraceLine): void {
    const packet = this.#life.at(line);
    if (packet === undefined) return;
    if (packet.answered) this.#life.refuse(line, `packet ${packet.number} was answered before: one error at most`);
    if (packet.stage !== 'stack') this.#life.refuse(line, `packet ${packet.number} is in the ${packet.stage}, not with the stack`);
    packet.answered = true;
    this.#life.move(packet, 'icmp_send', line);
  }

  /** A datagram is in some socket: the first one that the stack has in hand, or, in 6.18, another CPU's. */
  appendedOne(line: FtraceLine): Packet | undefined {
    const context = this.#life.contextOf(line);
    this.#unkept(context, line);
    this.#available++;
    const packet = context.inStack.shift();
    if (packet === undefined) {
      if (this.#followers > 0) this.#followers--;
      else if (this.#life.polled.has(line.cpu) || this.#life.watched.has(contextOf(line)))
        this.#life.refuse(line, 'the stack of this CPU has no packet in hand');
      return undefined;
    }
    if (packet.answered) this.#life.refuse(line, `packet ${packet.number} was answered with an ICMP error, and is queued`);
    packet.stage = 'socket';
    this.#life.queued.push(packet);
    context.queued = packet;
    this.#life.move(packet, 'socket', line);
    return packet;
  }

  /** A reader is woken: for the datagram that was queued last, if it is by the same CPU. */
  wakes(line: FtraceLine): void {
    const context = this.#life.contextOf(line);
    if (context.queued !== undefined && this.#life.live.get(context.queued.skb) === context.queued)
      this.#life.move(context.queued, 'wakes', line);
    context.queued = undefined;
  }

  /** A reader has returned a datagram: the oldest one, where there is one socket; of several, nobody knows which one. */
  read(line: FtraceLine, isOneSocket: boolean): Packet | undefined {
    if (!isOneSocket) return undefined;
    // A reader may be faster than the line: the datagram is in the queue before sk_data_ready() is called.
    if (--this.#available + this.#life.inStacks < 0) {
      this.#available = 0;
      if (this.isEmptyKnown && this.#life.isRecorded('event sk_data_ready'))
        this.#life.refuse(line, 'a datagram is returned, and none was queued that is not returned yet');
    }
    const packet = this.#life.queued.shift();
    if (packet !== undefined && this.#life.live.get(packet.skb) === packet) this.#life.end(packet, 'delivered', line);
    return packet;
  }

  /** A poll has ended: what the stack has in hand still, it has kept or consumed. */
  polled(line: FtraceLine): void {
    const context = this.#life.contextOf(line);
    this.#silence(context, line);
    this.#unkept(context, line);
  }

  /** The end of the trace. */
  finish(): void {
    if (this.#frees) for (const refuse of this.#ifFrees) refuse();
  }

  /** Of a list, IP drops first what it refuses: those before it may still be under way. */
  #putDown(context: Context, packet: Packet): void {
    const at = context.inStack.indexOf(packet);
    if (at >= 0) context.inStack.splice(at, 1);
  }

  #silence(context: Context, line: FtraceLine): void {
    for (const packet of context.inStack.splice(0)) {
      if (packet.answered) this.#life.refuse(line, `packet ${packet.number} was answered with an ICMP error, and is not freed`);
      this.#followers++;
      this.#life.end(packet, 'silent', line);
    }
  }

  #unkept(context: Context, line: FtraceLine): void {
    if (context.failed === undefined) return;
    const why = `line ${context.failed.line} says that a datagram could not be queued, and none was freed for it`;
    if (this.#ifFrees.length < LATE_MAX) this.#ifFrees.push(() => this.#life.refuse(line, why));
    context.failed = undefined;
  }
}
