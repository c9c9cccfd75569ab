/**
 * The verdict on a trace as text for a terminal: what was compared, what was seen and what had to be inferred, and where
 * it ends. Pure: coloured only by the `style` that is passed in.
 */
import { oneLine } from '../../src/export/values.ts';
import { changeText, plain, type Style } from '../../src/trace/explain.ts';
import type { Accepted, ConformResult, Rejected, RunStep, Subject, Unknown } from './result.ts';
import { stageOf, STAGES } from './stages.ts';

export interface ConformTextOptions {
  readonly style?: Style;
  /** Print every step of the run, not only the stages. */
  readonly run?: boolean;
}

/** Steps shown before the line that cannot be. */
const LAST_STEPS = 12;
const VALUES_CHARACTERS_MAX = 160;

/** `result` as text. Ends with a newline. */
export function conformText(result: ConformResult, options: ConformTextOptions = {}): string {
  const style = options.style ?? plain;
  const lines = [...headLines(result, style), '', ...subjectLines(result.subject, style), ''];
  switch (result.kind) {
    case 'accepted':
      lines.push(...acceptedLines(result, style), ...(options.run ? ['', ...runLines(result.run, style)] : []));
      break;
    case 'rejected':
      lines.push(...rejectedLines(result, style));
      break;
    case 'unknown':
      lines.push(...unknownLines(result, style));
      break;
  }
  lines.push('', ...unusedLines(result.subject, style));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function headLines({ kind, subject, states }: ConformResult, style: Style): string[] {
  const colour = { accepted: 'green', rejected: 'red', unknown: 'yellow' } as const;
  return [
    `${style(colour[kind], kind)}  ${style('bold', subject.path)}  (${count(subject.lines, 'line')}, ${count(states, 'state')} looked at)`,
  ];
}

function subjectLines({ kernel, network, scenario, roles, notes }: Subject, style: Style): string[] {
  const rows: (readonly [string, string])[] = [
    ['kernel', kernel ?? 'not known'],
    ['network', network],
    ['bounds', scenario],
    ...roles.map((role, index) => [index === 0 ? 'roles' : '', role] as const),
    ...notes.map((note) => ['note', note] as const),
  ];
  return rows.map(([name, text]) => `  ${style('dim', name.padEnd(8))} ${oneLine(text)}`);
}

function acceptedLines({ run, counters }: Accepted, style: Style): string[] {
  const stages = STAGES.flatMap((stage) => {
    const steps = run.filter(({ step }) => stageOf(step) === stage);
    const seen = steps.filter(({ line }) => line !== undefined);
    const inferred = steps.filter(({ line }) => line === undefined);
    if (steps.length === 0) return [];
    return [
      `  ${stage.padEnd(22)} ${String(seen.length).padStart(6)} ${String(inferred.length).padStart(9)}  ${style('dim', stage === 'boot' ? 'before the first line' : tally(inferred))}`,
      ...inferred
        .filter(({ step }) => step.owner === 'watchdog')
        .map(
          ({ step }) =>
            `  ${''.padEnd(22)} ${style('yellow', `environment: ${step.label}`)}, inferred: an interrupt that no frame explains`,
        ),
    ];
  });
  const moved = counters.filter(({ value, operator }) => value > 0 || operator !== undefined);
  return [
    `The model has a run of ${count(run.length, 'step')} that shows every line, in this order.`,
    '',
    style('bold', `  ${'stage'.padEnd(22)} ${'seen'.padStart(6)} ${'inferred'.padStart(9)}`),
    ...stages,
    '',
    style('bold', `  ${'counter'.padEnd(22)} ${'model'.padStart(6)}`),
    ...moved.map(({ name, value, operator }) => {
      const same = operator === undefined ? 'not compared' : `the same as ${operator} in meta.json`;
      return `  ${name.padEnd(22)} ${String(value).padStart(6)}  ${style('dim', same)}`;
    }),
  ];
}

/** Names of steps, each with how often it occurs. */
function tally(steps: readonly RunStep[]): string {
  const counts = new Map<string, number>();
  for (const { step } of steps) counts.set(step.name, (counts.get(step.name) ?? 0) + 1);
  return [...counts].map(([name, times]) => (times === 1 ? name : `${name} x${times}`)).join(', ');
}

function rejectedLines({ line, text, why, blockers, run, instead }: Rejected, style: Style): string[] {
  const where = line === undefined ? ['At the end of the trace:'] : [`Line ${line}:`, `  ${style('red', oneLine(text ?? '').trim())}`];
  const facts = blockers.flatMap(({ what, values }) => [`    ${oneLine(what)}`, style('dim', `      [${cut(oneLine(values))}]`)]);
  return [
    ...where,
    '',
    why,
    ...(facts.length > 0 ? ['  False in the state that comes closest:', ...facts] : []),
    ...(instead.length > 0 ? ['', 'The model could have shown instead:', ...instead.map((one) => `    ${one}`)] : []),
    '',
    `The run up to there, last ${count(Math.min(LAST_STEPS, run.length), 'step')} of ${run.length}:`,
    ...runLines(run.slice(-LAST_STEPS), style),
  ];
}

function unknownLines({ limit, line }: Unknown, style: Style): string[] {
  const where = line === undefined ? 'after the last line' : `at line ${line}`;
  return [
    style('yellow', `The search ended ${where} at its limit of ${limit}: nothing is said of the trace. Raise the limit, or cut the trace.`),
  ];
}

function runLines(run: readonly RunStep[], style: Style): string[] {
  return run.flatMap(({ step, line, changes }) => {
    const head = line === undefined ? style('dim', 'inferred  ') : `line ${String(line).padEnd(5)}`;
    const names = changes.filter(({ before, after }) => before !== after).map((change) => `${change.component} ${changeText(change)}`);
    return [
      `  ${head} ${style('bold', oneLine(step.label))}  ${style('cyan', oneLine(step.owner))}`,
      `             ${style('dim', cut(oneLine(names.join('; '))))}`,
    ];
  });
}

function unusedLines({ lines, used, ignored }: Subject, style: Style): string[] {
  const rows = [...ignored].sort(([, a], [, b]) => b - a);
  return [
    style('bold', `${count(used, 'fact')} from ${count(lines, 'line')}; lines that say nothing of the model, by reason:`),
    ...rows.map(([reason, times]) => `  ${String(times).padStart(6)}  ${reason}`),
  ];
}

function count(number: number, what: string): string {
  return `${number.toLocaleString('en-US')} ${what}${number === 1 ? '' : 's'}`;
}

function cut(text: string): string {
  return text.length > VALUES_CHARACTERS_MAX ? `${text.slice(0, VALUES_CHARACTERS_MAX)}...` : text;
}
