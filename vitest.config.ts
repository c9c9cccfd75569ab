import { defineConfig } from 'vitest/config';

/** Reports for machines are written in CI only; a run by hand leaves no files behind. */
const ci = process.env['CI'] !== undefined && process.env['CI'] !== '';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'properties/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ci ? ['default', 'json', 'junit'] : ['default'],
    ...(ci && { outputFile: { json: 'reports/vitest.json', junit: 'reports/junit.xml' } }),
  },
});
