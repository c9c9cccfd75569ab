/** Runs measurements, each in a process of its own, round by round, so that a machine that slows down slows all alike. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Value } from '../model/network.ts';
import { type EngineName, ENGINES } from './engines.ts';
import type { Sample, Task } from './figures.ts';

/** What to explore, as a child process is told it: a suite of properties/ at some bounds, or philosophers. */
export type Choice =
  | {
      readonly suite: string;
      readonly values: Readonly<Record<string, Value>>;
      /** A hunt: the bug to plant, and the property that it breaks. */
      readonly bug?: { readonly id: string; readonly breaks: string };
    }
  | { readonly philosophers: number; readonly bug?: true };

/** One row of a table: the same thing explored by several engines. */
export interface Case {
  readonly title: string;
  readonly choice: Choice;
  readonly task: Task;
  readonly engines: readonly EngineName[];
  /** The series of growing models that it belongs to. */
  readonly series?: string;
}

export interface Job {
  readonly choice: Choice;
  readonly task: Task;
  readonly engine: EngineName;
  readonly expected?: number;
}

export interface Measured {
  readonly measured: Case;
  /** By engine, for those that are installed. */
  readonly samples: ReadonlyMap<EngineName, readonly Sample[]>;
  /** Engines that could not do it, and why. */
  readonly failures: ReadonlyMap<EngineName, string>;
}

export interface RunOptions {
  /** Measurements of each engine on each case. */
  readonly runs: number;
  /** The script that does one job: its last argument is the job, and it prints the sample, both as JSON. */
  readonly child: URL;
  readonly say: (text: string) => void;
}

/** Measures each case with its engines. An engine that fails is left out of the rounds that follow. */
export function runCases(cases: readonly Case[], options: RunOptions): Measured[] {
  return cases.map((measured) => {
    const engines = measured.engines.filter(
      (engine) => ENGINES[engine].tasks.includes(measured.task) && ENGINES[engine].missing?.() === undefined,
    );
    const samples = new Map(engines.map((engine): [EngineName, Sample[]] => [engine, []]));
    const failures = new Map<EngineName, string>();
    let expected: number | undefined;
    for (let round = 0; round < options.runs; round++) {
      for (const engine of engines.filter((one) => !failures.has(one))) {
        options.say(`${measured.title}: ${ENGINES[engine].label}, round ${round + 1}\n`);
        const { choice, task } = measured;
        const done = inChild(options.child, { choice, task, engine, ...(expected === undefined ? {} : { expected }) });
        if (typeof done === 'string') {
          options.say(`${done}\n`);
          failures.set(engine, reasonOf(done));
          samples.delete(engine);
        } else {
          samples.get(engine)?.push(done);
          // A hunt ends where it ends: its states say nothing of another engine's.
          if (task === 'exhaust') expected ??= done.states;
        }
      }
    }
    return { measured, samples, failures };
  });
}

/** What engines disagree about: nothing, or the table is worth nothing. A hunt ends where it ends, and is not compared. */
export function disagreements(all: readonly Measured[]): string[] {
  return all.flatMap(({ measured, samples }) => {
    if (measured.task === 'hunt') return [];
    const counts = [...samples].flatMap(([engine, own]) =>
      own.map(({ states, transitions }) => ({ engine, text: `${states} states and ${transitions} transitions` })),
    );
    return counts
      .filter(({ text }) => text !== counts[0]?.text)
      .map(
        ({ engine, text }) =>
          `${measured.title}: ${ENGINES[engine].label} found ${text}, ${ENGINES[counts[0]!.engine].label} ${counts[0]!.text}`,
      );
  });
}

/** What a process that failed had to say, in one line. */
function reasonOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => /^\w*Error: /.test(line));
  return lines.slice(at, at + 2).join(' ');
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The sample, or what the process printed that failed. */
function inChild(child: URL, job: Job): Sample | string {
  // With the heap of a large machine: an adjacency map takes kilobytes a state.
  const script = ['--max-old-space-size=8192', '--import', 'tsx', fileURLToPath(child), JSON.stringify(job)];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as Sample) : `${stdout}${stderr}`;
}
