/** The results as a table in plain text: for a terminal, coloured if asked, and for a log. */
import { oneLine } from '../export/values.ts';
import { plain, type Style } from '../trace/explain.ts';
import { asExpected, type ReportClaim, type ReportSuite } from './model.ts';

export interface TableOptions {
  readonly style?: Style;
  readonly columnsMax?: number;
}

const COLUMNS_MAX_DEFAULT = 120;
const GAP = '  ';
const HEADINGS = ['property', 'network', 'bounds', 'verdict', 'states', 'transitions', 'depth'] as const;
/** Columns that hold numbers: aligned to the right. */
const NUMBERS_FROM = 4;
/** The narrowest that the folding columns may become. */
const FOLDED_MIN = 12;

/** One block per suite: a line per property, the network, its bounds and counts once. Ends with a summary line. */
export function resultTable(suites: readonly ReportSuite[], options: TableOptions = {}): string {
  const style = options.style ?? plain;
  const blocks = suites.map(blockOf);
  const widths = widthsOf(blocks, options.columnsMax ?? COLUMNS_MAX_DEFAULT);
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length));
  const head = rowText([...HEADINGS], widths, (_, text) => style('bold', text));
  const body = blocks.flatMap((block) => [rule, ...blockLines(block, widths, style)]);
  const claims = suites.flatMap(({ claims: own }) => own);
  return `${[head, ...body, rule, summary(claims, style)].join('\n')}\n`;
}

interface Block {
  readonly suite: ReportSuite;
  /** The id, which starts with the network's name; bounds, states, transitions, depth. */
  readonly shared: readonly string[];
}

function blockOf(suite: ReportSuite): Block {
  return {
    suite,
    shared: [suite.id, suite.scenario, ...[suite.states, suite.transitions, suite.depth].map((count) => count.toLocaleString('en-US'))],
  };
}

/** The verdict in words; one that is not the expected verdict is shouted. */
function verdictOf(claim: ReportClaim): string {
  const { tag } = claim.result.verdict;
  if (!asExpected(claim)) return `${tag.toUpperCase()}! expected ${claim.expected}`;
  return tag === 'holds' ? tag : `${tag}, expected`;
}

function blockLines({ suite, shared }: Block, widths: readonly number[], style: Style): string[] {
  const [id = '', bounds = '', ...counts] = shared;
  const left = suite.claims.map((claim) => ({ claim, lines: folded(claim.result.property.name, widths[0] ?? 0) }));
  const sides = [folded(id, widths[1] ?? 0), folded(bounds, widths[2] ?? 0)];
  const rows = left.flatMap(({ claim, lines }) => lines.map((line, index) => ({ claim: index === 0 ? claim : undefined, line })));
  const height = Math.max(rows.length, ...sides.map((side) => side.length));
  return Array.from({ length: height }, (_, index) => {
    const row = rows[index];
    const numbers = index === 0 ? counts : counts.map(() => '');
    const cells = [row?.line ?? '', sides[0]?.[index] ?? '', sides[1]?.[index] ?? '', row?.claim ? verdictOf(row.claim) : '', ...numbers];
    return rowText(cells, widths, (column, text) => (column === 3 && row?.claim ? coloured(row.claim, text, style) : text));
  });
}

function coloured(claim: ReportClaim, text: string, style: Style): string {
  if (!asExpected(claim)) return style('inverse', style('red', text));
  return style(claim.result.verdict.tag === 'holds' ? 'green' : 'yellow', text);
}

function summary(claims: readonly ReportClaim[], style: Style): string {
  const wrong = claims.filter((claim) => !asExpected(claim)).length;
  const all = claims.length === 1 ? '1 property' : `${claims.length} properties`;
  if (wrong === 0) return style('green', `${all}, every verdict as expected`);
  return style('inverse', style('red', `${all}, ${wrong} ${wrong === 1 ? 'verdict' : 'verdicts'} NOT AS EXPECTED`));
}

/** Widths that fit. A suite has many properties and few bounds, so bounds fold first: the space below them is free. */
function widthsOf(blocks: readonly Block[], columnsMax: number): number[] {
  const texts: readonly string[][] = [
    blocks.flatMap(({ suite }) => suite.claims.map(({ result }) => result.property.name)),
    blocks.map(({ shared }) => shared[0] ?? ''),
    blocks.map(({ shared }) => shared[1] ?? ''),
    blocks.flatMap(({ suite }) => suite.claims.map(verdictOf)),
    ...[2, 3, 4].map((index) => blocks.map(({ shared }) => shared[index] ?? '')),
  ];
  const wanted = texts.map((column, index) => Math.max(HEADINGS[index]?.length ?? 0, ...column.map((text) => text.length)));
  const fixed = wanted.reduce((sum, width, index) => sum + GAP.length + (index === 0 || index === 2 ? 0 : width), -GAP.length);
  const [property = 0, , bounds = 0] = wanted;
  const room = Math.max(columnsMax - fixed, 2 * FOLDED_MIN);
  const longestBound = Math.max(FOLDED_MIN, ...blocks.flatMap(({ suite }) => suite.scenario.split(' ').map((bound) => bound.length)));
  const forProperty = Math.min(property, Math.max(FOLDED_MIN, room - Math.min(longestBound, bounds)));
  return wanted.map((width, index) => (index === 0 ? forProperty : index === 2 ? Math.min(bounds, room - forProperty) : width));
}

function rowText(cells: readonly string[], widths: readonly number[], paint: (column: number, text: string) => string): string {
  const last = cells.findLastIndex((cell) => cell !== '');
  return cells
    .slice(0, last + 1)
    .map((cell, column) => {
      const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - cell.length));
      const text = cell === '' ? '' : paint(column, cell);
      return column >= NUMBERS_FROM ? space + text : column === last ? text : text + space;
    })
    .join(GAP);
}

/** `text` in lines of at most `columns`, folded at spaces; a longer word is cut. */
function folded(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of oneLine(text)
    .split(/\s+/)
    .flatMap((one) => one.match(new RegExp(`.{1,${Math.max(columns, 1)}}`, 'gu')) ?? [])) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length === 0 ? [''] : lines;
}
