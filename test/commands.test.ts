/** What the commands print and exit with, where that is more than what they call: from flags to files and to the next command. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { certifyCommand } from '../src/cli/certify.ts';
import { checkCommand } from '../src/cli/check.ts';
import { conformCommand } from '../src/cli/conform.ts';
import { graphCommand } from '../src/cli/graph.ts';
import { listCommand } from '../src/cli/list.ts';
import { walkCommand } from '../src/cli/walk.ts';
import { captured } from './captured.ts';

const run = captured();
const check = { workers: 1, checkpointEvery: 60, bugs: true };
const walk = { seed: 1, walks: 500, lengthMax: 500 };

test('graph draws every machine, and the states of its own small network, in all three forms', async () => {
  expect(await graphCommand({ out: run.folder })).toBe(0);
  const files = readdirSync(run.folder);
  const named = (ending: string) => files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
  expect(named('.mmd')).toEqual(named('.svg'));
  expect(named('.dot')).toEqual(named('.svg'));
  expect(named('.svg')).toContain('states-socket-6.12-one-reader');
});

test('graph writes what it can of a network that Mermaid cannot show', async () => {
  expect(await graphCommand({ out: run.folder, network: 'ring/article', scenario: ['packets=2'] })).toBe(0);
  expect(readdirSync(run.folder)).toContain('states-ring-article.svg');
  expect(run.said).toMatch(/no states-ring-article\.mmd: network 'ring' has \d+ reachable states/);
});

test('the command that walks a violation again does so, with the profile it was found with', () => {
  expect(walkCommand({ ...walk, network: 'socket/article', profile: '6.12', bug: 'no-recheck' })).toBe(0);
  const [, scenario, path] = /--scenario (profile=6\.12) .*--path (\S+)$/m.exec(run.said) ?? [];
  run.said = '';
  expect(walkCommand({ ...walk, network: 'socket/article', scenario: [scenario!], bug: 'no-recheck', path: path! })).toBe(0);
  expect(run.said).toContain('is violated in');
});

test('a reduced check says so, and names what it cannot decide', async () => {
  expect(await checkCommand([], { ...check, network: 'stack/6.18', reduce: ['symmetry'] })).toBe(0);
  expect(run.said).toContain('reduce=symmetry');
  expect(await checkCommand([], { ...check, network: 'socket/6.12-one-reader', reduce: ['por', 'symmetry'] })).toBe(0);
  expect(run.said).toMatch(
    /left out, because --reduce por,symmetry cannot decide them:\n {2}socket\/6\.12-one-reader\n( {4}.*\n)* {4}EAGAIN/,
  );
});

test('a reduced check runs on one thread, in one go', async () => {
  await expect(checkCommand([], { ...check, workers: 2, reduce: ['por'] })).rejects.toThrow('--reduce does not go with --workers 2');
  await expect(checkCommand([], { ...check, checkpoint: 'x', network: 'stack/6.18', reduce: ['por'] })).rejects.toThrow(
    '--reduce does not go with --checkpoint',
  );
});

test('a path that violates nothing is not a success', () => {
  expect(walkCommand({ ...walk, network: 'ring/article', path: '0' })).toBe(2);
  expect(run.said).toContain('the path violates nothing here');
});

test('a walk says how many claims it does not look at', () => {
  expect(walkCommand({ ...walk, walks: 1, network: 'ring/article' })).toBe(0);
  expect(run.said).toMatch(/not looked at by walks: 3 of \d+ properties/);
});

test('a bug that a limit kept from being found is undecided, with the command that decides it', async () => {
  expect(await checkCommand([], { ...check, network: 'ring/article', statesMax: 100 })).toBe(2);
  expect(run.said).toMatch(/UNDECIDED, a limit was reached: no-latch .*\n.* trace 'no frame is stuck in the ring' .*--bug no-latch/);
  expect(run.said).not.toContain('NOT FOUND');
});

test('JSON tells where a run begins to go round, and how to see it', async () => {
  await checkCommand(['in the ring is taken'], { ...check, network: 'ring/article-watchdog', json: true });
  const { suites } = JSON.parse(run.said) as { suites: { results: { loop: number; trace: string[]; replay: string }[] }[] };
  const [{ loop, trace, replay }] = suites[0]!.results as [{ loop: number; trace: string[]; replay: string }];
  expect(loop).toBe(trace.length);
  expect(replay).toBe("npm run -s rxproof -- trace 'a frame in the ring is taken in the end' --network ring/article-watchdog");
});

test('a profile that the user names is not called unknown', async () => {
  const flags = { profile: '6.18', changes: 0, seed: 1 };
  expect(await conformCommand('test/fixtures/traces/local-s01_blocking_one/trace.txt', flags)).toBe(0);
  expect(run.said).not.toContain('not known');
});

test('bad use is an error and leaves nothing behind', async () => {
  await expect(checkCommand([''], { ...check, network: 'ring/article' })).rejects.toThrow('empty text');
  await expect(checkCommand([], { ...check, network: 'ring/article', scenario: ['packets=2', 'packets=3'] })).rejects.toThrow(
    "'packets' is given twice, as '2' and as '3'",
  );
  expect(() => listCommand({ network: 'ring', scenario: ['foo=3'] })).toThrow("no scenario key 'foo'");
  expect(() => certifyCommand([], { network: 'ring/article', scenario: ['packets=1'], out: '/dev/null/x' })).toThrow('cannot write');
  expect(readdirSync(run.folder)).toEqual([]);
});
