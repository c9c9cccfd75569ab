/** A state graph as SVG: laid out by Graphviz (in WebAssembly, no program needed), painted by hand. */
import { instance } from '@viz-js/viz';
import { z } from 'zod';
import type { StateGraph } from '../export/stategraph.ts';
import { type Html, html, raw } from './markup.ts';
import { ownerClass, ownerRules, paletteCss } from './palette.ts';

/** `dot` shows depth and is readable up to here; above, `sfdp` shows structure. */
const DOT_STATES_MAX = 600;
/** Above this many states, nodes show their number only, and edges no text. */
const LABELS_STATES_MAX = 60;
const LINE = 12;
const CHARACTER = 5.8;
const LEGEND = 18;

/** The style of every state graph; a page with several of them needs it once. */
export const GRAPH_CSS = `
.rx-graph { font: 9.5px/1 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; display: block; }
.rx-graph text { fill: var(--ink); text-anchor: middle; }
.rx-graph .legend text { text-anchor: start; font-size: 11px; }
.rx-graph .state rect { fill: var(--box); stroke: var(--edge); }
.rx-graph .state.quiescent rect { stroke-width: 2.5; stroke-dasharray: 4 2; }
.rx-graph .state.initial rect { stroke: var(--ink); stroke-width: 2.5; stroke-dasharray: none; }
.rx-graph .state circle { fill: var(--edge); }
.rx-graph .state.quiescent circle { fill: var(--box); stroke: var(--ink); }
.rx-graph .state.initial circle { fill: var(--ink); stroke: var(--ink); }
.rx-graph .edge { fill: none; stroke-width: 1.2; }
.rx-graph .edge polygon { stroke: none; }
.rx-graph .edge text { stroke: none; }
.rx-graph .mass { stroke-width: 0.6; stroke-opacity: 0.55; }
${ownerRules('.rx-graph .edge', 'stroke')}
${ownerRules('.rx-graph .swatch', 'fill')}
${ownerRules('.rx-graph .edge', '--own').replaceAll('--own:', '--own-colour:')}
.rx-graph .edge polygon, .rx-graph .edge text { fill: var(--own-colour); }
`;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Draws `graph`: edges coloured by owner, quiescent states dashed, the initial state bold. Deterministic. */
export async function stategraphSvg(graph: StateGraph, { standalone = false }: { readonly standalone?: boolean } = {}): Promise<string> {
  const small = graph.states.length <= DOT_STATES_MAX;
  const { width, height, points, splines } = await layout(graph, small);
  const shift = (graph.owners.length + 1) * LEGEND + 8;
  const [across, down] = [Math.ceil(Math.max(width, 320)), Math.ceil(height + shift)];
  const about = `State graph of ${graph.network}: ${graph.states.length} states, ${graph.edges.length} transitions`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" class="rx-graph" role="img" aria-label="${about}" viewBox="0 0 ${across} ${down}" width="${across}" height="${down}"><title>${about}</title>
${standalone && html`<style>${raw(`${paletteCss('svg')}svg { background: var(--page); }${GRAPH_CSS}`)}</style>`}<g class="legend">${graph.owners.map(legend)}<text x="4" y="${graph.owners.length * LEGEND + 11}">bold: initial state; ${small ? 'dashed' : 'hollow'}: quiescent</text></g>
<g transform="translate(0 ${shift})">
${small ? splines.map((spline, index) => edgeSvg(graph, index, spline)) : massSvg(graph, points)}${points.map((point, number) => stateSvg(graph, number, point, small))}</g></svg>
`.text;
}

/** What is read of Graphviz's `json0` output. Numbers come as text, with the origin at the lower left. */
const Output = z.object({
  bb: z.string(),
  objects: z.array(z.object({ name: z.string(), pos: z.string() })),
  edges: z.array(z.object({ number: z.string(), pos: z.string(), lp: z.string().optional() })).optional(),
});

interface Spline {
  readonly path: string;
  readonly tip: Point;
  readonly before: Point;
  readonly label: Point | undefined;
}

async function layout(graph: StateGraph, small: boolean) {
  const labelled = graph.states.length <= LABELS_STATES_MAX;
  const viz = await instance();
  const result = viz.render(
    {
      directed: true,
      graphAttributes: small ? { rankdir: 'TB', nodesep: 0.3, ranksep: 0.45 } : { overlap: 'true', K: 0.8 },
      nodeAttributes: { shape: 'box', label: '', fixedsize: true },
      edgeAttributes: { fontname: 'Courier', fontsize: 9 },
      nodes: graph.states.map((_, number) => ({
        name: String(number),
        attributes: small ? inches(boxOf(graph, number)) : { width: 0.05, height: 0.05 },
      })),
      edges: graph.edges.map(({ from, to, label }, index) => ({
        tail: String(from),
        head: String(to),
        // The text is painted here; Graphviz only has to leave room for as many characters.
        attributes: { number: String(index), ...(labelled ? { label: 'x'.repeat(label.length + 1) } : {}) },
      })),
    },
    { format: 'json0', engine: small ? 'dot' : 'sfdp' },
  );
  if (result.status === 'failure')
    throw new Error(
      `Graphviz could not lay out the state graph of ${graph.network}: ${result.errors.map(({ message }) => message).join('; ')}`,
    );
  const output = Output.parse(JSON.parse(result.output));
  const [left = 0, bottom = 0, right = 0, top = 0] = output.bb.split(',').map(Number);
  const point = (text: string): Point => {
    const [x = 0, y = 0] = text.split(',').map(Number);
    return { x: x - left + 4, y: top - y + 4 };
  };
  const points: Point[] = [];
  for (const { name, pos } of output.objects) points[Number(name)] = point(pos);
  const splines: Spline[] = [];
  for (const { number, pos, lp } of small ? (output.edges ?? []) : []) splines[Number(number)] = splineOf(pos, lp, point);
  return { width: right - left + 8, height: top - bottom + 8, points, splines };
}

/** Graphviz writes `e,tip start c1 c2 end ...`: a start, then triples of Bezier points. */
function splineOf(pos: string, lp: string | undefined, point: (text: string) => Point): Spline {
  const parts = pos.split(' ');
  const [start, ...curve] = parts.filter((part) => !part.startsWith('e,')).map(point);
  const end = curve[curve.length - 1] ?? { x: 0, y: 0 };
  const tip = parts.find((part) => part.startsWith('e,'));
  return {
    path: `M${pair(start ?? end)}C${curve.map(pair).join(' ')}`,
    tip: tip === undefined ? end : point(tip.slice(2)),
    before: end,
    label: lp === undefined ? undefined : point(lp),
  };
}

function edgeSvg(graph: StateGraph, index: number, { path, tip, before, label }: Spline): Html {
  const edge = graph.edges[index];
  const owner = edge === undefined ? '' : (graph.owners[edge.owner] ?? '');
  const [dx, dy] = [(tip.x - before.x) / 3, (tip.y - before.y) / 3];
  const head = [tip, { x: before.x - dy, y: before.y + dx }, { x: before.x + dy, y: before.y - dx }].map(pair).join(' ');
  return html`<g class="edge ${ownerClass(edge?.owner ?? 0)}"><title>${edge?.label} (${owner})</title><path d="${path}"/><polygon points="${head}"/>${label && html`<text x="${round(label.x)}" y="${round(label.y + 3)}">${edge?.label}</text>`}</g>
`;
}

/** One path per owner: thousands of edges as a few elements. */
function massSvg(graph: StateGraph, points: readonly Point[]): Html[] {
  return graph.owners.map((name, owner) => {
    const own = graph.edges.filter((edge) => edge.owner === owner);
    const path = own.flatMap(({ from, to }) => {
      const [start, end] = [points[from], points[to]];
      return start === undefined || end === undefined || from === to ? [] : [`M${pair(start)}L${pair(end)}`];
    });
    return html`<g class="edge mass ${ownerClass(owner)}"><title>${own.length} transitions of ${name}</title><path d="${path.join('')}"/></g>
`;
  });
}

function stateSvg(graph: StateGraph, number: number, { x, y }: Point, boxed: boolean): Html {
  const state = graph.states[number];
  const kind = `state${state?.quiescent === true ? ' quiescent' : ''}${number === 0 ? ' initial' : ''}`;
  const whole = graph.parts.map((part, index) => `${part} ${state?.locals[index] ?? ''}`).join('\n');
  const title = html`<title>state ${number}, depth ${state?.depth ?? 0}${state?.quiescent === true && ', quiescent'}\n${whole}</title>`;
  if (!boxed) return html`<g class="${kind}">${title}<circle cx="${round(x)}" cy="${round(y)}" r="${number === 0 ? 5 : 1.6}"/></g>\n`;
  const { width, height, lines } = boxOf(graph, number);
  const text = lines.map((line, index) => html`<text x="${round(x)}" y="${round(y - height / 2 + LINE * (index + 1))}">${line}</text>`);
  return html`<g class="${kind}">${title}<rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}" rx="4"/>${text}</g>
`;
}

function boxOf(graph: StateGraph, number: number): { width: number; height: number; lines: string[] } {
  const full = graph.states.length <= LABELS_STATES_MAX;
  const lines = [String(number), ...(full ? graph.parts.map((part, index) => `${part} ${graph.states[number]?.locals[index] ?? ''}`) : [])];
  return { lines, width: Math.max(...lines.map((line) => line.length)) * CHARACTER + 12, height: lines.length * LINE + 6 };
}

function inches({ width, height }: { readonly width: number; readonly height: number }) {
  return { width: width / 72, height: height / 72 };
}

function legend(owner: string, index: number): Html {
  return html`<rect class="swatch ${ownerClass(index)}" x="4" y="${index * LEGEND + 5}" width="18" height="4"/><text x="28" y="${index * LEGEND + 11}">${owner}</text>`;
}

function pair({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
