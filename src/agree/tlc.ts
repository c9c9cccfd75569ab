/**
 * TLC as the other engine, where TLA2TOOLS_JAR names its jar.
 *
 * TLC stops at the first invariant that is violated, so it runs again without that one until a run comes to an end. It does
 * not tell how many states are quiescent, and is not asked whether premises are met.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Guarded } from '../export/guarded.ts';
import { invariantOf, tlaConfig, tlaText } from '../export/tla.ts';
import { type Answer, ENGINE_LIMITS_DEFAULT, type EngineLimits, type EngineRun, run } from './engine.ts';

export type TlcReading =
  | { readonly tag: 'complete'; readonly counts: Pick<Answer, 'states' | 'transitions' | 'depth'> }
  | { readonly tag: 'violated'; readonly invariant: string }
  | { readonly tag: 'incomplete'; readonly why: string };

/** Reads what one run of TLC printed; a count is believed only if TLC says that it is done. */
export function readTlc(output: string): TlcReading {
  const violated = /^Error: Invariant (\w+) is violated/m.exec(output);
  if (violated?.[1] !== undefined) return { tag: 'violated', invariant: violated[1] };
  const error = /^(?:Error|.*Exception)\b.*$/m.exec(output);
  if (error) return { tag: 'incomplete', why: error[0] };
  if (!/^Model checking completed\. No error has been found\.$/m.test(output)) {
    return { tag: 'incomplete', why: 'TLC does not say that it completed its check' };
  }
  const counted = /^([\d,]+) states generated, ([\d,]+) distinct states found, 0 states left on queue\.$/m.exec(output);
  const depth = /^The depth of the complete state graph search is ([\d,]+)\.$/m.exec(output);
  if (!counted || !depth) return { tag: 'incomplete', why: 'TLC printed no statistics' };
  // The initial state counts as generated, and as a level.
  const counts = { states: numberOf(counted[2]), transitions: numberOf(counted[1]) - 1, depth: numberOf(depth[1]) - 1 };
  return { tag: 'complete', counts };
}

/** Searches `model` with TLC, in a folder of its own that is removed afterwards. */
export async function runTlc(
  model: Guarded,
  options: { readonly limits?: Partial<EngineLimits>; readonly jar?: string } = {},
): Promise<EngineRun> {
  const jar = options.jar ?? process.env['TLA2TOOLS_JAR'];
  if (jar === undefined || jar === '') return { tag: 'absent', why: 'TLA2TOOLS_JAR does not name tla2tools.jar' };
  const folder = await mkdtemp(join(tmpdir(), 'rxproof-tlc-'));
  try {
    const { name, module } = tlaText(model);
    await writeFile(join(folder, `${name}.tla`), module);
    return await searched(model, { folder, name, jar }, { ...ENGINE_LIMITS_DEFAULT, ...options.limits });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Setup {
  readonly folder: string;
  readonly name: string;
  readonly jar: string;
}

async function searched({ claims }: Guarded, { folder, name, jar }: Setup, limits: EngineLimits): Promise<EngineRun> {
  const open = new Set(claims.map((_, number) => invariantOf(number)));
  const args = [`-Xmx${limits.megabytesMax}m`, '-cp', jar, 'tlc2.TLC', '-config', `${name}.cfg`, `${name}.tla`];
  for (;;) {
    await writeFile(join(folder, `${name}.cfg`), tlaConfig([...open]));
    const ended = await run('java', args, { folder, millisecondsMax: limits.millisecondsMax });
    if (ended.tag === 'not found') return { tag: 'absent', why: 'java is not installed (apt-get install default-jre-headless)' };
    if (ended.tag === 'late') return { tag: 'incomplete', why: 'TLC did not end in time' };
    const reading = readTlc(ended.output);
    if (reading.tag === 'incomplete') return reading;
    if (reading.tag === 'complete') {
      const answers = claims.map((claim, number) => ({ name: claim.name, reached: !open.has(invariantOf(number)) }));
      return { tag: 'complete', answer: { ...reading.counts, claims: answers } };
    }
    if (!open.delete(reading.invariant)) return { tag: 'incomplete', why: `TLC finds ${reading.invariant} violated` };
  }
}

function numberOf(text = ''): number {
  return Number(text.replaceAll(',', ''));
}
