/** Packets under way, by the address of their buffer: where each has come to, and who wants to know. A reused address is another packet. */
import { contextOf } from '../../src/conform/frames.ts';
import type { Fate } from '../../models/kernel/packet.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Findings } from './finding.ts';

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

/** What one context has in hand. */
export interface Context {
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

/** The name under which packets are refused. */
const MONITOR = 'packets';

export class Life {
  readonly live = new Map<string, Packet>();
  /** In sockets, by arrival there; the trace does not say in which one. */
  readonly queued: Packet[] = [];
  count = 0;
  /** Devices whose packets are seen to arrive: `backlog vb`, `GRO eth1`. */
  readonly arriving = new Set<string>();
  /** CPUs on which some poll has ended: what comes later has been seen to arrive. */
  readonly polled = new Set<number>();
  /** Contexts that were seen to begin. */
  readonly watched = new Set<string>();
  /** What netif_rx() has refused, by address, until that is used again. */
  readonly refused = new Map<string, FtraceLine>();
  readonly findings: Findings;
  /** Which lines the trace would have. */
  readonly isRecorded: (key: string) => boolean;
  readonly #contexts = new Map<string, Context>();
  readonly #listeners: readonly PacketListener[];

  constructor(findings: Findings, listeners: readonly PacketListener[], isRecorded: (key: string) => boolean) {
    this.findings = findings;
    this.#listeners = listeners;
    this.isRecorded = isRecorded;
  }

  at(line: FtraceLine): Packet | undefined {
    return this.live.get(line.args['skbaddr'] ?? '');
  }

  /** Packets that the stack has in hand, on all CPUs. */
  get inStacks(): number {
    return [...this.#contexts.values()].reduce((sum, { inStack }) => sum + inStack.length, 0);
  }

  refuse(line: FtraceLine, why: string): void {
    this.findings.refuse(MONITOR, line, why);
  }

  begin(line: FtraceLine, dev: string, stage: Stage): Packet {
    this.count++;
    const skb = line.args['skbaddr'] ?? '';
    this.refused.delete(skb);
    const packet: Packet = { number: this.count, skb, dev, arrival: line, stage, answered: false, seen: [{ stage, line }] };
    this.live.set(skb, packet);
    for (const listener of this.#listeners) listener.came?.(packet);
    return packet;
  }

  move(packet: Packet, stage: string, line: FtraceLine): void {
    packet.seen.push({ stage, line });
    for (const listener of this.#listeners) listener.moved?.(packet, stage, line);
  }

  end(packet: Packet, end: End, line: FtraceLine): void {
    if (this.live.get(packet.skb) === packet) this.live.delete(packet.skb);
    const at = this.queued.indexOf(packet);
    if (at >= 0) this.queued.splice(at, 1);
    for (const listener of this.#listeners) listener.ended(packet, end, line);
  }

  contextOf(line: FtraceLine): Context {
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
