/** Every arm of every machine fires in some suite at its bounds, or there is a reason why not; and cites what its kernels have. */
import type { AnyStateMachine } from 'xstate';
import { describe, expect, it } from 'vitest';
import { SYMBOLS } from '../models/kernel/symbols.ts';
import { armsOf } from '../src/derive/automaton.ts';
import { type Coverage, cover } from '../src/explore/coverage.ts';
import type { Network } from '../src/model/network.ts';
import { citesOf } from '../src/trace/replay.ts';
import { SUITES } from './index.ts';
import { has, KNOWN } from './symbols/symbols.ts';
import { UNREACHED } from './unreached.ts';

/** What fires in the suites of each profile. */
const profiles = new Map<string, Coverage>();
const networks: Network[] = [];
for (const suite of SUITES) {
  const { network, scenario } = suite.build();
  // The drivers have one kernel only.
  const profile = String(scenario['profile'] ?? '6.12');
  const coverage = profiles.get(profile) ?? new Map();
  cover(coverage, network);
  profiles.set(profile, coverage);
  networks.push(network);
}

const machines = new Map<string, AnyStateMachine>(
  networks.flatMap((network) => [...network.parts().values()].map(({ machine }) => [machine.id, machine])),
);

const armsIn = (coverage: Coverage) =>
  [...coverage].flatMap(([machine, own]) => [...own].map(([arm, fired]) => ({ machine, arm, name: `${machine}: ${arm}`, fired })));

it('every arm fires, or is known not to', () => {
  const all = [...profiles.values()].flatMap(armsIn);
  const fired = new Set(all.filter((arm) => arm.fired).map(({ name }) => name));
  const names = new Set(all.map(({ name }) => name));
  expect(names.size).toBeGreaterThan(250);
  expect([...names].filter((name) => !fired.has(name) && UNREACHED[name] === undefined)).toEqual([]);
  expect(Object.keys(UNREACHED).filter((name) => !names.has(name) || fired.has(name))).toEqual([]);
});

describe('cited kernel functions', () => {
  it('are each defined in some kernel', () => {
    expect(SYMBOLS.filter((name) => !Object.keys(KNOWN).some((profile) => has(profile, name)))).toEqual([]);
  });

  it.each(Object.keys(KNOWN))('are there in every profile in which the transition fires: %s', (profile) => {
    const arms = armsIn(profiles.get(profile) ?? new Map()).filter(({ fired }) => fired);
    expect(arms.length).toBeGreaterThan(50);
    const foreign = arms.filter(({ machine, arm }) => {
      const cites = citesOf(armsOf(machines.get(machine)!).get(arm));
      return cites.length > 0 && !cites.some((name) => has(profile, name));
    });
    expect(foreign.map(({ name }) => name)).toEqual([]);
  });
});
