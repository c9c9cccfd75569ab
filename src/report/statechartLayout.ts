/** Where the boxes, arrows and labels of a statechart go: ELK's layered layout, compound states included. */
import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk.bundled.js';
import { type Chart, type ChartState, type ChartTransition, detailsOf, statesOf } from '../export/statechart.ts';

/** Part of a line, by what it is. */
export interface Span {
  readonly kind: 'name' | 'about' | 'event' | 'guard' | 'action' | 'arrow';
  readonly text: string;
}
export type Line = readonly Span[];

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedState extends Rect {
  readonly state: ChartState;
  readonly lines: readonly Line[];
}

export interface PlacedArrow {
  /** Undefined for the arrow from an initial dot. */
  readonly transition: ChartTransition | undefined;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly label: (Rect & { readonly lines: readonly Line[] }) | undefined;
}

export interface PlacedChart {
  readonly width: number;
  readonly height: number;
  /** Outer ones first, the frame of the machine at the front. */
  readonly states: readonly PlacedState[];
  readonly dots: readonly Rect[];
  readonly arrows: readonly PlacedArrow[];
}

export const LINE_HEIGHT = 15;
/** Space between a border and its text. */
export const PADDING = 10;
/** The widest of the usual monospaced fonts at the size that the picture uses. */
const CHARACTER_WIDTH = 7.3;
const ABOUT_CHARACTERS_MAX = 38;
const LABEL_CHARACTERS_MAX = 26;
const INSIDE_CHARACTERS_MAX = 44;
const DOT = 10;

/** ELK reads these at each level of the hierarchy. */
const SPACING = {
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '18',
  'elk.spacing.edgeEdge': '14',
  'elk.spacing.edgeLabel': '4',
};

// Any considerModelOrder option throws together with INCLUDE_CHILDREN.
const OPTIONS = {
  ...SPACING,
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
};

interface Drawn {
  readonly transition: ChartTransition;
  readonly to: string;
}

/** Lays out `chart`. The same chart always gets the same picture. */
export async function layoutChart(chart: Chart): Promise<PlacedChart> {
  const lines = new Map(statesOf(chart.root).map((state) => [state.id, boxLines(state, chart)]));
  const drawn: readonly Drawn[] = chart.transitions
    .filter((transition) => !listed(transition))
    .flatMap((transition) => transition.to.map((to) => ({ transition, to })));
  const order = new Map(statesOf(chart.root).map(({ id }, index) => [id, index]));
  // Models declare states in the order of their life, so an arrow to an earlier state points up: ELK sees it reversed,
  // which leaves it no cycle to break its own way.
  const upward = ({ transition, to }: Drawn): boolean => (order.get(to) ?? 0) < (order.get(transition.from) ?? 0);
  const edges = drawn.map((one, index): ElkExtendedEdge => {
    const ends = [nodeId(one.transition.from), nodeId(one.to)];
    const [source, target] = upward(one) ? ends.reverse() : ends;
    // ELK leaves out a label whose text is empty.
    const label = { text: 'label', ...sizeOf(labelLines(one.transition)), layoutOptions: { 'elk.edgeLabels.placement': 'CENTER' } };
    return { id: `t${index}`, sources: [source ?? ''], targets: [target ?? ''], labels: [label] };
  });
  const initials = statesOf(chart.root).flatMap(({ id, initial }) =>
    initial === undefined ? [] : [{ id: `i ${id}`, sources: [dotId(id)], targets: [nodeId(initial)] }],
  );
  // Large, and needed for pictures only. Its types say module, but it is CommonJS: the class is the default export.
  const { default: elkBundle } = await import('elkjs/lib/elk.bundled.js');
  const elk = new (elkBundle as unknown as new () => ELK)();
  const graph: ElkNode = { id: 'all', layoutOptions: OPTIONS, children: [nodeOf(chart.root, lines)], edges: [...initials, ...edges] };
  const placed = await elk.layout(graph);

  const nodes = new Map(flat(placed).map((node) => [node.id, node]));
  const arrows = (placed.edges ?? []).map((edge): PlacedArrow => {
    const one = edge.id.startsWith('t') ? drawn[Number(edge.id.slice(1))] : undefined;
    const transition = one?.transition;
    const label = transition && edge.labels?.[0] ? { ...rectOf(edge.labels[0]), lines: labelLines(transition) } : undefined;
    const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints, endPoint }) => [startPoint, ...(bendPoints ?? []), endPoint]);
    return { transition, points: one && upward(one) ? points.reverse() : points, label };
  });
  return {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    states: statesOf(chart.root).map((state) => ({
      ...rectOf(nodes.get(nodeId(state.id)) ?? {}),
      state,
      lines: lines.get(state.id) ?? [],
    })),
    dots: statesOf(chart.root).flatMap(({ id, initial }) => (initial === undefined ? [] : [rectOf(nodes.get(dotId(id)) ?? {})])),
    arrows,
  };
}

