/** `rxproof record`: a trace of the receive path of this machine, and demonstrations that make their own traffic. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { monitor, monitorText, STORIES } from '../../properties/index.ts';
import { UsageError } from '../model/error.ts';
import { deltaOf, readCounters, readSettings } from '../record/counters.ts';
import { Demo, DEMO_SCENARIOS } from '../record/demo.ts';
import { Tracefs } from '../record/tracefs.ts';
import { outputStyle } from './terminal.ts';
import { traceCommand } from './trace.ts';
import type { ExitCode } from './verdict.ts';

export interface RecordFlags {
  readonly out: string;
  readonly demo?: boolean | string;
  readonly tasks?: string;
  readonly seconds: number;
  /** MiB for each CPU. */
  readonly buffer: number;
}

/** Records until `command` ends, or until Ctrl-C: trace.txt and meta.json in the folder `out`. */
export async function recordCommand(command: readonly string[], flags: RecordFlags): Promise<ExitCode> {
  if (flags.demo === undefined) return recordOwn(command, flags);
  if (command.length > 0) throw new UsageError('a demo makes its own traffic; leave out the command, or --demo');
  if (flags.demo === 'k1') return huntK1(flags);
  if (flags.demo !== true) throw new UsageError(`there is no demo '${flags.demo}'; there is --demo, and --demo k1`);
  return demonstrate(flags);
}

async function recordOwn(command: readonly string[], { out, tasks, buffer }: RecordFlags): Promise<ExitCode> {
  mkdirSync(out, { recursive: true });
  let lost = 0;
  const tracefs = new Tracefs({ tasks, bufferKb: 1024 * buffer });
  try {
    const before = readCounters();
    tracefs.start();
    process.stderr.write(command.length > 0 ? `recording while ${command.join(' ')} runs\n` : 'recording; Ctrl-C ends it\n');
    await (command.length > 0 ? run(command) : interrupted());
    tracefs.save(join(out, 'trace.txt'));
    lost = tracefs.lost;
    const counter_delta = deltaOf(before, readCounters(), 'B');
    const meta = { kernel: release(), trace_clock: 'mono', sysctls: readSettings(), events_missing: tracefs.missing };
    writeFileSync(join(out, 'meta.json'), `${JSON.stringify(meta, undefined, 2)}\n`);
    writeFileSync(join(out, 'counters.json'), `${JSON.stringify(counter_delta, undefined, 2)}\n`);
  } finally {
    tracefs.close();
  }
  if (lost > 0) {
    throw new UsageError(
      `${lost.toLocaleString('en-US')} events did not fit, and ${join(out, 'trace.txt')} has gaps; record a shorter time, or with --buffer ${4 * buffer}`,
      65,
    );
  }
  process.stdout.write(`${join(out, 'trace.txt')} is written; check it: npm run -s rxproof -- conform ${join(out, 'trace.txt')}\n`);
  return 0;
}

/** The basic scenarios, each recorded and held against the model: it meets the kernel that it runs on. */
async function demonstrate({ out }: RecordFlags): Promise<ExitCode> {
  process.once('SIGINT', () => undefined);
  const style = outputStyle();
  const demo = new Demo();
  let isRight = true;
  try {
    process.stdout.write(`kernel ${release()}\n\n`);
    for (const scenario of DEMO_SCENARIOS) {
      const folder = join(out, scenario.name);
      await demo.record(scenario, folder);
      const monitored = await monitor(join(folder, 'trace.txt'));
      const { watched, compared, kind } = monitored;
      isRight &&= kind === 'accepted';
      const colour = kind === 'accepted' ? 'green' : 'red';
      process.stdout.write(
        `${style(colour, kind)}  ${scenario.name.padEnd(10)} ${scenario.about}: ${watched.lines} lines, ${watched.packets} packets, ${compared.length} figures\n`,
      );
      if (kind === 'rejected') process.stdout.write(`${monitorText(monitored, style)}\n`);
    }
  } finally {
    demo.close();
  }
  process.stdout.write(
    `\nThe traces are in ${out}; each can be told: npm run -s rxproof -- conform ${join(out, 'overflow', 'trace.txt')} --packet 9\n`,
  );
  return isRight ? 0 : 1;
}

/** K1 on this kernel, for a bounded time, beside the counterexample of the model. */
async function huntK1({ out, seconds }: RecordFlags): Promise<ExitCode> {
  process.once('SIGINT', () => undefined);
  const style = outputStyle();
  const demo = new Demo();
  const path = join(out, 'trace.txt');
  let strikes = 0;
  try {
    const found = demo.hunt(seconds, out);
    strikes = found.strikes;
    process.stdout.write(
      `kernel ${release()}: ${found.rounds.toLocaleString('en-US')} rounds, ${strikes === 0 ? 'K1 did not strike' : 'K1 struck'}\n`,
    );
  } finally {
    demo.close();
  }
  if (strikes === 0) {
    process.stdout.write(
      `Not seen in ${seconds} s is no proof that it cannot happen; the model says that it can: npm run -s rxproof -- trace 'lost wakeup' --network wakeup/two-readers. Try --seconds ${10 * seconds}.\n`,
    );
    return 0;
  }
  const monitored = await monitor(path);
  process.stdout.write(`\n${monitorText(monitored, style)}\nThe same in the model:\n\n`);
  const [story] = STORIES;
  if (story !== undefined) await traceCommand(story.property, { network: story.suite });
  return monitored.watched.findings.violations.length > 0 ? 0 : 1;
}

function run([program = '', ...args]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    child.on('error', (error) => reject(new UsageError(`cannot run ${program}: ${error.message}`)));
    child.on('close', () => resolve());
    // Ctrl-C is for the command: the recording is saved when that has ended.
    process.once('SIGINT', () => undefined);
  });
}

/** Until Ctrl-C. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const waiting = setInterval(() => undefined, 1000);
    process.once('SIGINT', () => {
      clearInterval(waiting);
      resolve();
    });
  });
}
