/** An outsider installs what `npm pack` makes, and checks his own driver, types included. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rxproof-outsider-'));

const npm = (...args: string[]): void => {
  execFileSync('npm', args, { cwd: folder, stdio: 'pipe' });
};

beforeAll(() => {
  execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: ROOT, stdio: 'pipe' });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'outsider', version: '1.0.0', type: 'module', private: true }));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { strict: true, target: 'es2023', module: 'nodenext', types: ['node'] }, files: ['check.ts'] }),
  );
  copyFileSync(join(ROOT, 'test/fixtures/outsider/check.ts'), join(folder, 'check.ts'));
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  npm('install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`, '@types/node@20');
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('his driver compiles against the types of the package', { timeout: 120_000 }, () => {
  const { stdout, status } = spawnSync(process.execPath, [join(ROOT, 'node_modules/@typescript/native/bin/tsc'), '-p', '.'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('a sound driver is proved within the bounds', { timeout: 120_000 }, () => {
  const { stdout, status } = spawnSync(process.execPath, ['check.js'], { cwd: folder, encoding: 'utf8' });
  expect(stdout).toMatch(/^tiny: [\d,]+ states within packets=3 cpus=2 ring=2 weight=1\n\n(holds {5}.*\n){14}$/);
  expect(status).toBe(0);
});

test('a driver that forgets to open its interrupt has a counterexample in his own words', { timeout: 120_000 }, () => {
  const { stdout, status } = spawnSync(process.execPath, ['check.js', 'forgetful'], { cwd: folder, encoding: 'utf8' });
  expect(stdout).toContain('violated  the interrupt is not left unarmed with the instance idle\n');
  expect(stdout).toMatch(/tiny_arm\(cpu=\d\)[\s\S]*However {2}after step \d+ no step of the system itself is enabled/);
  expect(status).toBe(1);
});
