/** `rxproof check`: every property of the networks chosen, and every planted bug; the main job. */
import type { Check, Verdict } from '../explore/check.ts';
import { planCheck } from '../explore/check.ts';
import { type Coverage, coverExplored } from '../explore/coverage.ts';
import { readCheckpoint } from '../explore/checkpoint.ts';
import type { Limits } from '../explore/limits.ts';
import { UsageError } from '../model/error.ts';
import type { Value } from '../model/network.ts';
import type { Built, Suite, Tag } from '../model/suite.ts';
import { decides, planReduced, type Reduction } from '../reduce/plan.ts';
import { hanging } from '../trace/explain.ts';
import { type Report, type ReportBug, type ReportSuite, reportBug, reportSuite, verdictWords } from '../report/model.ts';
import { resultTable } from '../report/table.ts';
import { fullReport, writeReport } from './report.ts';
import { refuseUnknownWords, selectProperties, type Selection, selectSuites, valuesOf } from './select.ts';
import { outputStyle, search, wasInterrupted } from './terminal.ts';
import { codeOf, type ExitCode, replayCommand, worst } from './verdict.ts';

export interface CheckFlags extends Selection {
  readonly statesMax?: number;
  readonly timeMax?: number;
  readonly memoryMax?: number;
  readonly workers: number;
  readonly checkpoint?: string;
  readonly checkpointEvery: number;
  readonly resume?: string;
  readonly reduce?: readonly Reduction[];
  readonly bugs: boolean;
  readonly deep?: boolean;
  readonly json?: boolean;
  readonly report?: string;
}

/** Runs the checks, prints the table, writes the report. */
export async function checkCommand(words: readonly string[], flags: CheckFlags): Promise<ExitCode> {
  const suites = selectSuites(flags).filter(({ deep }) => flags.deep !== true || deep !== undefined);
  if (suites.length === 0) throw new UsageError(`--deep: no suite of those chosen has larger bounds; leave out --network`);
  const values = valuesOf(flags);
  refuseUnknownWords(
    words,
    suites.flatMap((suite) => suite.build(values).properties),
  );
  refuseCheckpoint(suites.length, flags);
  refuseReduced(flags);
  const plain = words.length === 0 && Object.keys(values).length === 0 && flags.deep !== true;
  const checked: ReportSuite[] = [];
  const bugs: ReportBug[] = [];
  const coverage: Coverage | undefined = plain && flags.network === undefined && flags.reduce === undefined ? new Map() : undefined;
  for (const suite of suites) {
    if (wasInterrupted()) break;
    const done = await checkSuite(suite, words, flags, coverage);
    if (done !== undefined) checked.push(done);
  }
  // A bug is judged at the suite's own bounds, by the properties that it must break.
  for (const suite of plain && flags.bugs && flags.resume === undefined ? suites : []) bugs.push(...(await checkBugs(suite, flags)));
  const report = fullReport(checked, bugs, coverage);
  const asked = flags.report ?? (plain && flags.network === undefined && flags.bugs ? 'reports' : undefined);
  const folder = wasInterrupted() ? undefined : asked;
  if (folder !== undefined) await writeReport(report, folder);
  const sizes = unpinned(report, suites, words, flags);
  process.stdout.write(
    flags.json === true ? `${JSON.stringify(asJson(report, values), null, 2)}\n` : asText(report, suites, flags, { folder, sizes }),
  );
  const code = worst([exitCode(report), ...(sizes.length > 0 ? ([1] as const) : [])]);
  return wasInterrupted() ? worst([code, 2]) : code;
}

/** Of a deep check at its own bounds: the suites whose state space is not of the size that is pinned. */
function unpinned(report: Report, suites: readonly Suite[], words: readonly string[], flags: CheckFlags): string[] {
  if (flags.deep !== true || words.length > 0 || flags.reduce !== undefined || Object.keys(valuesOf(flags)).length > 0) return [];
  return report.suites.flatMap(({ id, states, transitions, claims }) => {
    const deep = suites.find((suite) => suite.id === id)?.deep;
    const limited = claims.some(({ result }) => result.verdict.tag === 'unknown');
    if (deep === undefined || limited || (deep.states === states && deep.transitions === transitions)) return [];
    const sizes = (a: number, b: number) => `${a.toLocaleString('en-US')} states, ${b.toLocaleString('en-US')} transitions`;
    return [`  ${id}: ${sizes(states, transitions)}; pinned: ${sizes(deep.states, deep.transitions)}\n`];
  });
}

