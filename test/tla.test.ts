/** The TLA+ text: exact where it is small, well formed, and the same system when something else reads it. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disagreements } from '../src/agree/compare.ts';
import { check } from '../src/explore/check.ts';
import { guarded } from '../src/export/guarded.ts';
import { tla, tlaText } from '../src/export/tla.ts';
import { component } from '../src/model/component.ts';
import { type Network, network } from '../src/model/network.ts';
import { never, type Property, quiescent, sometimes } from '../src/model/property.ts';
import { COMPARED, tiny, TINY_CLAIMS } from './agree-toys.ts';
import { build, networkShape } from './random.ts';
import { readModule, searchModule } from './tla-reader.ts';
import { lamp } from './toys.ts';

test('is this, for a small network', async () => {
  const { name, module, config } = tla(tiny, TINY_CLAIMS, { bounds: 'max=1' });
  expect(name).toBe('rxproof_tiny');
  await expect(module).toMatchFileSnapshot('fixtures/tiny.tla');
  await expect(config).toMatchFileSnapshot('fixtures/tiny.cfg');
});

/** What a reader of the text alone finds, where it differs from what the search found. */
function differences(net: Network, claims: readonly Property[]): string[] {
  const model = guarded(net, claims);
  const module = readModule(tlaText(model).module);
  const read = searchModule(
    module,
    model.claims.map(({ name }) => name),
  );
  return disagreements(check(net, claims), read);
}

describe.each(COMPARED)('%s', (_, net, claims) => {
  test('is the same system when it is read again', () => {
    expect(differences(net, claims)).toEqual([]);
  });

  test('primes every variable, or leaves it unchanged, in every action', () => {
    const { variables, actions } = readModule(tla(net, claims).module);
    for (const { next, unchanged } of actions) expect([...next.keys(), ...unchanged].sort()).toEqual([...variables].sort());
  });

  test('has legal names, balanced brackets, plain characters, and is the same each time', () => {
    const { name, module, config } = tla(net, claims);
    expect(tla(net, claims)).toEqual({ name, module, config });
    expect(module.startsWith(`---- MODULE ${name} ----\n`)).toBe(true);
    expect(module).toMatch(/^[\n\x20-\x7e]*\n====\n$/);
    const code = module.replace(/^\\\*.*$/gm, '');
    for (const pair of ['()', '[]', '{}', ['<<', '>>']]) expect(code.split(pair[0] ?? '').length).toBe(code.split(pair[1] ?? '').length);
    for (const [, defined] of code.matchAll(/^(\S+) ==/gm)) expect(defined).toMatch(/^[A-Za-z]\w*$/);
    for (const [, invariant] of config.matchAll(/^INVARIANT (\w+)$/gm)) expect(code).toContain(`\n${invariant} == `);
  });
});

test('random networks are the same when they are read again', () => {
  fc.assert(
    fc.property(networkShape, (shape) => {
      const { network: net, goal } = build(shape);
      if (net.instances().length === 0) return;
      const claims = [never('avoided', [goal], []), quiescent('not left', [goal], goal), sometimes('reached', [goal])];
      expect(differences(net, claims)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('names are put where nothing can break out of a comment', () => {
  const odd = network('a*)\n(*b', { 'lamp\u2028 "x"': component(lamp) }).step('p(*\nTRUE', { i: ['\\*', 'é'] }, ({ i }, refs) => ({
    owner: `o\n${i}`,
    moves: Object.values(refs).map((one) => one.on({ type: 'press' })),
  }));
  const { name, module } = tla(odd, []);
  expect(name).toMatch(/^\w+$/);
  expect(module).toMatch(/^[\n\x20-\x7e]*$/);
  expect(readModule(module).actions).toHaveLength(2);
  expect(module).not.toMatch(/\(\*|\*\)/);
});
