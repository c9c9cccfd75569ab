/** What is drawn and how: colours only on a terminal, progress only on a terminal, Ctrl-C as a flag once a search has begun. */
import { styleText } from 'node:util';
import type { Exploration, Progress } from '../explore/exploration.ts';
import { exploring } from '../explore/explore.ts';
import { writeCheckpoint } from '../explore/checkpoint.ts';
import { exploreParallel } from '../explore/parallel.ts';
import type { Plan } from '../explore/check.ts';
import { plain, type Style } from '../trace/explain.ts';

/** Colours for standard output, as NO_COLOR and the terminal allow. */
export function outputStyle(): Style {
  return process.stdout.isTTY ? (format, text) => styleText(format, text) : plain;
}

let interrupted = false;

/** Milliseconds in which signals are one Ctrl-C: the terminal sends it to every process, and npm and tsx pass it on. */
const ONE_INTERRUPT = 1000;

/** Ctrl-C: the first one ends the search and reports what was found; the second one ends the program. */
function watchInterrupt(): void {
  if (process.listenerCount('SIGINT') > 0) return;
  let first = 0;
  process.on('SIGINT', () => {
    if (interrupted && performance.now() - first > ONE_INTERRUPT) process.exit(130);
    if (!interrupted) first = performance.now();
    interrupted = true;
  });
}

export const wasInterrupted = (): boolean => interrupted;

/** Milliseconds between two drawings. */
const REDRAW = 100;

/** How a search is run. */
export interface SearchSetup {
  readonly workers?: number;
  /** Where to write down an unfinished search, and how often in milliseconds. One thread only. */
  readonly checkpoint?: { readonly path: string; readonly every: number };
}

/** Runs the search of `plan`, drawing its progress as `label`, and letting Ctrl-C in. */
export async function search(plan: Plan, label: string, { workers = 1, checkpoint }: SearchSetup = {}): Promise<Exploration> {
  watchInterrupt();
  const started = performance.now();
  const draw = ({ states, depth, bytes }: Progress): boolean => {
    const rate = Math.round(states / Math.max(performance.now() - started, 1));
    progress(`${label}: ${states.toLocaleString('en-US')} states, depth ${depth}, ${rate} k/s, ${Math.round(bytes / 2 ** 20)} MiB`);
    return interrupted;
  };
  const exploration =
    workers > 1
      ? await exploreParallel(plan.compiled, plan.watches, { ...plan.options, workers, onProgress: draw })
      : await searchAlone(plan, draw, checkpoint);
  clearProgress();
  return exploration;
}

async function searchAlone(plan: Plan, draw: (progress: Progress) => boolean, checkpoint: SearchSetup['checkpoint']): Promise<Exploration> {
  const slices = exploring(plan.compiled, plan.watches, plan.options);
  const save = (snapshot: Progress['snapshot']): void => {
    if (checkpoint && snapshot) writeCheckpoint(checkpoint.path, plan.compiled, snapshot());
  };
  let last: Progress['snapshot'];
  for (let [drawn, saved, stop] = [performance.now(), performance.now(), interrupted]; ; ) {
    const { done, value } = slices.next(stop);
    if (done === true) {
      if (value.limit !== undefined) save(last);
      return value;
    }
    last = value.snapshot;
    if (checkpoint && performance.now() - saved > checkpoint.every) {
      save(last);
      saved = performance.now();
    }
    if (performance.now() - drawn < REDRAW) continue;
    drawn = performance.now();
    await new Promise((resolve) => setImmediate(resolve));
    stop = draw(value);
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
