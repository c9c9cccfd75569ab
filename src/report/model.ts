/** What a report is made from: plain data, so that a page can be built from any run, and tested without one. */
import type { AnyStateMachine } from 'xstate';
import { chartOf } from '../export/statechart.ts';
import type { StateGraph } from '../export/stategraph.ts';
import type { Check, Result } from '../explore/check.ts';
import type { Glimpse } from '../explore/quickPass.ts';
import { ModelError } from '../model/error.ts';
import type { Network } from '../model/network.ts';
import type { Conjunction } from '../model/property.ts';
import { scenarioText } from '../model/scenario.ts';
import { type Built, expectedTag, type Suite, type Tag } from '../model/suite.ts';
import type { Mutant } from './mutants.ts';
import { lengthText, stepsText } from '../trace/however.ts';
import type { Trace } from '../trace/replay.ts';

/** A property with the verdict it got and the one it should have. */
export interface ReportClaim {
  readonly result: Result;
  readonly expected: Tag;
  /** Why another verdict than `holds` is expected. */
  readonly reason?: string | undefined;
}

/** One network at one scenario: the properties share its exploration. */
export interface ReportSuite {
  readonly id: string;
  readonly network: string;
  readonly about: string;
  /** The bounds, as `scenarioText` writes them. */
  readonly scenario: string;
  readonly claims: readonly ReportClaim[];
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly quiescent: number;
}

/** A planted bug, and what became of the properties that it must break. */
export interface ReportBug {
  readonly id: string;
  readonly about: string;
  /** The id of the suite that it was planted in. */
  readonly suite: string;
  readonly network: string;
  readonly scenario: string;
  readonly results: readonly Result[];
}

export interface ReportMachine {
  readonly name: string;
  readonly machine: AnyStateMachine;
}

/** A transition of a machine, and whether it fires in the networks of the report. */
export interface ReportArm {
  readonly machine: string;
  /** `state EVENT`. */
  readonly arm: string;
  readonly fired: boolean;
  /** Why it does not. */
  readonly why?: string | undefined;
}

/** A row of the notes' tables of mutations. */
export interface ReportRow {
  readonly row: string;
  /** Why no bug is planted for it. */
  readonly why: string;
}

