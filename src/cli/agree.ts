/** `rxproof agree`: every suite searched again by engines that share no code with ours; their counts and verdicts must be ours. */
import { type Agreement, agreementWith, ENGINES } from '../agree/agreement.ts';
import { isComparable } from '../agree/compare.ts';
import { type AgreementRow, headLine, rowLines, summaryLines } from '../agree/table.ts';
import { type Check, planCheck } from '../explore/check.ts';
import { guarded } from '../export/guarded.ts';
import type { Value } from '../model/network.ts';
import { scenarioText } from '../model/scenario.ts';
import type { Built, Suite } from '../model/suite.ts';
import { type Selection, selectSuites, valuesOf } from './select.ts';
import { search, wasInterrupted } from './terminal.ts';
import { type ExitCode, worst } from './verdict.ts';

export interface AgreeFlags extends Selection {
  /** A suite with more states than this is made smaller. */
  readonly statesMax: number;
  /** The networks with planted bugs as well. */
  readonly bugs?: boolean;
}

/** A suite, or one with a bug planted. */
interface Subject {
  readonly name: string;
  readonly suite: Suite;
  readonly bug: string | undefined;
}

/** Compares the suites chosen, and prints a table. */
export async function agreeCommand(flags: AgreeFlags): Promise<ExitCode> {
  const subjects = selectSuites(flags).flatMap((suite): Subject[] => [
    { name: suite.id, suite, bug: undefined },
    ...(flags.bugs === true ? suite.bugs.map(({ id }) => ({ name: `${suite.id} ${id}`, suite, bug: id })) : []),
  ]);
  const width = Math.max(...subjects.map(({ name }) => name.length));
  print([headLine(width)]);
  const absent = new Map<string, Agreement>();
  const rows: AgreementRow[] = [];
  for (const subject of subjects) {
    if (wasInterrupted()) break;
    const row = await compared(subject, flags, absent);
    rows.push(row);
    print(rowLines(row, width));
  }
  print(summaryLines(rows));
  return wasInterrupted() ? worst([...codesOf(rows), 2]) : worst(codesOf(rows));
}

/** One network against every engine; one that was not there is not looked for again. */
async function compared({ name, suite, bug }: Subject, flags: AgreeFlags, absent: Map<string, Agreement>): Promise<AgreementRow> {
  const { built, ours } = await fitting(name, suite, bug, flags);
  const bounds = scenarioText(built.scenario);
  if (ours === undefined) return { name, bounds, claims: 0, engines: [] };
  const properties = built.properties.filter(isComparable);
  const model = guarded(built.network, properties, { name, bounds });
  const engines: { name: string; agreement: Agreement }[] = [];
  for (const engine of ENGINES) {
    const agreement = absent.get(engine.name) ?? (await agreementWith(engine, model, ours));
    if (agreement.tag === 'absent') absent.set(engine.name, agreement);
    engines.push({ name: engine.name, agreement });
  }
  return { name, bounds, claims: properties.length, ours: ours.exploration, engines };
}

/** The suite at its own bounds or, if those have too many states, at the largest smaller ones that do not. */
async function fitting(name: string, suite: Suite, bug: string | undefined, flags: AgreeFlags): Promise<{ built: Built; ours?: Check }> {
  const limits = { statesMax: flags.statesMax };
  const given = valuesOf(flags);
  let built = suite.build(given, bug);
  for (const values of [{}, ...smaller(suite, built.scenario, given)]) {
    built = suite.build({ ...given, ...values }, bug);
    const plan = planCheck(built.network, built.properties.filter(isComparable), { limits });
    const exploration = await search(plan, name);
    if (exploration.limit === undefined) return { built, ours: plan.conclude(exploration) };
    if (exploration.limit === 'stopped') break;
  }
  return { built };
}

/** Ever smaller values of the first whole-number key that the user did not set: the number of packets. */
function smaller(suite: Suite, scenario: Built['scenario'], given: Readonly<Record<string, Value>>): Readonly<Record<string, Value>>[] {
  const found = Object.entries(suite.family.keys).find(([name, key]) => key.kind === 'int' && !Object.hasOwn(given, name));
  if (found?.[1].kind !== 'int') return [];
  const [name, { min }] = [found[0], found[1]];
  return Array.from({ length: Math.max(0, Number(scenario[name]) - min) }, (_, index) => ({ [name]: Number(scenario[name]) - 1 - index }));
}

/** A difference is unexpected, an unfinished search decides nothing, and an agreement with nobody says nothing. */
function codesOf(rows: readonly AgreementRow[]): ExitCode[] {
  const codes = rows.flatMap(({ ours, engines }): ExitCode[] =>
    ours === undefined
      ? [2]
      : engines.flatMap(({ agreement }): ExitCode[] => {
          switch (agreement.tag) {
            case 'agreed':
              return [0];
            case 'disagrees':
              return [1];
            case 'incomplete':
              return [2];
            case 'absent':
              return [];
          }
        }),
  );
  return codes.length === 0 ? [3] : codes;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