const limitsOf = (flags: CheckFlags): Partial<Limits> => ({
  ...(flags.deep === true ? { statesMax: 200_000_000 } : {}),
  ...(flags.statesMax === undefined ? {} : { statesMax: flags.statesMax }),
  ...(flags.timeMax === undefined ? {} : { millisecondsMax: flags.timeMax * 1000 }),
  ...(flags.memoryMax === undefined ? {} : { bytesMax: flags.memoryMax * 2 ** 20 }),
});

/** A checkpoint is of one search on one thread. */
function refuseCheckpoint(suites: number, { checkpoint, resume, workers }: CheckFlags): void {
  if (checkpoint === undefined && resume === undefined) return;
  if (suites !== 1)
    throw new UsageError(`--checkpoint and --resume are for one search, but ${suites} suites are chosen; name one with --network`);
  if (workers > 1)
    throw new UsageError(`--checkpoint and --resume need --workers 1, not ${workers}: only the search on one thread writes checkpoints`);
}

/** A reduced search is by the engine that takes any successor function: one thread, and no checkpoints. */
function refuseReduced({ reduce, workers, checkpoint, resume }: CheckFlags): void {
  if (reduce === undefined) return;
  const other =
    workers > 1 ? `--workers ${workers}` : checkpoint !== undefined ? '--checkpoint' : resume !== undefined ? '--resume' : undefined;
  if (other !== undefined)
    throw new UsageError(`--reduce does not go with ${other}: a reduced search runs on one thread and in one go; leave one out`);
}

/** Checks `suite`, and adds what fires in it to `coverage`. */
async function checkSuite(
  suite: Suite,
  words: readonly string[],
  flags: CheckFlags,
  coverage?: Coverage,
): Promise<ReportSuite | undefined> {
  const built = suite.build({ ...(flags.deep === true ? suite.deep?.scenario : {}), ...valuesOf(flags) });
  const reduce = reductionsOf(built, flags);
  const properties = selectProperties(built.properties, words).filter((property) => decides(reduce, property));
  if (properties.length === 0) return undefined;
  const fresh = planReduced(built.network, properties, { limits: limitsOf(flags), reduce });
  const plan =
    flags.resume === undefined ? fresh : { ...fresh, options: { ...fresh.options, resume: readCheckpoint(flags.resume, fresh.compiled) } };
  const checkpoint = flags.checkpoint === undefined ? {} : { checkpoint: { path: flags.checkpoint, every: flags.checkpointEvery * 1000 } };
  const done = plan.conclude(await search(plan, suite.id, { workers: flags.workers, ...checkpoint }));
  if (coverage) coverExplored(coverage, built.network, plan.compiled, done.exploration);
  return reportSuite(suite, built, done, reduce);
}

/** The reductions asked for, as far as the network has something to exchange. */
const reductionsOf = ({ network }: Built, { reduce = [] }: CheckFlags): readonly Reduction[] =>
  reduce.filter((one) => one !== 'symmetry' || network.exchanges.length > 0);

async function checkBugs(suite: Suite, flags: CheckFlags): Promise<ReportBug[]> {
  const reports: ReportBug[] = [];
  // A benign change breaks nothing: `rxproof mutants` sees to those.
  for (const bug of suite.bugs.filter(({ breaks }) => breaks.length > 0)) {
    if (wasInterrupted()) break;
    const built = suite.build({}, bug.id);
    const plan = planCheck(built.network, built.properties, { limits: limitsOf(flags), untilDecided: bug.breaks });
    const check: Check = plan.conclude(await search(plan, `${suite.id} with ${bug.id}`));
    reports.push(reportBug(suite, bug.id, built, check));
  }
  return reports;
}

const found = (bug: ReportBug): boolean => bug.results.length > 0 && bug.results.every(({ verdict }) => verdict.tag === 'violated');

function exitCode({ suites, bugs }: Report): ExitCode {
  const claims = suites.flatMap((suite) => suite.claims.map(({ result, expected }) => codeOf(result.verdict.tag, expected)));
  const planted = bugs.flatMap((bug) => bug.results.map(({ verdict }) => codeOf(verdict.tag, 'violated')));
  return worst([...claims, ...planted]);
}

