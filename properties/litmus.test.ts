/** The tables of the kernel notes: each litmus test under each memory model, with the verdict that another enumerator found. */
import { describe, expect, it } from 'vitest';
import { MEMORIES } from '../models/memory/program.ts';
import { TEST_NAMES, testOf } from '../models/memory/tests.ts';
import { litmus } from '../models/networks/litmus.ts';
import { check } from '../src/explore/check.ts';
import { scenarioOf } from '../src/model/scenario.ts';
import { outcome } from './claims/litmus.ts';

describe.each(TEST_NAMES)('%s', (test) => {
  it.each(MEMORIES)('under %s', (memory) => {
    const network = litmus.build(scenarioOf(litmus, { test, memory }));
    const { results } = check(network, [outcome(network.refs, test)]);
    expect(results[0]?.verdict.tag).toBe(testOf(test).reachable.includes(memory) ? 'violated' : 'holds');
  });
});
