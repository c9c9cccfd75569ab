/** Pages of their own for counterexamples: written where the counterexample is among the results, and not otherwise. */
import { expect, test } from 'vitest';
import { check } from '../src/explore/check.ts';
import { storyPages } from '../src/report/html.ts';
import { type Report, reportSuite } from '../src/report/model.ts';
import { STORIES, SUITES } from '../properties/index.ts';
import { textOf, unbalanced } from './fixtures/reportMarkup.ts';

function reportOf(...ids: readonly string[]): Report {
  const suites = SUITES.filter(({ id }) => ids.includes(id)).map((suite) => {
    const built = suite.build();
    return reportSuite(suite, built, check(built.network, built.properties));
  });
  return { title: 'all', about: 'about', suites, bugs: [], machines: [], stories: STORIES };
}

test('K1 has a page with its steps, and with the verdicts of the networks that were checked', () => {
  const page = storyPages(reportOf('wakeup/two-readers', 'wakeup/peek')).get('k1.html') ?? '';
  expect(unbalanced(page)).toEqual([]);
  const text = textOf(page);
  expect(text).toContain('K1: a lost wakeup in recvfrom()');
  expect(text).toContain('recheck_none');
  expect(text).toContain('wakeup/peek');
  expect(text).not.toContain('wakeup/repaired');
});

test('without its counterexample there is no page', () => {
  expect([...storyPages(reportOf('wakeup/peek'))]).toEqual([]);
});

test('every story names a suite and a property that it violates', () => {
  for (const { suite, property, compare } of STORIES) {
    expect(Object.keys(SUITES.find(({ id }) => id === suite)?.violates ?? {})).toContain(property);
    expect(compare.filter((id) => !SUITES.some((one) => one.id === id))).toEqual([]);
  }
});
