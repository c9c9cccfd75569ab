/** What monitors find in a trace. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';

/** A line that cannot be, by what one monitor knows. */
export interface Refusal {
  /** Which one: `reader tn_rx-123`, `softirq/1`, `packets`. */
  readonly monitor: string;
  readonly line: number;
  readonly text: string;
  readonly why: string;
  /** The local states that were possible before the line. */
  readonly possible: readonly string[];
  /** What could have come instead. */
  readonly instead: readonly string[];
}

/** A claim about the kernel that the trace refutes: the kernel really did this. */
export interface Violation {
  readonly property: string;
  readonly line: number;
  readonly what: string;
  /** The lines that tell of it, from before the reader that sleeps was called. */
  readonly recorded: readonly FtraceLine[];
  /** Who sleeps. */
  readonly reader: number;
  /** What must have happened unseen. */
  readonly inferred: readonly string[];
}

const REFUSALS_MAX = 100;

/** Collects what monitors find. */
export class Findings {
  readonly refusals: Refusal[] = [];
  readonly violations: Violation[] = [];
  /** Refusals beyond those that are kept. */
  more = 0;

  refuse(monitor: string, { line, text }: FtraceLine, why: string, more: Partial<Pick<Refusal, 'possible' | 'instead'>> = {}): void {
    if (this.refusals.length >= REFUSALS_MAX) this.more++;
    else this.refusals.push({ monitor, line, text, why, possible: more.possible ?? [], instead: more.instead ?? [] });
  }
}
