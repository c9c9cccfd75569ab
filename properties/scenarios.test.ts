/** Random scenarios, and random interleavings in each: what holds at the pinned bounds holds at others too. */
import { describe, expect, it } from 'vitest';
import { expectedTag, type Suite } from '../src/model/suite.ts';
import type { Caps } from '../src/walk/scenario.ts';
import { walkScenarios } from '../src/walk/scenarios.ts';
import { walkText } from '../src/walk/walk.ts';
import { SUITES } from './index.ts';

/** Ranges in which every claim of the suite is made. Keys that are not named keep their full range only if it is small. */
const CAPS: Readonly<Record<string, Caps>> = {
  'ring/article': {
    profile: { values: ['article'] },
    packets: { min: 1, max: 9 },
    cpus: { max: 3 },
    ring: { max: 9 },
    weight: { max: 5 },
    kicks: { max: 0 },
  },
  'ring/6.12-watchdog': {
    profile: { values: ['6.12', '6.18'] },
    packets: { min: 1, max: 7 },
    cpus: { max: 2 },
    ring: { max: 6 },
    weight: { max: 4 },
    kicks: { max: 2 },
  },
  'backlog/article': { packets: { min: 1, max: 9 }, cpus: { max: 3 }, weight: { max: 4 }, backlogMax: { max: 3 } },
  'stack/article': { packets: { min: 1, max: 7 }, cpus: { max: 3 }, tokens: { max: 4 } },
  'socket/article': {
    profile: { values: ['article'] },
    packets: { min: 1, max: 8 },
    kinds: { values: ['matched', 'matched+checksum'] },
    cpus: { max: 3 },
    rcvbuf: { max: 5 },
    // Larger datagrams, and an owner of the socket, have 3.10 refuse some without counting them: the next suite.
    size: { max: 1 },
    readers: { min: 1, max: 3 },
    holds: { max: 0 },
  },
  'socket/article-owned': {
    profile: { values: ['article'] },
    packets: { min: 1, max: 8 },
    kinds: { values: ['matched', 'matched+checksum'] },
    cpus: { max: 3 },
    rcvbuf: { max: 5 },
    size: { max: 3 },
    readers: { min: 1, max: 3 },
    holds: { max: 2 },
  },
  'receive-path/1cpu': {
    profile: { values: ['article'] },
    packets: { min: 1, max: 6 },
    kinds: { values: ['matched', 'matched+unmatched', 'matched+checksum'] },
    cpus: { max: 2 },
    ring: { max: 5 },
    weight: { max: 3 },
    backlogMax: { max: 3 },
    rcvbuf: { max: 4 },
    // As for socket/article.
    size: { max: 1 },
    readers: { min: 1, max: 2 },
    tokens: { max: 6 },
    holds: { max: 0 },
    kicks: { max: 0 },
    closes: { max: 0 },
    rps: { values: ['off'] },
  },
};

const capped = SUITES.filter(({ id }) => Object.hasOwn(CAPS, id));

describe.each(capped)('$id at random scenarios', (suite: Suite) => {
  it('finds no counterexample', () => {
    const build = (scenario: Readonly<Record<string, string | number>>) => {
      const { network, properties } = suite.build(scenario);
      return { network, properties: properties.filter(({ name }) => expectedTag(suite, name) === 'holds') };
    };
    const result = walkScenarios(build, suite.family.keys, CAPS[suite.id] ?? {}, { seed: 7, walks: 400, scenarios: 24 });
    expect(walkText(result)).toMatch(/^no counterexample in 400 walks/);
  });
});
