/** The report as one self-contained HTML page: no network, no dates; the same report always gives the same bytes. */
import { createHash } from 'node:crypto';
import type { StateGraph } from '../export/stategraph.ts';
import { REPORT_CSS } from './css.ts';
import { machineAnchor, machineHtml } from './machineHtml.ts';
import { armsHtml, matrixHtml, tableHtml, unplantedHtml } from './evidenceHtml.ts';
import { anchor, type Html, html, raw } from './markup.ts';
import { type Report, type Story, traceOf } from './model.ts';
import { bugsHtml, resultsHtml, scoreHtml, traceAnchor } from './resultsHtml.ts';
import { stategraphSvg } from './stategraphSvg.ts';
import { type ShownTrace, traceHtml } from './traceHtml.ts';

/** Opens the fold that a link points into, and shows the buttons that need this script. */
const SCRIPT = `
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target; fold; fold = fold.parentElement) if (fold.tagName === 'DETAILS') fold.open = true;
  if (target) target.scrollIntoView();
};
addEventListener('hashchange', reveal);
reveal();
for (const button of document.querySelectorAll('button[data-section]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const folds = [...document.getElementById(button.dataset.section).querySelectorAll('details.fold')];
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
  });
}
`;

/** Writes the page. */
export async function reportHtml(report: Report): Promise<string> {
  const { violations, planted, witnesses } = tracesOf(report);
  const owners = [...new Set([...violations, ...planted, ...witnesses].flatMap(({ trace }) => trace.steps.map(({ step }) => step.owner)))];
  const traces = (list: readonly ShownTrace[]) => list.map((shown) => traceHtml(shown, owners));
  const machines = await Promise.all(report.machines.map((machine) => machineHtml(machine, report.machines.length === 1)));
  const graphs = await Promise.all((report.graphs ?? []).map(graphHtml));
  const sections = [
    section('results', 'Results', '', report.suites.length > 0 && resultsHtml(report.suites)),
    section('violations', 'Counterexamples', 'Properties that are violated, each with a counterexample.', traces(violations)),
    section('bugs', 'Planted bugs', '', report.bugs.length > 0 && bugsHtml(report.bugs)),
    section(
      'bug-traces',
      'Counterexamples of the planted bugs',
      'What the check says when one part is broken on purpose.',
      traces(planted),
    ),
    section(
      'kills',
      'Kill matrix',
      'Which change breaks which property, in how many steps; bold: what it is planted to break. A 0: what should be reachable is not.',
      report.mutants !== undefined && report.mutants.length > 0 && matrixHtml(report.mutants),
    ),
    section(
      'unplanted',
      'Mutations that are not planted',
      'Rows of the notes\u2019 tables of mutations that the models cannot express.',
      report.unplanted !== undefined && report.unplanted.length > 0 && unplantedHtml(report.unplanted),
    ),
    section('witnesses', 'Witnesses', 'That what the proofs speak of really happens: a shortest way there.', traces(witnesses)),
    section(
      'coverage',
      'Transitions that fire',
      'Every transition of every machine is taken in some network above, or there is a reason why not.',
      report.arms !== undefined && report.arms.length > 0 && armsHtml(report.arms),
    ),
    ...(report.tables ?? []).map((table) => section(table.id, table.title, table.about, tableHtml(table))),
    section(
      'machines',
      'Machines',
      'Every stage as the state machine that was composed and explored. An arrow is labelled event [guard] / actions.',
      machines,
    ),
    section('graphs', 'State graphs', 'Every reachable state of a network small enough to look at.', graphs),
  ].flatMap((one) => one ?? []);
  return page(report, sections).text;
}

/** The pages beside the report, by file name. */
export function storyPages(report: Report): Map<string, string> {
  const pages = (report.stories ?? []).flatMap((story): [string, string][] => {
    const shown = storyTrace(report, story);
    return shown === undefined ? [] : [[story.file, storyHtml(report, story, shown)]];
  });
  return new Map(pages);
}

function storyTrace(report: Report, { suite, property }: Story): ShownTrace | undefined {
  return tracesOf(report).violations.find((one) => one.source === suite && one.property.name === property);
}

