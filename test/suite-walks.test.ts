/** Every family of suites has its file of walks, or its walks would not run. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SUITES } from '../properties/index.ts';

test.each([...new Set(SUITES.map(({ family }) => family.name))])('the walks of %s have a test file', (family) => {
  expect(existsSync(new URL(`suite-walks-${family}.test.ts`, import.meta.url))).toBe(true);
});
