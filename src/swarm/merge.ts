/** The jobs of a swarm taken together. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../model/error.ts';
import type { Network } from '../model/network.ts';
import type { Property } from '../model/property.ts';
import { EngineError } from '../trace/replay.ts';
import { type Job, OUTPUT_FILE, TRAIL_FILE } from './jobs.ts';
import { type JobReading, readJob, readTrail } from './panOut.ts';
import { type Broken, brokenBy } from './trail.ts';

export type JobResult =
  | Extract<JobReading, { readonly tag: 'failed' }>
  | (Extract<JobReading, { readonly tag: 'done' }> & { readonly broken?: Broken })
  /** It has not run here. */
  | { readonly tag: 'missing' };

export interface Swarm {
  readonly jobs: readonly { readonly job: Job; readonly result: JobResult }[];
  /** Step numbers that some job has taken. */
  readonly taken: ReadonlySet<number>;
  /** Of the claims broken, each with its shortest counterexample, shortest first. */
  readonly broken: readonly Broken[];
}

/** Reads what `jobs` left in `folder`. A job whose trail XState does not take, or that breaks no claim, has failed. */
export function mergeSwarm(folder: string, jobs: readonly Job[], network: Network, properties: readonly Property[]): Swarm {
  const results = jobs.map((job) => ({ job, result: resultOf(folder, job, network, properties) }));
  const all = results.flatMap(({ result }) => (result.tag === 'done' && result.broken ? [result.broken] : []));
  all.sort((a, b) => a.trace.steps.length - b.trace.steps.length);
  return {
    jobs: results,
    taken: new Set(results.flatMap(({ result }) => (result.tag === 'done' ? result.report.taken : []))),
    broken: all.filter(({ property }, index) => all.findIndex((other) => other.property.name === property.name) === index),
  };
}

function resultOf(folder: string, job: Job, network: Network, properties: readonly Property[]): JobResult {
  const own = join(folder, `job-${job.number}`);
  const output = contents(join(own, OUTPUT_FILE)) ?? contents(join(own, 'build.out'));
  if (output === undefined) return { tag: 'missing' };
  const reading = readJob(output);
  if (reading.tag === 'failed' || !reading.report.found) return reading;
  const trail = contents(join(own, TRAIL_FILE));
  if (trail === undefined) return { tag: 'failed', why: `pan found something, but there is no ${TRAIL_FILE}` };
  try {
    return { ...reading, broken: brokenBy(network, properties, readTrail(trail)) };
  } catch (error) {
    if (!(error instanceof EngineError || error instanceof ModelError)) throw error;
    return { tag: 'failed', why: `${TRAIL_FILE} is no counterexample: ${error.message}` };
  }
}

function contents(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
