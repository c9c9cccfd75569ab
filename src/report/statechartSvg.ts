/** A statechart as SVG, painted by hand over ELK's layout. Colours are CSS variables: a page sets them, or the file itself. */
import { type Chart, labelOf } from '../export/statechart.ts';
import { type Html, html, raw } from './markup.ts';
import { paletteCss } from './palette.ts';
import { type Line, LINE_HEIGHT, layoutChart, PADDING, type PlacedArrow, type PlacedState } from './statechartLayout.ts';

export interface SvgOptions {
  /** For a file of its own: brings its style sheet with it. Default false: the page has it. */
  readonly standalone?: boolean;
}

/** The style of every statechart; a page with several of them needs it once. */
export const CHART_CSS = `
.rx-chart { font: 11.5px/1 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; display: block; }
.rx-chart text { fill: var(--ink); }
.rx-chart .box { fill: var(--box); stroke: var(--edge); stroke-width: 1.25; }
.rx-chart .outer > .box { fill: var(--outer); }
.rx-chart .frame > .box { fill: var(--page); stroke: var(--line); }
.rx-chart .parallel > .box { stroke-dasharray: 5 4; }
.rx-chart .final > .box { stroke-width: 3; }
.rx-chart .dot { fill: var(--ink); }
.rx-chart .arrow path { fill: none; stroke: var(--edge); stroke-width: 1.25; }
.rx-chart .arrow polygon { fill: var(--edge); }
.rx-chart .arrow:hover path { stroke: var(--accent); stroke-width: 2.25; }
.rx-chart .heading text { paint-order: stroke; stroke: var(--outer); stroke-width: 3px; }
.rx-chart .frame.heading text { stroke: var(--page); }
.rx-chart .name { font-weight: 700; font-size: 12px; }
.rx-chart .about { font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 11px; fill: var(--soft); }
.rx-chart .event { font-weight: 600; }
.rx-chart .guard { fill: var(--guard); }
.rx-chart .action { fill: var(--action); }
.rx-chart .arrow-to { fill: var(--soft); }
`;

/** Draws `chart`. Every transition is there: an arrow, or a line in the box of the state it stays in. */
export async function statechartSvg(chart: Chart, { standalone = false }: SvgOptions = {}): Promise<string> {
  const { width, height, states, dots, arrows } = await layoutChart(chart);
  const size = { width: Math.ceil(width), height: Math.ceil(height) };
  const about = `Statechart of ${chart.name}: ${states.length - 1} states, ${chart.transitions.length} transitions`;
  const picture = html`<svg xmlns="http://www.w3.org/2000/svg" class="rx-chart" role="img" aria-label="${about}" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}"><title>${about}</title>
${standalone && html`<style>${raw(`${paletteCss('svg')}svg { background: var(--page); }${CHART_CSS}`)}</style>`}${states.map(boxSvg)}${dots.map(({ x, y, width: across }) => html`<circle class="dot" cx="${round(x + across / 2)}" cy="${round(y + across / 2)}" r="${across / 2}"/>\n`)}${arrows.map(arrowSvg)}${states.map(textSvg)}</svg>
`;
  return picture.text;
}

function boxSvg({ state, x, y, width, height }: PlacedState): Html {
  const kind = `${state.states.length > 0 ? 'outer' : 'leaf'}${state.id === '' ? ' frame' : ''} ${state.kind}`;
  return html`<g class="${kind}"><rect class="box" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="7"/></g>
`;
}

/** Drawn after the arrows: one that crosses the heading of an outer state must not strike through it. */
function textSvg({ state, lines, x, y }: PlacedState): Html {
  const notes = [state.name, state.description, state.cites.join(', ')].filter((one) => one !== undefined && one !== '').join('\n');
  const kind = `${state.states.length > 0 ? 'heading' : 'words'}${state.id === '' ? ' frame' : ''}`;
  return html`<g class="${kind}"><title>${notes}</title>${linesSvg(lines, x + PADDING, y + PADDING)}</g>
`;
}

function arrowSvg({ transition, points, label }: PlacedArrow): Html {
  const title =
    transition &&
    [labelOf(transition), transition.description, transition.cites.join(', ')].filter((one) => one !== undefined && one !== '').join('\n');
  return html`<g class="arrow">${title !== undefined && html`<title>${title}</title>`}<path d="${pathOf(points)}"/>${headOf(points)}${label && linesSvg(label.lines, label.x + 2, label.y)}</g>
`;
}

function linesSvg(lines: readonly Line[], x: number, y: number): Html[] {
  return lines.map((line, index) => {
    const spans = line.map(
      ({ kind, text }, at) => html`${at > 0 && ' '}<tspan class="${kind === 'arrow' ? 'arrow-to' : kind}">${text}</tspan>`,
    );
    return html`<text x="${round(x)}" y="${round(y + index * LINE_HEIGHT + 11)}">${spans}</text>`;
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const CORNER = 6;

/** A line through `points` with rounded corners, ending short of its arrowhead. */
function pathOf(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]];
      if (before === undefined) return `M${pair(point)}`;
      if (after === undefined) return `L${pair(towards(point, before, 6, 1))}`;
      return `L${pair(towards(point, before, CORNER))}Q${pair(point)} ${pair(towards(point, after, CORNER))}`;
    })
    .join('');
}

function headOf(points: readonly Point[]): Html | undefined {
  const [tip, before] = [points[points.length - 1], points[points.length - 2]];
  if (tip === undefined || before === undefined) return undefined;
  const base = towards(tip, before, 8, 8);
  const [dx, dy] = [(tip.x - base.x) / 2, (tip.y - base.y) / 2];
  return html`<polygon points="${pair(tip)} ${pair({ x: base.x - dy, y: base.y + dx })} ${pair({ x: base.x + dy, y: base.y - dx })}"/>`;
}

/** The point `distance` from `from` on the way to `to`, at most the share `most` of it. */
function towards(from: Point, to: Point, distance: number, most = 0.5): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(distance / length, most);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function pair({ x, y }: Point): string {
  return `${round(x)},${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
