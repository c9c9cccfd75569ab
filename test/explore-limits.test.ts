/** A search that was cut off never says `holds`: each limit ends in `unknown`, and says which it was. */
import { describe, expect, test } from 'vitest';
import { check, planCheck } from '../src/explore/check.ts';
import type { Progress } from '../src/explore/exploration.ts';
import { explore, exploring } from '../src/explore/explore.ts';
import type { Limits } from '../src/explore/limits.ts';
import { never, sometimes } from '../src/model/property.ts';
import { allCommit, consistent, twoPhase } from './calibration/twoPhase.ts';

/** 8,832 states: the search looks at its limits more than once. */
const large = twoPhase(5);
const { rm } = large.refs;
const aborted = sometimes('a manager aborts', [[rm(0).in('aborted')]]);
const impossible = sometimes('managers disagree', [[rm(0).in('aborted'), rm(1).in('committed')]]);
const prepared = never('no manager prepares', [[rm(0).in('prepared')]], []);

const LIMITED: readonly (readonly [limit: string, limits: Partial<Limits>])[] = [
  ['states', { statesMax: 1000 }],
  ['memory', { bytesMax: 60_000 }],
  ['time', { millisecondsMax: 0 }],
];

describe.each(LIMITED)('the limit on %s', (limit, limits) => {
  test('makes unknown what is not decided', () => {
    const { results, exploration } = check(large, [consistent(large), impossible], { limits });
    expect(exploration.limit).toBe(limit);
    expect(exploration.states).toBeLessThan(8832);
    expect(results.map(({ verdict }) => verdict)).toEqual([
      { tag: 'unknown', limit },
      { tag: 'unknown', limit },
    ]);
  });
});

describe('a search that was cut off', () => {
  const limits = { statesMax: 1000 };

  test('keeps the counterexamples and witnesses it found before', () => {
    const { results } = check(large, [prepared, aborted], { limits });
    expect(results.map(({ verdict }) => verdict.tag)).toEqual(['violated', 'holds']);
  });

  test('does not call a claim vacuous', () => {
    const claim = never('nothing', [], [rm(0).in('aborted'), rm(1).in('committed')]);
    expect(check(large, [claim], { limits }).results[0]?.verdict).toEqual({ tag: 'unknown', limit: 'states' });
    expect(check(large, [claim]).results[0]?.verdict.tag).toBe('vacuous');
  });

  test('by the user says so', () => {
    const plan = planCheck(large, [consistent(large), aborted]);
    const search = exploring(plan.compiled, plan.watches, plan.options);
    expect(search.next()).toMatchObject({ done: false, value: { states: 1, transitions: 0, depth: 0 } });
    expect(search.next()).toMatchObject({ done: false });
    const { done, value } = search.next(true);
    if (done !== true) throw new TypeError('the search went on');
    expect(plan.conclude(value).results.map(({ verdict }) => verdict)).toMatchObject([
      { tag: 'unknown', limit: 'stopped' },
      { tag: 'holds' },
    ]);
    expect(value.states).toBeLessThan(8832);
  });

  test('because enough was decided leaves the rest unknown', () => {
    const { results, exploration } = check(large, [prepared, consistent(large)], { untilDecided: [prepared.name] });
    expect(results.map(({ verdict }) => verdict)).toMatchObject([{ tag: 'violated' }, { tag: 'unknown', limit: 'early' }]);
    expect(exploration).toMatchObject({ early: true, limit: undefined });
  });

  test('tells the path to a premise that it met', () => {
    const claim = never('nothing', [], [rm(0).in('aborted')]);
    const plan = planCheck(large, [claim]);
    const exploration = explore(plan.compiled, plan.watches, plan.options);
    expect(plan.premise(exploration, 'nothing')?.steps.map(({ step }) => step.label)).toEqual(['RMChooseToAbort(i=0)']);
    expect(plan.premise(exploration, 'something')).toBeUndefined();
  });

  test('waits for all that were named', () => {
    const both = check(large, [prepared, allCommit(large)], { untilDecided: [prepared.name, allCommit(large).name] });
    expect(both.results.map(({ verdict }) => verdict.tag)).toEqual(['violated', 'holds']);
    expect(both.exploration.states).toBeGreaterThan(check(large, [prepared], { untilDecided: [prepared.name] }).exploration.states);
  });
});

test('generous limits change nothing, and progress is told in slices', () => {
  const plan = planCheck(large, [consistent(large)], { limits: { statesMax: 8832, bytesMax: 1 << 20, millisecondsMax: 60_000 } });
  const told: Progress[] = [];
  const search = exploring(plan.compiled, plan.watches, plan.options);
  let slice = search.next();
  for (; slice.done !== true; slice = search.next()) told.push(slice.value);
  expect(plan.conclude(slice.value).results[0]?.verdict).toEqual({ tag: 'holds' });
  const counts = (exploration: object) => Object.entries(exploration).filter(([, value]) => typeof value !== 'function');
  expect(counts(slice.value)).toEqual(counts(check(large, [consistent(large)]).exploration));
  expect(told.length).toBeGreaterThan(1);
  const growing = [...told, slice.value].map(({ states, transitions, depth, bytes }) => [states, transitions, depth, bytes]);
  for (const column of [0, 1, 2, 3]) {
    const values = growing.map((row) => row[column] ?? Number.NaN);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
});
