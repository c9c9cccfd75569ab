/**
 * A trace as a proof: Let (network, bounds, claim), Then (each step, who takes it, what it changes, the kernel functions
 * it stands for), For ever (the steps that a run without end repeats), However (the property's words, with the values that
 * make them true), Therefore.
 * Pure: text in columns, coloured only by the `style` that is passed in.
 */
import type { Conjunction, Property } from '../model/property.ts';
import { differences, oneLine, stateText } from '../export/values.ts';
import { claimText, howeverOf } from './however.ts';
import type { Change, Trace, TraceStep } from './replay.ts';

export { conjunctText, valuesRead } from './however.ts';

/** What is explained. */
export interface Explained {
  readonly network: string;
  /** The bounds, as `scenarioText` writes them. */
  readonly scenario: string;
  readonly property: Property;
  readonly trace: Trace;
  /** What the last state satisfies; found among the property's own conjunctions when not given. */
  readonly conjunction?: Conjunction | undefined;
}

export type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'inverse';
/** `styleText` of node:util has this shape. */
export type Style = (format: Format, text: string) => string;

/** No colours: for pipes, files and tests. */
export const plain: Style = (_, text) => text;

export interface ExplainOptions {
  readonly style?: Style;
  readonly columnsMax?: number;
}

const COLUMNS_MAX_DEFAULT = 100;
/** Text hangs this far from the words Let, Then, For ever, However. */
const INDENT = 9;
/** A name longer than this breaks its column rather than widening it for all. */
const NAME_CHARACTERS_MAX = 24;
const LABEL_CHARACTERS_MAX = 48;

/** The trace of a violated property, or the witness of a `sometimes`, as a proof. Ends with a newline. */
export function explain(explained: Explained, options: ExplainOptions = {}): string {
  const style = options.style ?? plain;
  const columns = options.columnsMax ?? COLUMNS_MAX_DEFAULT;
  return [letLines(explained, style, columns), thenLines(explained.trace, style, columns), howeverLines(explained, style, columns)]
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(''))
    .join('\n');
}

/** One change in words: `idle -> sched; count 0 -> 1`, or `stays idle`. */
export function changeText({ before, after }: Change): string {
  const [old, now] = [stateText(before.value), stateText(after.value)];
  const fields = differences(before.context, after.context).map((one) => `${one.path} ${one.before} -> ${one.after}`);
  return [old === now ? `stays ${now}` : `${old} -> ${now}`, ...fields].join('; ');
}

function letLines({ network, scenario, property }: Explained, style: Style, columns: number): string[] {
  const row = (name: string, text: string) => hanging(name.padEnd(10), text, columns - INDENT);
  const rows = [...row('network', network), ...row('bounds', scenario === '' ? '(none)' : scenario), ...row('property', property.name)];
  rows.push(...hanging(' '.repeat(10), `(${claimText(property)})`, columns - INDENT).map((line) => style('dim', line)));
  return paragraph('Let', rows, style);
}

function thenLines({ steps, loop }: Trace, style: Style, columns: number): string[] {
  const changes = steps.flatMap((step) => step.changes);
  const widths: Widths = {
    number: String(steps.length).length,
    label: widest(
      steps.map((step) => step.step.label),
      LABEL_CHARACTERS_MAX,
    ),
    component: widest(
      changes.map((change) => change.component),
      NAME_CHARACTERS_MAX,
    ),
    event: widest(
      changes.map((change) => change.event),
      NAME_CHARACTERS_MAX,
    ),
  };
  const linesOf = (from: number, to: number): string[] =>
    steps.slice(from, to).flatMap((step, index) => stepLines(step, from + index + 1, widths, style, columns - INDENT));
  const before = loop ?? steps.length;
  const first = before === 0 ? ['nothing has to happen: the initial state will do.'] : linesOf(0, before);
  if (loop === undefined) return paragraph('Then', first, style);
  const back = `and then step ${loop + 1} again: the state is the one ${loop === 0 ? 'it began in' : `after step ${loop}`}.`;
  const round =
    loop === steps.length ? ['nothing more happens: no owner that may not stop can move.'] : [...linesOf(loop, steps.length), back];
  return [...paragraph('Then', first, style), '', ...paragraph('For ever', round, style)];
}

interface Widths {
  readonly number: number;
  readonly label: number;
  readonly component: number;
  readonly event: number;
}

function stepLines({ step, cites, changes }: TraceStep, number: number, widths: Widths, style: Style, columns: number): string[] {
  const margin = ' '.repeat(widths.number + 2);
  const owner = step.environment === true ? `${step.owner} (environment)` : step.owner;
  const head = `${String(number).padStart(widths.number)}  ${style('bold', oneLine(step.label).padEnd(widths.label))}  ${style('cyan', oneLine(owner))}`;
  const moved = changes.flatMap((change) => {
    const names = `${margin}${change.component.padEnd(widths.component)}  ${change.event.padEnd(widths.event)}  `;
    return hanging(names, changeText(change), columns);
  });
  const kernel = cites.length === 0 ? [] : hanging(`${margin}kernel: `, cites.join(', '), columns);
  return [head, ...moved, ...kernel.map((line) => style('dim', line))];
}

function howeverLines({ property, trace, conjunction }: Explained, style: Style, columns: number): string[] {
  const { good, passages, length } = howeverOf(property, trace, conjunction);
  const width = widest(
    passages.flatMap(({ facts }) => facts.map(({ words }) => words)),
    LABEL_CHARACTERS_MAX,
  );
  const lines = passages.flatMap(({ opening, facts }) => [
    opening,
    ...facts.flatMap(({ words, values }) => hanging(`  ${words.padEnd(width)}  `, values === '' ? '' : `[${values}]`, columns - INDENT)),
  ]);
  const rest = `${good ? 'which is what is sought' : 'which is what is forbidden'}: "${property.name}".`;
  const ending = good
    ? `Therefore the situation is reachable within the bounds, in ${length}.`
    : `Therefore the property is violated within the bounds, in ${length}.`;
  return [
    ...paragraph(good ? 'Indeed' : 'However', [...lines, ...hanging('', rest, columns - INDENT)], style),
    '',
    style(good ? 'green' : 'red', ending),
  ];
}

function widest(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...texts.map((text) => text.length)));
}

/** `word`, with `lines` hanging to its right. */
function paragraph(word: string, lines: readonly string[], style: Style): string[] {
  return lines.map((line, index) => (index === 0 ? style('bold', word.padEnd(INDENT)) : ' '.repeat(INDENT)) + line);
}

/** `prefix`, then `text` folded at spaces so that it hangs beside it. A single word longer than the room is kept whole. */
export function hanging(prefix: string, text: string, columns = COLUMNS_MAX_DEFAULT): string[] {
  const label = oneLine(prefix);
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && label.length + longer.length > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines.map((one, index) => (index === 0 ? label : ' '.repeat(label.length)) + one);
}
