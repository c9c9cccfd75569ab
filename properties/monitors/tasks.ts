/** Softirqs, readers and NAPI instances: which line is for which instance of which machine. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { Instance, PROJECTIONS } from './components.ts';
import type { Findings } from './finding.ts';

/** recvfrom()'s flags. */
export const MSG = { peek: 0x2, dontwait: 0x40 } as const;

/** What recvfrom() returned, in words. */
function resultOf(ret: number): string {
  if (ret >= 0) return 'returns a datagram';
  if (ret === -11) return 'returns EAGAIN';
  if (ret === -4 || ret === -512) return 'is interrupted';
  return ret === -14 ? 'returns EFAULT' : 'returns an error';
}

/** A call that goes on. */
export interface Call {
  readonly pid: number;
  readonly comm: string;
  readonly flags: number;
  readonly fd: string;
  readonly line: number;
  asleep: FtraceLine | undefined;
  woken: FtraceLine | undefined;
  /** The socket's address, once sock_recv_length has told it. */
  sock: string | undefined;
  /** What sock_recv_length says that the call returns. */
  length: number | undefined;
}

export class Tasks {
  /** By pid: those in recvfrom(). */
  readonly calls = new Map<number, Call>();
  readonly #readers = new Map<number, Instance>();
  readonly #softirqs = new Map<number, Instance>();
  readonly #napis = new Map<string, Instance>();
  /** Instances that some function is at work on, by context. */
  readonly #open = new Map<string, string[]>();
  readonly #findings: Findings;
  #raises = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  get instances(): number {
    return this.#readers.size + this.#softirqs.size + this.#napis.size;
  }

  softirq(line: FtraceLine): void {
    if (line.args['vec'] !== '3') return;
    if (line.name === 'softirq_raise' && !this.#raises) {
      this.#raises = true;
      this.#softirqs.clear();
    }
    const projection = this.#raises ? PROJECTIONS.softirq : PROJECTIONS.softirqWithoutRaises;
    const known = this.#softirqs.get(line.cpu) ?? new Instance(`softirq/${line.cpu}`, projection);
    this.#softirqs.set(line.cpu, known);
    known.takeSoftirq(line, this.#findings, line.name === 'softirq_raise' && line.level === 'hardirq');
  }

  enter(line: FtraceLine): Call {
    const flags = Number(line.args['flags'] ?? 0);
    const { pid, comm } = line;
    const fd = line.args['fd'] ?? '';
    const call: Call = { pid, comm, flags, fd, line: line.line, asleep: undefined, woken: undefined, sock: undefined, length: undefined };
    this.calls.set(pid, call);
    this.#reader(line, pid, flags & MSG.dontwait ? 'calls with MSG_DONTWAIT' : flags & MSG.peek ? 'calls with MSG_PEEK' : 'calls');
    return call;
  }

  /** The call that returns, if its beginning was seen. */
  exit(line: FtraceLine): Call | undefined {
    const call = this.calls.get(line.pid);
    this.calls.delete(line.pid);
    this.#reader(line, line.pid, resultOf(Number(line.args['ret'])));
    return call;
  }

  /** A task leaves its CPU: true if it sleeps in recvfrom(). */
  out(line: FtraceLine): boolean {
    const call = this.calls.get(Number(line.args['prev_pid']));
    const into = this.calls.get(Number(line.args['next_pid']));
    if (into !== undefined) into.woken = undefined;
    if (call === undefined || line.args['prev_state']?.[0] !== 'S') return false;
    // Woken in the same moment: it will be back.
    if (call.woken === undefined) call.asleep = line;
    this.#reader(line, call.pid, 'sleeps');
    return true;
  }

  /** The call of the task that is woken, if it is in one. */
  woken(line: FtraceLine): Call | undefined {
    const call = this.calls.get(Number(line.args['pid']));
    if (call === undefined) return undefined;
    if (this.#reader(line, call.pid, 'is woken')) call.woken = line;
    call.asleep = undefined;
    return call;
  }

  bad(line: FtraceLine): void {
    if (this.calls.has(line.pid)) this.#reader(line, line.pid, 'drops a bad datagram');
  }

  /** `napi_schedule_prep` and `napi_complete_done`, at the return: the instance is known from the call. */
  napiCalled(line: FtraceLine, context: string): void {
    const stack = this.#open.get(context) ?? [];
    stack.push(line.args['n'] ?? '');
    this.#open.set(context, stack);
  }

  napiReturned(line: FtraceLine, context: string): void {
    const instance = this.#open.get(context)?.pop();
    if (instance === undefined) return;
    const known = this.#napis.get(instance) ?? new Instance(`napi ${instance}`, PROJECTIONS.napi);
    this.#napis.set(instance, known);
    known.take(line, `${line.symbol} ret=${line.args['ret'] === '0' || line.args['ret'] === '0x0' ? 0 : 1}`, this.#findings);
  }

  #reader(line: FtraceLine, pid: number, label: string): boolean {
    const known = this.#readers.get(pid) ?? new Instance(`reader ${line.pid === pid ? line.comm : ''}-${pid}`, PROJECTIONS.reader);
    this.#readers.set(pid, known);
    return known.take(line, label, this.#findings);
  }
}
