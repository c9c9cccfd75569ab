/** Mermaid `stateDiagram-v2` of statecharts and small state graphs: what a README or a pull request can show. */
import { UsageError } from '../model/error.ts';
import { type Chart, type ChartState, labelOf, staysInside, statesOf } from './statechart.ts';
import type { StateGraph } from './stategraph.ts';

/** Mermaid lays out more states than this, but nobody could read them. */
const STATES_MAX = 100;
/** Mermaid's own `maxTextSize`: it refuses a longer diagram. */
const CHARACTERS_MAX = 50_000;

/** Words that Mermaid would read as syntax where an identifier is meant. */
const RESERVED = new Set([
  'state',
  'note',
  'end',
  'direction',
  'class',
  'classDef',
  'style',
  'click',
  'href',
  'default',
  'as',
  'of',
  'left',
  'right',
  'hide',
  'scale',
  'title',
  'accTitle',
  'accDescr',
]);

/** A statechart. What stays inside a state is a line in its box, or a note beside a compound one. */
export function chartMermaid(chart: Chart): string {
  const ids = identifiers(statesOf(chart.root));
  const rootActs = chart.transitions.some(({ from }) => from === chart.root.id) || chart.root.entry.length + chart.root.exit.length > 0;
  const body = rootActs ? stateLines(chart.root, chart, ids, '  ') : childLines(chart.root, chart, ids, '  ');
  const start = rootActs ? [`  [*] --> ${idOf(ids, chart.root.id)}`] : [];
  const arrows = chart.transitions.flatMap((transition) =>
    staysInside(transition)
      ? []
      : transition.to.map((to) => `  ${idOf(ids, transition.from)} --> ${idOf(ids, to)} : ${escaped(labelOf(transition))}`),
  );
  return within(chart.name, ['stateDiagram-v2', ...start, ...body, ...arrows]);
}

/**
 * A state graph of at most 100 states and as long a text as Mermaid takes; components that stay as they are stand in a comment.
 * Throws a UsageError for a larger one.
 */
export function graphMermaid(graph: StateGraph): string {
  if (graph.states.length > STATES_MAX) {
    throw new UsageError(
      `network '${graph.network}' has ${graph.states.length} reachable states, and a Mermaid diagram is unreadable beyond ${STATES_MAX}; write DOT or SVG instead, or make the scenario smaller`,
    );
  }
  const start = graph.states[0]?.locals ?? [];
  const moves = graph.parts.map((_, index) => graph.states.some(({ locals }) => locals[index] !== start[index]));
  const still = graph.parts.flatMap((part, index) =>
    moves[index] === true ? [] : [`  %% always: ${escaped(`${part} ${start[index] ?? ''}`)}`],
  );
  const states = graph.states.flatMap(({ locals, quiescent }, number) => [
    `  state "${number}${quiescent ? ' (quiescent)' : ''}" as s${number}`,
    ...graph.parts.flatMap((part, index) => (moves[index] === true ? [`  s${number} : ${escaped(`${part} ${locals[index] ?? ''}`)}`] : [])),
  ]);
  const edges = graph.edges.map(
    ({ from, to, label, owner }) => `  s${from} --> s${to} : ${escaped(`${label} (${graph.owners[owner] ?? ''})`)}`,
  );
  return within(graph.network, ['stateDiagram-v2', '  [*] --> s0', ...still, ...states, ...edges]);
}

/** Text with everything that Mermaid could read as syntax written as an entity. */
export function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[^\p{L}\p{N} _.,/()[\]=+!?*'-]/gu, (character) => `#${character.codePointAt(0)};`)
    .replaceAll('--', '#45;#45;')
    .replace(/end note/gi, (words) => words.replace(' ', '#32;'));
}

function stateLines(state: ChartState, chart: Chart, ids: ReadonlyMap<string, string>, margin: string): string[] {
  const id = idOf(ids, state.id);
  const head = `${margin}state "${escaped(state.name)}" as ${id}`;
  const lines = [
    ...(state.description === undefined || state.id === '' ? [] : [state.description]),
    ...state.entry.map((action) => `entry / ${action}`),
    ...state.exit.map((action) => `exit / ${action}`),
    ...chart.transitions.filter((one) => one.from === state.id && staysInside(one)).map(labelOf),
  ].map(escaped);
  if (state.states.length === 0) {
    const end = state.kind === 'final' ? [`${margin}${id} --> [*]`] : [];
    return [head, ...lines.map((line) => `${margin}${id} : ${line}`), ...end];
  }
  const note =
    lines.length === 0 ? [] : [`${margin}note right of ${id}`, ...lines.map((line) => `${margin}  ${line}`), `${margin}end note`];
  return [`${head} {`, ...childLines(state, chart, ids, `${margin}  `), `${margin}}`, ...note];
}

function childLines(state: ChartState, chart: Chart, ids: ReadonlyMap<string, string>, margin: string): string[] {
  const start = state.initial === undefined ? [] : [`${margin}[*] --> ${idOf(ids, state.initial)}`];
  const children = state.states.flatMap((child, index) => [
    ...(state.kind === 'parallel' && index > 0 ? [`${margin}--`] : []),
    ...stateLines(child, chart, ids, margin),
  ]);
  return [...start, ...children];
}

/** An identifier for each state that reads like its path. */
function identifiers(states: readonly ChartState[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id, name } of states) {
    const plain = (id === '' ? name : id).replace(/\W+/g, '_').replace(/^(\d|$)/, '_$1');
    const base = RESERVED.has(plain) ? `${plain}_` : plain;
    let unique = base;
    for (let count = 2; taken.has(unique); count++) unique = `${base}_${count}`;
    taken.add(unique);
    ids.set(id, unique);
  }
  return ids;
}

function idOf(ids: ReadonlyMap<string, string>, id: string): string {
  return ids.get(id) ?? '_';
}

function within(name: string, lines: readonly string[]): string {
  const text = `${lines.join('\n')}\n`;
  if (text.length > CHARACTERS_MAX) {
    throw new UsageError(
      `the Mermaid diagram of '${name}' has ${text.length} characters, and Mermaid refuses more than ${CHARACTERS_MAX}; write DOT or SVG instead`,
    );
  }
  return text;
}
