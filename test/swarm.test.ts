/** Swarms: jobs that differ, files that say how to run them, results taken together, trails replayed. SPIN itself: agree-swarm.test.ts. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportCommand } from '../src/cli/export.ts';
import { swarmReportCommand } from '../src/cli/swarmReport.ts';
import { check } from '../src/explore/check.ts';
import { jobLine, jobsOf } from '../src/swarm/jobs.ts';
import { readJob, readTrail } from '../src/swarm/panOut.ts';
import { brokenBy } from '../src/swarm/trail.ts';
import { SUITES } from '../properties/index.ts';
import { captured } from './captured.ts';

const run = captured();
const bounds = { megabytes: 64, depth: 10_000, seed: 1 };
const flags = { to: 'spin', jobMemory: 64, jobDepth: 10_000, seed: 1 } as const;

/** What pan printed in a bitstate search that saw everything. */
const PAN = `
Bit statespace search for:
State-vector 52 byte, depth reached 72, errors: 0
      477 states, stored
       51 states, matched
      528 transitions (= stored+matched)
hash factor: 1125.5 (best if > 100.)
rxproof: taken 0 1 2
rxproof: looked at 477 states, 3 quiescent, 1 without any step
`;

describe('the jobs of a swarm', () => {
  test('differ from one another, and are the same for the same seed', () => {
    const jobs = jobsOf(8, bounds);
    expect(new Set(jobs.map((job) => jobLine({ ...job, number: 0 }))).size).toBe(8);
    expect(new Set(jobs.map(({ order }) => order))).toEqual(new Set(['as declared', 'reversed', 'random']));
    expect(jobsOf(8, bounds)).toEqual(jobs);
    expect(jobsOf(8, { ...bounds, seed: 2 })).not.toEqual(jobs);
  });

  test('are lines of a shell, each in a folder of its own, within the memory given', () => {
    for (const job of jobsOf(3, bounds)) {
      expect(jobLine(job)).toMatch(new RegExp(`^mkdir -p job-${job.number} && cd job-${job.number} && `));
      expect(jobLine(job)).toContain('-M64 ');
      expect(jobLine(job)).not.toContain('\n');
    }
  });
});

describe('what pan says', () => {
  test('is read, if it is all there', () => {
    expect(readJob(PAN)).toEqual({
      tag: 'done',
      report: { states: 477, transitions: 527, depth: 72, hashFactor: 1125.5, taken: [0, 1, 2], cut: false, found: false },
    });
    expect(readJob(`error: max search depth too small\n${PAN}`)).toMatchObject({ tag: 'done', report: { cut: true } });
    expect(readJob(PAN.replace('errors: 0', 'errors: 1'))).toMatchObject({ report: { found: true } });
  });

  test.each([
    ['pan: out of memory\n', 'pan: out of memory'],
    ['sh: 1: spin: not found\n', 'sh: 1: spin: not found'],
    [PAN.replace(/rxproof: taken.*\n/, ''), 'rxproof: looked at 477 states, 3 quiescent, 1 without any step'],
    ['', ''],
  ])('is not believed otherwise: %j', (output, why) => {
    expect(readJob(output)).toEqual({ tag: 'failed', why });
  });

  test('as a trail is a list of steps', () => {
    expect(readTrail('rxproof: step 4 dma(pkt=0)\nspin: trail ends\nrxproof: step 12 x\n\tbyte s1: 3\n')).toEqual([4, 12]);
  });
});

describe('a trail', () => {
  const suite = SUITES.find(({ id }) => id === 'ring/article')!;
  const { network, properties } = suite.build({ packets: 2 }, 'never-unmask');
  const claim = properties.find(({ name }) => name === 'the vector is not left masked with its instance idle')!;
  const [found] = check(network, [claim]).results;
  const labels = found?.verdict.tag === 'violated' ? found.verdict.trace!.steps.map(({ step }) => step.label) : [];
  const instances = network.instances();
  const path = labels.map((label) => instances.findIndex((step) => step.label === label));

  test('is matched with the claim that it breaks', () => {
    const { property, trace } = brokenBy(network, properties, path);
    expect(property.name).toBe(claim.name);
    expect(trace.steps.map(({ step }) => step.label)).toEqual(labels);
  });

  test('that breaks nothing, or is none, is refused', () => {
    expect(() => brokenBy(network, properties, path.slice(0, -1))).toThrow('it breaks none of its claims');
    expect(() => brokenBy(network, properties, [...path].reverse())).toThrow(/was taken although/);
  });
});

