/** `rxproof swarm-report`: what the jobs of a swarm found, taken together. */
import { UsageError } from '../model/error.ts';
import { scenarioText } from '../model/scenario.ts';
import type { Built, Suite } from '../model/suite.ts';
import { jobText } from '../swarm/jobs.ts';
import { type JobResult, mergeSwarm, type Swarm } from '../swarm/merge.ts';
import { readSwarm, type SwarmPlan } from '../swarm/plan.ts';
import { explain } from '../trace/explain.ts';
import { SUITES } from '../../properties/index.ts';
import { swarmProperties, swarmText } from './export.ts';
import { outputStyle } from './terminal.ts';
import type { ExitCode } from './verdict.ts';

export interface SwarmReportFlags {
  readonly json?: boolean;
}

/** Prints verdict, jobs, coverage and counterexamples. 1: a claim is violated (0 if a bug was planted); 2: a job is missing or failed. */
export function swarmReportCommand(folder: string, flags: SwarmReportFlags): ExitCode {
  const plan = readSwarm(folder, (one) => swarmText(suiteOf(one), one));
  const suite = suiteOf(plan);
  const built = suite.build(plan.values, plan.bug);
  const swarm = mergeSwarm(folder, plan.jobs, built.network, swarmProperties(suite, built));
  process.stdout.write(
    flags.json === true ? `${JSON.stringify(asJson(plan, built, swarm), null, 2)}\n` : asText(plan, suite, built, swarm),
  );
  if (swarm.broken.length > 0) return plan.bug === undefined ? 1 : 0;
  if (swarm.jobs.some(({ result }) => result.tag !== 'done')) return 2;
  return plan.bug === undefined ? 0 : 1;
}

function suiteOf({ suite, bug }: SwarmPlan): Suite {
  const found = SUITES.find(({ id }) => id === suite);
  if (found === undefined) throw new UsageError(`the swarm is of a suite that is not here any more: '${suite}'; export it again`, 65);
  if (bug !== undefined && !found.bugs.some(({ id }) => id === bug))
    throw new UsageError(`the swarm is of a planted bug that is not here any more: '${bug}'; export it again`, 65);
  return found;
}

function verdictText({ jobs, broken }: Swarm): string {
  const [first] = broken;
  if (first !== undefined) return `violated: ${first.property.name}, in ${first.trace.steps.length} steps`;
  const done = jobs.filter(({ result }) => result.tag === 'done').length;
  return `no counterexample in ${done} of ${jobs.length} bitstate searches; this proves nothing`;
}

function resultText(result: JobResult): string {
  switch (result.tag) {
    case 'missing':
      return 'has not run, or not here';
    case 'failed':
      return `failed: ${result.why}`;
    case 'done': {
      const { states, depth, hashFactor, cut } = result.report;
      const notes = [
        `${states.toLocaleString('en-US')} states, depth ${depth}`,
        ...(hashFactor === undefined
          ? []
          : [
              `hash factor ${hashFactor > 1000 ? '> 1000' : hashFactor.toFixed(1)}${hashFactor < 100 ? ' (below 100: states may have been missed)' : ''}`,
            ]),
        ...(cut ? ['ended at its depth limit somewhere'] : []),
        ...(result.broken ? [`violates '${result.broken.property.name}' in ${result.broken.trace.steps.length} steps`] : []),
      ];
      return notes.join('; ');
    }
  }
}

const notTaken = ({ network }: Built, { taken }: Swarm): string[] =>
  network.instances().flatMap(({ label }, number) => (taken.has(number) ? [] : [label]));

function asText(plan: SwarmPlan, suite: Suite, built: Built, swarm: Swarm): string {
  const { network, scenario } = built;
  const missed = notTaken(built, swarm);
  const count = network.instances().length;
  const options = { style: outputStyle(), columnsMax: Math.min(process.stdout.columns || 100, 120) };
  const proofs = swarm.broken.map(({ property, trace, forbidden }) =>
    explain({ network: network.name, scenario: scenarioText(scenario), property, trace, conjunction: forbidden }, options),
  );
  return [
    `${suite.id}${plan.bug === undefined ? '' : ` with the bug ${plan.bug}`}: ${verdictText(swarm)}\n\n`,
    ...swarm.jobs.map(({ job, result }) => `job ${job.number} (${jobText(job)}): ${resultText(result)}\n`),
    `\ncoverage: ${count - missed.length} of ${count} steps were taken by some job\n`,
    ...missed.map((label) => `  not taken: ${label}\n`),
    ...proofs.map((proof) => `\n${proof}`),
    ...(swarm.broken.length === 0
      ? []
      : ['\nReplayed on the XState machines. It is the shortest of those that the jobs found, which need not be the shortest there is.\n']),
  ].join('');
}

function asJson(plan: SwarmPlan, built: Built, swarm: Swarm) {
  return {
    suite: plan.suite,
    bug: plan.bug,
    verdict: swarm.broken.length > 0 ? 'violated' : 'no counterexample',
    jobs: swarm.jobs.map(({ job, result }) => ({
      ...job,
      result: result.tag,
      ...(result.tag === 'failed' ? { why: result.why } : {}),
      ...(result.tag === 'done'
        ? { states: result.report.states, depth: result.report.depth, hashFactor: result.report.hashFactor, cut: result.report.cut }
        : {}),
    })),
    notTaken: notTaken(built, swarm),
    counterexamples: swarm.broken.map(({ property, trace }) => ({
      property: property.name,
      trace: trace.steps.map(({ step }) => step.label),
    })),
  };
}
