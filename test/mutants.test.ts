/** The kill matrix: what it shows, and what it does not let pass. */
import { expect, test } from 'vitest';
import { mutantsCommand } from '../src/cli/mutants.ts';
import { type Mutant, mutantTable } from '../src/report/mutants.ts';
import { plain } from '../src/trace/explain.ts';
import { captured } from './captured.ts';

const run = captured();

const mutant: Mutant = {
  suite: 's',
  id: 'a',
  about: 'it is wrong',
  properties: ['p', 'q', 'r'],
  breaks: ['q'],
  killed: [{ property: 'q', steps: 3 }],
};

test('shows what each bug breaks, in how many steps, and nothing of what none breaks', () => {
  const other: Mutant = {
    ...mutant,
    id: 'other',
    row: 'M1.1',
    breaks: ['r'],
    killed: [{ property: 'q' }, { property: 'r', steps: 12 }],
    calibration: { steps: 9, because: 'it counts the boot' },
  };
  expect(mutantTable([mutant, other], plain)).toBe(`s
   1  q
   2  r
                   1    2
  a                3!   .
  other (M1.1)     ?   12!

A number is the length of the shortest counterexample, 0 where what should be reachable is not; ! marks what the bug is planted
to break, ? what was not decided.

shortest counterexamples beside those of another checker, which sends all frames first and runs to the end:
  M1.1: 12 steps here, 9 there (other): it counts the boot

2 bugs and 0 benign changes: all as expected
`);
});

test('names a survivor', () => {
  const text = mutantTable([{ ...mutant, killed: [], wrong: "does not break 'q'" }], plain);
  expect(text).toContain("NOT AS EXPECTED: s: a does not break 'q'");
  expect(text).toContain('1 bugs and 0 benign changes: 1 NOT as expected');
});

test('every bug of a suite is killed by what it is planted to break, and a benign change by nothing', async () => {
  expect(await mutantsCommand({ network: 'backlog/article' })).toBe(0);
  expect(run.said).toMatch(/ipi-forgotten \(M5\.4\) +7!( +\.)* +7! +7!/);
  run.said = '';
  expect(await mutantsCommand({ network: 'ring/article', json: true })).toBe(0);
  const all = JSON.parse(run.said) as Mutant[];
  expect(all.filter(({ breaks }) => breaks.length === 0).map(({ killed }) => killed)).toEqual([[], [], []]);
  expect(all.find(({ id }) => id === 'no-latch')).toMatchObject({ row: 'M2.1', calibration: { steps: 18 } });
});
