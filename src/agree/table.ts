/** Agreements as lines of text: one for each network and engine, then what they come to. */
import type { Agreement } from './agreement.ts';
import type { Exploration } from '../explore/exploration.ts';

/** A network that was to be compared. `ours` is missing where our own search did not come to an end. */
export interface AgreementRow {
  /** `ring/article`, with the bug that was planted. */
  readonly name: string;
  readonly bounds: string;
  readonly claims: number;
  readonly ours?: Pick<Exploration, 'states' | 'transitions'> | undefined;
  readonly engines: readonly { readonly name: string; readonly agreement: Agreement }[];
}

const WIDTHS = [6, 12, 12, 13, 13, 7] as const;

/** The heading over rows whose names take `width` columns. */
export function headLine(width: number): string {
  return line(width, ['network', 'engine', 'states', 'there', 'transitions', 'there', 'claims', 'result']);
}

/** The lines of one network: its counts here and there, its bounds, and every difference. */
export function rowLines({ name, bounds, claims, ours, engines }: AgreementRow, width: number): string[] {
  if (ours === undefined) return [line(width, [name, '', '', '', '', '', '', 'NOT COMPARED: too large for --states-max']), `  ${bounds}`];
  const own = [ours.states, ours.transitions].map(counted);
  const rows = engines
    .filter(({ agreement }) => agreement.tag !== 'absent')
    .flatMap(({ name: engine, agreement }) => {
      const there = 'answer' in agreement ? [agreement.answer.states, agreement.answer.transitions].map(counted) : ['-', '-'];
      const cells = [name, engine, own[0], there[0], own[1], there[1], String(claims), resultOf(agreement)];
      return [line(width, cells), ...(agreement.tag === 'disagrees' ? agreement.differences.map((one) => `  ${one}`) : [])];
    });
  const lines =
    rows.length === 0 ? [line(width, [name, '', own[0], '', own[1], '', String(claims), 'NOT COMPARED: no engine is there'])] : rows;
  return [...lines, `  ${bounds}`];
}

/** What it comes to: how many comparisons, how many agreed, and which engines were not there. */
export function summaryLines(rows: readonly AgreementRow[]): string[] {
  const all = rows.flatMap(({ engines }) => engines);
  const ran = all.filter(({ agreement }) => agreement.tag !== 'absent');
  const agreed = ran.filter(({ agreement }) => agreement.tag === 'agreed').length;
  const uncompared = rows.filter(({ ours }) => ours === undefined).length;
  const absent = new Map(all.flatMap(({ name, agreement }) => (agreement.tag === 'absent' ? [[name, agreement.why] as const] : [])));
  return [
    `${ran.length} comparisons, ${agreed} agreed, ${ran.length - agreed} not${uncompared === 0 ? '' : `; ${uncompared} networks not compared`}`,
    ...[...absent].map(([name, why]) => {
      const count = all.filter((one) => one.name === name && one.agreement.tag === 'absent').length;
      return `${name}: not run on ${count} networks: ${why}`;
    }),
  ];
}

function resultOf(agreement: Agreement): string {
  switch (agreement.tag) {
    case 'agreed':
      return 'agreed';
    case 'disagrees':
      return 'DISAGREES';
    case 'incomplete':
      return `NOT COMPLETE: ${agreement.why}`;
    case 'absent':
      return `not run: ${agreement.why}`;
  }
}

function counted(count: number): string {
  return count.toLocaleString('en-US');
}

/** Names and engines to the left, counts to the right. */
function line(width: number, [name = '', engine = '', ...rest]: readonly (string | undefined)[]): string {
  const counts = rest.slice(0, -1).map((cell, index) => (cell ?? '').padStart(WIDTHS[index + 1] ?? 0));
  return [name.padEnd(width), engine.padEnd(WIDTHS[0]), ...counts, rest.at(-1) ?? ''].join('  ');
}
