/** SPIN as the other engine: generate, compile, search breadth first, and ask for the nearest state of each claim reached. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guarded } from '../export/guarded.ts';
import { ASSERT_VARIABLE, promelaText } from '../export/promela.ts';
import { type ClaimAnswer, type Ended, ENGINE_LIMITS_DEFAULT, type EngineLimits, type EngineRun, run } from './engine.ts';
import { readAssertion, readPan } from './pan.ts';

const INSTALL = 'apt-get install spin gcc libc6-dev';

export interface SpinOptions {
  readonly limits?: Partial<EngineLimits>;
  /** About how many states there will be: how large the hash table is at first. */
  readonly statesExpected?: number;
  /** The text to search instead of that of the model: how tests show that a wrong one is noticed. */
  readonly text?: string;
}

/** Searches `model` with SPIN, in a folder of its own that is removed afterwards. */
export async function runSpin(model: Guarded, options: SpinOptions = {}): Promise<EngineRun> {
  const folder = await mkdtemp(join(tmpdir(), 'rxproof-spin-'));
  try {
    await writeFile(join(folder, 'model.pml'), options.text ?? promelaText(model));
    return await searched(model, folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function searched(model: Guarded, folder: string, options: SpinOptions): Promise<EngineRun> {
  const { millisecondsMax, megabytesMax, depthMax } = { ...ENGINE_LIMITS_DEFAULT, ...options.limits };
  // Room for every component as a whole word, and for SPIN's own fields.
  const vector = 256 + 4 * model.variables.length;
  const build: readonly (readonly [program: string, ...args: string[]])[] = [
    ['spin', '-o1', '-o2', '-o3', '-a', 'model.pml'],
    ['gcc', '-O2', '-w', '-DNOREDUCE', '-DBFS', `-DMEMLIM=${megabytesMax}`, `-DVECTORSZ=${vector}`, '-o', 'pan', 'pan.c'],
  ];
  for (const [program, ...args] of build) {
    const trouble = troubleOf(program, await run(program, args, { folder, millisecondsMax }));
    if (trouble) return trouble;
  }
  const hashBits = Math.min(Math.max(Math.ceil(Math.log2(options.statesExpected ?? 2 ** 20)) + 1, 12), 30);
  const args = ['-E', '-n', `-m${depthMax}`, `-w${hashBits}`];
  const pan = join(folder, 'pan');
  const ended = await run(pan, args, { folder, millisecondsMax });
  const trouble = troubleOf('pan', ended);
  if (trouble || ended.tag !== 'ended') return trouble ?? { tag: 'incomplete', why: 'pan did not end' };
  const reading = readPan(ended.output);
  if (reading.tag === 'incomplete') return reading;

  const { claims: seen, ...counts } = reading.report;
  if (seen.length !== model.claims.length)
    return { tag: 'incomplete', why: `pan reported ${seen.length} claims of ${model.claims.length}` };
  const claims: ClaimAnswer[] = [];
  for (const [number, { name, kind }] of model.claims.entries()) {
    const { reached = false, premise = false } = seen[number] ?? {};
    if (!reached) {
      claims.push({ name, reached, premise });
      continue;
    }
    const asked = await run(pan, args, { folder, millisecondsMax, env: { [ASSERT_VARIABLE]: String(number) } });
    const depth = asked.tag === 'ended' ? readAssertion(asked.output) : undefined;
    if (depth === undefined) return { tag: 'incomplete', why: `pan reached claim ${number} (${name}) and then did not find it again` };
    // A forbidden step is seen where it starts.
    claims.push({ name, reached, premise, length: kind === 'neverStep' ? depth + 1 : depth });
  }
  return { tag: 'complete', answer: { ...counts, claims } };
}

function troubleOf(program: string, ended: Ended): EngineRun | undefined {
  switch (ended.tag) {
    case 'not found':
      return { tag: 'absent', why: `${program} is not installed (${INSTALL})` };
    case 'late':
      return { tag: 'incomplete', why: `${program} did not end in time` };
    case 'ended':
      return ended.code === 0 ? undefined : { tag: 'incomplete', why: `${program} failed: ${firstLine(ended.output)}` };
  }
}

function firstLine(output: string): string {
  return output.split('\n').find((line) => line.trim() !== '') ?? 'it printed nothing';
}
