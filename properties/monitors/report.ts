/** What monitors make of one trace: a verdict, with what belongs to it, and its text. */
import { oneLine } from '../../src/export/values.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { changeText, plain, type Style } from '../../src/trace/explain.ts';
import type { RunStep } from '../traces/result.ts';
import { besideTrace, budgetOf, type Meta } from '../traces/recording.ts';
import { explain, readersOf } from './explained.ts';
import type { Violation } from './finding.ts';
import type { PacketListener } from './life.ts';
import { agrees, type Compared, compare } from './truth.ts';
import { type Watched, watchFile } from './watch.ts';

export interface Monitored {
  readonly path: string;
  readonly meta: Meta | undefined;
  readonly watched: Watched;
  readonly compared: readonly Compared[];
  readonly kind: 'accepted' | 'rejected';
}

/** The unit of the clock of the trace at `path`: seconds, or ticks of a counter, which only meta.json tells. */
export function unitOf(path: string): 's' | 'ticks' {
  return besideTrace(path).meta?.trace_clock === 'counter' ? 'ticks' : 's';
}

interface Listening {
  readonly listeners?: readonly PacketListener[];
  readonly line?: (line: FtraceLine) => void;
}

/** Holds the trace at `path` against every machine by itself. Throws a UsageError for a file that is no whole trace. */
export async function monitor(path: string, listening: Listening = {}): Promise<Monitored> {
  const { meta, config } = besideTrace(path);
  const budget = budgetOf(meta);
  const recorded = new Set(config ?? []);
  const watched = await watchFile(path, { budget, recorded, ...listening });
  const compared = meta === undefined ? [] : compare(watched, meta, (key) => watched.names.has(key) || recorded.has(key));
  const isRight = watched.findings.refusals.length === 0 && compared.every(agrees);
  return { path, meta, watched, compared, kind: isRight ? 'accepted' : 'rejected' };
}

const REFUSALS_SHOWN = 3;
const RECORDED_CHARACTERS = 128;

/** The monitors' part of the verdict. */
export function monitorText({ watched, compared }: Monitored, style: Style = plain): string {
  const { findings, lines, used, packets, tasks } = watched;
  const wrong = compared.filter((one) => !agrees(one));
  const rows = [
    style('bold', 'Machines by themselves'),
    `  ${used.toLocaleString('en-US')} of ${lines.toLocaleString('en-US')} lines are of the receive path: ${packets} packets, ${tasks.instances} instances of softirq, reader and NAPI`,
  ];
  const { refusals, more } = findings;
  if (refusals.length === 0) rows.push('  no line is refused');
  for (const { monitor: name, line, text, why, possible, instead } of refusals.slice(0, REFUSALS_SHOWN)) {
    rows.push(
      `  ${style('red', `${name} refuses line ${line}`)}: ${oneLine(why)}`,
      style('dim', `    ${oneLine(text).trim().slice(0, 150)}`),
      ...(possible.length > 0 ? [`    possible before it: ${possible.join(', ')}`] : []),
      ...(instead.length > 0 ? [`    could have come instead: ${instead.join(', ')}`] : []),
    );
  }
  const left = refusals.length + more - REFUSALS_SHOWN;
  if (left > 0) rows.push(style('dim', `  and ${left} lines more`));
  if (compared.length > 0) {
    rows.push(
      wrong.length === 0
        ? `  ${compared.length} figures are those of meta.json: calls by result, counters by namespace`
        : style('red', `  ${wrong.length} of ${compared.length} figures are not those of meta.json:`),
      ...wrong.map(
        ({ name, least, most, told }) => `    ${name}: the lines give ${least === most ? least : `${least} to ${most}`}, meta.json ${told}`,
      ),
    );
  }
  for (const violation of findings.violations) rows.push(...violationLines(violation, style));
  return `${rows.join('\n')}\n`;
}

/** What this kernel did: as recorded, and as one run of the network of sleep and wakeup. */
function violationLines(violation: Violation, style: Style): string[] {
  const { property, what, recorded, inferred } = violation;
  const run = explain(violation);
  const names = readersOf(recorded).map((name, index) => `reader.${index} is ${name}`);
  return [
    '',
    style('yellow', `This kernel violates "${property}":`),
    `  ${what}.`,
    '  Recorded:',
    ...recorded.map(({ text }) => style('dim', `    ${oneLine(text).trim().slice(0, RECORDED_CHARACTERS)}`)),
    '  What the lines do not show, and must have happened:',
    ...inferred.map((step) => `    ${step}`),
    ...(run === undefined
      ? []
      : [
          '',
          `  The network of sleep and wakeup has a run that shows these lines (${names.join(', ')}):`,
          ...run.map((step) => runLine(step, style)),
        ]),
  ];
}

function runLine({ step, line, changes }: RunStep, style: Style): string {
  const moved = changes.filter(({ before, after }) => before !== after).map((change) => `${change.component} ${changeText(change)}`);
  const head = line === undefined ? style('dim', 'inferred ') : `line ${String(line).padEnd(4)}`;
  return `    ${head} ${step.name.padEnd(22)} ${style('dim', moved.join('; '))}`;
}