function storyHtml(report: Report, { title, about, after, compare }: Story, shown: ShownTrace): string {
  const owners = [...new Set(shown.trace.steps.map(({ step }) => step.owner))];
  const paragraphs = (texts: readonly string[]) => texts.map((text) => html`<p>${text}</p>`);
  const beside = report.suites.filter(({ id }) => compare.includes(id));
  const sections = [
    section('story', 'What happens', '', html`${paragraphs(about)}`),
    section(
      'interleaving',
      'The interleaving',
      'Found by the checker, replayed on the machines; a shortest one.',
      traceHtml({ ...shown, open: true }, owners),
    ),
    section('after', 'Seen, and to be seen', '', html`${paragraphs(after)}`),
    section('verdicts', 'Verdicts beside it', '', beside.length > 0 && resultsHtml(beside)),
  ].flatMap((one) => one ?? []);
  return page({ title, about: report.title, suites: [], bugs: [], machines: [] }, sections, 'index.html').text;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

function section(id: string, title: string, about: string, body: Html | readonly Html[] | false): Section | undefined {
  if (body === false || (Array.isArray(body) && body.length === 0)) return undefined;
  const button =
    Array.isArray(body) && body.length > 1 && html` <button type="button" data-section="${id}" hidden>open or close all</button>`;
  return {
    id,
    title,
    body: html`<section id="${id}"><h2>${title}${button}</h2>${about !== '' && html`<p class="soft">${about}</p>`}
${body}</section>
`,
  };
}

function page(report: Report, sections: readonly Section[], back?: string): Html {
  // The page may load nothing, and run this one script.
  const hash = createHash('sha256').update(SCRIPT).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.title}</title>
<style>${raw(REPORT_CSS)}</style>
</head>
<body>
<header><h1>${report.title}</h1>
<p>${report.about}</p>
${back === undefined && html`${scoreHtml(report)}${howHtml()}`}${back !== undefined && html`<p><a href="${back}">the whole report</a></p>`}${(report.stories ?? []).map((story) => storyTrace(report, story) !== undefined && html`<p><b>Read first:</b> <a href="${story.file}">${story.title}</a></p>`)}<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}</nav>
${report.machines.length > 1 && html`<nav aria-label="Machines" class="small"><span class="soft">Machines:</span>${report.machines.map(({ name }) => html`<a href="#${machineAnchor(name)}">${name}</a>`)}</nav>`}</header>
<main>
${sections.map(({ body }) => body)}</main>
<footer class="soft small">One file, made from the run that it describes; the same run gives the same bytes.</footer>
<script>${raw(SCRIPT)}</script>
</body>
</html>
`;
}

/** What is proved, and what the verdicts mean. */
function howHtml(): Html {
  return html`<details class="fold" open><summary><b>What is proved, and how</b></summary><div class="inside">
<p>Each network below is a set of finite state machines and the atomic steps in which they move. The checker visits every state that any interleaving of those steps can reach, breadth first, and looks at every property in every state. Each trace that it reports has been replayed on the machines themselves.</p>
<dl class="words"><dt><span class="badge good">✓ holds</span></dt><dd>Exhausted: within the bounds no counterexample exists. For a property that asks for a situation, a way there was found.</dd>
<dt><span class="badge bad">✗ violated</span></dt><dd>A counterexample exists, and a shortest one is shown (of those that go round for ever, one that is soon entered). Some violations are expected, because the kernel has them too.</dd>
<dt><span class="badge warn">? unknown</span></dt><dd>The search reached a limit on states, memory or time first: neither proved nor refuted.</dd>
<dt><span class="badge odd">∅ vacuous</span></dt><dd>Nothing breaks the property, but the situation it speaks of is never reached, so it says nothing.</dd></dl>
<p>What is meant by <b>always</b>: in every state that can be reached. <b>When quiescent</b>: in every such state where the system itself can do nothing more, and only the environment could go on, so that nothing is left undone for ever. <b>Sometimes</b>: in at least one such state. <b>In the end</b>: whatever the interleaving, it comes about, as long as nobody who is said not to stop does; a counterexample comes to rest before, or goes round for ever. <b>At every step</b>: no step that can be taken breaks it.</p>
<p class="soft">The proofs are bounded: nothing is claimed beyond the packets, queue sizes and processors that each row states, nor of code that the machines leave out.</p></div></details>
`;
}

function tracesOf({ suites, bugs }: Report) {
  const violations: ShownTrace[] = [];
  const planted: ShownTrace[] = [];
  const witnesses: ShownTrace[] = [];
  for (const { id, network, scenario, claims } of suites) {
    for (const { result } of claims) {
      const found = traceOf(result);
      if (found === undefined) continue;
      const list = found.witness ? witnesses : violations;
      list.push({
        id: traceAnchor(id, result.property.name),
        source: id,
        network,
        scenario,
        property: result.property,
        ...found,
        open: list === violations && list.length === 0,
      });
    }
  }
  for (const { id, suite, network, scenario, results } of bugs) {
    for (const result of results) {
      const found = traceOf(result);
      if (found === undefined) continue;
      const open = planted.length === 0 && violations.length === 0;
      planted.push({
        id: traceAnchor(suite, result.property.name, id),
        source: `${id} in ${suite}`,
        network,
        scenario,
        property: result.property,
        ...found,
        open,
      });
    }
  }
  return { violations, planted, witnesses };
}

async function graphHtml(graph: StateGraph): Promise<Html> {
  return html`<details class="fold" id="${anchor('graph', graph.network)}"><summary><b>${graph.network}</b> <span class="soft">${graph.states.length} states, ${graph.edges.length} transitions</span></summary><div class="inside"><div class="scroll">${raw(await stategraphSvg(graph))}</div></div></details>
`;
}
