/**
 * The call discipline that every trace keeps, whatever is traced: what is entered is left again, innermost first; an
 * interrupt is over when the softirq or the task below it goes on; a CPU's clock does not run backwards.
 *
 * A line that was lost, doubled or moved breaks it, even where the line means nothing to a model.
 */
import type { FtraceLine } from './ftrace.ts';
import type { Contradiction } from './seen.ts';

/** A line that enters or leaves something; `key` tells calls apart. */
interface Mark {
  readonly edge: 'enter' | 'leave';
  readonly key: string;
  /** The name of the probe, if it is one. */
  readonly probe?: string;
}

/** Tracepoints that enter and leave without saying so in their names. */
const PAIRS: readonly (readonly [enter: string, leave: string])[] = [['net_dev_start_xmit', 'net_dev_xmit']];

/** Arguments that stay the same from entry to exit. */
const IDENTITY = ['irq', 'vec', 'csd'];

/**
 * Every line that breaks the discipline. Held to it is what the trace both enters and leaves somewhere, and what is probed
 * at both ends as far as `records` says, which is asked for a kind and a name.
 */
export function checkFrames(lines: readonly FtraceLine[], records: (key: string) => boolean): Contradiction[] {
  const marks = lines.map(markOf);
  const edges = new Set(marks.flatMap((mark) => (mark ? [`${mark.edge} ${mark.key}`] : [])));
  const isKept = ({ key, probe }: Mark): boolean =>
    (edges.has(`enter ${key}`) && edges.has(`leave ${key}`)) ||
    (probe !== undefined && records(`probe ${probe}`) && records(`return ${probe}_ret`));
  const stacks = new Map<string, { readonly key: string; readonly line: number }[]>();
  const stackOf = (context: string) => stacks.get(context) ?? stacks.set(context, []).get(context)!;
  /** Contexts that were seen not to run. */
  const idle = new Set<string>();
  const clocks = new Map<number, FtraceLine>();
  const found: Contradiction[] = [];
  lines.forEach((one, index) => {
    const object = (why: string) => found.push({ kind: 'contradiction', line: one.line, text: one.text, why });
    const before = clocks.get(one.cpu);
    if (before !== undefined && before.time > one.time) object(`its time is before that of line ${before.line} on the same CPU`);
    clocks.set(one.cpu, one);
    for (const context of contextsOver(one)) {
      const open = stackOf(context).pop();
      if (open !== undefined) object(`${open.key} of line ${open.line} was not left, although what it interrupted goes on`);
      stacks.delete(context);
      idle.add(context);
    }
    const mark = marks[index];
    if (mark === undefined || !isKept(mark)) return;
    const context = contextOf(one);
    // A trace may begin inside a call.
    const isWithin = one.level === 'task' ? !stacks.has(context) : !idle.has(context);
    const stack = stackOf(context);
    const top = stack.at(-1);
    if (mark.edge === 'enter') {
      if (top?.key === mark.key) object(`${mark.key} is entered inside itself: line ${top.line} was not left`);
      stack.push({ key: mark.key, line: one.line });
    } else if (top?.key === mark.key) stack.pop();
    else if (top !== undefined) object(`${mark.key} is left inside ${top.key} of line ${top.line}`);
    else if (!isWithin) object(`${mark.key} is left, and was not entered`);
  });
  return found;
}

/**
 * Where a function is watched by the function tracer and by a probe at its entry, each call is seen by both, in this order.
 * `records` says so of a kind and a name, for what happens not to occur.
 */
export function checkTwins(lines: readonly FtraceLine[], records: (key: string) => boolean): Contradiction[] {
  const probed = new Set(lines.flatMap(({ kind, symbol }) => (kind === 'probe' ? [symbol] : [])));
  const isProbed = (name: string): boolean => probed.has(name) || records(`probe ${name}`);
  const previous = new Map<string, FtraceLine>();
  return lines.flatMap((one): Contradiction[] => {
    const before = previous.get(contextOf(one));
    previous.set(contextOf(one), one);
    const called = before?.kind === 'function' && isProbed(before.name) ? before.name : undefined;
    const seen = one.kind === 'probe' && records(`function ${one.symbol}`) ? one.symbol : undefined;
    if (called === seen) return [];
    const why =
      seen === undefined
        ? `line ${before?.line} calls ${called}, which its probe does not see`
        : `${seen} is seen by its probe and not by the function tracer`;
    return [{ kind: 'contradiction', line: one.line, text: one.text, why }];
  });
}

/** The task, or the CPU's softirq or hardirq: what has a stack of its own. */
function contextOf({ level, cpu, pid }: FtraceLine): string {
  return level === 'task' ? `task ${pid}` : `${level} ${cpu}`;
}

/** The contexts that are over when this one runs. */
function contextsOver({ level, cpu }: FtraceLine): string[] {
  if (level === 'hardirq') return [];
  return level === 'softirq' ? [`hardirq ${cpu}`] : [`hardirq ${cpu}`, `softirq ${cpu}`];
}

function markOf({ kind, name, args }: FtraceLine): Mark | undefined {
  const identity = IDENTITY.flatMap((key) => (args[key] === undefined ? [] : [` ${key}=${args[key]}`])).join('');
  switch (kind) {
    case 'enter':
      return { edge: 'enter', key: name };
    case 'exit':
      return { edge: 'leave', key: name };
    case 'probe':
      return { edge: 'enter', key: `${name}()`, probe: name };
    case 'return': {
      const probe = name.replace(/_ret$/, '');
      return { edge: 'leave', key: `${probe}()`, probe };
    }
    case 'function':
      return undefined;
    case 'event': {
      const pair = PAIRS.find((names) => names.includes(name));
      // Devices are stacked: one transmits through another.
      if (pair) return { edge: name === pair[0] ? 'enter' : 'leave', key: `${pair[0]} dev=${args['dev']}` };
      const [, base, edge] = /^(\w+)_(entry|exit)$/.exec(name) ?? [];
      return base === undefined ? undefined : { edge: edge === 'entry' ? 'enter' : 'leave', key: base + identity };
    }
  }
}