/** A transition that is a line in its state's box: it stays there, or goes to a state around or inside its own. */
export function listed({ from, to }: ChartTransition): boolean {
  return to.every((target) => target === from || inside(target, from) || inside(from, target));
}

/** The width and height of lines of text, as laid out. */
function sizeOf(lines: readonly Line[]): { width: number; height: number } {
  const widest = Math.max(0, ...lines.map((line) => line.reduce((sum, { text }) => sum + text.length + 1, -1)));
  return { width: widest * CHARACTER_WIDTH + 4, height: lines.length * LINE_HEIGHT };
}

function nodeOf(state: ChartState, lines: ReadonlyMap<string, readonly Line[]>): ElkNode {
  const text = sizeOf(lines.get(state.id) ?? []);
  const size = { width: text.width + 2 * PADDING, height: text.height + 2 * PADDING };
  if (state.states.length === 0) return { id: nodeId(state.id), ...size };
  const start = state.initial === undefined ? [] : [{ id: dotId(state.id), width: DOT, height: DOT }];
  return {
    id: nodeId(state.id),
    children: [...start, ...state.states.map((child) => nodeOf(child, lines))],
    layoutOptions: {
      ...SPACING,
      'elk.padding': `[top=${size.height + 8},left=18,bottom=18,right=18]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      // With direction DOWN, ELK applies it transposed: this is a width.
      'elk.nodeSize.minimum': `(0,${size.width})`,
    },
  };
}

function boxLines(state: ChartState, chart: Chart): Line[] {
  const name = folded(state.name, INSIDE_CHARACTERS_MAX).map((text): Line => [{ kind: 'name', text }]);
  const about = folded(state.description ?? '', ABOUT_CHARACTERS_MAX).map((text): Line => [{ kind: 'about', text }]);
  const acts = [...state.entry.map((one) => `entry / ${one}`), ...state.exit.map((one) => `exit / ${one}`)].map(
    (text): Line => [{ kind: 'action', text }],
  );
  const own = chart.transitions.filter((transition) => transition.from === state.id && listed(transition));
  return [...name, ...about, ...acts, ...own.flatMap((transition) => spansOf(transition, INSIDE_CHARACTERS_MAX))];
}

function labelLines(transition: ChartTransition): Line[] {
  return spansOf(transition, LABEL_CHARACTERS_MAX);
}

/** Event, guard and actions: on one line if they fit, each on its own otherwise. */
function spansOf(transition: ChartTransition, charactersMax: number): Line[] {
  const target = listed(transition)
    ? transition.to.map((to): Span => ({ kind: 'arrow', text: to === transition.from ? '↻' : `→ ${to || '(machine)'}` }))
    : [];
  const details = detailsOf(transition).map((text): Span => ({ kind: text.startsWith('/') ? 'action' : 'guard', text }));
  const spans: Span[] = [{ kind: 'event', text: transition.event }, ...details, ...target];
  const length = spans.reduce((sum, { text }) => sum + text.length + 1, -1);
  if (length <= charactersMax) return [spans];
  return spans.flatMap((span) => folded(span.text, charactersMax).map((text): Line => [{ ...span, text }]));
}

function folded(text: string, charactersMax: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= charactersMax) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function inside(id: string, outer: string): boolean {
  return id !== outer && (outer === '' || id.startsWith(`${outer}.`));
}

function nodeId(state: string): string {
  return `s ${state}`;
}

function dotId(state: string): string {
  return `d ${state}`;
}

function flat(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(flat)];
}

function rectOf({ x = 0, y = 0, width = 0, height = 0 }: { x?: number; y?: number; width?: number; height?: number }): Rect {
  return { x, y, width, height };
}
