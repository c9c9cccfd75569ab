/** Coverage tells exactly which arms a network's steps select, whichever engine explores it. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile } from '../src/compile/compile.ts';
import { type Coverage, cover } from '../src/explore/coverage.ts';
import { explore } from '../src/explore/explore.ts';
import { build, networkShape } from './random.ts';
import { locks } from './toys.ts';

test('names the arms that do not fire', () => {
  const coverage: Coverage = new Map();
  cover(coverage, locks('same'));
  const unfired = [...coverage].flatMap(([machine, arms]) => [...arms].flatMap(([arm, fired]) => (fired ? [] : [`${machine}: ${arm}`])));
  expect(unfired).toEqual([]);
  expect([...coverage.values()].some((arms) => arms.size > 1)).toBe(true);
});

test('both engines see the same moves', () => {
  fc.assert(
    fc.property(networkShape, (shape) => {
      const compiled = compile(build(shape).network, []);
      const [fields, blocks] = (['fields', 'blocks'] as const).map((engine) => {
        const moves = new Set<string>();
        explore(compiled, [], { engine }).forEachMove((...move) => moves.add(move.join()));
        return [...moves].sort();
      });
      expect(blocks).toEqual(fields);
    }),
    { numRuns: 100 },
  );
});
