/** `rxproof bench`: this engine and others on the same models, and a table of what it cost. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { spawnSync } from 'node:child_process';
import { type EngineName, ENGINES } from '../bench/engines.ts';
import { type Case, disagreements, type Measured, runCases } from '../bench/run.ts';
import { benchReport } from '../bench/table.ts';
import { UsageError } from '../model/error.ts';
import type { Value } from '../model/network.ts';
import type { ExitCode } from './verdict.ts';

export interface BenchFlags {
  /** Rounds; the figures are the least and the middle one. */
  readonly runs: number;
  /** Ten times larger models too, which take minutes and gigabytes. */
  readonly deep?: boolean;
  readonly out: string;
}

type Model = Pick<Case, 'title' | 'choice'>;

const philosophers = (count: number, bug?: true): Model => ({
  title: `${count} philosophers${bug ? ', all alike' : ''}`,
  choice: { philosophers: count, ...(bug && { bug }) },
});
const path = (suite: string, values: Readonly<Record<string, Value>>): Model => {
  const bounds = Object.entries(values).map(([key, value]) => ` ${key}=${value}`);
  return { title: `${suite}${bounds.join('')}`, choice: { suite, values } };
};
/** The reader does not look at the queue again before it sleeps. */
const lostWakeup = (values: Readonly<Record<string, Value>>): Model => {
  const bug = { id: 'path-no-recheck', breaks: 'no reader sleeps for ever on a readable socket' };
  const { title } = path('receive-path/1cpu', values);
  return { title: `${title} with ${bug.id}`, choice: { suite: 'receive-path/1cpu', values, bug } };
};

const ALL: readonly EngineName[] = ['quick', 'blocks', 'workers', 'fields', 'spin-depth', 'spin-breadth', 'tlc'];

/** The same model for every engine; @xstate/graph only where it ends within a minute. */
const COMPARED: readonly Case[] = [
  { ...path('socket/6.12-one-reader', {}), task: 'exhaust', engines: ['graph', ...ALL] },
  { ...philosophers(12), task: 'exhaust', engines: ['graph', ...ALL] },
  { ...path('receive-path/1cpu', { packets: 3 }), task: 'exhaust', engines: ALL, series: 'path' },
  { ...path('receive-path/2cpu', { packets: 2 }), task: 'exhaust', engines: ALL, series: 'path' },
  { ...philosophers(16), task: 'exhaust', engines: ALL, series: 'philosophers' },
];

const HUNTS: readonly Case[] = [
  lostWakeup({ packets: 3 }),
  lostWakeup({ packets: 2, cpus: 2, readers: 2 }),
  lostWakeup({ packets: 3, cpus: 2, readers: 2 }),
  philosophers(16, true),
].map((model) => ({ ...model, task: 'hunt', engines: ALL }));

const FOLLOWED: readonly EngineName[] = ['blocks', 'workers', 'spin-depth'];

/** With those compared: from a hundred thousand states to ten million. */
const GROWN: readonly Case[] = [
  { ...path('receive-path/2cpu', { packets: 3, ring: 2 }), task: 'exhaust', engines: FOLLOWED, series: 'path' },
  { ...philosophers(14), task: 'exhaust', engines: FOLLOWED, series: 'philosophers' },
  { ...philosophers(18), task: 'exhaust', engines: FOLLOWED, series: 'philosophers' },
];

/** A hundred million and more: by ourselves alone. */
const DEEP: readonly Case[] = [
  { ...path('receive-path/2cpu', { packets: 3 }), task: 'exhaust', engines: ['blocks', 'workers'], series: 'path' },
  { ...philosophers(21), task: 'exhaust', engines: ['blocks', 'workers'], series: 'philosophers' },
  { ...philosophers(22), task: 'exhaust', engines: ['blocks'], series: 'philosophers' },
];

const CHILD = new URL('./benchChild.ts', import.meta.url);

/** Measures, writes the report, and ends with 1 if two engines did not find the same graph. */
export function benchCommand({ runs, deep = false, out }: BenchFlags): ExitCode {
  const before = loadavg()[0] ?? 0;
  const say = (text: string): void => {
    process.stderr.write(text);
  };
  const measure = (cases: readonly Case[]): Measured[] => runCases(cases, { runs, child: CHILD, say });
  const [compared, hunts, grown] = [measure(COMPARED), measure(HUNTS), measure([...GROWN, ...(deep ? DEEP : [])])];
  const report = benchReport({ compared, hunts, grown }, circumstances(runs, before));
  try {
    writeFileSync(out, report);
  } catch (error) {
    throw new UsageError(`cannot write ${out}: ${error instanceof Error ? error.message : String(error)}`, 73);
  }
  process.stdout.write(`${report}\nwritten to ${out}\n`);
  return disagreements([...compared, ...grown]).length === 0 ? 0 : 1;
}

function circumstances(runs: number, before: number) {
  const processors = cpus();
  const missing = Object.values(ENGINES).flatMap(({ label, missing }) => {
    const what = missing?.();
    return what === undefined ? [] : [`${label}, for want of ${what}`];
  });
  return {
    machine: `${processors.length} processors, ${processors[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}`,
    load: [before, loadavg()[0] ?? 0] as const,
    runs,
    missing,
    versions: { Node: process.versions.node, ...dependencies(), ...tools() },
  };
}

function dependencies(): Record<string, string> {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { dependencies } = JSON.parse(text) as { readonly dependencies: Readonly<Record<string, string>> };
  return Object.fromEntries(['xstate', '@xstate/graph'].map((name) => [name, dependencies[name] ?? 'unknown']));
}

function tools(): Record<string, string> {
  const found = [
    ['SPIN', 'spin', '-V', /Version (\S+)/],
    ['gcc', 'gcc', '--version', /(\d+\.\d+\.\d+)/],
  ] as const;
  return Object.fromEntries(
    found.flatMap(([name, command, flag, version]) => {
      const said = version.exec(spawnSync(command, [flag], { encoding: 'utf8' }).stdout ?? '');
      return said?.[1] === undefined ? [] : [[name, said[1]]];
    }),
  );
}
