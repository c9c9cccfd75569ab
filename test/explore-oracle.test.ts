/** The packed search against two that share none of its code: a naive interpreter, and @xstate/graph. */
import { type AdjacencyMap, adjacencyMapToArray, getAdjacencyMap } from '@xstate/graph';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyMachineSnapshot, assign, setup, type SnapshotFrom } from 'xstate';
import { compile } from '../src/compile/compile.ts';
import { check } from '../src/explore/check.ts';
import { explore } from '../src/explore/explore.ts';
import { never, sometimes } from '../src/model/property.ts';
import type { Network } from '../src/model/network.ts';
import { twoPhase } from './calibration/twoPhase.ts';
import { fire, type Global, globalKey, initialGlobal, interpret, satisfies, unpack } from './oracle.ts';
import { build, networkShape } from './random.ts';
import { factory, fuse, lamps, locks } from './toys.ts';

const NETWORKS: readonly (readonly [name: string, network: Network])[] = [
  ['lamps', lamps(4)],
  ['fuse', fuse(34)],
  ['locks in the same order', locks('same')],
  ['locks in opposite order', locks('opposite')],
  ['factory', factory],
  ['two-phase commit', twoPhase(3)],
];

describe.each(NETWORKS)('%s', (_, network) => {
  test('has the states and edges that the naive interpreter finds', () => {
    const naive = interpret(network);
    const compiled = compile(network, []);
    const { depths, edges } = unpack(compiled);
    expect(edges).toEqual(naive.edges);
    expect(new Map(depths)).toEqual(new Map(naive.depths));
    expect(explore(compiled, [])).toMatchObject({
      states: naive.states.size,
      transitions: naive.edges.length,
      depth: Math.max(...naive.depths.values()),
      deadlocks: naive.deadlocks,
      quiescent: naive.quiescent,
    });
  });

  test('has the graph that @xstate/graph finds on one flat machine', () => {
    const { states, edges } = adjacency(network);
    const packed = unpack(compile(network, []));
    expect(edges).toEqual(packed.edges);
    expect(states).toEqual([...packed.depths.keys()].sort());
    expect(explore(compile(network, []), [])).toMatchObject({ states: states.length, transitions: edges.length });
  });
});

describe('random networks', () => {
  test('have the states, transitions, depth, deadlocks and shortest paths that the naive interpreter finds', () => {
    fc.assert(
      fc.property(networkShape, (shape) => {
        const { network, goal } = build(shape);
        const naive = interpret(network);
        const compiled = compile(network, [goal]);
        const found = explore(compiled, [
          { conjunction: 0, onlyQuiescent: false },
          { conjunction: 0, onlyQuiescent: true },
        ]);
        const { states, transitions, depth, deadlocks, quiescent } = found;
        expect({ states, transitions, depth, deadlocks, quiescent }).toEqual({
          states: naive.states.size,
          transitions: naive.edges.length,
          depth: Math.max(...naive.depths.values()),
          deadlocks: naive.deadlocks,
          quiescent: naive.quiescent,
        });
        expect(unpack(compiled).edges).toEqual(naive.edges);
        const reached = [...naive.states].filter(([, state]) => satisfies(state, goal)).map(([key]) => naive.depths.get(key) ?? Number.NaN);
        expect(found.seen[0]).toBe(reached.length === 0 ? undefined : Math.min(...reached));
        const taken = new Set(naive.edges.map((edge) => edge.split(' | ')[1]));
        expect(network.instances().map(({ label }) => taken.has(label))).toEqual([...found.fired].map(Boolean));
      }),
      { numRuns: 300 },
    );
  });

  test('every trace of check() replays, and ends where the property says', () => {
    fc.assert(
      fc.property(networkShape, (shape) => {
        const { network, goal } = build(shape);
        const { results } = check(network, [sometimes('reached', [goal]), never('avoided', [goal], [])]);
        const [witness, counterexample] = results.map(({ verdict }) => verdict);
        expect(witness?.tag === 'holds').toBe(counterexample?.tag === 'violated');
        const trace = witness?.tag === 'holds' ? witness.witness : undefined;
        if (trace === undefined) return;
        const steps = network.instances();
        const last = trace.steps.reduce<Global | undefined>((state, { step }) => {
          const same = steps.find(({ label }) => label === step.label);
          return state && same && fire(state, same);
        }, initialGlobal(network));
        expect(last && satisfies(last, goal)).toBe(true);
        expect(last && globalKey(last)).toBe(globalKey(trace.states.at(-1) as Global));
      }),
      { numRuns: 200 },
    );
  });

  test('cover what they are there for', () => {
    const shapes = fc.sample(networkShape, 200).map((shape) => interpret(build(shape).network));
    const share = (holds: (one: (typeof shapes)[number]) => boolean): number => shapes.filter(holds).length / shapes.length;
    expect(share(({ states }) => states.size > 10)).toBeGreaterThan(0.1);
    expect(share(({ deadlocks }) => deadlocks > 0)).toBeGreaterThan(0.1);
    expect(share(({ deadlocks, quiescent }) => quiescent > deadlocks)).toBeGreaterThan(0.1);
    expect(share(({ edges }) => edges.some((edge) => edge.includes('"done"')))).toBeGreaterThan(0.1);
  });
});

/** The whole network as one machine of one state, explored by @xstate/graph. */
function adjacency(network: Network): { states: string[]; edges: string[] } {
  const steps = network.instances();
  const stepAt = (number: number) => {
    const step = steps[number];
    if (step === undefined) throw new RangeError(`no step ${number}`);
    return step;
  };
  const revive = (locals: Locals): Global =>
    new Map([...network.parts()].map(([name, { machine }]) => [name, machine.resolveState(locals[name] as never) as AnyMachineSnapshot]));
  const flat = setup({
    types: { context: {} as { locals: Locals }, events: {} as { type: 'step'; number: number } },
    guards: { enabled: ({ context, event }) => fire(revive(context.locals), stepAt(event.number)) !== undefined },
    actions: {
      move: assign({
        locals: ({ context, event }) => localsOf(fire(revive(context.locals), stepAt(event.number)) ?? revive(context.locals)),
      }),
    },
  }).createMachine({
    context: { locals: localsOf(initialGlobal(network)) },
    initial: 'all',
    states: { all: { on: { step: { guard: 'enabled', actions: 'move' } } } },
  });
  const events = steps.map((_, number) => ({ type: 'step' as const, number }));
  const map: AdjacencyMap<SnapshotFrom<typeof flat>, (typeof events)[number]> = getAdjacencyMap(flat, {
    events: (state) => events.filter((event) => state.can(event)),
  });
  const key = ({ context }: SnapshotFrom<typeof flat>): string => globalKey(revive(context.locals));
  return {
    states: Object.values(map)
      .map(({ state }) => key(state))
      .sort(),
    edges: adjacencyMapToArray(map)
      .map(({ state, event, nextState }) => `${key(state)} | ${stepAt(event.number).label} | ${key(nextState)}`)
      .sort(),
  };
}

type Locals = Readonly<Record<string, Pick<AnyMachineSnapshot, 'value' | 'context'>>>;

function localsOf(state: Global): Locals {
  return Object.fromEntries([...state].map(([name, { value, context }]) => [name, { value, context: context as unknown }]));
}
