/**
 * Tasks by the scheduler's tracepoints: one acts only while it is on a CPU, changes CPUs only by being switched, and is
 * woken before it runs again. Held to it are tasks that call recvfrom(): of others, not every line may be recorded. Where a
 * filter has left out many lines of such a task, it shows, and nothing is refused.
 */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Findings } from './finding.ts';

interface Task {
  cpu: number;
  /** How often it was switched, and what is refused unless that is often. */
  readonly switches: { count: number; readonly refusals: (() => void)[] };
  /** The line that took it off its CPU; undefined while it runs. */
  off: FtraceLine | undefined;
  isAsleep: boolean;
  /** The last wakeup since it ran. */
  woken: FtraceLine | undefined;
  /** Since then sched_wakeup has come too. */
  isUp: boolean;
}

const MONITOR = 'scheduler';
const EVENTS: readonly string[] = ['sched_waking', 'sched_wakeup', 'sched_switch'];
/** A task of which more is missing is not fully recorded. */
const FEW = 3;
const SHARE = 0.1;

export class Schedule {
  readonly #tasks = new Map<number, Task>();
  readonly #findings: Findings;
  /** Which of the scheduler's events the trace has: without one of them, a line that is missing was not recorded. */
  readonly #events = new Set<string>();
  /** CPUs that were seen to leave the idle task. */
  readonly #idleIsShown = new Set<number>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** `pid` is held to the discipline. */
  has(pid: number): boolean {
    return this.#tasks.has(pid);
  }

  take(line: FtraceLine): void {
    if (EVENTS.includes(line.name)) this.#events.add(line.name);
    if (line.name === 'sched_switch') return this.#switched(line);
    if (line.name === 'sched_waking') this.#waking(line);
    if (line.name === 'sched_wakeup') this.#wakeup(line);
    if (line.level !== 'task') return;
    const task = this.#tasks.get(line.pid);
    if (task === undefined) {
      if (line.kind === 'enter' && line.name === 'sys_recvfrom') {
        const switches = { count: 0, refusals: [] };
        this.#tasks.set(line.pid, { cpu: line.cpu, switches, off: undefined, isAsleep: false, woken: undefined, isUp: false });
      }
      return;
    }
    // Some kernels do not show the switch from the idle task.
    if (task.off !== undefined && task.woken !== undefined && !this.#idleIsShown.has(line.cpu)) {
      this.#tasks.set(line.pid, { ...task, cpu: line.cpu, off: undefined, isAsleep: false, woken: undefined, isUp: false });
      return;
    }
    if (task.off !== undefined) {
      this.#refuse(task, line, `${line.comm}-${line.pid} acts, and was switched out in line ${task.off.line}`);
      task.off = undefined;
    } else if (task.cpu !== line.cpu) {
      this.#findings.refuse(
        MONITOR,
        line,
        `${line.comm}-${line.pid} is on CPU ${line.cpu}, and was on CPU ${task.cpu} without being switched`,
      );
    }
    task.cpu = line.cpu;
  }

  #switched(line: FtraceLine): void {
    const [from, to] = [Number(line.args['prev_pid']), Number(line.args['next_pid'])];
    if (from === 0) this.#idleIsShown.add(line.cpu);
    const [out, into] = [this.#tasks.get(from), this.#tasks.get(to)];
    if (out !== undefined) this.#out(line, from, out);
    if (into !== undefined) this.#in(line, to, into);
  }

  #out(line: FtraceLine, pid: number, task: Task): void {
    task.switches.count++;
    const isAsleep = !(line.args['prev_state'] ?? 'R').startsWith('R');
    if (task.off !== undefined && (task.woken === undefined || this.#idleIsShown.has(line.cpu)))
      this.#refuse(task, line, `${line.args['prev_comm']}-${pid} is switched out, and was in line ${task.off.line} already`);
    this.#tasks.set(pid, { ...task, cpu: line.cpu, off: line, isAsleep });
  }

  #in(line: FtraceLine, pid: number, task: Task): void {
    task.switches.count++;
    const name = `${line.args['next_comm']}-${pid}`;
    if (task.off === undefined) {
      this.#refuse(task, line, `${name} is switched in, and runs on CPU ${task.cpu} already`);
    } else if (task.isAsleep && task.woken === undefined) {
      this.#refuse(task, line, `${name} runs, and was not woken since it slept in line ${task.off.line}`);
    }
    this.#tasks.set(pid, { ...task, cpu: line.cpu, off: undefined, isAsleep: false, woken: undefined, isUp: false });
  }

  #waking(line: FtraceLine): void {
    const pid = Number(line.args['pid']);
    const task = this.#tasks.get(pid);
    if (task === undefined) return;
    if (task.off !== undefined && task.isAsleep && task.woken !== undefined && task.woken.line > task.off.line) {
      this.#refuse(task, line, `${line.args['comm']}-${pid} is woken, and was in line ${task.woken.line} already`);
    }
    task.woken = line;
    task.isUp = false;
  }

  #wakeup(line: FtraceLine): void {
    const pid = Number(line.args['pid']);
    const task = this.#tasks.get(pid);
    if (task === undefined) return;
    if (task.woken === undefined || task.isUp) this.#refuse(task, line, `${line.args['comm']}-${pid} gets up, and nobody has woken it`);
    task.isUp = true;
  }

  /** The end of the trace. */
  finish(): void {
    if (this.#events.size < EVENTS.length) return;
    for (const { switches } of this.#tasks.values()) {
      if (switches.refusals.length <= Math.max(FEW, switches.count * SHARE)) for (const refuse of switches.refusals) refuse();
    }
  }

  #refuse({ switches }: Task, line: FtraceLine, why: string): void {
    switches.refusals.push(() => this.#findings.refuse(MONITOR, line, why));
  }
}
