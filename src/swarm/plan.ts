/** The files of a swarm: the model, the jobs, how to run them, and what `rxproof swarm-report` must know. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { UsageError } from '../model/error.ts';
import type { Value } from '../model/network.ts';
import { jobLine, type Job, MODEL_FILE } from './jobs.ts';

const whole = z.number().int().nonnegative();
const planShape = z.strictObject({
  format: z.literal('rxproof swarm 1'),
  suite: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  bug: z.string().optional(),
  model: z.string(),
  jobs: z.array(
    z.strictObject({
      number: whole,
      order: z.enum(['as declared', 'reversed', 'random']),
      hash: whole,
      bits: whole,
      depth: whole,
      megabytes: whole,
      seed: whole,
    }),
  ),
});

export interface SwarmPlan {
  readonly suite: string;
  readonly values: Readonly<Record<string, Value>>;
  readonly bug?: string | undefined;
  readonly jobs: readonly Job[];
}

const PLAN_FILE = 'swarm.json';

/** The files, by name, for a swarm that searches the Promela `text`. */
export function swarmFiles(plan: SwarmPlan, text: string): Map<string, string> {
  const { suite, values, bug, jobs } = plan;
  const json = { format: 'rxproof swarm 1', suite, values, ...(bug === undefined ? {} : { bug }), model: hashOf(text), jobs };
  return new Map([
    [MODEL_FILE, text],
    ['jobs.txt', `${jobs.map(jobLine).join('\n')}\n`],
    [PLAN_FILE, `${JSON.stringify(json, null, 2)}\n`],
    ['README', readme(plan)],
  ]);
}

/** Reads the plan in `folder`; `textOf` makes the Promela text of it again. Throws a UsageError for what is not a swarm, or one of another model. */
export function readSwarm(folder: string, textOf: (plan: SwarmPlan) => string): SwarmPlan {
  const path = join(folder, PLAN_FILE);
  const parsed = planShape.safeParse(json(path));
  if (!parsed.success)
    throw new UsageError(`'${path}' is not a plan of rxproof; name a folder that 'rxproof export --to spin --swarm' wrote`, 65);
  const { model, format: _, ...plan } = parsed.data;
  if (hashOf(textOf(plan)) !== model) {
    throw new UsageError(
      `the swarm in '${folder}' is of another version of ${plan.suite}: its model has changed since; export it again and run its jobs again`,
      65,
    );
  }
  return plan;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function json(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read '${path}': ${String(error)}; name a folder that 'rxproof export --to spin --swarm' wrote`, 66);
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readme({ suite, jobs }: SwarmPlan): string {
  return `${jobs.length} bitstate searches of ${suite} by SPIN, none of which needs another: each line of jobs.txt is one, for a shell in this
folder, with spin and gcc (apt-get install spin gcc libc6-dev). It takes about ${jobs[0]?.megabytes ?? 0} MB and one processor.

here            xargs -d '\\n' -n 1 -P "$(nproc)" sh -c < jobs.txt
GNU parallel    parallel < jobs.txt          (on other machines: --sshlogin, and this folder on a shared disk)
Slurm           sbatch --array=1-${jobs.length} --wrap 'sed -n "\${SLURM_ARRAY_TASK_ID}p" jobs.txt | sh'
CI matrix       sed -n "\${JOB}p" jobs.txt | sh, then keep job-\${JOB}/*.out

then            rxproof swarm-report FOLDER

A search that ends without an error proves nothing: it may have missed states, and it may have ended at its depth.
`;
}
