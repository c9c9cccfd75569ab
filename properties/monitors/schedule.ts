/**
 * Tasks by the scheduler's tracepoints: one acts only while it is on a CPU, changes CPUs only by being switched, and is
 * woken before it runs again. Held to it are tasks that call recvfrom(): of others, not every line may be recorded.
 */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Findings } from './finding.ts';

interface Task {
  cpu: number;
  /** The line that took it off its CPU; undefined while it runs. */
  off: FtraceLine | undefined;
  isAsleep: boolean;
  /** The last wakeup since it ran. */
  woken: FtraceLine | undefined;
}

const MONITOR = 'scheduler';

export class Schedule {
  readonly #tasks = new Map<number, Task>();
  readonly #findings: Findings;
  #idleIsShown = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** `pid` is held to the discipline. */
  has(pid: number): boolean {
    return this.#tasks.has(pid);
  }

  take(line: FtraceLine): void {
    if (line.name === 'sched_switch') return this.#switched(line);
    if (line.name === 'sched_waking') this.#waking(line);
    if (line.level !== 'task') return;
    const task = this.#tasks.get(line.pid);
    if (task === undefined) {
      if (line.kind === 'enter' && line.name === 'sys_recvfrom') {
        this.#tasks.set(line.pid, { cpu: line.cpu, off: undefined, isAsleep: false, woken: undefined });
      }
      return;
    }
    // Some kernels do not show the switch from the idle task.
    if (task.off !== undefined && task.woken !== undefined && !this.#idleIsShown) {
      this.#tasks.set(line.pid, { cpu: line.cpu, off: undefined, isAsleep: false, woken: undefined });
      return;
    }
    if (task.off !== undefined) {
      this.#findings.refuse(MONITOR, line, `${line.comm}-${line.pid} acts, and was switched out in line ${task.off.line}`);
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
    this.#idleIsShown ||= from === 0;
    if (this.#tasks.has(from)) this.#out(line, from);
    if (this.#tasks.has(to)) this.#in(line, to);
  }

  #out(line: FtraceLine, pid: number): void {
    const task = this.#tasks.get(pid);
    const isAsleep = !(line.args['prev_state'] ?? 'R').startsWith('R');
    if (task?.off !== undefined && (task.woken === undefined || this.#idleIsShown))
      this.#findings.refuse(MONITOR, line, `${line.args['prev_comm']}-${pid} is switched out, and was in line ${task.off.line} already`);
    this.#tasks.set(pid, { cpu: line.cpu, off: line, isAsleep, woken: task?.woken });
  }

  #in(line: FtraceLine, pid: number): void {
    const task = this.#tasks.get(pid);
    const name = `${line.args['next_comm']}-${pid}`;
    if (task !== undefined && task.off === undefined) {
      this.#findings.refuse(MONITOR, line, `${name} is switched in, and runs on CPU ${task.cpu} already`);
    } else if (task?.isAsleep === true && task.woken === undefined) {
      this.#findings.refuse(MONITOR, line, `${name} runs, and was not woken since it slept in line ${task.off!.line}`);
    }
    this.#tasks.set(pid, { cpu: line.cpu, off: undefined, isAsleep: false, woken: undefined });
  }

  #waking(line: FtraceLine): void {
    const pid = Number(line.args['pid']);
    const task = this.#tasks.get(pid);
    if (task === undefined) return;
    if (task.off !== undefined && task.isAsleep && task.woken !== undefined && task.woken.line > task.off.line) {
      this.#findings.refuse(MONITOR, line, `${line.args['comm']}-${pid} is woken, and was in line ${task.woken.line} already`);
    }
    task.woken = line;
  }
}
