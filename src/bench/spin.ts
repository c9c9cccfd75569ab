/** SPIN on the exported network: the same states and transitions, found by an engine that shares no code with ours. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAssertion } from '../agree/pan.ts';
import { ASSERT_VARIABLE, promela } from '../export/promela.ts';
import type { Measure, Subject, Task } from './figures.ts';
import { absent, runTimed as run } from './shell.ts';

/** States that a depth-first search may hold on its stack, where it is not known how many there are. */
const STACK_DEFAULT = 1_000_000;

/** Breadth first or depth first. A hunt looks for the first of the claims. */
export function spin(order: 'breadth' | 'depth'): Measure {
  return (subject, task, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'rxproof-spin-'));
    try {
      writeFileSync(join(folder, 'model.pml'), textOf(subject, task));
      const generated = run(folder, ['spin', '-o1', '-o2', '-o3', '-a', 'model.pml']);
      const flags = ['-O3', '-DNOREDUCE', '-DSAFETY', ...(order === 'breadth' ? ['-DBFS'] : [])];
      const compiled = run(folder, ['gcc', ...flags, '-w', '-o', 'pan', 'pan.c']);
      const searched = run(folder, ['./pan', '-E', '-n', ...sizes(expected)], task === 'hunt' ? { [ASSERT_VARIABLE]: '0' } : {});
      const setUpCpuSeconds = generated.cpuSeconds + compiled.cpuSeconds;
      return Promise.resolve({
        ...figuresOf(searched.output, task),
        seconds: searched.seconds,
        cpuSeconds: searched.cpuSeconds,
        setUpCpuSeconds,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/** Undefined, or what has to be installed. */
export function missingForSpin(): string | undefined {
  return absent([
    ['spin', '-V'],
    ['gcc', '--version'],
    ['bash', '--version'],
  ]);
}

/** Without claims there is no need to look at every state once more. */
function textOf({ network, properties }: Subject, task: Task): string {
  if (task === 'hunt') return promela(network, properties.slice(0, 1));
  const text = promela(network, []);
  const looking = /^ *:: .*c_expr \{ \(look\(\)\) \}.*\n/m;
  if (!looking.test(text)) throw new Error('the Promela text has no option that looks at states; adapt src/bench/spin.ts to its new form');
  return text.replace(looking, '');
}

/** A slot of the hash table and a place on the stack for every state, not more, so that SPIN's memory is judged fairly. */
function sizes(expected: number | undefined): string[] {
  if (expected === undefined) return [`-m${STACK_DEFAULT}`, '-w20'];
  return [`-m${Math.max(expected, 10_000)}`, `-w${Math.max(Math.ceil(Math.log2(expected)), 10)}`];
}

const MEBI = 2 ** 20;

function figuresOf(output: string, task: Task) {
  if (output.includes('max search depth too small')) throw new Error('SPIN needs a deeper stack');
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(output)?.[1];
    if (found === undefined) throw new Error(`SPIN did not say ${String(pattern)}:\n${output}`);
    return Number(found);
  };
  const states = number(/^\s*(\S+) states, stored/m);
  // Its transitions are states stored and states matched, and the initial state is among those stored.
  const transitions = number(/^\s*(\S+) transitions \(= stored\+matched\)/m) - 1;
  const megabytes = number(/^\s*(\S+)\s+actual memory usage for states/m) + number(/^\s*(\S+)\s+memory used for hash table/m);
  if (task === 'hunt') {
    const length = readAssertion(output);
    if (length === undefined) throw new Error(`SPIN did not find the bug:\n${output}`);
    return { states, transitions, bytes: megabytes * MEBI, length };
  }
  if (number(/errors: (\d+)/) !== 0) throw new Error(`SPIN found an error:\n${output}`);
  return { states, transitions, bytes: megabytes * MEBI };
}
