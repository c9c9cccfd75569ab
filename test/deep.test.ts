/** `rxproof check --deep`: larger bounds, and sizes that are pinned. */
import { expect, test } from 'vitest';
import { type CheckFlags, checkCommand } from '../src/cli/check.ts';
import type { Deep } from '../src/model/suite.ts';
import { SUITES } from '../properties/index.ts';
import { captured } from './captured.ts';

const run = captured();
const FLAGS: CheckFlags = { workers: 1, checkpointEvery: 60, bugs: true, deep: true };

test('takes the larger bounds, plants no bugs, and is content with the pinned sizes', async () => {
  expect(await checkCommand([], { ...FLAGS, network: 'gro' })).toBe(0);
  expect(run.said).toMatch(/gro\/timer +packets=5 .* 2,125 +4,386 /);
  expect(run.said).not.toContain('planted bugs');
});

test('a size that is not the pinned one fails', async () => {
  const suite = SUITES.find(({ id }) => id === 'gro/timer') as { deep: Deep };
  const { deep } = suite;
  suite.deep = { ...deep, states: 2124 };
  try {
    expect(await checkCommand([], { ...FLAGS, network: 'gro' })).toBe(1);
    expect(run.said).toContain(
      'not of the size that is pinned:\n  gro/timer: 2,125 states, 4,386 transitions; pinned: 2,124 states, 4,386 transitions\n',
    );
  } finally {
    suite.deep = deep;
  }
});

test('other bounds have no pinned size', async () => {
  expect(await checkCommand([], { ...FLAGS, network: 'gro', scenario: ['packets=2'] })).toBe(0);
  expect(run.said).not.toContain('pinned');
});

test('a network without larger bounds is refused', async () => {
  await expect(checkCommand([], { ...FLAGS, network: 'acme' })).rejects.toThrow(/--deep: no suite of those chosen has larger bounds/);
});
