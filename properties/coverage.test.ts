/** Every arm of every machine fires in some suite at its bounds, or there is a reason why it does not. */
import { expect, it } from 'vitest';
import { type Coverage, cover } from '../src/explore/coverage.ts';
import { SUITES } from './index.ts';
import { UNREACHED } from './unreached.ts';

it('every arm fires, or is known not to', () => {
  const coverage: Coverage = new Map();
  for (const suite of SUITES) cover(coverage, suite.build().network);
  const arms = [...coverage].flatMap(([machine, own]) => [...own].map(([arm, fired]) => ({ name: `${machine}: ${arm}`, fired })));
  expect(arms.length).toBeGreaterThan(250);
  expect(arms.filter(({ name, fired }) => !fired && UNREACHED[name] === undefined).map(({ name }) => name)).toEqual([]);
  expect(Object.keys(UNREACHED).filter((name) => arms.find((arm) => arm.name === name)?.fired !== false)).toEqual([]);
});
