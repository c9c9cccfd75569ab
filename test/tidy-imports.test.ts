/** The import rules of .dependency-cruiser.mjs: each finds a planted import, and the tool does see the project. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const { default: config } = (await import(new URL('../.dependency-cruiser.mjs', import.meta.url).href)) as { default: IConfiguration };

const FOLDERS = ['models', 'src', 'properties', 'test'];

/** Every import that each rule is there to refuse: from, to, and what must be said. */
const BANNED: readonly (readonly [rule: string, from: string, to: string])[] = [
  ['models-know-only-models', 'models/nic/nic.ts', 'src/explore/explore.ts'],
  ['models-know-only-models', 'models/networks/rx.ts', 'properties/rx.ts'],
  ['models-know-only-models', 'models/bugs/b.ts', 'test/toys.ts'],
  ['models-know-only-models', 'models/nic/nic.ts', 'node:fs'],
  ['machines-know-no-networks', 'models/nic/nic.ts', 'models/networks/rx.ts'],
  ['machines-know-no-networks', 'models/nic/nic.ts', 'models/bugs/b.ts'],
  ['networks-know-no-bugs', 'models/networks/rx.ts', 'models/bugs/b.ts'],
  ['the-checker-knows-no-packets', 'src/explore/explore.ts', 'models/nic/nic.ts'],
  ['the-checker-knows-no-packets', 'src/report/html.ts', 'properties/index.ts'],
  ['the-checker-knows-no-packets', 'src/walk/walk.ts', 'test/toys.ts'],
  ['the-command-line-reads-one-index', 'src/cli/main.ts', 'properties/rx.ts'],
  ['the-command-line-reads-one-index', 'src/cli/main.ts', 'models/nic/nic.ts'],
  ['the-modelling-interface-is-the-base', 'src/model/network.ts', 'src/derive/automaton.ts'],
  ['nobody-imports-the-command-line', 'src/report/html.ts', 'src/cli/main.ts'],
  ['claims-use-models-and-src', 'properties/rx.ts', 'test/toys.ts'],
  ['everything-resolves', 'src/a.ts', './missing.ts'],
];

const ALLOWED: readonly (readonly [from: string, to: string])[] = [
  ['models/networks/rx.ts', 'src/model/network.ts'],
  ['models/bugs/b.ts', 'models/networks/rx.ts'],
  ['models/nic/nic.ts', 'models/kernel/cite.ts'],
  ['src/cli/main.ts', 'properties/index.ts'],
  ['properties/rx.ts', 'models/networks/rx.ts'],
  ['properties/rx.ts', 'src/explore/check.ts'],
  ['test/a.test.ts', 'models/nic/nic.ts'],
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxproof-imports-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Writes a file that imports another, in the planted project. */
function plant(from: string, to: string): void {
  const target = /^(node:|\.)/.test(to) ? to : `${'../'.repeat(from.split('/').length - 1)}${to}`;
  if (target !== to) write(to, 'export const x = 1;\n');
  write(from, `import type { x } from '${target}';\nexport type X = typeof x;\n`);
}

async function violations(baseDir: string, folders: string[]): Promise<{ rules: string[]; modules: number }> {
  const { doNotFollow, tsPreCompilationDeps, enhancedResolveOptions } = config.options ?? {};
  const { output } = await cruise(folders, {
    ruleSet: { forbidden: config.forbidden ?? [] },
    validate: true,
    baseDir,
    ...(doNotFollow && { doNotFollow }),
    ...(tsPreCompilationDeps && { tsPreCompilationDeps }),
    ...(enhancedResolveOptions && { enhancedResolveOptions }),
  });
  const { summary } = output as ICruiseResult;
  return { rules: summary.violations.map(({ rule }) => rule.name).sort(), modules: summary.totalCruised };
}

describe('a planted import is found', () => {
  test.each(BANNED)('%s: %s -> %s', async (rule, from, to) => {
    plant(from, to);
    expect((await violations(folder, [from.split('/')[0] ?? ''])).rules).toContain(rule);
  });

  test('no-cycles', async () => {
    write('src/a.ts', "import type { B } from './b.ts';\nexport type A = B;\n");
    write('src/b.ts', "import type { A } from './a.ts';\nexport type B = A;\n");
    expect((await violations(folder, ['src'])).rules).toEqual(['no-cycles']);
  });

  test('no-orphans', async () => {
    write('src/a.ts', 'export const a = 1;\n');
    expect((await violations(folder, ['src'])).rules).toEqual(['no-orphans']);
  });

  test('no-test-tools-in-the-program', async () => {
    write('package.json', JSON.stringify({ devDependencies: { tool: '1' } }));
    write('node_modules/tool/package.json', JSON.stringify({ name: 'tool', version: '1.0.0', main: 'index.js' }));
    write('node_modules/tool/index.js', 'exports.x = 1;\n');
    write('src/a.ts', "import { x } from 'tool';\nexport const a = x as unknown;\n");
    write('src/a.test.ts', "import { x } from 'tool';\nexport const a = x as unknown;\n");
    expect((await violations(folder, ['src'])).rules).toEqual(['no-test-tools-in-the-program']);
  });

  test('every rule has a sample here', () => {
    const sampled = new Set([...BANNED.map(([rule]) => rule), 'no-cycles', 'no-orphans', 'no-test-tools-in-the-program']);
    expect(config.forbidden?.map(({ name }) => name).filter((name) => name === undefined || !sampled.has(name))).toEqual([]);
  });
});

describe('an import in the right direction is left alone', () => {
  test.each(ALLOWED)('%s -> %s', async (from, to) => {
    plant(from, to);
    expect((await violations(folder, [from.split('/')[0] ?? ''])).rules).toEqual([]);
  });
});

test('the tool sees every file of the project: with the wrong TypeScript it would see none, and find nothing', async () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const files = FOLDERS.flatMap((name) => readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })).filter((name) =>
    /\.tsx?$/.test(name),
  );
  expect((await violations(root, FOLDERS)).modules).toBeGreaterThanOrEqual(files.length);
});
