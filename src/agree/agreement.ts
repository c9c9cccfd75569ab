/** One network, searched here and by every other engine that is there, and whether they all agree. */
import type { Check } from '../explore/check.ts';
import type { Guarded } from '../export/guarded.ts';
import { disagreements } from './compare.ts';
import type { Answer, EngineRun } from './engine.ts';
import { runSpin } from './spin.ts';
import { runTlc } from './tlc.ts';

export type Agreement =
  | { readonly tag: 'agreed'; readonly answer: Answer }
  | { readonly tag: 'disagrees'; readonly answer: Answer; readonly differences: readonly string[] }
  | Exclude<EngineRun, { readonly tag: 'complete' }>;

export interface Engine {
  readonly name: string;
  readonly run: (model: Guarded, ours: Check) => Promise<EngineRun>;
}

/** The engines that share no code with ours. */
export const ENGINES: readonly Engine[] = [
  { name: 'SPIN', run: (model, { exploration }) => runSpin(model, { statesExpected: exploration.states }) },
  { name: 'TLC', run: (model) => runTlc(model) },
];

/** Runs `engine` on `model` and holds its answer against `ours`. */
export async function agreementWith(engine: Engine, model: Guarded, ours: Check): Promise<Agreement> {
  const outcome = await engine.run(model, ours);
  if (outcome.tag !== 'complete') return outcome;
  const differences = disagreements(ours, outcome.answer);
  return differences.length === 0 ? { tag: 'agreed', answer: outcome.answer } : { tag: 'disagrees', answer: outcome.answer, differences };
}
