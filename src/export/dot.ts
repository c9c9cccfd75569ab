/** Graphviz DOT of statecharts and state graphs. Every name and label is a quoted string: nothing is HTML-like. */
import { type Chart, type ChartState, detailsOf, labelOf, staysInside, statesOf } from './statechart.ts';
import type { StateGraph } from './stategraph.ts';

/** Above this many states a node shows its number only; the rest is in its tooltip. */
const LABELS_STATES_MAX = 60;

/** Okabe and Ito's colours, readable on white: owners are told apart by colour, and named on every edge. */
const OWNER_COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#7a5c00', '#56b4e9', '#e69f00', '#555555'];

/** A statechart: compound states as clusters, transitions that stay inside their state as lines in its box. */
export function chartDot(chart: Chart): string {
  const states = new Map(statesOf(chart.root).map((state) => [state.id, state]));
  const edges = chart.transitions.flatMap((transition) => {
    if (staysInside(transition)) return [];
    const from = states.get(transition.from) ?? chart.root;
    return transition.to.map((target) => {
      const to = states.get(target) ?? chart.root;
      const inside = from.states.length > 0 && within(to, from);
      const attributes = [
        `label=${quoted([transition.event, ...detailsOf(transition)].join('\n'))}`,
        ...(from.states.length > 0 && !inside ? [`ltail=${quoted(clusterOf(from))}`] : []),
        ...(to.states.length > 0 && !within(from, to) ? [`lhead=${quoted(clusterOf(to))}`] : []),
        ...(transition.cites.length > 0 ? [`tooltip=${quoted(transition.cites.join(', '))}`] : []),
      ];
      return `  ${quoted(inside ? anyOf(from) : leafOf(from).id)} -> ${quoted(leafOf(to).id)} [${attributes.join(', ')}];`;
    });
  });
  const anyUsed = new Set(
    chart.transitions
      .filter((one) => one.to.some((to) => to !== one.from && within(states.get(to), states.get(one.from))))
      .map((one) => one.from),
  );
  return lines([
    `digraph ${quoted(chart.name)} {`,
    '  compound=true; rankdir=TB; fontname="Helvetica";',
    '  node [shape=box, style=rounded, fontname="Helvetica"];',
    '  edge [fontname="Courier", fontsize=10];',
    ...stateLines(chart.root, chart, anyUsed, '  '),
    ...edges,
    '}',
  ]);
}

/** A state graph: one edge per enabled step, coloured by owner; quiescent states have a double border. */
export function graphDot(graph: StateGraph): string {
  const full = graph.states.length <= LABELS_STATES_MAX;
  const nodes = graph.states.map((state, number) => {
    const whole = graph.parts.map((part, index) => `${part} ${state.locals[index] ?? ''}`).join('\n');
    const label = full ? `${number}\n${whole}` : String(number);
    return `  ${number} [label=${quoted(label)}, tooltip=${quoted(whole)}${state.quiescent ? ', peripheries=2' : ''}${number === 0 ? ', style=bold' : ''}];`;
  });
  const edges = graph.edges.map(
    ({ from, to, label, owner }) =>
      `  ${from} -> ${to} [label=${quoted(label)}, tooltip=${quoted(graph.owners[owner] ?? '')}, color="${colour(owner)}", fontcolor="${colour(owner)}"];`,
  );
  return lines([
    `digraph ${quoted(graph.network)} {`,
    '  node [shape=box, fontname="Helvetica", fontsize=10];',
    '  edge [fontname="Courier", fontsize=9];',
    ...graph.owners.map((owner, index) => `  // ${colour(index)} ${owner.replace(/\s+/g, ' ')}`),
    ...nodes,
    ...edges,
    '}',
  ]);
}

/**
 * A DOT string. Beyond the quote and the backslash, Graphviz reads HTML entities in labels, so `&` is written as one;
 * a control character would end the output where it stands.
 */
export function quoted(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replace(/\r\n?|\n/g, '\\n')
    .replace(/\p{Cc}/gu, '\ufffd');
  return `"${escaped}"`;
}

function stateLines(state: ChartState, chart: Chart, anyUsed: ReadonlySet<string>, margin: string): string[] {
  const inside = [
    ...(state.description === undefined ? [] : [state.description]),
    ...state.entry.map((action) => `entry / ${action}`),
    ...state.exit.map((action) => `exit / ${action}`),
    ...chart.transitions.filter((one) => one.from === state.id && staysInside(one)).map(labelOf),
  ];
  const label = quoted([state.name, ...inside].join('\n'));
  if (state.states.length === 0)
    return [`${margin}${quoted(state.id)} [label=${label}${state.kind === 'final' ? ', peripheries=2' : ''}];`];
  const initial = state.states.find((child) => child.id === state.initial);
  const start = quoted(`initial of ${state.id}`);
  return [
    `${margin}subgraph ${quoted(clusterOf(state))} {`,
    `${margin}  label=${label}; style="${state.kind === 'parallel' ? 'rounded,dashed' : 'rounded'}";`,
    ...(initial === undefined ? [] : [`${margin}  ${start} [shape=point, width=0.12, label=""];`]),
    ...(anyUsed.has(state.id)
      ? [`${margin}  ${quoted(anyOf(state))} [shape=plaintext, label=${quoted(`any state of ${state.name}`)}];`]
      : []),
    ...state.states.flatMap((child) => stateLines(child, chart, anyUsed, `${margin}  `)),
    ...(initial === undefined
      ? []
      : [
          `${margin}  ${start} -> ${quoted(leafOf(initial).id)}${initial.states.length > 0 ? ` [lhead=${quoted(clusterOf(initial))}]` : ''};`,
        ]),
    `${margin}}`,
  ];
}

/** Edges end on leaves, and are clipped at the cluster. */
function leafOf(state: ChartState): ChartState {
  const child = state.states.find((one) => one.id === state.initial) ?? state.states[0];
  return child === undefined ? state : leafOf(child);
}

function within(state: ChartState | undefined, outer: ChartState | undefined): boolean {
  return state !== undefined && outer !== undefined && statesOf(outer).includes(state);
}

function clusterOf({ id }: ChartState): string {
  return `cluster_${id}`;
}

function anyOf({ id }: ChartState): string {
  return `any of ${id}`;
}

function colour(owner: number): string {
  return OWNER_COLOURS[owner % OWNER_COLOURS.length] ?? '#000000';
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
