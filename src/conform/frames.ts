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
 * The discipline, line by line. Held to it is what the trace both enters and leaves somewhere: an objection that rests on
 * a line which was not there waits until such a line has been seen. `pairs` are kept from the first line on.
 */
export class Frames {
  readonly #stacks = new Map<string, { readonly key: string; readonly line: number }[]>();
  /** Contexts that were seen not to run. */
  readonly #idle = new Set<string>();
  readonly #clocks = new Map<number, FtraceLine>();
  /** Marks that were seen: `enter netif_rx`. */
  readonly #seen = new Set<string>();
  /** By mark: what is objected to once it has been seen; the first one only. */
  readonly #waiting = new Map<string, Contradiction>();
  readonly #found: Contradiction[] = [];
  readonly #isKept: (probe: string) => boolean;

  constructor(isKept: (probe: string) => boolean = () => false) {
    this.#isKept = isKept;
  }

  take(one: FtraceLine): void {
    const before = this.#clocks.get(one.cpu);
    if (before !== undefined && before.time > one.time)
      this.#object(one, `its time is before that of line ${before.line} on the same CPU`, undefined);
    this.#clocks.set(one.cpu, one);
    for (const context of contextsOver(one)) {
      for (const open of this.#stacks.get(context)?.slice(-1) ?? []) {
        this.#object(one, `${open.key} of line ${open.line} was not left, although what it interrupted goes on`, `leave ${open.key}`);
      }
      this.#stacks.delete(context);
      this.#idle.add(context);
    }
    const mark = markOf(one);
    if (mark !== undefined) this.#follow(one, mark);
  }

  /** Every line that breaks the discipline. */
  end(): Contradiction[] {
    return this.#found;
  }

  #follow(one: FtraceLine, { edge, key, probe }: Mark): void {
    const context = contextOf(one);
    // A trace may begin inside a call.
    const isWithin = one.level === 'task' ? !this.#stacks.has(context) : !this.#idle.has(context);
    const stack = this.#stacks.get(context) ?? [];
    this.#stacks.set(context, stack);
    this.#note(`${edge} ${key}`);
    if (probe !== undefined && this.#isKept(probe)) {
      this.#note(`enter ${key}`);
      this.#note(`leave ${key}`);
    }
    if (edge === 'enter') {
      const top = stack.at(-1);
      if (top?.key === key) this.#object(one, `${key} is entered inside itself: line ${top.line} was not left`, `leave ${key}`);
      stack.push({ key, line: one.line });
      return;
    }
    const at = stack.findLastIndex((open) => open.key === key);
    if (at < 0) {
      const top = stack.at(-1);
      if (top !== undefined) this.#object(one, `${key} is left inside ${top.key} of line ${top.line}`, `enter ${key}`);
      else if (!isWithin) this.#object(one, `${key} is left, and was not entered`, `enter ${key}`);
      return;
    }
    for (const open of stack.splice(at).slice(1)) {
      this.#object(one, `${key} is left inside ${open.key} of line ${open.line}`, `leave ${open.key}`);
    }
  }

  #note(mark: string): void {
    if (this.#seen.has(mark)) return;
    this.#seen.add(mark);
    const waiting = this.#waiting.get(mark);
    if (waiting !== undefined) this.#found.push(waiting);
  }

  /** Objects at once, or once `mark` has been seen. */
  #object({ line, text }: FtraceLine, why: string, mark: string | undefined): void {
    const objection: Contradiction = { kind: 'contradiction', line, text, why };
    if (mark === undefined || this.#seen.has(mark)) this.#found.push(objection);
    else if (!this.#waiting.has(mark)) this.#waiting.set(mark, objection);
  }
}

/** Every line that breaks the discipline; `records` is asked for the kind and name of probes at both ends. */
export function checkFrames(lines: readonly FtraceLine[], records: (key: string) => boolean): Contradiction[] {
  const frames = new Frames((probe) => records(`probe ${probe}`) && records(`return ${probe}_ret`));
  for (const line of lines) frames.take(line);
  return frames.end();
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
    if (isIrqExit(one)) return [];
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

/** On the way out of an interrupt, before softirqs are counted: by its flags a line of the task that was interrupted. */
const isIrqExit = ({ kind, parent }: FtraceLine): boolean => kind === 'function' && /irq_exit/.test(parent ?? '');

/** The task, or the CPU's softirq or hardirq: what has a stack of its own. */
export function contextOf({ level, cpu, pid }: FtraceLine): string {
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
