/** `rxproof agree` and `rxproof export`: what they print, write and exit with. SPIN need not be there. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { SUITES } from '../properties/index.ts';
import { type Agreement } from '../src/agree/agreement.ts';
import { type AgreementRow, headLine, rowLines, summaryLines } from '../src/agree/table.ts';
import { agreeCommand } from '../src/cli/agree.ts';
import { exportCommand } from '../src/cli/export.ts';
import { captured } from './captured.ts';

const run = captured();

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
  expect(run.said).toMatch(
    /^0 comparisons, 0 agreed, 0 not\nSPIN: not run on 1 networks: spin is not installed \(apt-get install spin gcc/m,
  );
});

test('a suite that is too large is made smaller, and if that does not help it is named: exit code 2', async () => {
  vi.stubEnv('PATH', '');
  await agreeCommand({ network: 'backlog/article', statesMax: 500 });
  expect(run.said).toMatch(/^ {2}profile=article packets=[123] /m);
  expect(await agreeCommand({ network: 'backlog/article', scenario: ['packets=4'], statesMax: 3 })).toBe(2);
  expect(run.said).toMatch(/NOT COMPARED: too large for --states-max\n {2}profile=article packets=4 /);
});

const JOBS = { jobMemory: 64, jobDepth: 10_000, seed: 1 };

const rings = SUITES.map(({ id }) => id).filter((id) => id.startsWith('ring/'));

test.each([
  ['spin', rings.map((id) => `${id.replace('/', '-')}.pml`)],
  ['tlc', rings.map((id) => `rxproof_${id.replaceAll(/\W/g, '_')}`).flatMap((name) => [`${name}.cfg`, `${name}.tla`])],
] as const)('exports to %s', (to, files) => {
  expect(exportCommand({ ...JOBS, to, network: 'ring', scenario: ['packets=2'], out: run.folder })).toBe(0);
  expect(readdirSync(run.folder).sort()).toEqual([...files].sort());
  for (const file of files.filter((one) => !one.endsWith('.cfg'))) {
    expect(run.said).toContain(`${run.folder}/${file}\n`);
    expect(readFileSync(join(run.folder, file), 'utf8')).toMatch(/^.*\b(ring|rxproof_ring).*\n(.*\n)?.*packets=2 /);
  }
});

test('exports a network with its bug', () => {
  exportCommand({ ...JOBS, to: 'spin', bug: 'forget-missed', out: run.folder });
  expect(readdirSync(run.folder)).toEqual(['ring-article-forget-missed.pml']);
});
