/** A swarm run by SPIN. Needs spin and gcc (`apt-get install spin gcc libc6-dev`); skipped, and counted, without. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportCommand } from '../src/cli/export.ts';
import { swarmReportCommand } from '../src/cli/swarmReport.ts';
import { check } from '../src/explore/check.ts';
import { SUITES } from '../properties/index.ts';
import { captured } from './captured.ts';

const run = captured();
const flags = { to: 'spin', swarm: 4, jobMemory: 64, jobDepth: 10_000, seed: 1 } as const;

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function runJobs(folder: string): void {
  execFileSync('sh', ['-c', `xargs -d '\\n' -n 1 -P 2 sh -c < jobs.txt`], { cwd: folder });
}

describe.skipIf(!isInstalled('spin') || !isInstalled('gcc'))('a swarm of four', () => {
  const BUG = 'path-no-recheck';
  const values = { packets: 3, cpus: 2, readers: 2 };
  const scenario = Object.entries(values).map(([key, value]) => `${key}=${value}`);

  test('finds a planted bug in a network that does not fit into the memory given, and we replay its trail', () => {
    const suite = SUITES.find(({ id }) => id === 'receive-path/1cpu')!;
    const sound = suite.build(values);
    const { exploration } = check(sound.network, sound.properties.slice(0, 1), { limits: { bytesMax: 32 * 2 ** 20 } });
    expect(exploration.limit).toBe('memory');

    exportCommand({ ...flags, network: 'receive-path', scenario, bug: BUG, out: run.folder });
    const folder = join(run.folder, `receive-path-1cpu-${BUG}`);
    runJobs(folder);
    expect(swarmReportCommand(folder, {})).toBe(0);
    expect(run.said).toMatch(/with the bug path-no-recheck: violated: no reader sleeps for ever on a readable socket, in \d+ steps/);
    expect(run.said).toMatch(/Therefore the property is violated/);
  });

  test('finds nothing where there is nothing, and every step that can be taken', () => {
    exportCommand({ ...flags, network: 'ring/article-2cpu', out: run.folder });
    const folder = join(run.folder, 'ring-article-2cpu');
    runJobs(folder);
    expect(swarmReportCommand(folder, {})).toBe(0);
    expect(run.said).toContain('no counterexample in 4 of 4 bitstate searches; this proves nothing');
    const { network } = SUITES.find(({ id }) => id === 'ring/article-2cpu')!.build();
    const { fired } = check(network, []).exploration;
    const idle = network.instances().flatMap(({ label }, step) => (fired[step] === 1 ? [] : [`  not taken: ${label}\n`]));
    expect(run.said).toContain(`coverage: ${fired.length - idle.length} of ${fired.length} steps were taken by some job\n${idle.join('')}`);
  });
});
