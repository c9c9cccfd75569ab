/** `rxproof certify`: certificates of the real suites are written, read again, and confirmed. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SUITES } from '../properties/index.ts';
import { certifyCommand, checkCertificates } from '../src/cli/certify.ts';

const RINGS = SUITES.filter(({ family }) => family.name === 'ring').map(({ id }) => id);

let folder = '';
let said = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rxproof-certificates-'));
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test('suites are certified at any bounds, known violations apart, and their files are read again', () => {
  expect(certifyCommand([], { network: 'ring', scenario: ['packets=2'], out: folder })).toBe(0);
  const certified = said.split(/^.*certificate.gz: /m).slice(1);
  expect(certified.map((one) => one.split(' (')[0])).toEqual(RINGS.map((id) => `confirmed: ${id}`));
  const without = certified.filter((one) => !one.includes('no frame is stuck in the ring'));
  expect(without.map((one) => one.split(' (')[0])).toEqual(['confirmed: ring/article-watchdog']);
  const first = said;
  said = '';
  const files = readdirSync(folder).map((file) => join(folder, file));
  expect(certifyCommand(files, { out: folder })).toBe(0);
  expect(said.split('\n').sort()).toEqual(first.split('\n').sort());
});

test('a damaged file and a missing one are told apart', () => {
  const file = join(folder, 'cut.gz');
  writeFileSync(file, 'nothing');
  expect(checkCertificates([file])).toBe(1);
  expect(said).toBe(`${file}: REFUSED: incorrect header check\n`);
  expect(() => checkCertificates([join(folder, 'missing')])).toThrow('cannot read the certificate');
});
