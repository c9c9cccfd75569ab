/** `rxproof export`: networks as text for other engines, and for those that share out a search, the commands to run it. */
import { guarded } from '../export/guarded.ts';
import { promelaText } from '../export/promela.ts';
import { distributedCommands, tlaText } from '../export/tla.ts';
import { UsageError } from '../model/error.ts';
import { scenarioText } from '../model/scenario.ts';
import type { Built, Suite } from '../model/suite.ts';
import { writeFiles } from '../report/write.ts';
import { jobsOf } from '../swarm/jobs.ts';
import { swarmFiles, type SwarmPlan } from '../swarm/plan.ts';
import { type Selection, selectSuites, suiteOfBug, valuesOf } from './select.ts';
import type { ExitCode } from './verdict.ts';

export interface ExportFlags extends Selection {
  readonly to: 'spin' | 'tlc';
  readonly bug?: string;
  readonly out: string;
  /** Jobs of a swarm, and what bounds each. */
  readonly swarm?: number;
  readonly jobMemory: number;
  readonly jobDepth: number;
  readonly seed: number;
  readonly distributed?: boolean;
}

/** Writes one model for each suite chosen, at its bounds. */
export function exportCommand(flags: ExportFlags): ExitCode {
  refuseOtherEngine(flags);
  const chosen = selectSuites(flags);
  const suites = flags.bug === undefined ? chosen : [suiteOfBug(flags.bug, chosen)];
  const files = new Map(suites.flatMap((suite) => [...filesOf(suite, flags)]));
  writeFiles(flags.out, files);
  process.stdout.write([...files.keys()].map((file) => `${flags.out}/${file}\n`).join(''));
  return 0;
}

function refuseOtherEngine({ to, swarm, distributed }: ExportFlags): void {
  if (swarm !== undefined && to !== 'spin') throw new UsageError(`--swarm is for SPIN: say --to spin, not --to ${to}`);
  if (distributed === true && to !== 'tlc') throw new UsageError(`--distributed is for TLC: say --to tlc, not --to ${to}`);
}

function filesOf(suite: Suite, flags: ExportFlags): Map<string, string> {
  const values = valuesOf(flags);
  const built = suite.build(values, flags.bug);
  const name = flags.bug === undefined ? suite.id : `${suite.id} ${flags.bug}`;
  const heading = { name, bounds: scenarioText(built.scenario) };
  const file = name.replaceAll(/[/ ]/g, '-');
  if (flags.swarm !== undefined) {
    const { jobMemory, jobDepth, seed, bug } = flags;
    const jobs = jobsOf(flags.swarm, { megabytes: jobMemory, depth: jobDepth, seed });
    const plan = { suite: suite.id, values, jobs, ...(bug === undefined ? {} : { bug }) };
    return new Map([...swarmFiles(plan, swarmText(suite, plan))].map(([one, text]) => [`${file}/${one}`, text]));
  }
  const model = guarded(built.network, built.properties, heading);
  if (flags.to === 'spin') return new Map([[`${file}.pml`, promelaText(model)]]);
  const { name: module, module: text, config } = tlaText(model);
  return new Map([
    [`${module}.tla`, text],
    [`${module}.cfg`, config],
    ...(flags.distributed === true ? ([[`${module}.commands`, distributedCommands(module)]] as const) : []),
  ]);
}

/** The model of a swarm: only what is expected to hold, so that what is found is news. */
export function swarmText(suite: Suite, plan: SwarmPlan): string {
  const built = suite.build(plan.values, plan.bug);
  const heading = { name: plan.bug === undefined ? suite.id : `${suite.id} ${plan.bug}`, bounds: scenarioText(built.scenario) };
  return promelaText(guarded(built.network, swarmProperties(suite, built), heading), { coverage: true });
}

/** The properties that a swarm looks for a counterexample of. */
export function swarmProperties(suite: Suite, { properties }: Built) {
  return properties.filter(({ name, kind }) => kind !== 'sometimes' && !Object.hasOwn(suite.violates, name));
}
