/** What another engine finds out about a network, in our terms, and how one is run. */
import { execFile } from 'node:child_process';

/** One claim, as another engine sees it. */
export interface ClaimAnswer {
  readonly name: string;
  /** A state that decides the claim is reachable. */
  readonly reached: boolean;
  /** Whether the claim says anything, where the engine tells. */
  readonly premise?: boolean | undefined;
  /** Steps to the nearest state that decides it, where the engine tells. */
  readonly length?: number | undefined;
}

/** The counts of one complete search; a count is missing where the engine does not tell it. */
export interface Answer {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly quiescent?: number;
  readonly deadlocks?: number;
  readonly claims: readonly ClaimAnswer[];
}

export type EngineRun =
  | { readonly tag: 'complete'; readonly answer: Answer }
  /** It ran and did not come to an end: nothing follows from its counts. */
  | { readonly tag: 'incomplete'; readonly why: string }
  /** It is not there; `why` says how to get it. */
  | { readonly tag: 'absent'; readonly why: string };

export interface EngineLimits {
  /** For each program that is started. */
  readonly millisecondsMax: number;
  readonly megabytesMax: number;
  readonly depthMax: number;
}

export const ENGINE_LIMITS_DEFAULT: EngineLimits = { millisecondsMax: 10 * 60_000, megabytesMax: 4096, depthMax: 1_000_000 };

/** How a program ended: its output and exit code, or that it was not found, or that it was ended for taking too long. */
export type Ended =
  | { readonly tag: 'ended'; readonly code: number; readonly output: string }
  | { readonly tag: 'not found' }
  | { readonly tag: 'late' };

/** Most that a program may print. */
const OUTPUT_BYTES_MAX = 64 * 2 ** 20;

export interface RunOptions {
  readonly folder: string;
  readonly millisecondsMax: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs `program` to its end; standard error is part of the output. */
export function run(program: string, args: readonly string[], { folder, millisecondsMax, env }: RunOptions): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: millisecondsMax, maxBuffer: OUTPUT_BYTES_MAX, env: { ...process.env, ...env } };
    execFile(program, args, options, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error === null) resolve({ tag: 'ended', code: 0, output });
      else if (error.code === 'ENOENT') resolve({ tag: 'not found' });
      else if (error.killed === true && typeof error.code !== 'string') resolve({ tag: 'late' });
      else resolve({ tag: 'ended', code: typeof error.code === 'number' ? error.code : 1, output: `${output}\n${error.message}` });
    });
  });
}
