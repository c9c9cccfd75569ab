/** The order of memory operations: every pair that the receive path depends on, with all its fences, and without each. */
import { type Bug, type Suite, suite } from '../../src/model/suite.ts';
import type { Memory } from '../../models/memory/program.ts';
import { TEST_NAMES, type TestName, testOf } from '../../models/memory/tests.ts';
import { litmus } from '../../models/networks/litmus.ts';
import { OUTCOME, outcome } from '../claims/litmus.ts';

type LitmusNetwork = ReturnType<typeof litmus.build>;

const ROWS: Readonly<Partial<Record<TestName, string>>> = {
  L3a: 'M49',
  'veth-producer': 'M2.8',
  'veth-consumer': 'M2.8',
  'veth-look': 'M2.8',
  'ring-read': 'M1.4',
};

/** A test without one of its fences is a bug of the test that it is named after, under the strongest memory that shows it. */
const bugsOf = (name: TestName): Bug<LitmusNetwork>[] =>
  TEST_NAMES.filter((one) => parentOf(one) === name).map((one) => ({
    id: `litmus-${one}`,
    ...(ROWS[one] === undefined ? {} : { row: ROWS[one] }),
    about: testOf(one).about,
    breaks: [OUTCOME],
    scenario: { test: one, memory: testOf(one).reachable[0] ?? 'weak' },
    plant: (net) => net,
  }));

/** What `name` is a mutilation of; nothing if it is whole. */
function parentOf(name: TestName): TestName | undefined {
  if (name === 'L3c' || name === 'L4c' || name === 'L7' || name === 'L7b') return undefined;
  if (name === 'L3d') return 'L3c';
  const parent = name.includes('-') ? name.slice(0, name.indexOf('-')) : name.replace(/[a-z]$/, '');
  return parent === name ? undefined : TEST_NAMES.find((one) => one === parent);
}

const K11 =
  'K11: neither the splice nor the poller has a fence. On a machine that reorders stores, or loads, the poller may find both queues empty. Not on x86, and not observed.';

const one = (test: TestName, memory: Memory): Suite =>
  suite({
    id: `litmus/${test}${memory === 'weak' ? '' : `-${memory}`}`,
    family: litmus,
    scenario: { test, memory },
    walk: { test, memory },
    properties: ({ refs }, s) => [outcome(refs, s.test)],
    ...(testOf(test).reachable.includes(memory) ? { violates: { [OUTCOME]: K11 } } : {}),
    bugs: memory === 'weak' ? bugsOf(test) : [],
  });

/** What a weak memory does not show, a stronger one does not either: see litmus.test.ts for all three. */
export const LITMUS_SUITES: readonly Suite[] = TEST_NAMES.filter((name) => parentOf(name) === undefined).flatMap((name) =>
  testOf(name).reachable.length === 0 ? [one(name, 'weak')] : [one(name, 'tso'), one(name, 'weak')],
);
