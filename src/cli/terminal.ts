/** What is drawn and how: colours only on a terminal, progress only on a terminal, Ctrl-C as a flag. */
import { styleText } from 'node:util';
import { exploring, type Exploration } from '../explore/explore.ts';
import type { Plan } from '../explore/check.ts';
import { plain, type Style } from '../trace/explain.ts';

/** Colours for standard output, as NO_COLOR and the terminal allow. */
export function outputStyle(): Style {
  return process.stdout.isTTY ? (format, text) => styleText(format, text) : plain;
}

let interrupted = false;

/** Ctrl-C: the first one ends the search and reports what was found; the second one ends the program. */
export function watchInterrupt(): void {
  process.on('SIGINT', () => {
    if (interrupted) process.exit(130);
    interrupted = true;
  });
}

export const wasInterrupted = (): boolean => interrupted;

/** Milliseconds between two drawings. */
const REDRAW = 100;

/** Runs the search of `plan`, drawing its progress as `label`, and letting Ctrl-C in. */
export async function search(plan: Plan, label: string): Promise<Exploration> {
  const slices = exploring(plan.compiled, plan.watches, plan.options);
  let [drawn, started] = [0, performance.now()];
  for (let stop = interrupted; ; ) {
    const { done, value } = slices.next(stop);
    if (done === true) {
      clearProgress();
      return value;
    }
    const now = performance.now();
    if (now - drawn < REDRAW) continue;
    drawn = now;
    await new Promise((resolve) => setImmediate(resolve));
    stop = interrupted;
    const rate = Math.round(value.states / Math.max(now - started, 1));
    progress(
      `${label}: ${value.states.toLocaleString('en-US')} states, depth ${value.depth}, ${rate} k/s, ${Math.round(value.bytes / 2 ** 20)} MiB`,
    );
  }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
