/** `rxproof trace`: one property's counterexample, or the way to its premise, as a proof to read. */
import { type Plan, planCheck, type Result } from '../explore/check.ts';
import type { Exploration } from '../explore/exploration.ts';
import { UsageError } from '../model/error.ts';
import { premisesOf, sometimes } from '../model/property.ts';
import { scenarioText } from '../model/scenario.ts';
import { type Built, expectedTag, type Suite, type Tag } from '../model/suite.ts';
import { verdictWords } from '../report/model.ts';
import { explain, hanging } from '../trace/explain.ts';
import { refuseUnknownWords, selectProperties, type Selection, selectSuites, suiteOfBug, valuesOf } from './select.ts';
import { outputStyle, search } from './terminal.ts';
import { codeOf, type ExitCode } from './verdict.ts';

export interface TraceFlags extends Selection {
  readonly bug?: string;
}

/** Prints the trace of the property that `word` picks. */
export async function traceCommand(word: string, flags: TraceFlags): Promise<ExitCode> {
  const { suite, built } = subject(word, flags);
  const property = picked(built, word);
  const decided = { untilDecided: [property.name] };
  const plan = planCheck(built.network, [property], decided);
  const exploration = await search(plan, suite.id);
  const result = plan.conclude(exploration).results[0];
  if (result === undefined) throw new UsageError(`property '${property.name}' was not checked`);
  const expected: Tag = flags.bug === undefined ? expectedTag(suite, property.name) : 'violated';
  process.stdout.write(shown(built, result, plan, exploration));
  const why = suite.violates[property.name];
  if (why !== undefined && flags.bug === undefined) process.stdout.write(`\n${hanging('This is expected: ', why).join('\n')}\n`);
  return codeOf(result.verdict.tag, expected);
}

/** The first suite that has the property, with the bug planted if one is named. */
function subject(word: string, flags: TraceFlags): { readonly suite: Suite; readonly built: Built } {
  const suites = selectSuites(flags);
  const values = valuesOf(flags);
  if (flags.bug !== undefined) {
    const suite = suiteOfBug(flags.bug, suites);
    return { suite, built: suite.build(values, flags.bug) };
  }
  const built = suites.map((suite) => ({ suite, built: suite.build(values) }));
  refuseUnknownWords(
    [word],
    built.flatMap((one) => one.built.properties),
  );
  // Where the property is known to be violated there is more to see.
  const having = built.filter((one) => selectProperties(one.built.properties, [word]).length > 0);
  const first =
    having.find((one) =>
      one.built.properties.some(
        ({ name }) =>
          Object.hasOwn(one.suite.violates, name) && selectProperties(one.built.properties, [word]).some((own) => own.name === name),
      ),
    ) ?? having[0];
  if (first === undefined) throw new UsageError(`no network chosen has a property named '${word}'`);
  return first;
}

function picked(built: Built, word: string) {
  const exact = built.properties.find(({ name }) => name === word);
  const fitting = exact ? [exact] : selectProperties(built.properties, [word]);
  const [one, ...others] = fitting;
  if (one === undefined) {
    refuseUnknownWords([word], built.properties);
    throw new UsageError(`no property is named '${word}'`);
  }
  if (others.length > 0) {
    throw new UsageError(`'${word}' fits several properties; say more of the name: ${fitting.map(({ name }) => `\n  ${name}`).join('')}`);
  }
  return one;
}

/** The counterexample or witness; for a property that holds, how its premise is reached. */
function shown(built: Built, { property, verdict }: Result, plan: Plan, exploration: Exploration): string {
  const common = { network: built.network.name, scenario: scenarioText(built.scenario) };
  const options = { style: outputStyle(), columnsMax: Math.min(process.stdout.columns || 100, 120) };
  if (verdict.tag === 'violated' && verdict.trace) {
    const proof = explain({ ...common, property, trace: verdict.trace, conjunction: verdict.forbidden }, options);
    return verdict.glimpse === undefined ? proof : `${proof}\n${verdictWords({ property, verdict })}\n`;
  }
  if (verdict.tag === 'holds' && verdict.witness) return explain({ ...common, property, trace: verdict.witness }, options);
  const counted = `${exploration.states.toLocaleString('en-US')} states, depth ${exploration.depth}`;
  const verdictLine =
    `'${property.name}': ${verdict.tag}${verdict.tag === 'holds' ? `: proved for ${common.network} within ${common.scenario} (${counted})` : ''} ${verdictWords({ property, verdict })}`.trimEnd();
  const premise = plan.premise(exploration, property.name);
  if (premise === undefined) return `${verdictLine}\n`;
  const way = sometimes(`the premise of "${property.name}"`, premisesOf(property));
  return `${verdictLine}\n\nIts premise is reachable, so the claim says something:\n\n${explain({ ...common, property: way, trace: premise }, options)}`;
}
