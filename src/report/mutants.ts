/** The kill matrix: planted bugs by properties, in plain text. */
import type { Style } from '../trace/explain.ts';

/** A property that a bug breaks, and in how many steps; without them, it is undecided. */
export interface Killed {
  readonly property: string;
  readonly steps?: number;
}

export interface Mutant {
  readonly suite: string;
  readonly id: string;
  /** The row of the kernel notes that it is. */
  readonly row?: string;
  readonly about: string;
  /** All that is claimed of the network. */
  readonly properties: readonly string[];
  /** What it is to break; nothing if it is benign. */
  readonly breaks: readonly string[];
  /** What it does break, and the sound network at the same bounds does not. */
  readonly killed: readonly Killed[];
  /** The steps that another checker needed, and what makes the difference, where there is such a figure. */
  readonly calibration?: { readonly steps: number; readonly because: string };
  /** In what it is not as expected. */
  readonly wrong?: string;
}

/** One table for each suite, columns numbered; then what is not as expected, and the figures of another checker. */
export function mutantTable(mutants: readonly Mutant[], style: Style): string {
  const suites = [...new Set(mutants.map(({ suite }) => suite))];
  const wrong = mutants.filter((one) => one.wrong !== undefined);
  const benign = mutants.filter(({ breaks }) => breaks.length === 0).length;
  const compared = mutants.filter(({ calibration }) => calibration !== undefined);
  return [
    ...suites.map(
      (suite) =>
        `${suiteTable(
          suite,
          mutants.filter((one) => one.suite === suite),
          style,
        )}\n`,
    ),
    'A number is the length of the shortest counterexample, 0 where what should be reachable is not; ! marks what the bug is planted\nto break, ? what was not decided.\n',
    ...(compared.length === 0
      ? []
      : ['\nshortest counterexamples beside those of another checker, which sends all frames first and runs to the end:\n']),
    ...compared.map(
      (one) => `  ${one.row}: ${leastOf(one)} steps here, ${one.calibration?.steps} there (${one.id}): ${one.calibration?.because}\n`,
    ),
    ...wrong.map((one) => style('red', `\nNOT AS EXPECTED: ${one.suite}: ${one.id} ${one.wrong}\n`)),
    `\n${mutants.length - benign} bugs and ${benign} benign changes: ${wrong.length === 0 ? 'all as expected' : `${wrong.length} NOT as expected`}\n`,
  ].join('');
}

function leastOf({ killed }: Mutant): number {
  return Math.min(...killed.flatMap(({ steps = 0 }) => (steps > 0 ? [steps] : [])));
}

function suiteTable(suite: string, mutants: readonly Mutant[], style: Style): string {
  const names = [...new Set(mutants.flatMap(({ properties }) => properties))];
  // Columns of properties that nothing here breaks would be empty.
  const broken = names.filter((name) => mutants.some(({ killed }) => killed.some(({ property }) => property === name)));
  const heads = mutants.map(({ id, row }) => (row === undefined ? id : `${id} (${row})`));
  const first = Math.max(...heads.map((head) => head.length)) + 2;
  const cell = (text: string): string => text.padStart(5);
  const cellOf = (mutant: Mutant, name: string): string => {
    const kill = mutant.killed.find(({ property }) => property === name);
    if (kill === undefined) return cell('. ');
    return cell(`${kill.steps ?? '?'}${mutant.breaks.includes(name) ? '!' : ' '}`);
  };
  return [
    style('bold', suite),
    ...broken.map((name, column) => `  ${String(column + 1).padStart(2)}  ${name}`),
    `  ${''.padEnd(first)}${broken.map((_, column) => cell(`${column + 1} `)).join('')}`.trimEnd(),
    ...mutants.map((mutant, index) => `  ${heads[index]!.padEnd(first)}${broken.map((name) => cellOf(mutant, name)).join('')}`.trimEnd()),
    '',
  ].join('\n');
}
