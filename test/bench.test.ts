/** The benchmark: what it measures is the same graph for every engine, and its report can be read. Times are not tested. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type EngineName, ENGINES } from '../src/bench/engines.ts';
import { type Sample, spread } from '../src/bench/figures.ts';
import { philosophers } from '../src/bench/philosophers.ts';
import { type Case, disagreements, type Measured, runCases } from '../src/bench/run.ts';
import { benchReport } from '../src/bench/table.ts';
import { check } from '../src/explore/check.ts';
import type { Network } from '../src/model/network.ts';
import { twoPhase } from './calibration/twoPhase.ts';
import { factory, locks } from './toys.ts';

const CHILD = new URL('../src/cli/benchChild.ts', import.meta.url);
const NAMES = Object.keys(ENGINES) as EngineName[];
const HERE = NAMES.filter((name) => ENGINES[name].missing?.() === undefined);
const EXHAUSTIVE = HERE.filter((name) => ENGINES[name].tasks.includes('exhaust'));

const sample = (figures: Partial<Sample>): Sample => ({
  states: 1,
  transitions: 1,
  seconds: 1,
  cpuSeconds: 1,
  setUpCpuSeconds: 1,
  ...figures,
});
const tiny: Case = { title: 'tiny', choice: { philosophers: 3 }, task: 'exhaust', engines: NAMES, series: 'philosophers' };
const measured = (samples: readonly (readonly [EngineName, Sample])[], task: Case['task'] = 'exhaust'): Measured => ({
  measured: { ...tiny, task },
  samples: new Map(samples.map(([engine, one]) => [engine, [one]])),
  failures: new Map(),
});

const circumstances = { versions: { Node: '20' }, machine: 'one', load: [0, 0.5], runs: 1, missing: [] } as const;

describe('a tiny run, each measurement in a process of its own', () => {
  const said: string[] = [];
  let compared: readonly Measured[] = [];
  let hunts: readonly Measured[] = [];
  let report = '';
  beforeAll(() => {
    const options = { runs: 1, child: CHILD, say: (text: string) => void said.push(text) };
    compared = runCases([tiny], options);
    hunts = runCases([{ ...tiny, choice: { philosophers: 3, bug: true }, task: 'hunt' }], options);
    report = benchReport({ compared, hunts, grown: [] }, circumstances);
  });

  test('has every engine that is installed find the same graph', () => {
    expect([...compared[0]!.samples.keys()]).toEqual(EXHAUSTIVE);
    const counts = [...compared[0]!.samples.values()].map(([one]) => ({ states: one?.states, transitions: one?.transitions }));
    expect(counts).toEqual(EXHAUSTIVE.map(() => ({ states: 12, transitions: 22 })));
    expect(disagreements(compared)).toEqual([]);
    expect(said).toHaveLength(EXHAUSTIVE.length + hunts[0]!.samples.size);
  });

  test('has the counterexample found, by a breadth-first search with the fewest steps', () => {
    const lengths = Object.fromEntries([...hunts[0]!.samples].map(([engine, [one]]) => [engine, one?.length]));
    expect(Object.keys(lengths)).toEqual(HERE.filter((name) => ENGINES[name].tasks.includes('hunt')));
    for (const length of Object.values(lengths)) expect(length).toBe(3);
  });

  test('gives tables whose rows are as wide as their heads', () => {
    expect(report).toContain('On each model all engines found the same numbers of states and transitions.');
    const tables = report.split('\n\n').filter((part) => part.startsWith('|'));
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      const widths = table
        .trim()
        .split('\n')
        .map((row) => row.split(' | ').length);
      expect(widths.length).toBeGreaterThan(2);
      expect(new Set(widths).size).toBe(1);
    }
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the report', () => {
  test('says where engines disagree, and which', () => {
    const odd = measured([
      ['blocks', sample({ states: 12 })],
      ['graph', sample({ states: 13 })],
    ]);
    expect(disagreements([odd])).toEqual([
      'tiny: @xstate/graph getAdjacencyMap found 13 states and 1 transitions, rxproof 12 states and 1 transitions',
    ]);
    expect(benchReport({ compared: [odd], hunts: [], grown: [] }, circumstances)).toContain('The engines disagree');
  });

  test('does not compare where hunts ended', () => {
    const hunt = measured([
      ['blocks', sample({ states: 12 })],
      ['fields', sample({ states: 13 })],
    ]);
    expect(disagreements([{ ...hunt, measured: { ...tiny, task: 'hunt' } }])).toEqual([]);
  });

  test('names an engine that failed, and why', () => {
    const options = { runs: 2, child: CHILD, say: () => undefined };
    const [failed] = runCases([{ ...tiny, choice: { suite: 'none', values: {} }, engines: ['blocks'] }], options);
    expect([...failed!.failures.keys()]).toEqual(['blocks']);
    expect(benchReport({ compared: [failed!], hunts: [], grown: [] }, circumstances)).toContain(
      "tiny, rxproof: UsageError: no suite is named 'none'",
    );
  });

  test('gives the least and the middle figure', () => {
    const of = (...all: number[]) =>
      spread(
        all.map((seconds) => sample({ seconds })),
        ({ seconds }) => seconds,
      );
    expect(of(3)).toEqual({ min: 3, median: 3 });
    expect(of(5, 1, 3)).toEqual({ min: 1, median: 3 });
    expect(of(4, 1, 3, 2)).toEqual({ min: 1, median: 2.5 });
  });
});

describe('the engines', () => {
  const NETWORKS: readonly (readonly [name: string, network: Network])[] = [
    ['two-phase commit', twoPhase(3)],
    ['factory', factory],
    ['locks', locks('opposite')],
  ];

  test.each(NETWORKS)('find the same graph of %s', async (_, network) => {
    const subject = { network, properties: [] };
    const counts = await Promise.all(
      EXHAUSTIVE.map(async (name) => {
        const { states, transitions } = await ENGINES[name].measure(subject, 'exhaust');
        return { states, transitions };
      }),
    );
    expect(new Set(counts.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test('the philosophers cannot be stuck, unless all are alike', () => {
    const tags = [philosophers(4), philosophers(4, true)].map(
      ({ network, properties }) => check(network, properties).results[0]?.verdict.tag,
    );
    expect(tags).toEqual(['holds', 'violated']);
  });
});
