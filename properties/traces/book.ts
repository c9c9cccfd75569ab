/** What the lines read so far have come to: which packet is which, who is in what, and what has been seen of the model. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Seen } from '../../src/conform/seen.ts';
import type { Observation } from '../../src/model/component.ts';
import type { Value } from '../../src/model/network.ts';
import type { receivePath } from '../../models/networks/receive-path.ts';
import type { Survey } from './survey.ts';

/** The components of the receive path. */
export type Path = ReturnType<typeof receivePath.build>['refs'];

export const OTHER_CPU = 'on CPUs where no packet arrives and no reader runs';

/** Takes one line. */
export type Handler = (line: FtraceLine, book: Book) => void;

/** By `kind name`. */
export type Handlers = Readonly<Record<string, Handler>>;

/** A line announced another one, which must come in the same context before any of `until`. */
interface Promised {
  readonly line: number;
  readonly what: string;
  readonly until: readonly string[];
}

export class Book {
  readonly n: Path;
  readonly survey: Survey;
  readonly records: (key: string) => boolean;
  readonly seen: Seen[] = [];
  readonly #ignored = new Map<string, number>();
  /** By address: the packet that arrived there last; addresses are used again at once. */
  readonly #packets = new Map<string, number>();
  #arrived = 0;
  #errors = 0;
  readonly #handedUp = new Set<number>();
  /** By CPU of the trace: packets in the hands of its stack, first come first. */
  readonly #inStack = new Map<number, number[]>();
  /** CPUs of the trace whose stack last queued a datagram with another socket than the model's. */
  readonly #gaveElsewhere = new Set<number>();
  readonly #promises = new Map<string, Promised>();

  constructor(n: Path, survey: Survey, records: (key: string) => boolean) {
    this.n = n;
    this.survey = survey;
    this.records = records;
  }

  /** The CPU of the model, or undefined for one that it leaves out. */
  cpuOf({ cpu }: FtraceLine): number | undefined {
    const found = this.survey.cpus.indexOf(cpu);
    return found < 0 ? undefined : found;
  }

  /** The reader that the line's task is, or undefined. */
  readerOf(pid: number): number | undefined {
    const found = this.survey.readers.findIndex((reader) => reader.pid === pid);
    return found < 0 ? undefined : found;
  }

  step({ line, text }: FtraceLine, event: string, args: Readonly<Record<string, Value>>, when: readonly Observation[] = []): void {
    this.seen.push({ kind: 'step', line, text, shows: { event, args }, when });
  }

  /** The same of a step that had happened before `line`, which comes earlier in the file. */
  stepBefore(
    { line: before }: FtraceLine,
    { line, text }: FtraceLine,
    event: string,
    args: Readonly<Record<string, Value>>,
    when: readonly Observation[],
  ): void {
    this.seen.push({ kind: 'step', line, text, before, shows: { event, args }, when });
  }

  state({ line, text }: FtraceLine, ...when: readonly Observation[]): void {
    this.seen.push({ kind: 'state', line, text, when });
  }

  contradict({ line, text }: Pick<FtraceLine, 'line' | 'text'>, why: string): void {
    this.seen.push({ kind: 'contradiction', line, text, why });
  }

  /** Leaves a line out, and counts it. */
  ignore(reason: string): void {
    this.#ignored.set(reason, (this.#ignored.get(reason) ?? 0) + 1);
  }

  get ignored(): ReadonlyMap<string, number> {
    return this.#ignored;
  }

  /** A packet arrives: the next number. */
  arrive(address: string | undefined): number {
    const packet = this.#arrived++;
    this.#packets.set(address ?? '', packet);
    return packet;
  }

  /** An ICMP error was reported: how many so far. */
  countError(): number {
    return ++this.#errors;
  }

  packetAt(address: string | undefined): number | undefined {
    return this.#packets.get(address ?? '');
  }

  /** A packet is handed to the stack of a CPU; true if it was before. */
  handUp(cpu: number, packet: number): boolean {
    const isKnown = this.#handedUp.has(packet);
    this.#handedUp.add(packet);
    if (!this.survey.kept.has(packet)) this.#inStack.set(cpu, [...(this.#inStack.get(cpu) ?? []), packet]);
    return isKnown;
  }

  /** The packet that the stack of a CPU works on. */
  inStack(cpu: number): number | undefined {
    return this.#inStack.get(cpu)?.[0];
  }

  /** The stack of a CPU is done with its packet, or with the one given. */
  putDown(cpu: number, packet = this.inStack(cpu)): void {
    this.#inStack.set(
      cpu,
      (this.#inStack.get(cpu) ?? []).filter((one) => one !== packet),
    );
  }

  /** The stack of a CPU has queued a datagram: with the model's socket, or another one. */
  give(cpu: number, elsewhere: boolean): void {
    if (elsewhere) this.#gaveElsewhere.add(cpu);
    else this.#gaveElsewhere.delete(cpu);
  }

  gaveElsewhere(cpu: number): boolean {
    return this.#gaveElsewhere.has(cpu);
  }

  /** `what` must follow in this line's context before any line named in `until`. */
  promise(line: FtraceLine, what: string, until: readonly string[]): void {
    this.#promises.set(contextOf(line), { line: line.line, what, until });
  }

  /** Keeps the promise of `what` in this line's context; false if there is none. */
  keep(line: FtraceLine, what: string): boolean {
    if (this.#promises.get(contextOf(line))?.what !== what) return false;
    return this.#promises.delete(contextOf(line));
  }

  /** Contradicts `line` if a promise should have been kept before it. */
  collect(line: FtraceLine): void {
    const promised = this.#promises.get(contextOf(line));
    if (promised === undefined || !promised.until.includes(line.name)) return;
    this.#promises.delete(contextOf(line));
    this.contradict(line, `line ${promised.line} must be followed by ${promised.what} before this`);
  }
}

/** What runs without interruption: a task, or a CPU's softirq or hardirq. */
export function contextOf({ level, cpu, pid }: FtraceLine): string {
  return level === 'task' ? `task ${pid}` : `${level} ${cpu}`;
}
