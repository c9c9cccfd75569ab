/** The quick pass sees bugs at once that breadth-first search comes to late or never, and what it says is checked like any trace. */
import { describe, expect, test } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { check, planCheck } from '../src/explore/check.ts';
import { explore } from '../src/explore/explore.ts';
import { quickPass } from '../src/explore/quickPass.ts';
import { verdictWords } from '../src/report/model.ts';
import { SUITES } from '../properties/index.ts';
import { lamps } from './toys.ts';

const suite = SUITES.find(({ id }) => id === 'receive-path/1cpu')!;
const LOST_WAKEUP = 'no reader sleeps for ever on a readable socket';
const few = { statesMax: 1_000 };

function subject(bug?: string) {
  const { network, properties } = suite.build({}, bug);
  return { network, properties: properties.filter(({ name }) => name === LOST_WAKEUP) };
}

describe('the quick pass', () => {
  test('sees the same every time', () => {
    const { network, properties } = subject('path-no-recheck');
    const { compiled, watches } = planCheck(network, properties);
    const seen = quickPass(compiled, watches);
    expect(seen[0]).toBeDefined();
    expect(quickPass(compiled, watches)).toEqual(seen);
  });

  test('gives a counterexample where the search meets its limit first', () => {
    const { network, properties } = subject('path-no-recheck');
    const [result] = check(network, properties, { limits: few }).results;
    expect(result?.verdict).toMatchObject({ tag: 'violated', longer: 'states' });
    expect(verdictWords(result!)).toMatch(
      /^counterexample, maybe not a shortest one: \d+ steps, seen by (random walk|depth-first search) after [\d,]+ states; the exhaustive search ended early, by its limit on states$/,
    );
  });

  test('and beside the shortest one where it does not', () => {
    const { network, properties } = subject('path-no-recheck');
    const [result] = check(network, properties).results;
    if (result?.verdict.tag !== 'violated') throw new Error('the bug was not found');
    expect(result.verdict.longer).toBeUndefined();
    expect(result.verdict.glimpse!.path.length).toBeGreaterThanOrEqual(result.verdict.trace!.steps.length);
    expect(verdictWords(result)).toMatch(/^shortest counterexample: 42 steps; the quick pass had one of \d+ steps, seen by /);
  });

  test('proves nothing', () => {
    const { network, properties } = subject();
    expect(check(network, properties, { limits: few }).results[0]?.verdict).toEqual({ tag: 'unknown', limit: 'states' });
  });

  test('is left out where the first states are all there are', () => {
    expect(explore(compile(lamps(6), []), []).glimpses).toBeUndefined();
  });
});
