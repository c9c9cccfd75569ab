/** Symmetry reduction on the networks of the project: what they declare is checked, and answers as the full search does. */
import { describe, expect, test } from 'vitest';
import { cpusInTurn } from '../models/networks/symmetry.ts';
import { SUITES } from '../properties/index.ts';
import { compile } from '../src/compile/compile.ts';
import { groupOf } from '../src/reduce/group.ts';
import { decides } from '../src/reduce/plan.ts';
import { twice } from './twice.ts';

const REDUCE = ['symmetry'] as const;

describe('on the receive path', () => {
  const CASES = [
    ['ring/article', { cpus: 2, packets: 2 }, 'cpus'],
    ['backlog/article-rps', {}, 'cpus'],
    ['backlog/6.18-rps', {}, 'cpus'],
    ['stack/article', {}, 'cpus'],
    ['stack/6.18', { cpus: 3, packets: 2 }, 'cpus'],
    ['socket/article-error', {}, 'cpus'],
    ['socket/6.18-two-readers', { readers: 2, cpus: 1 }, 'readers'],
    ['socket/article-owned', { readers: 2, cpus: 1, packets: 2, modes: 'block' }, 'readers'],
    ['socket/6.12-one-reader', { readers: 3, packets: 2, modes: 'block' }, 'readers'],
  ] as const;

  test.each(CASES)('%s with %j: exchanging %s', (id, values, what) => {
    const { network, properties } = SUITES.find((suite) => suite.id === id)!.build(values);
    expect(network.exchanges.some(({ name }) => name.toLowerCase().startsWith(what))).toBe(true);
    const decided = properties.filter((property) => decides(REDUCE, property));
    const { full, reduced } = twice(network, decided, REDUCE);
    expect(reduced.fired).toEqual(full.fired);
    expect(full.states / reduced.states).toBeGreaterThan(1.8);
  });

  test.each(SUITES.map((suite) => [suite.id, suite] as const))('%s: what is declared is a symmetry', (_, suite) => {
    const { network } = suite.build();
    expect(groupOf(compile(network, []), network.exchanges).length).toBeGreaterThan(network.exchanges.length > 0 ? 1 : 0);
  });

  test('CPUs are refused where only one of them receives', () => {
    const { network } = SUITES.find(({ id }) => id === 'socket/6.18-two-readers')!.build();
    const wrong = network.symmetric((parts) => cpusInTurn(parts, { cpus: 2, readers: 2, home: (reader) => (reader + 1) % 2 }));
    expect(() => groupOf(compile(wrong, []), wrong.exchanges)).toThrow(
      'cpu.1 in ["active","softirq",{"below":"task"}], which it is never in',
    );
  });
});
