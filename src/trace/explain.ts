/**
 * A trace as a proof: Let (network, bounds, claim), Then (each step, who takes it, what it changes, the kernel functions
 * it stands for), However (the property's words, with the values that make them true), Therefore.
 * Pure: text in columns, coloured only by the `style` that is passed in.
 */
import type { LocalState, Observation } from '../model/component.ts';
import { ModelError } from '../model/error.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { differences, oneLine, stateText, valueText } from '../export/values.ts';
import type { Change, Trace, TraceStep } from './replay.ts';

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
/** Text hangs this far from the words Let, Then, However. */
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

/** A conjunct in words: `ring has a frame`; a negated one as `not (ring has a frame)`. */
export function conjunctText({ component, label }: Pick<Observation, 'component' | 'label'>): string {
  const negated = /^not: (.*)$/s.exec(label);
  return negated ? `not (${conjunctText({ component, label: negated[1] ?? '' })})` : `${component} ${label}`;
}

/** The values that decide `observation` in `state`: the state's name, and the context fields that the predicate reads. */
export function valuesRead(observation: Observation, state: LocalState): string {
  const read = new Set<string>();
  const context: unknown = state.context;
  if (typeof context !== 'object' || context === null) return stateText(state.value);
  const fields = context as Readonly<Record<string, unknown>>;
  const spied = new Proxy(
    { ...fields },
    {
      get: (target, key) => {
        if (typeof key === 'string' && Object.hasOwn(target, key)) read.add(key);
        return Reflect.get(target, key) as unknown;
      },
    },
  );
  observation.test({ value: state.value, context: spied });
  return [stateText(state.value), ...[...read].map((field) => `${field} = ${valueText(fields[field])}`)].join(', ');
}

/** The conjunction of `property` that the last state of `trace` satisfies. Throws a ModelError if there is none. */
export function conjunctionOf(property: Property, trace: Trace): Conjunction {
  const last = trace.states[trace.states.length - 1];
  const candidates = property.kind === 'sometimes' ? property.reaches : property.forbids;
  const found = candidates.find((conjunction) =>
    conjunction.every(({ component, test }) => {
      const state = last?.get(component);
      return state !== undefined && test(state);
    }),
  );
  if (found === undefined) {
    throw new ModelError(
      `property '${property.name}': the last state of the trace satisfies none of its conjunctions; explain a trace with the property it was found for`,
    );
  }
  return found;
}

/** Where a property must hold, in words. */
export function claimText(kind: Property['kind']): string {
  switch (kind) {
    case 'never':
      return 'must hold in every reachable state';
    case 'quiescent':
      return 'must hold in every quiescent state: no step of the system itself is enabled';
    case 'sometimes':
      return 'must hold in some reachable state';
  }
}

function letLines({ network, scenario, property }: Explained, style: Style, columns: number): string[] {
  const row = (name: string, text: string) => hanging(name.padEnd(10), text, columns - INDENT);
  const rows = [...row('network', network), ...row('bounds', scenario === '' ? '(none)' : scenario), ...row('property', property.name)];
  rows.push(...hanging(' '.repeat(10), `(${claimText(property.kind)})`, columns - INDENT).map((line) => style('dim', line)));
  return paragraph('Let', rows, style);
}

function thenLines({ steps }: Trace, style: Style, columns: number): string[] {
  if (steps.length === 0) return paragraph('Then', ['nothing has to happen: the initial state will do.'], style);
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
  const lines = steps.flatMap((step, index) => stepLines(step, index + 1, widths, style, columns - INDENT));
  return paragraph('Then', lines, style);
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

function howeverLines(explained: Explained, style: Style, columns: number): string[] {
  const { property, trace } = explained;
  const last = trace.states[trace.states.length - 1];
  const conjunction = explained.conjunction ?? conjunctionOf(property, trace);
  const count = trace.steps.length;
  const where = count === 0 ? 'in the initial state' : `after step ${count}`;
  const words = conjunction.map(conjunctText);
  const width = widest(words, LABEL_CHARACTERS_MAX);
  const facts = conjunction.flatMap((observation, index) => {
    const state = last?.get(observation.component);
    const values = state === undefined ? '' : `[${valuesRead(observation, state)}]`;
    return hanging(`  ${(words[index] ?? '').padEnd(width)}  `, values, columns - INDENT);
  });
  const good = property.kind === 'sometimes';
  const ending = good
    ? `Therefore the situation is reachable within the bounds, in ${steps(count)}.`
    : `Therefore the property is violated within the bounds, in ${steps(count)}.`;
  const opening = property.kind === 'quiescent' ? `${where} no step of the system itself is enabled, and` : where;
  const rest = `${good ? 'which is what is sought' : 'which is what is forbidden'}: "${property.name}".`;
  return [
    ...paragraph(good ? 'Indeed' : 'However', [opening, ...facts, ...hanging('', rest, columns - INDENT)], style),
    '',
    style(good ? 'green' : 'red', ending),
  ];
}

function steps(count: number): string {
  return count === 1 ? '1 step' : `${count} steps`;
}

function widest(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...texts.map((text) => text.length)));
}

/** `word`, with `lines` hanging to its right. */
function paragraph(word: string, lines: readonly string[], style: Style): string[] {
  return lines.map((line, index) => (index === 0 ? style('bold', word.padEnd(INDENT)) : ' '.repeat(INDENT)) + line);
}

/** `prefix`, then `text` folded at spaces so that it hangs beside it. A single word longer than the room is kept whole. */
function hanging(prefix: string, text: string, columns: number): string[] {
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
