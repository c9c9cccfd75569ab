/** `rxproof certify`: certificates of the real suites are written, read again, and confirmed. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SUITES } from '../properties/index.ts';
import { certifyCommand, checkCertificates } from '../src/cli/certify.ts';
import { captured } from './captured.ts';

const RINGS = SUITES.filter(({ family }) => family.name === 'ring').map(({ id }) => id);

const run = captured();

test('suites are certified at any bounds, known violations apart, and their files are read again', () => {
  expect(certifyCommand([], { network: 'ring', scenario: ['packets=2'], out: run.folder })).toBe(0);
  const certified = run.said.split(/^.*certificate.gz: /m).slice(1);
  expect(certified.map((one) => one.split(' (')[0])).toEqual(RINGS.map((id) => `confirmed: ${id}`));
  const without = certified.filter((one) => !one.includes('no frame is stuck in the ring'));
  expect(without.map((one) => one.split(' (')[0])).toEqual(['confirmed: ring/article-watchdog']);
  const first = run.said;
  run.said = '';
  const files = readdirSync(run.folder).map((file) => join(run.folder, file));
  expect(certifyCommand(files, { out: run.folder })).toBe(0);
  expect(run.said.split('\n').sort()).toEqual(first.split('\n').sort());
});

test('a damaged file and a missing one are told apart', () => {
  const file = join(run.folder, 'cut.gz');
  writeFileSync(file, 'nothing');
  expect(checkCertificates([file])).toBe(1);
  expect(run.said).toBe(`${file}: REFUSED: incorrect header check\n`);
  expect(() => checkCertificates([join(run.folder, 'missing')])).toThrow('cannot read the certificate');
});
