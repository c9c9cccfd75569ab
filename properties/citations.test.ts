/** Every transition says which kernel functions it stands for, except what hardware or an observer does. */
import { describe, expect, it } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { SYMBOLS } from '../models/kernel/symbols.ts';
import { citesOf } from '../src/trace/replay.ts';
import { SUITES } from './index.ts';

/** Observers and the environment: no kernel code. */
const OBSERVERS = ['wire', 'ledger', 'counter', 'emptiness', 'queue', 'contract', 'flowOrder', 'thread', 'sharedMemory', 'storeBuffer'];
/** The example of a driver: its kernel does not exist. */
const MADE_UP = ['acmePoll'];
/** What the device does by itself: machine and event. */
const HARDWARE = [
  // What a lookup is told for the sake of its claims.
  'lookup MARK',
  'lookup EXCUSE',
  'lookup FORGET',
  'nic DMA',
  'nic DROP',
  'nic CAUSE',
  'ring DMA',
  'ring NO_DESCRIPTOR',
  'vector CAUSE',
  'vector EMIT',
  'msi CAUSE',
  'msi EMIT',
  'intx CAUSE',
  'virtqueue NOTIFY',
  'virtqueue SKIP',
  'descriptors DMA',
  'descriptors NO_DESCRIPTOR',
  'gro AGE',
  'memory SHORT',
  'memory BACK',
];

const machines = new Map(
  SUITES.flatMap((suite) => [...suite.build().network.parts().values()].map(({ machine }) => [machine.id, machine])),
);

function transitionsOf(node: AnyStateNode): { readonly event: string; readonly meta: unknown }[] {
  const own = [...node.transitions].flatMap(([event, list]) => list.map(({ meta }) => ({ event, meta: meta as unknown })));
  return [...own, ...Object.values(node.states).flatMap((child) => transitionsOf(child as AnyStateNode))];
}

describe('citations', () => {
  it('stand at every transition', () => {
    const uncited = [...machines].flatMap(([id, machine]) =>
      transitionsOf(machine.root)
        .filter(({ meta }) => citesOf(meta).length === 0)
        .map(({ event }) => `${id} ${event}`),
    );
    const unexpected = uncited.filter(
      (one) => !HARDWARE.includes(one) && ![...OBSERVERS, ...MADE_UP].some((id) => one.startsWith(`${id} `)),
    );
    expect(unexpected).toEqual([]);
  });

  it('name no symbol that no transition cites', () => {
    const cited = new Set([...machines.values()].flatMap((machine) => transitionsOf(machine.root).flatMap(({ meta }) => citesOf(meta))));
    const steps = SUITES.flatMap((suite) =>
      suite
        .build()
        .network.instances()
        .flatMap((step) => step.cite ?? []),
    );
    for (const symbol of steps) cited.add(symbol);
    expect(SYMBOLS.filter((symbol) => !cited.has(symbol))).toEqual([]);
  });

  it('are all known symbols, on steps too', () => {
    const known: readonly string[] = SYMBOLS;
    const steps = SUITES.flatMap((suite) =>
      suite
        .build()
        .network.instances()
        .flatMap((step) => step.cite ?? []),
    );
    expect(steps.filter((symbol) => !known.includes(symbol))).toEqual([]);
  });
});
