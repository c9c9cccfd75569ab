/** A folder of recordings as a table: each held against the model, with what it derives beside what was counted. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { eachLine } from '../../src/conform/rows.ts';
import { receivePath } from '../../models/networks/receive-path.ts';
import { UsageError } from '../../src/model/error.ts';
import { scenarioOf } from '../../src/model/scenario.ts';
import { conform } from '../traces/conform.ts';
import { besideTrace } from '../traces/recording.ts';
import { explain } from './explained.ts';
import { breaksRule, notice, type Noticed, UNNOTICED } from './noticing.ts';
import { monitor, type Monitored } from './report.ts';
import { squeezeText } from './summary.ts';
import { agrees } from './truth.ts';

export interface TableOptions {
  /** How many lines of each recording are changed. */
  readonly changes: number;
  readonly seed: number;
  readonly progress?: (name: string) => void;
}

/** Lines beyond this are not changed one by one. */
const CHANGED_LINES_MAX = 1500;

interface Composed {
  readonly text: string;
  readonly steps: ReadonlyMap<string, 'seen' | 'inferred'>;
  readonly profile: string;
  readonly inferred: number | undefined;
}

/** The recordings below `folder`: every folder that has a trace. */
function recordingsIn(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const own = ['trace.txt', 'trace.txt.gz', 'trace.dat'].map((name) => join(folder, name)).find((path) => existsSync(path));
  return [
    ...(own === undefined ? [] : [own]),
    ...below
      .map(({ name }) => join(folder, name))
      .sort()
      .flatMap(recordingsIn),
  ];
}

