/** What the checks themselves are worth: the kill matrix, mutations that are not planted, transitions that fire. */
import { type Html, html } from './markup.ts';
import type { ReportArm, ReportRow, ReportTable } from './model.ts';
import type { Mutant } from './mutants.ts';

/** One table for each suite: bugs by properties, with the length of the shortest counterexample. */
export function matrixHtml(mutants: readonly Mutant[]): Html {
  const suites = [...new Set(mutants.map(({ suite }) => suite))];
  return html`${suites.map((suite) =>
    suiteMatrix(
      suite,
      mutants.filter((one) => one.suite === suite),
    ),
  )}`;
}

function suiteMatrix(suite: string, mutants: readonly Mutant[]): Html {
  const names = [...new Set(mutants.flatMap(({ properties }) => properties))];
  const broken = names.filter((name) => mutants.some(({ killed }) => killed.some(({ property }) => property === name)));
  return html`<details class="fold"><summary><b>${suite}</b> <span class="soft">${mutants.length} changes, ${broken.length} properties</span></summary><div class="inside">
<ol class="small">${broken.map((name) => html`<li>${name}</li>`)}</ol>
<div class="scroll"><table class="matrix"><thead><tr><th>change</th>${broken.map((name, index) => html`<th class="number" title="${name}">${index + 1}</th>`)}</tr></thead><tbody>
${mutants.map((mutant) => html`<tr class="${mutant.wrong !== undefined && 'alarm'}"><td title="${mutant.about}"><code>${mutant.id}</code>${mutant.row !== undefined && html` <span class="soft">${mutant.row}</span>`}${mutant.breaks.length === 0 && html` <span class="soft">benign</span>`}</td>${broken.map((name) => killCell(mutant, name))}</tr>\n`)}</tbody></table></div></div></details>
`;
}

function killCell({ killed, breaks }: Mutant, name: string): Html {
  const kill = killed.find(({ property }) => property === name);
  if (kill === undefined) return html`<td class="number soft">·</td>`;
  const steps = kill.steps ?? '?';
  return html`<td class="number">${breaks.includes(name) ? html`<b>${steps}</b>` : steps}</td>`;
}

/** A table of facts. */
export function tableHtml({ head, rows }: Pick<ReportTable, 'head' | 'rows'>): Html {
  return html`<div class="scroll"><table><thead><tr>${head.map((one) => html`<th>${one}</th>`)}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div>
`;
}

/** Mutations that no bug stands for, each with its reason. */
export function unplantedHtml(rows: readonly ReportRow[]): Html {
  return html`<div class="scroll"><table><thead><tr><th>row</th><th>why no bug is planted for it</th></tr></thead><tbody>
${rows.map(({ row, why }) => html`<tr><td class="mono">${row}</td><td>${why}</td></tr>\n`)}</tbody></table></div>
`;
}

/** By machine: how many of its transitions fire, and why the others do not. */
export function armsHtml(arms: readonly ReportArm[]): Html {
  const machines = [...new Set(arms.map(({ machine }) => machine))];
  return html`<div class="scroll"><table><thead><tr><th>machine</th><th class="number">fire</th><th class="number">of</th><th>those that do not, and why</th></tr></thead><tbody>
${machines.map((machine) => {
  const own = arms.filter((one) => one.machine === machine);
  const silent = own.filter(({ fired }) => !fired);
  return html`<tr><td>${machine}</td><td class="number">${own.length - silent.length}</td><td class="number">${own.length}</td><td>${silent.map(({ arm, why }) => html`<span class="small"><code>${arm}</code> <span class="soft">${why ?? 'NOT EXPLAINED'}</span></span> `)}</td></tr>\n`;
})}</tbody></table></div>
`;
}
