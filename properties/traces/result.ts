/** What comes of checking a trace: one union on `kind`, with everything that a report of it needs. */
import type { Blocker } from '../../src/conform/diagnose.ts';
import type { TraceStep } from '../../src/trace/replay.ts';

/** A step of the run that explains the trace. */
export interface RunStep extends TraceStep {
  /** The line that shows it; undefined if it is inferred. */
  readonly line: number | undefined;
}

/** What was checked against what. */
export interface Subject {
  readonly path: string;
  readonly kernel: string | undefined;
  readonly network: string;
  readonly scenario: string;
  /** Who in the trace is who in the model. */
  readonly roles: readonly string[];
  readonly notes: readonly string[];
  readonly lines: number;
  /** Lines that say something of the model. */
  readonly used: number;
  /** The others, by reason. */
  readonly ignored: ReadonlyMap<string, number>;
}

export interface CounterReading {
  readonly name: string;
  readonly value: number;
  /** Its name in meta.json, where it reads the same; undefined where nothing was compared. */
  readonly operator: string | undefined;
}

export interface Accepted {
  readonly kind: 'accepted';
  readonly run: readonly RunStep[];
  readonly counters: readonly CounterReading[];
}

export interface Rejected {
  readonly kind: 'rejected';
  /** The first line that cannot be; undefined if every line can, and the end cannot. */
  readonly line: number | undefined;
  readonly text: string | undefined;
  /** In one sentence. */
  readonly why: string;
  /** What is false in the state that comes closest. */
  readonly blockers: readonly Blocker[];
  /** The run up to that state. */
  readonly run: readonly RunStep[];
  /** What the model could have shown in place of the line. */
  readonly instead: readonly string[];
}

export interface Unknown {
  readonly kind: 'unknown';
  readonly limit: string;
  readonly line: number | undefined;
}

export type Verdict = Accepted | Rejected | Unknown;

/** A verdict, what it is about, and the states looked at. */
export type ConformResult = Verdict & { readonly subject: Subject; readonly states: number };
