/**
 * The life of a task as the scheduler's tracepoints tell it: woken before it runs again, switched in before it acts. A
 * trace breaks this only where a line was lost, doubled or moved.
 */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Contradiction } from '../../src/conform/seen.ts';
import type { Recording } from './recording.ts';
import type { Reader } from './survey.ts';

interface Life {
  /** Where it was switched out, if it is off the CPU. */
  readonly out?: { readonly line: number; readonly sleeps: boolean } | undefined;
  /** The line that switched it in, if that is known. */
  readonly ran?: number;
  /** sched_waking came, or sched_wakeup too. */
  readonly wake?: 'waking' | 'woken' | undefined;
}

/** What contradicts the life of one of `readers`. Nothing, unless the trace has all three events of the scheduler. */
export function checkSchedule({ lines, records }: Recording, readers: readonly Reader[]): Contradiction[] {
  if (!['sched_waking', 'sched_wakeup', 'sched_switch'].every((name) => records(`event ${name}`))) return [];
  // Some kernels do not show the switch from the idle task.
  const isIdleShown = lines.some(({ name, args }) => name === 'sched_switch' && args['prev_pid'] === '0');
  return readers.flatMap(({ pid }) => checkLife(lines, pid, isIdleShown));
}

function checkLife(lines: readonly FtraceLine[], pid: number, isIdleShown: boolean): Contradiction[] {
  let life: Life = {};
  const found: Contradiction[] = [];
  for (const line of lines) {
    if (!isIdleShown && life.out !== undefined && life.wake === 'woken' && line.level === 'task' && line.pid === pid) life = {};
    const { life: next, why } = after(life, line, String(pid)) ?? { life };
    if (why !== undefined) found.push({ kind: 'contradiction', line: line.line, text: line.text, why });
    life = next;
  }
  return found;
}

interface Turn {
  readonly life: Life;
  readonly why?: string;
}

/** What `line` does to the life of task `pid`, and what is wrong with it; undefined if it is not about the task. */
function after(life: Life, line: FtraceLine, pid: string): Turn | undefined {
  const { name, args } = line;
  const on = (why: string, is: boolean) => (is ? { why: `task ${pid} ${why}` } : {});
  if (name === 'sched_waking' && args['pid'] === pid) {
    return {
      life: { ...life, wake: 'waking' },
      ...on('is woken a second time, and has not got up from the first', life.wake === 'waking'),
    };
  }
  if (name === 'sched_wakeup' && args['pid'] === pid) {
    return { life: { ...life, wake: 'woken' }, ...on('gets up, and nobody has woken it', life.wake !== 'waking') };
  }
  if (name === 'sched_switch' && args['prev_pid'] === pid) {
    const wake = life.wake === 'waking' ? life.wake : undefined;
    const sleeps = args['prev_state']?.startsWith('R') === false;
    return {
      life: { out: { line: line.line, sleeps }, wake },
      ...on(`is switched out, and was not running since line ${life.out?.line}`, life.out !== undefined),
    };
  }
  if (name === 'sched_switch' && args['next_pid'] === pid) {
    const isAsleep = life.out?.sleeps === true && life.wake !== 'woken';
    // Off the CPU since before the trace, and woken: it has to get up too.
    const isWaking = life.out === undefined && life.ran === undefined && life.wake === 'waking';
    const why = life.ran === undefined ? 'is switched in, and has not got up' : `is switched in, and runs since line ${life.ran}`;
    return { life: { ran: line.line }, ...on(why, isAsleep || isWaking || life.ran !== undefined) };
  }
  if (String(line.pid) !== pid || line.level !== 'task') return undefined;
  // Said once: the task runs from here on.
  if (life.out !== undefined) return { life: {}, why: `task ${pid} acts, and was switched out in line ${life.out.line}` };
  return undefined;
}
