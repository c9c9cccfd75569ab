/** The report of a benchmark: tables in Markdown. */
import { type EngineName, ENGINES } from './engines.ts';
import { type Sample, type Spread, spread } from './figures.ts';
import { disagreements, type Measured } from './run.ts';

export interface Circumstances {
  /** What matters, and its version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  /** Load averages of one minute, before and after. */
  readonly load: readonly [before: number, after: number];
  readonly runs: number;
  /** Engines that are not installed, and what is missing. */
  readonly missing: readonly string[];
}

export interface Chapters {
  readonly compared: readonly Measured[];
  readonly hunts: readonly Measured[];
  /** Larger ones, which are not for every engine. */
  readonly grown: readonly Measured[];
}

/** The whole report. */
export function benchReport({ compared, hunts, grown }: Chapters, circumstances: Circumstances): string {
  return `${[
    '# Benchmark',
    '',
    ...preface(circumstances),
    '',
    ...verdict(disagreements([...compared, ...grown])),
    ...chapter('The same model, every engine', compared.map(comparedTable)),
    ...chapter('Time to the first counterexample of a planted bug', hunts.map(huntTable)),
    ...chapter('How the cost grows', [growthTable([...compared, ...grown])]),
    ...failed([...compared, ...hunts, ...grown]),
  ].join('\n')}\n`;
}

function preface({ versions, machine, load, runs, missing }: Circumstances): string[] {
  const list = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return [
    'Written by `rxproof bench`.',
    '',
    `- Machine: ${machine}. Load average ${load.map((one) => one.toFixed(2)).join(' before, ')} after.`,
    `- Versions: ${list.join(', ')}.`,
    `- Each measurement in a process of its own, ${runs} rounds over all engines; figures are the least and the median one.`,
    '- search: from the first state to the last one. CPU: of all threads, in user and system mode. set-up: all before, that is',
    '  starting Node and deriving tables here, generating and compiling `pan` for SPIN. Rates are of the least search time.',
    '- rxproof evaluates all properties of the suite as it goes; SPIN here only explores, with `-O3 -DSAFETY`, `-o1 -o2 -o3`',
    '  and a hash table of the right size. Its bytes are states and hash table, without the stack of a depth-first search.',
    '- rxproof is its fast engine from the first state on, the choice of its blocks included; `rxproof check` begins with the',
    '  reference engine, and after 30,000 states goes on with the quick pass and the fast engine. A first counterexample includes',
    '  its trace, replayed on the XState machines; the quick pass does all its walks and its search, and tells what it saw first.',
    ...missing.map((one) => `- Left out: ${one}.`),
  ];
}

function verdict(odd: readonly string[]): string[] {
  if (odd.length === 0) return ['On each model all engines found the same numbers of states and transitions.'];
  return ['**The engines disagree, so the figures say nothing:**', '', ...odd.map((one) => `- ${one}`)];
}

function failed(all: readonly Measured[]): string[] {
  const lines = all.flatMap(({ measured, failures }) =>
    [...failures].map(([engine, why]) => `- ${measured.title}, ${ENGINES[engine].label}: ${why}`),
  );
  return lines.length === 0 ? [] : ['', '## Not measured', '', ...lines];
}

function chapter(title: string, tables: readonly (readonly string[])[]): string[] {
  return ['', `## ${title}`, ...tables.flatMap((table) => ['', ...table])];
}

function comparedTable({ measured, samples }: Measured): string[] {
  const least = cpuOf(samples.get('blocks') ?? []).min;
  const columns = ['engine', 'search s', 'search CPU s', 'set-up CPU s', 'k states/s', 'k transitions/s', 'bytes/state', 'CPU / rxproof'];
  return table(
    `${measured.title}: ${sizes(samples)}`,
    columns,
    rows(samples, (own) => [
      both(secondsOf(own)),
      both(cpuOf(own)),
      seconds(spread(own, ({ setUpCpuSeconds }) => setUpCpuSeconds).min),
      ...ratesOf(own),
      bytesOf(own),
      (cpuOf(own).min / least).toPrecision(2),
    ]),
  );
}

function huntTable({ measured, samples }: Measured): string[] {
  return table(
    measured.title,
    ['engine', 'search s', 'search CPU s', 'set-up CPU s', 'states seen', 'steps'],
    rows(samples, (own) => [
      both(secondsOf(own)),
      both(cpuOf(own)),
      seconds(spread(own, ({ setUpCpuSeconds }) => setUpCpuSeconds).min),
      whole(own[0]?.states),
      whole(own[0]?.length),
    ]),
  );
}

/** Engines that are followed from small models to large ones. */
const FOLLOWED: readonly EngineName[] = ['blocks', 'workers', 'spin-depth'];

/** By series of models, from the smallest to the largest. */
function growthTable(all: readonly Measured[]): string[] {
  const columns = ['model', 'engine', 'states', 'transitions', 'search s', 'search CPU s', 'k states/s', 'k transitions/s', 'bytes/state'];
  const states = ({ samples }: Measured): number => [...samples.values()][0]?.[0]?.states ?? 0;
  const series = [...new Set(all.flatMap(({ measured }) => measured.series ?? []))];
  const ordered = series.flatMap((name) => all.filter(({ measured }) => measured.series === name).sort((a, b) => states(a) - states(b)));
  const body = ordered.flatMap(({ measured, samples }) =>
    rows(new Map([...samples].filter(([engine]) => FOLLOWED.includes(engine))), (own) => [
      whole(own[0]?.states),
      whole(own[0]?.transitions),
      both(secondsOf(own)),
      both(cpuOf(own)),
      ...ratesOf(own),
      bytesOf(own),
    ]).map((row) => [measured.title, ...row]),
  );
  return table('', columns, body);
}

/** A row for each engine, its name first. */
function rows(samples: Measured['samples'], cells: (own: readonly Sample[]) => readonly string[]): string[][] {
  return [...samples].map(([engine, own]: [EngineName, readonly Sample[]]) => [ENGINES[engine].label, ...cells(own)]);
}

function table(title: string, columns: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    ...(title === '' ? [] : [title, '']),
    line(columns),
    line(columns.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...body.map(line),
  ];
}

function sizes(samples: Measured['samples']): string {
  const first = [...samples.values()][0]?.[0];
  return `${whole(first?.states)} states, ${whole(first?.transitions)} transitions`;
}

const secondsOf = (own: readonly Sample[]): Spread => spread(own, (sample) => sample.seconds);
const cpuOf = (own: readonly Sample[]): Spread => spread(own, (sample) => sample.cpuSeconds);

function ratesOf(own: readonly Sample[]): string[] {
  const { min } = secondsOf(own);
  return [own[0]?.states, own[0]?.transitions].map((count = 0) => whole(Math.round(count / min / 1000)));
}

function bytesOf(own: readonly Sample[]): string {
  return own.every(({ bytes }) => bytes !== undefined) ? spread(own, ({ bytes = 0, states }) => bytes / states).median.toFixed(1) : '-';
}

const both = ({ min, median }: Spread): string => `${seconds(min)} / ${seconds(median)}`;
const seconds = (value: number): string => (value < 10 ? value.toFixed(3) : value.toFixed(1));
const whole = (value: number | undefined): string => value?.toLocaleString('en-US') ?? '-';
