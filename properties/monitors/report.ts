/** What monitors make of one trace: a verdict, with what belongs to it, and its text. */
import { oneLine } from '../../src/export/values.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { plain, type Style } from '../../src/trace/explain.ts';
import { besideTrace, type Meta } from '../traces/recording.ts';
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
  const budget = Number(meta?.sysctls?.['net.core.netdev_budget'] ?? 300);
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
  for (const { property, what, recorded, inferred } of findings.violations) {
    rows.push(
      '',
      style('yellow', `This kernel violates "${property}":`),
      `  ${what}.`,
      '  Recorded:',
      ...recorded.map((text) => style('dim', `    ${oneLine(text).slice(0, RECORDED_CHARACTERS)}`)),
      '  What the lines do not show, and must have happened:',
      ...inferred.map((step) => `    ${step}`),
    );
  }
  return `${rows.join('\n')}\n`;
}
