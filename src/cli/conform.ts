/** `rxproof conform`: a recorded trace of a real kernel against the model. */
import { statSync, writeFileSync } from 'node:fs';
import { conform, conformanceTable, conformText, monitor, monitorText, Story, Summary, Timeline, unitOf } from '../../properties/index.ts';
import { UsageError } from '../model/error.ts';
import { type Selection, valuesOf } from './select.ts';
import { outputStyle } from './terminal.ts';
import type { ExitCode } from './verdict.ts';

export interface ConformFlags extends Pick<Selection, 'profile' | 'scenario'> {
  readonly statesMax?: number;
  readonly packet?: number;
  readonly summary?: boolean;
  readonly perfetto?: string;
  readonly out?: string;
  readonly changes: number;
  readonly seed: number;
}

/** Whether the model can produce the trace at `path`: 0 accepted, 1 rejected, 2 a limit was reached. */
export async function conformCommand(path: string, flags: ConformFlags): Promise<ExitCode> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return tabulate(path, flags);
  const isTold = flags.packet !== undefined || flags.summary === true || flags.perfetto !== undefined;
  const code = isTold ? await tell(path, flags) : await judge(path, flags);
  return code;
}

/** Monitors first; then, where the trace is small enough and of what it has, the composed network. */
async function judge(path: string, { profile, scenario, statesMax }: ConformFlags): Promise<ExitCode> {
  const style = outputStyle();
  const monitored = await monitor(path);
  const text = monitorText(monitored, style);
  if (monitored.kind === 'rejected') {
    process.stdout.write(`${style('red', 'rejected')}  ${style('bold', path)}\n\n${text}`);
    return 1;
  }
  const limits = statesMax === undefined ? {} : { limits: { statesMax } };
  try {
    const result = conform(path, { profile, scenario: valuesOf({ scenario }), watched: monitored.watched, ...limits });
    process.stdout.write(`${conformText(result, { style })}\n${text}`);
    return { accepted: 0, rejected: 1, unknown: 2 }[result.kind] as ExitCode;
  } catch (error) {
    if (!(error instanceof UsageError) || profile !== undefined || scenario !== undefined) throw error;
    process.stdout.write(
      `${style('green', 'accepted')}  ${style('bold', path)}\n\n${text}\nThe composed network was not asked: ${error.message}\n`,
    );
    return 0;
  }
}

/** Stories, summaries, timelines. */
async function tell(path: string, { packet, summary, perfetto }: ConformFlags): Promise<ExitCode> {
  const style = outputStyle();
  const unit = unitOf(path);
  const story = packet === undefined ? undefined : new Story(packet);
  const figures = summary === true ? new Summary(unit) : undefined;
  const timeline = perfetto === undefined ? undefined : new Timeline(perfetto, unit);
  let last = 0;
  const monitored = await monitor(path, {
    listeners: [story, figures, timeline].filter((one) => one !== undefined),
    line: (line) => {
      last = line.time;
      timeline?.line(line);
    },
  });
  timeline?.close(last);
  if (story !== undefined) {
    const text = story.text(unit, style);
    if (text === undefined)
      throw new UsageError(`${path} has no packet ${packet}: it has ${story.packets}, numbered from 1 by arrival`, 65);
    process.stdout.write(text);
  }
  if (figures !== undefined) process.stdout.write(figures.text(monitored.watched.figures, unit, style));
  if (perfetto !== undefined) process.stdout.write(`${perfetto} is written; open it at https://ui.perfetto.dev\n`);
  if (monitored.kind === 'rejected') process.stdout.write(`\n${monitorText(monitored, style)}`);
  return monitored.kind === 'accepted' ? 0 : 1;
}

/** All recordings in a folder, as a table in Markdown. */
async function tabulate(folder: string, { out, changes, seed }: ConformFlags): Promise<ExitCode> {
  const isShown = process.stderr.isTTY;
  const text = await conformanceTable(folder, {
    changes,
    seed,
    progress: (name) => {
      if (isShown) process.stderr.write(`\r${name.padEnd(60).slice(0, 60)}`);
    },
  });
  if (isShown) process.stderr.write(`\r${' '.repeat(60)}\r`);
  if (out === undefined) process.stdout.write(text);
  else {
    writeFileSync(out, text);
    process.stdout.write(`${out} is written\n`);
  }
  return 0;
}
