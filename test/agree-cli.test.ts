/** `rxproof agree` and `rxproof export`: what they print, write and exit with. SPIN need not be there. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Agreement } from '../src/agree/agreement.ts';
import { type AgreementRow, headLine, rowLines, summaryLines } from '../src/agree/table.ts';
import { agreeCommand } from '../src/cli/agree.ts';
import { exportCommand } from '../src/cli/export.ts';

let folder = '';
let said = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxproof-export-'));
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const answer = { states: 10, transitions: 20, depth: 3, claims: [] };
const rowOf = (name: string, agreement: Agreement): AgreementRow => ({
  name,
  bounds: 'packets=2',
  claims: 5,
  ours: { states: 10, transitions: 20 },
  engines: [
    { name: 'SPIN', agreement },
    { name: 'TLC', agreement: { tag: 'absent', why: 'no jar' } },
  ],
});

test('the table says what agreed, what did not, and what did not run', () => {
  const rows: AgreementRow[] = [
    rowOf('one', { tag: 'agreed', answer }),
    rowOf('two', { tag: 'disagrees', answer: { ...answer, states: 11 }, differences: ['states: 10 here, 11 there'] }),
    rowOf('three', { tag: 'incomplete', why: 'error: max search depth too small' }),
    { name: 'four', bounds: 'packets=9', claims: 0, engines: [] },
    rowOf('five', { tag: 'absent', why: 'spin is not installed' }),
  ];
  expect([headLine(5), ...rows.flatMap((row) => rowLines(row, 5)), ...summaryLines(rows)].map((line) => line.replace(/ +/g, ' '))).toEqual([
    'network engine states there transitions there claims result',
    'one SPIN 10 10 20 20 5 agreed',
    ' packets=2',
    'two SPIN 10 11 20 20 5 DISAGREES',
    ' states: 10 here, 11 there',
    ' packets=2',
    'three SPIN 10 - 20 - 5 NOT COMPLETE: error: max search depth too small',
    ' packets=2',
    'four NOT COMPARED: too large for --states-max',
    ' packets=9',
    'five 10 20 5 NOT COMPARED: no engine is there',
    ' packets=2',
    '3 comparisons, 1 agreed, 2 not; 1 networks not compared',
    'TLC: not run on 4 networks: no jar',
    'SPIN: not run on 1 networks: spin is not installed',
  ]);
});

test('without any engine the agreement says nothing: exit code 3', async () => {
  vi.stubEnv('PATH', '');
  vi.stubEnv('TLA2TOOLS_JAR', '');
  expect(await agreeCommand({ network: 'backlog/article', statesMax: 100_000 })).toBe(3);
  expect(said).toMatch(/^0 comparisons, 0 agreed, 0 not\nSPIN: not run on 1 networks: spin is not installed \(apt-get install spin gcc/m);
});

test('a suite that is too large is made smaller, and if that does not help it is named: exit code 2', async () => {
  vi.stubEnv('PATH', '');
  await agreeCommand({ network: 'backlog/article', statesMax: 500 });
  expect(said).toMatch(/^ {2}profile=article packets=[123] /m);
  expect(await agreeCommand({ network: 'backlog/article', scenario: ['packets=4'], statesMax: 3 })).toBe(2);
  expect(said).toMatch(/NOT COMPARED: too large for --states-max\n {2}profile=article packets=4 /);
});

test.each([
  ['promela', ['ring-6.12-watchdog.pml', 'ring-article-2cpu.pml', 'ring-article-watchdog.pml', 'ring-article.pml']],
  [
    'tla',
    ['article', 'article_2cpu', 'article_watchdog', '6_12_watchdog'].flatMap((id) => [`rxproof_ring_${id}.cfg`, `rxproof_ring_${id}.tla`]),
  ],
] as const)('exports to %s', (to, files) => {
  expect(exportCommand({ to, network: 'ring', scenario: ['packets=2'], out: folder })).toBe(0);
  expect(readdirSync(folder).sort()).toEqual([...files].sort());
  for (const file of files.filter((one) => !one.endsWith('.cfg'))) {
    expect(said).toContain(`${folder}/${file}\n`);
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(/^.*\b(ring|rxproof_ring).*\n(.*\n)?.*packets=2 /);
  }
});

test('exports a network with its bug', () => {
  exportCommand({ to: 'promela', bug: 'forget-missed', out: folder });
  expect(readdirSync(folder)).toEqual(['ring-article-forget-missed.pml']);
});
