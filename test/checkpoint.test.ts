/** A long run that is killed goes on from its checkpoint to the same result; a damaged checkpoint is refused. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { readCheckpoint, writeCheckpoint } from '../src/explore/checkpoint.ts';
import type { Exploration } from '../src/explore/exploration.ts';
import { explore, exploring } from '../src/explore/explore.ts';
import { SUITES } from '../properties/index.ts';
import { readPins } from '../properties/pins.ts';
import { factory, lamps } from './toys.ts';

const folder = mkdtempSync(join(tmpdir(), 'rxproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a run that is killed', () => {
  test('goes on from its checkpoint to the same counts', async () => {
    const id = 'receive-path/2cpu';
    const file = join(folder, 'killed');
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/fixtures/checkpointer.ts', id, file]);
    const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    while (!existsSync(file) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');

    const compiled = compile(SUITES.find((suite) => suite.id === id)!.build().network, []);
    const resume = readCheckpoint(file, compiled);
    expect(resume.counts.transitions).toBeGreaterThan(10_000);
    expect(explore(compiled, [], { resume })).toMatchObject(readPins().suites[id]!);
  });
});

describe('a checkpoint at any slice', () => {
  const watches = [false, true].map((onlyQuiescent) => ({ conjunction: 0, onlyQuiescent }));
  const goal = [factory.refs.job.in('running')];
  const compiled = compile(factory, [goal]);
  const plain = (found: Exploration) => ({
    ...Object.fromEntries(Object.entries(found).filter(([key, value]) => key !== 'bytes' && typeof value !== 'function')),
    paths: found.paths([0]),
  });

  test('leads to the same result as no interruption', () => {
    const search = exploring(compiled, watches, { engine: 'blocks' });
    const first = search.next();
    expect(first.done).toBe(false);
    if (first.done === true) return;
    const file = join(folder, 'slice');
    writeCheckpoint(file, compiled, first.value.snapshot!());
    expect(existsSync(`${file}.unfinished`)).toBe(false);
    const resumed = explore(compiled, watches, { resume: readCheckpoint(file, compiled) });
    expect(plain(resumed)).toEqual(plain(explore(compiled, watches, { engine: 'blocks' })));
  });
});

describe('a checkpoint is refused', () => {
  const compiled = compile(lamps(4), []);
  const file = join(folder, 'good');
  const first = exploring(compiled, [], { engine: 'blocks' }).next();
  if (first.done !== true) writeCheckpoint(file, compiled, first.value.snapshot!());

  test('of another network', () => {
    expect(() => readCheckpoint(file, compile(lamps(5), []))).toThrow(/is of another network or scenario \(lamps\)/);
  });
  test('that was cut off', () => {
    const cut = join(folder, 'cut');
    writeFileSync(cut, readFileSync(file));
    truncateSync(cut, readFileSync(file).length - 3);
    expect(() => readCheckpoint(cut, compiled)).toThrow(/it was cut off$/);
  });
  test('that is something else', () => {
    const other = join(folder, 'other');
    writeFileSync(other, 'hello\n');
    expect(() => readCheckpoint(other, compiled)).toThrow(/is not a checkpoint of rxproof/);
  });
  test('that is not there, or cannot be written', () => {
    expect(() => readCheckpoint(join(folder, 'none'), compiled)).toThrow(/^cannot read the checkpoint/);
    if (first.done === true) return;
    const snapshot = first.value.snapshot!();
    expect(() => writeCheckpoint(join(folder, 'no', 'such'), compiled, snapshot)).toThrow(/^cannot write the checkpoint/);
  });
});
