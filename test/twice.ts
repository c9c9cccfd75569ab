/** One check by a full search and by a reduced one, held to the same answers. */
import { expect } from 'vitest';
import { check, type Check } from '../src/explore/check.ts';
import { explore } from '../src/explore/explore.ts';
import type { Network } from '../src/model/network.ts';
import type { Property } from '../src/model/property.ts';
import { planReduced, type Reduction } from '../src/reduce/plan.ts';

/** Verdicts, and the lengths of their traces. */
function answers({ results }: Check): string[] {
  return results.map(({ property, verdict }) => {
    const trace = verdict.tag === 'violated' ? verdict.trace : verdict.tag === 'holds' ? verdict.witness : undefined;
    return `${property.name}: ${verdict.tag} ${trace?.steps.length ?? ''}`;
  });
}

/** Checks `properties` both ways; every trace of both has been replayed and confirmed on XState. */
export function twice(whole: Network, properties: readonly Property[], reduce: readonly Reduction[]) {
  const full = check(whole, properties, { engine: 'blocks' });
  const plan = planReduced(whole, properties, { reduce });
  const reduced = plan.conclude(explore(plan.compiled, plan.watches, plan.options));
  expect(answers(reduced)).toEqual(answers(full));
  expect(reduced.exploration.states).toBeLessThanOrEqual(full.exploration.states);
  return { full: full.exploration, reduced: reduced.exploration, answers: answers(full) };
}
