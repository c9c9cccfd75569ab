/** `rxproof mutants`: every planted bug against every property, so that it can be seen which of them guards what. */
import { planCheck } from '../explore/check.ts';
import type { Built, Suite } from '../model/suite.ts';
import { type Killed, type Mutant, mutantTable } from '../report/mutants.ts';
import { CALIBRATION } from '../../properties/index.ts';
import { fullReport, writeReport } from './report.ts';
import { type Selection, selectSuites } from './select.ts';
import { outputStyle, search, wasInterrupted } from './terminal.ts';
import type { ExitCode } from './verdict.ts';

export interface MutantsFlags extends Selection {
  readonly json?: boolean;
  readonly report?: string;
}

/** Runs every bug to the end. 1: one survives, or one that should be benign does not; 2: stopped or undecided. */
export async function mutantsCommand(flags: MutantsFlags): Promise<ExitCode> {
  const mutants: Mutant[] = [];
  for (const suite of selectSuites(flags)) {
    const sound = new Map<string, Promise<readonly Killed[]>>();
    for (const bug of suite.bugs) {
      if (wasInterrupted()) break;
      const key = JSON.stringify(bug.scenario ?? {});
      const baseline = sound.get(key) ?? violated(suite.id, suite.build(bug.scenario));
      sound.set(key, baseline);
      mutants.push(await mutantOf(suite, bug, await baseline));
    }
  }
  const undecided = wasInterrupted() || mutants.some(({ killed }) => killed.some(({ steps }) => steps === undefined));
  process.stdout.write(flags.json === true ? `${JSON.stringify(mutants, null, 2)}\n` : mutantTable(mutants, outputStyle()));
  if (flags.report !== undefined) await writeReport({ ...fullReport([], []), mutants, machines: [] }, flags.report);
  if (wasInterrupted()) process.stdout.write('\nstopped: what had not begun is not listed\n');
  return mutants.some(({ wrong }) => wrong !== undefined) ? 1 : undecided ? 2 : 0;
}

/** The properties that `built` violates; a search that a limit has ended counts as undecided. */
async function violated(label: string, { network, properties }: Built): Promise<readonly Killed[]> {
  const plan = planCheck(network, properties);
  const { results } = plan.conclude(await search(plan, label));
  return results.flatMap(({ property, verdict }): Killed[] => {
    if (verdict.tag === 'violated') return [{ property: property.name, steps: verdict.trace?.steps.length ?? 0 }];
    return verdict.tag === 'unknown' ? [{ property: property.name }] : [];
  });
}

async function mutantOf(suite: Suite, bug: Suite['bugs'][number], baseline: readonly Killed[]): Promise<Mutant> {
  const built = suite.build({}, bug.id);
  const all = await violated(`${suite.id} with ${bug.id}`, built);
  const killed = all.filter(({ property }) => !baseline.some((one) => one.property === property));
  const missed = bug.breaks.filter((name) => !killed.some(({ property, steps }) => property === name && steps !== undefined));
  const benign = bug.breaks.length === 0;
  const wrong = benign
    ? killed.length > 0 && `is to be benign, and breaks '${killed[0]!.property}'`
    : missed.length > 0 && `does not break '${missed.join("', '")}'`;
  const calibration = bug.row === undefined || benign ? undefined : CALIBRATION[bug.row];
  return {
    suite: suite.id,
    id: bug.id,
    about: bug.about,
    properties: built.properties.map(({ name }) => name),
    breaks: bug.breaks,
    killed,
    ...(bug.row === undefined ? {} : { row: bug.row }),
    ...(calibration === undefined ? {} : { calibration }),
    ...(wrong === false ? {} : { wrong }),
  };
}
