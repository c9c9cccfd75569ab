/** What is measured, and how repeated measurements are summed up. */
import type { Network } from '../model/network.ts';
import type { Property } from '../model/property.ts';

/** A network to explore, and what is claimed of it. */
export interface Subject {
  readonly network: Network;
  readonly properties: readonly Property[];
}

/** `exhaust`: visit every state. `hunt`: stop at the first state found that breaks a property. */
export type Task = 'exhaust' | 'hunt';

/** One measurement. */
export interface Sample {
  readonly states: number;
  /** The transitions taken; two engines that agree on states and transitions have explored the same graph. */
  readonly transitions: number;
  /** The search itself, by the clock. */
  readonly seconds: number;
  /** The search itself: processor time of all its threads, in user and system mode. */
  readonly cpuSeconds: number;
  /** Everything before: starting, deriving tables, generating and compiling a program. Processor time. */
  readonly setUpCpuSeconds: number;
  /** Held for states seen and states to come, a stack for backtracking left aside. */
  readonly bytes?: number;
  /** `hunt`: the steps of the counterexample. */
  readonly length?: number;
}

/** Explores a subject once. `expected` is the number of states, where it is known by then. */
export type Measure = (subject: Subject, task: Task, expected?: number) => Promise<Sample>;

/** The least and the middle one of some numbers. */
export interface Spread {
  readonly min: number;
  readonly median: number;
}

/** Sums up one figure of several samples. */
export function spread(samples: readonly Sample[], figure: (sample: Sample) => number): Spread {
  const ordered = samples.map(figure).sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  const upper = ordered[middle] ?? Number.NaN;
  return { min: ordered[0] ?? Number.NaN, median: ordered.length % 2 === 1 ? upper : (upper + (ordered[middle - 1] ?? upper)) / 2 };
}

/** Runs `work` and says how long it took, by the clock and of the processor, in seconds. */
export async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number; readonly cpuSeconds: number }> {
  const before = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  return { result, seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Processor time of this process up to now, in seconds. */
export function cpuSecondsSoFar(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