/** `sizes`: what is not of the size that is pinned. */
function asText(
  report: Report,
  suites: readonly Suite[],
  flags: CheckFlags,
  { folder, sizes }: { readonly folder: string | undefined; readonly sizes: readonly string[] },
): string {
  const style = outputStyle();
  const missed = report.bugs.filter((bug) => !found(bug));
  const lines = [resultTable(report.suites, { style, columnsMax: process.stdout.columns || 150 })];
  if (report.bugs.length > 0) {
    lines.push(`planted bugs: ${report.bugs.length - missed.length} of ${report.bugs.length} found by the property they must break\n`);
    for (const bug of missed) {
      const word = bug.results.some(({ verdict }) => verdict.tag === 'unknown') ? 'UNDECIDED, a limit was reached' : 'NOT FOUND';
      lines.push(style('red', `  ${word}: ${bug.id} in ${bug.suite}: ${bug.about}`), '\n');
      lines.push(...bug.results.map((result) => `    ${replayCommand(bug.suite, result, {}, bug.id)}\n`));
    }
  }
  const surprises = report.suites.flatMap((one) =>
    one.claims
      .filter(({ result, expected }) => result.verdict.tag === 'violated' && expected !== 'violated')
      .map(({ result }) => `  ${replayCommand(one.id, result, valuesOf(flags))}\n    ${verdictWords(result)}\n`),
  );
  if (surprises.length > 0) lines.push('\nto see a counterexample:\n', ...surprises);
  if (sizes.length > 0) lines.push('\n', style('red', 'not of the size that is pinned:'), '\n', ...sizes);
  const known = knownViolations(suites);
  if (known.length > 0 && report.suites.length > 0) lines.push('\nviolations that are expected, and why:\n', ...known);
  lines.push(...reductionLines(suites, flags));
  if (folder !== undefined) lines.push(`\nreport: ${folder}/index.html\n`);
  if (wasInterrupted()) lines.push('\nstopped: what had not begun is not listed, and no report was written\n');
  return lines.join('');
}

/** What the kernel is known to violate, each reason once. */
function knownViolations(suites: readonly Suite[]): string[] {
  const claims = new Map<string, string[]>();
  for (const { id, violates } of suites) {
    for (const [name, why] of Object.entries(violates)) claims.set(why, [...(claims.get(why) ?? []), `  ${id}: ${name}\n`]);
  }
  return [...claims].flatMap(([why, names]) => [...names, `${hanging('    ', why).join('\n')}\n`]);
}

/** What the quick pass saw, and whether the trace is from there because a limit was met first. */
const quickly = ({ glimpse, longer }: Extract<Verdict, { readonly tag: 'violated' }>) => ({
  ...(glimpse && { quickPass: { by: glimpse.by, states: glimpse.states, steps: glimpse.path.length } }),
  ...(longer && { longer }),
});

/** What a reduced search says nothing of. */
function reductionLines(suites: readonly Suite[], flags: CheckFlags): string[] {
  if (flags.reduce === undefined) return [];
  const built = suites.map((suite) => ({ id: suite.id, one: suite.build(valuesOf(flags)) }));
  const whole = built.flatMap(({ id, one }) => (reductionsOf(one, flags).length === 0 ? [id] : []));
  const undecided = built.flatMap(({ id, one }) => {
    const names = one.properties.filter((property) => !decides(reductionsOf(one, flags), property)).map(({ name }) => `\n    ${name}`);
    return names.length === 0 ? [] : [`\n  ${id}${names.join('')}`];
  });
  return [
    ...(whole.length === 0 ? [] : [`\nnothing may be exchanged, so searched in full: ${whole.join(', ')}\n`]),
    ...(undecided.length === 0
      ? []
      : [`\nleft out, because --reduce ${flags.reduce.join(',')} cannot decide them:${undecided.join('')}\n`]),
  ];
}

/** What `--json` prints: verdicts with their counts, counterexamples as step labels. */
function asJson({ suites, bugs }: Report, values: Readonly<Record<string, Value>>) {
  const result = ({ property, verdict }: ReportSuite['claims'][number]['result'], expected: Tag, replay: string) => ({
    property: property.name,
    kind: property.kind,
    verdict: verdict.tag,
    expected,
    ...(verdict.tag === 'violated' && verdict.trace
      ? { trace: verdict.trace.steps.map(({ step }) => step.label), loop: verdict.trace.loop, ...quickly(verdict) }
      : {}),
    ...(verdict.tag === 'unknown' ? { limit: verdict.limit } : {}),
    ...(verdict.tag === 'vacuous'
      ? { premise: verdict.premise.map(({ component, label }) => `${component} ${label}`), untaken: verdict.untaken }
      : {}),
    replay,
  });
  return {
    suites: suites.map(({ claims, ...suite }) => ({
      ...suite,
      results: claims.map((claim) => result(claim.result, claim.expected, replayCommand(suite.id, claim.result, values))),
    })),
    bugs: bugs.map(({ results, ...bug }) => ({
      ...bug,
      results: results.map((one) => result(one, 'violated', replayCommand(bug.suite, one, {}, bug.id))),
    })),
  };
}