describe('a swarm on disk', () => {
  const name = 'ring-article';
  const folder = (): string => join(run.folder, name);
  const write = (job: number, file: string, text: string): void => {
    mkdirSync(join(folder(), `job-${job}`), { recursive: true });
    writeFileSync(join(folder(), `job-${job}`, file), text);
  };
  const exported = (jobs = 2): void => {
    rmSync(folder(), { recursive: true, force: true });
    expect(exportCommand({ ...flags, swarm: jobs, network: 'ring/article', scenario: ['packets=2'], out: run.folder })).toBe(0);
  };

  test('says how it is run', () => {
    exported();
    expect(readdirSync(folder()).sort()).toEqual(['README', 'jobs.txt', 'model.pml', 'swarm.json']);
    expect(readFileSync(join(folder(), 'jobs.txt'), 'utf8').trim().split('\n')).toEqual(jobsOf(2, bounds).map(jobLine));
    expect(readFileSync(join(folder(), 'README'), 'utf8')).toContain('--array=1-2 ');
  });

  test('is not green before all jobs are done', () => {
    exported();
    write(1, 'pan.out', PAN);
    expect(swarmReportCommand(folder(), {})).toBe(2);
    expect(run.said).toContain('no counterexample in 1 of 2 bitstate searches; this proves nothing');
    expect(run.said).toContain('job 2 (steps reversed, hash 38, 3 bits, depth 20,000): has not run, or not here');
    write(2, 'build.out', 'sh: 1: spin: not found\n');
    expect(swarmReportCommand(folder(), {})).toBe(2);
    expect(run.said).toContain('failed: sh: 1: spin: not found');
  });

  test('covers what any of its jobs covers', () => {
    exported();
    write(1, 'pan.out', PAN);
    write(2, 'pan.out', PAN.replace('taken 0 1 2', 'taken 2 3'));
    expect(swarmReportCommand(folder(), { json: true })).toBe(0);
    const { notTaken, jobs } = JSON.parse(run.said.slice(run.said.indexOf('{'))) as { notTaken: string[]; jobs: { states: number }[] };
    const { network } = SUITES.find(({ id }) => id === 'ring/article')!.build({ packets: 2 });
    expect(notTaken).toEqual(network.instances().flatMap(({ label }, number) => (number < 4 ? [] : [label])));
    expect(jobs.map(({ states }) => states)).toEqual([477, 477]);
  });

  test('with a trail that is no run has a job that failed', () => {
    exported(1);
    write(1, 'pan.out', PAN.replace('errors: 0', 'errors: 1'));
    expect(swarmReportCommand(folder(), {})).toBe(2);
    expect(run.said).toContain('pan found something, but there is no trail.out');
    write(1, 'trail.out', 'rxproof: step 7 x\nrxproof: step 7 x\n');
    expect(swarmReportCommand(folder(), {})).toBe(2);
    expect(run.said).toContain('trail.out is no counterexample: ');
  });

  test('of another model, or none, is refused', () => {
    exported();
    const plan = join(folder(), 'swarm.json');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"packets": "2"', '"packets": "3"'));
    expect(() => swarmReportCommand(folder(), {})).toThrow('its model has changed since');
    writeFileSync(plan, '{}');
    expect(() => swarmReportCommand(folder(), {})).toThrow('is not a plan of rxproof');
    cpSync(join(folder(), 'README'), join(run.folder, 'alone', 'README'));
    expect(() => swarmReportCommand(join(run.folder, 'alone'), {})).toThrow(/^cannot read /);
  });

  test('is for SPIN, as the distributed mode is for TLC', () => {
    expect(() => exportCommand({ ...flags, to: 'tlc', swarm: 2, out: run.folder })).toThrow('--swarm is for SPIN');
    expect(() => exportCommand({ ...flags, distributed: true, out: run.folder })).toThrow('--distributed is for TLC');
    exportCommand({ ...flags, to: 'tlc', distributed: true, network: 'ring/article', out: run.folder });
    expect(readFileSync(join(run.folder, 'rxproof_ring_article.commands'), 'utf8')).toContain('tlc2.tool.distributed.TLCServer -config');
  });
});