/** Plain facts that the models go by. */
export interface ReportTable {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A counterexample that has a page of its own. */
export interface Story {
  /** `k1.html`: beside the report. */
  readonly file: string;
  readonly title: string;
  /** The suite and the property whose counterexample it tells. */
  readonly suite: string;
  readonly property: string;
  /** What an engineer wants to know before he reads the steps, paragraph by paragraph. */
  readonly about: readonly string[];
  /** What he may want to know after: how it was seen, how to see it, what would help. */
  readonly after: readonly string[];
  /** The suites whose verdicts stand beside it. */
  readonly compare: readonly string[];
}

export interface Report {
  readonly title: string;
  /** One or two sentences: what was modelled. */
  readonly about: string;
  readonly suites: readonly ReportSuite[];
  readonly bugs: readonly ReportBug[];
  readonly machines: readonly ReportMachine[];
  /** Every planted bug against every property. */
  readonly mutants?: readonly Mutant[];
  /** Mutations that are not planted. */
  readonly unplanted?: readonly ReportRow[];
  readonly arms?: readonly ReportArm[];
  readonly tables?: readonly ReportTable[];
  /** Pages of their own, where their counterexample is among the results. */
  readonly stories?: readonly Story[];
  /** State graphs of networks small enough to look at. */
  readonly graphs?: readonly StateGraph[];
}

/** The report of `suite`, built without a bug and checked, by a search that was reduced so. */
export function reportSuite(suite: Suite, built: Built, { results, exploration }: Check, reduce: readonly string[] = []): ReportSuite {
  const claims = results.map(
    (result): ReportClaim => ({ result, expected: expectedTag(suite, result.property.name), reason: suite.violates[result.property.name] }),
  );
  const { states, transitions, depth, quiescent } = exploration;
  return {
    id: suite.id,
    network: built.network.name,
    about: suite.family.about,
    scenario: [scenarioText(built.scenario), ...(reduce.length > 0 ? [`reduce=${reduce.join(',')}`] : [])].join(' '),
    claims,
    states,
    transitions,
    depth,
    quiescent,
  };
}

/** The report of the bug `id` of `suite`: `built` with it planted, and checked. */
export function reportBug(suite: Suite, id: string, built: Built, { results }: Check): ReportBug {
  const bug = suite.bugs.find((one) => one.id === id);
  if (bug === undefined)
    throw new ModelError(`suite ${suite.id} has no bug '${id}'; its bugs: ${suite.bugs.map((one) => one.id).join(', ')}`);
  const broken = results.filter(({ property }) => bug.breaks.includes(property.name));
  return { id, about: bug.about, suite: suite.id, network: built.network.name, scenario: scenarioText(built.scenario), results: broken };
}

/**
 * The machines of `networks`, each once, by name. Two that share an id but differ (another kernel profile, say) are told
 * apart by the network that they were found in.
 */
export function reportMachines(networks: readonly Network[]): ReportMachine[] {
  const found = new Map<string, { readonly chart: string; readonly machine: AnyStateMachine }>();
  for (const network of networks) {
    for (const { machine } of network.parts().values()) {
      const chart = JSON.stringify(chartOf(machine));
      const same = (name: string): boolean => found.get(name)?.chart === chart;
      if (same(machine.id) || [...found.values()].some((one) => one.chart === chart)) continue;
      let name = machine.id;
      for (let count = 1; found.has(name); count++)
        name = count === 1 ? `${machine.id} (${network.name})` : `${machine.id} (${network.name}, ${count})`;
      found.set(name, { chart, machine });
    }
  }
  return [...found].map(([name, { machine }]) => ({ name, machine })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** True where the verdict is the expected one. */
export function asExpected({ result, expected }: ReportClaim): boolean {
  return result.verdict.tag === expected;
}

/** The trace of a result: counterexample or witness, and what its last state satisfies. */
export function traceOf({
  property,
  verdict,
}: Result): { readonly trace: Trace; readonly conjunction: Conjunction | undefined; readonly witness: boolean } | undefined {
  if (verdict.tag === 'holds' && verdict.witness !== undefined)
    return { trace: verdict.witness, conjunction: undefined, witness: property.kind === 'sometimes' };
  if (verdict.tag === 'violated' && verdict.trace !== undefined)
    return { trace: verdict.trace, conjunction: verdict.forbidden, witness: false };
  return undefined;
}

const glimpseText = (glimpse: Glimpse | undefined): string =>
  glimpse === undefined ? '' : `seen by ${glimpse.by} after ${glimpse.states.toLocaleString('en-US')} states`;

/** What a verdict means here, in words; nothing for one that says it all. */
export function verdictWords({ property, verdict }: Result): string {
  switch (verdict.tag) {
    case 'holds':
      return property.kind === 'sometimes' ? 'a witness was found' : '';
    case 'violated':
      if (verdict.trace === undefined) return 'never reached within the bounds';
      if (verdict.longer !== undefined)
        return `counterexample, maybe not a shortest one: ${lengthText(verdict.trace)}, ${glimpseText(verdict.glimpse)}; the exhaustive search ended early, by its limit on ${verdict.longer}`;
      return [
        `${verdict.trace.loop === undefined ? 'shortest ' : ''}counterexample: ${lengthText(verdict.trace)}`,
        ...(verdict.glimpse
          ? [`the quick pass had one of ${stepsText(verdict.glimpse.path.length)}, ${glimpseText(verdict.glimpse)}`]
          : []),
      ].join('; ');
    case 'unknown':
      return `the search ended early, by its limit on ${verdict.limit}`;
    case 'vacuous':
      if (verdict.untaken === true) return 'no step that it is about is ever taken';
      if (verdict.premise.length === 0) return 'there is nothing that it is about';
      return `its premise is never reached: ${verdict.premise.map(({ component, label }) => `${component} ${label}`).join(' and ')}`;
  }
}
