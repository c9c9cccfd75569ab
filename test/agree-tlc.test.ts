/** What TLC prints is believed only where it says that it is done; and how it is asked, with something in the place of java. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { agreementWith } from '../src/agree/agreement.ts';
import { readTlc, runTlc } from '../src/agree/tlc.ts';
import { check } from '../src/explore/check.ts';
import { guarded } from '../src/export/guarded.ts';
import { tiny, TINY_CLAIMS } from './agree-toys.ts';

const COMPLETE = `Finished computing initial states: 1 distinct state generated at 2025-11-25 00:00:00.
Model checking completed. No error has been found.
  Estimates of the probability that TLC did not check all reachable states
  because two distinct states had the same fingerprint:
  calculated (optimistic):  val = 1.3E-14
6 states generated, 4 distinct states found, 0 states left on queue.
The depth of the complete state graph search is 4.
Finished in 00s at (2025-11-25 00:00:00)
`;
const VIOLATED = (invariant: string): string => `Error: Invariant ${invariant} is violated.
Error: The behavior up to this point is:
State 1: <Initial predicate>
3 states generated, 2 distinct states found, 1 states left on queue.
`;

let folder = '';
afterEach(() => {
  vi.unstubAllEnvs();
  if (folder !== '') rmSync(folder, { recursive: true });
  folder = '';
});

/** A java that finds the invariants `broken` violated, one at a time, and then prints `last`. */
function pretend(broken: readonly string[], last = COMPLETE): void {
  folder = mkdtempSync(join(tmpdir(), 'rxproof-java-'));
  const script = `#!${process.execPath}
const { readFileSync } = require('node:fs');
const config = readFileSync(process.argv[process.argv.indexOf('-config') + 1], 'utf8');
const broken = ${JSON.stringify(broken)}.find((one) => config.includes('INVARIANT ' + one + '\\n'));
process.stdout.write(broken === undefined ? ${JSON.stringify(last)} : ${JSON.stringify(VIOLATED('X'))}.replace('X', broken));
process.exitCode = broken === undefined ? 0 : 12;
`;
  writeFileSync(join(folder, 'java'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
}

test('a complete search, without the initial state', () => {
  expect(readTlc(COMPLETE)).toEqual({ tag: 'complete', counts: { states: 4, transitions: 5, depth: 3 } });
  expect(readTlc(COMPLETE.replace('6 states', '1,146 states'))).toMatchObject({ counts: { transitions: 1145 } });
});

test.each([
  ['without an end', COMPLETE.slice(0, 100), /does not say/],
  ['with states left', COMPLETE.replace('0 states left', '7 states left'), /no statistics/],
  ['that could not be parsed', '***Parse Error***\nError: Parsing or semantic analysis failed.\n', /Parsing/],
  ['with another error', `${COMPLETE}Error: TLC threw an unexpected exception.`, /unexpected exception/],
  ['that printed nothing', '', /does not say/],
])('a search %s is not complete', (_, output, why) => {
  const reading = readTlc(output);
  expect(reading.tag === 'incomplete' && reading.why).toMatch(why);
});

const claims = TINY_CLAIMS.filter(({ kind }) => kind !== 'leadsTo');
const model = guarded(tiny, claims);
const engine = { name: 'TLC', run: () => runTlc(model, { jar: 'tla2tools.jar' }) };

test('TLC is asked again without each invariant that is violated', async () => {
  pretend(['undecided0', 'undecided1', 'undecided2']);
  expect(await agreementWith(engine, model, check(tiny, claims))).toMatchObject({ tag: 'agreed' });
});

test('a verdict that differs is a difference', async () => {
  pretend(['undecided0', 'undecided2']);
  const differences = ["'nothing ticks': violated here, holds there"];
  expect(await agreementWith(engine, model, check(tiny, claims))).toMatchObject({ tag: 'disagrees', differences });
});

test('a violated range is not an agreement', async () => {
  pretend(['TypeOK']);
  expect(await runTlc(model, { jar: 'tla2tools.jar' })).toEqual({ tag: 'incomplete', why: 'TLC finds TypeOK violated' });
});

test('without a jar, or without java, TLC is not there', async () => {
  vi.stubEnv('TLA2TOOLS_JAR', '');
  expect(await runTlc(model)).toEqual({ tag: 'absent', why: 'TLA2TOOLS_JAR does not name tla2tools.jar' });
  vi.stubEnv('PATH', '');
  expect(await runTlc(model, { jar: 'tla2tools.jar' })).toMatchObject({ tag: 'absent', why: /java is not installed/ });
});
