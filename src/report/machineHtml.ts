/** A machine on the page: its statechart, and the same as a table, which is also the picture's text alternative. */
import { type Chart, type ChartTransition, chartOf, statesOf } from '../export/statechart.ts';
import { anchor, type Html, html, raw } from './markup.ts';
import type { ReportMachine } from './model.ts';
import { statechartSvg } from './statechartSvg.ts';

/** Where a machine is on the page. */
export function machineAnchor(name: string): string {
  return anchor('machine', name);
}

/** One machine as a fold. */
export async function machineHtml({ name, machine }: ReportMachine, open: boolean): Promise<Html> {
  const chart = chartOf(machine);
  const states = statesOf(chart.root).length - 1;
  return html`<details class="fold" id="${machineAnchor(name)}"${open && html` open`}><summary><b>${name}</b> <span class="soft">${chart.root.description ?? ''} ${states} ${states === 1 ? 'state' : 'states'}, ${chart.transitions.length} transitions</span></summary><div class="inside">
<div class="scroll">${raw(await statechartSvg(chart))}</div>
${tableHtml(chart)}</div></details>
`;
}

function tableHtml(chart: Chart): Html {
  const described = statesOf(chart.root).slice(1);
  return html`<h3>States</h3>
<dl class="facts">${described.map(({ id, description, entry, exit }) => html`<dt class="mono">${id}</dt><dd>${description}${list(' entry / ', entry)}${list(' exit / ', exit)}</dd>\n`)}</dl>
<h3>Transitions</h3>
<div class="scroll"><table><thead><tr><th scope="col">from</th><th scope="col">event</th><th scope="col">guard</th><th scope="col">action</th><th scope="col">target</th><th scope="col">kernel functions</th></tr></thead><tbody>
${chart.transitions.map((transition) => rowHtml(chart, transition))}</tbody></table></div>
`;
}

function rowHtml(chart: Chart, transition: ChartTransition): Html {
  const { from, to, event, guard, otherwise, actions, cites, description } = transition;
  const name = (id: string): string => (id === '' ? chart.name : id);
  const target = to.length === 0 ? html`<span class="soft">stays</span>` : to.map(name).join(', ');
  return html`<tr><td class="mono">${name(from)}</td><td class="mono"><b>${event}</b>${description !== undefined && html`<span class="prose small soft">${description}</span>`}</td><td class="mono">${guard ?? (otherwise && html`<span class="soft">otherwise</span>`)}</td><td class="mono">${actions.join(', ')}</td><td class="mono">${target}</td><td class="mono soft">${cites.join(', ')}</td></tr>
`;
}

function list(word: string, names: readonly string[]): Html | undefined {
  return names.length === 0 ? undefined : html`<span class="mono soft">${word}${names.join(', ')}</span>`;
}
