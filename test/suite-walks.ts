/**
 * Every claim by random walks at bounds that no exhaustive search could take. A walk proves nothing: what is tested is that
 * none refutes, that the premises are met on the way, and that a planted bug is walked into. A test file for each family, so
 * that `vitest --shard` can share them out.
 */
import { describe, expect, it } from 'vitest';
import type { Property } from '../src/model/property.ts';
import { expectedTag } from '../src/model/suite.ts';
import { walk, walkText } from '../src/walk/walk.ts';
import { SUITES } from '../properties/index.ts';

const SEED = 20_260;

/** Walks at large bounds first; some bugs need one interleaving in thousands and are walked into at the small ones only. */
const ATTEMPTS = [
  { walks: 2_000, lengthMax: 600, large: true },
  { walks: 4_000, lengthMax: 400, large: false },
  { walks: 30_000, lengthMax: 250, large: false },
];

/** Bugs that take too many coincidences for a few thousand walks. */
const UNWALKED = ['missed-cleared-late', 'wakeup-trusted', 'prod-settled-first', 'walk-stops-at-running'];

/** What a walk can refute: it sees states, neither lassos nor single transitions. */
const isWalked = ({ kind }: Property): boolean => kind === 'never' || kind === 'quiescent';

/** The tests of the suites of one family. */
export function testWalks(family: string): void {
  const suites = SUITES.filter((suite) => suite.family.name === family);
  if (suites.length === 0) throw new Error(`no suite is of the family '${family}'`);
  describe.each(suites)('$id', (suite) => {
    it('finds no counterexample at its walk bounds, and meets every premise', () => {
      const { network, properties } = suite.build(suite.walk);
      const claims = properties.filter(({ kind, name }) => kind !== 'sometimes' && expectedTag(suite, name) === 'holds');
      const result = walk(network, claims, { seed: SEED, walks: 300, lengthMax: 800 });
      expect(walkText(result)).toMatch(/^no counterexample in 300 walks/);
      const seen = result.tag === 'none' ? result.premisesSeen : [];
      expect(claims.map(({ name }) => name).filter((name) => !seen.includes(name))).toEqual([]);
    });

    const walked = new Set(
      suite
        .build()
        .properties.filter(isWalked)
        .map(({ name }) => name),
    );
    it.each(
      suite.bugs
        .filter(({ id, breaks }) => !UNWALKED.includes(id) && breaks.some((name) => walked.has(name)))
        .map((bug) => [bug.id, bug] as const),
    )('walks into the planted bug %s', (id, bug) => {
      const found = ATTEMPTS.some(({ walks, lengthMax, large }) => {
        const { network, properties } = suite.build(large ? { ...suite.walk, ...bug.scenario } : {}, id);
        const broken = properties.filter(({ name }) => bug.breaks.includes(name));
        return walk(network, broken, { seed: SEED, walks, lengthMax }).tag === 'violated';
      });
      expect(found).toBe(true);
    });
  });
}