/** The table as Markdown. */
export async function conformanceTable(folder: string, { changes, seed, progress }: TableOptions): Promise<string> {
  const paths = recordingsIn(folder);
  if (paths.length === 0) throw new UsageError(`${folder} has no recordings: no trace.txt, trace.txt.gz or trace.dat in it or below`, 66);
  const rows: string[] = [];
  const totals = new Map<string, Noticed>();
  const steps = new Map<string, Map<string, 'seen' | 'inferred'>>();
  let figures = 0;
  for (const path of paths) {
    const name = path
      .slice(folder.length)
      .replace(/^\//, '')
      .replace(/\/trace\..*$/, '');
    progress?.(name);
    const monitored = await monitor(path);
    const composed = composedOf(path, monitored);
    for (const [step, how] of composed.steps) {
      const known = steps.get(step) ?? new Map<string, 'seen' | 'inferred'>();
      steps.set(step, known.set(composed.profile, known.get(composed.profile) === 'seen' ? 'seen' : how));
    }
    figures += monitored.compared.length;
    rows.push(rowOf(name, monitored, composed));
    if (changes > 0 && monitored.watched.lines <= CHANGED_LINES_MAX) await change(path, totals, changes, seed);
  }
  return [
    `# Conformance\n\n${INTRODUCTION}\n\n${paths.length} recordings, ${figures} figures compared.\n`,
    '| recording | lines | used | packets | monitors | figures | composed network | inferred steps | derived |',
    '|---|---:|---:|---:|---|---|---|---:|---|',
    ...rows,
    '',
    ...(changes > 0 ? noticedText(totals, seed) : []),
    ...coverageText(steps),
  ].join('\n');
}

const INTRODUCTION =
  'Each recording is held against the machines of the model one by one (monitors), and, where it shows nothing that the composed receive path leaves out, against that. `figures`: calls by result and counters that the lines give, and how many are those of meta.json. `derived`: what the lines give besides.';

function composedOf(path: string, { watched }: Monitored): Composed {
  const none = { steps: new Map<string, 'seen' | 'inferred'>(), profile: '', inferred: undefined };
  try {
    const result = conform(path, { watched });
    if (result.kind === 'unknown') return { ...none, text: `unknown: ${result.limit}` };
    if (result.kind === 'rejected') return { ...none, text: `rejected: line ${result.line}: ${result.why}` };
    const steps = new Map<string, 'seen' | 'inferred'>();
    for (const { step, line } of result.run)
      if (line !== undefined || !steps.has(step.name)) steps.set(step.name, line === undefined ? 'inferred' : 'seen');
    const profile = /profile=(\S+)/.exec(result.subject.scenario)?.[1] ?? '';
    return { text: 'accepted', steps, profile, inferred: result.run.filter(({ line }) => line === undefined).length };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const run = watched.findings.violations.flatMap((violation) => explain(violation) ?? []);
    const inferred = run.filter(({ line }) => line === undefined).length;
    if (run.length > 0) return { ...none, text: 'accepted by that of sleep and wakeup', inferred };
    return { ...none, text: `not asked: ${error.message.replace(path, '').replace(/^: /, '').trim()}` };
  }
}

function rowOf(name: string, { watched, compared, kind }: Monitored, { text, inferred }: Composed): string {
  const { figures, findings, packets } = watched;
  const ends = new Map<string, number>();
  for (const [key, times] of figures.ends) {
    const end = key.split(' ').at(-1)!;
    if (end !== 'silent' && end !== 'delivered') ends.set(end, (ends.get(end) ?? 0) + times);
  }
  const derived = [
    `${figures.reads} read`,
    ...[...ends].map(([end, times]) => `${times} ${end}`),
    `${figures.wakeups} wakeups`,
    ...(figures.missed > 0 ? [`${figures.missed} MISSED`] : []),
    ...(figures.squeezes.most > 0 ? [`time_squeeze ${squeezeText(figures.squeezes)}`] : []),
    ...findings.violations.map(({ property }) => `**violates "${property}"**`),
  ];
  const [refusal] = findings.refusals;
  const verdict =
    kind === 'accepted'
      ? 'accepted'
      : `rejected: ${refusal === undefined ? 'figures' : `line ${refusal.line}, ${refusal.monitor}: ${refusal.why}`}`;
  const right = compared.filter(agrees).length;
  const cells = [
    name,
    watched.lines,
    watched.used,
    packets,
    verdict,
    compared.length === 0 ? '-' : `${right}/${compared.length}`,
    text,
    inferred ?? '-',
    derived.join(', '),
  ];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}

async function change(path: string, totals: Map<string, Noticed>, changes: number, seed: number): Promise<void> {
  const lines: FtraceLine[] = [];
  await eachLine(path, (line) => lines.push(line));
  const { meta, config } = besideTrace(path);
  notice({ lines, meta, recorded: new Set(config ?? []) }, totals, changes, seed);
}

/** `noticed` of `made`, in per cent. */
const share = (noticed: number, made: number): string => (made === 0 ? '-' : `${((100 * noticed) / made).toFixed(1)} %`);

function noticedText(totals: ReadonlyMap<string, Noticed>, seed: number): string[] {
  const rows = [...totals.values()].sort((a, b) => a.event.localeCompare(b.event) || a.mutation.localeCompare(b.mutation));
  const sum = (is: (one: Noticed) => boolean, key: 'made' | 'noticed' | 'withCounters'): number =>
    rows.filter(is).reduce((total, one) => total + one[key], 0);
  const all = (): boolean => true;
  return [
    '## What is noticed',
    '',
    `Single lines of these recordings, drawn with seed ${seed}, changed one at a time: dropped, doubled, exchanged with the next one of their context (swap) or of another CPU (reorder), given another packet, task or CPU (retarget), another return value, count or reason (result). A change counts as noticed if some monitor refuses a line; with counters, also if a figure is not that of meta.json.`,
    '',
    `Of ${sum(all, 'made')} changes ${share(sum(all, 'noticed'), sum(all, 'made'))} are noticed, with counters ${share(sum(all, 'withCounters'), sum(all, 'made'))}. Of the ${sum(breaksRule, 'made')} that break a rule which the lines show, **${share(sum(breaksRule, 'noticed'), sum(breaksRule, 'made'))}**, with counters ${share(sum(breaksRule, 'withCounters'), sum(breaksRule, 'made'))}.`,
    '',
    '| event | change | made | noticed | with counters | breaks a rule |',
    '|---|---|---:|---:|---:|---|',
    ...rows.map(
      (one) =>
        `| ${one.event} | ${one.mutation} | ${one.made} | ${share(one.noticed, one.made)} | ${share(one.withCounters, one.made)} | ${breaksRule(one) ? 'yes' : (UNNOTICED[one.event]?.[1] ?? '')} |`,
    ),
    '',
  ];
}

function coverageText(steps: ReadonlyMap<string, ReadonlyMap<string, 'seen' | 'inferred'>>): string[] {
  const profiles = [...new Set([...steps.values()].flatMap((by) => [...by.keys()]))].sort();
  const all = stepsOf();
  const never = all.filter((name) => !steps.has(name));
  return [
    '## Steps of the model in recordings',
    '',
    'Steps of the composed receive path, by profile: seen in a line of some recording, or inferred between two lines.',
    '',
    `| step | ${profiles.join(' | ')} |`,
    `|---|${profiles.map(() => '---|').join('')}`,
    ...[...steps]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([step, by]) => `| ${step} | ${profiles.map((profile) => by.get(profile) ?? '').join(' | ')} |`),
    '',
    `Neither seen nor inferred in any of them, of ${all.length} steps: ${never.join(', ')}.`,
    '',
  ];
}

/** The steps of the receive path, whatever a trace may ask for. */
function stepsOf(): string[] {
  const scenarios = [
    { device: 'igb', closes: 1 },
    { device: 'veth', rps: 'on' },
  ] as const;
  const names = scenarios.flatMap((one) => {
    const network = receivePath.build(
      scenarioOf(receivePath, {
        profile: '6.12',
        packets: 2,
        cpus: 2,
        readers: 1,
        kinds: 'all+long checksum',
        modes: 'all',
        signals: 1,
        kicks: 1,
        ...one,
      }),
    );
    return network.instances().map(({ name }) => name);
  });
  return [...new Set(names)].sort();
}
