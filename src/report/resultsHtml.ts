/** The tables of the report: what was claimed and found, and which planted bugs were found. */
import type { Property } from '../model/property.ts';
import type { Tag } from '../model/suite.ts';
import { lengthText } from '../trace/however.ts';
import { anchor, type Html, html } from './markup.ts';
import { asExpected, type Report, type ReportBug, type ReportClaim, type ReportSuite, traceOf, verdictWords } from './model.ts';

/** A mark and a class per verdict; the word always stands beside them. */
const MARKS: Readonly<Record<Tag, { readonly mark: string; readonly tone: string }>> = {
  holds: { mark: '✓', tone: 'good' },
  violated: { mark: '✗', tone: 'bad' },
  unknown: { mark: '?', tone: 'warn' },
  vacuous: { mark: '∅', tone: 'odd' },
};

const WHERE: Readonly<Record<Property['kind'], string>> = {
  never: 'always',
  quiescent: 'when quiescent',
  sometimes: 'sometimes',
  leadsTo: 'in the end',
  neverStep: 'at every step',
};

/** Where the trace of a property of a suite, or of a bug planted in it, is on the page. */
export function traceAnchor(suite: string, property: string, bug = ''): string {
  return anchor('trace', suite, bug, property);
}

/** The result table: per suite a heading with network, bounds and counts, then a row per property. */
export function resultsHtml(suites: readonly ReportSuite[]): Html {
  return html`<div class="scroll"><table class="results">
<caption>Per network: its bounds, what the search visited, and the verdict on each property.</caption>
<thead><tr><th scope="col">property</th><th scope="col">must hold</th><th scope="col">verdict</th><th scope="col">expected</th></tr></thead>
${suites.map(suiteRows)}</table></div>
`;
}

/** The planted-bug table. A bug is found when the property it must break is violated. */
export function bugsHtml(bugs: readonly ReportBug[]): Html {
  return html`<div class="scroll"><table>
<caption>Each bug replaces one part of a network that was proved above. A check that would not find it proves nothing.</caption>
<thead><tr><th scope="col">bug</th><th scope="col">what is replaced</th><th scope="col">property it breaks</th><th scope="col">verdict</th><th scope="col" class="number">shortest counterexample</th></tr></thead>
${bugs.map(bugRows)}</table></div>
`;
}

/** Verdicts in figures, for the head of the page. */
export function scoreHtml({ suites, bugs }: Report): Html {
  const claims = suites.flatMap((suite) => suite.claims);
  const counts = new Map<Tag, number>();
  for (const { result } of claims) counts.set(result.verdict.tag, (counts.get(result.verdict.tag) ?? 0) + 1);
  const wrong = claims.filter((claim) => !asExpected(claim)).length;
  const results = bugs.flatMap((bug) => bug.results);
  const found = results.filter(({ verdict }) => verdict.tag === 'violated').length;
  const states = suites.reduce((sum, suite) => sum + suite.states, 0);
  const tags = (Object.keys(MARKS) as Tag[]).filter((tag) => counts.has(tag));
  return html`<ul class="score">
<li class="${wrong > 0 && 'alarm'}"><b>${wrong === 0 ? `${claims.length} of ${claims.length}` : `${wrong} of ${claims.length}`}</b>${wrong === 0 ? 'verdicts as expected' : 'verdicts NOT as expected'}</li>
${tags.map((tag) => html`<li><b class="badge ${MARKS[tag].tone}">${MARKS[tag].mark} ${counts.get(tag)}</b>${tag}</li>\n`)}${results.length > 0 && html`<li class="${found < results.length && 'alarm'}"><b>${found} of ${results.length}</b>properties broken by planted bugs</li>\n`}<li><b>${count(states)}</b>states visited</li>
</ul>
`;
}

function suiteRows(suite: ReportSuite): Html {
  const counts = [
    ['states', suite.states],
    ['transitions', suite.transitions],
    ['depth', suite.depth],
    ['quiescent', suite.quiescent],
  ] as const;
  return html`<tbody>
<tr class="suite"><th colspan="4" scope="rowgroup"><div><span class="which"><b>${suite.id}</b> <span class="soft">${suite.about}</span></span><span class="counts">${counts.map(([name, number]) => html`<span>${name} <b>${count(number)}</b></span> `)}</span></div><span class="bounds mono">${suite.scenario.split(' ').map((bound) => html`<span>${bound}</span> `)}</span></th></tr>
${suite.claims.map((claim) => claimRow(suite, claim))}</tbody>
`;
}

function claimRow(suite: ReportSuite, claim: ReportClaim): Html {
  const { result, expected, reason } = claim;
  const { property } = result;
  const words = verdictWords(result);
  const linked = traceOf(result) === undefined ? words : html`<a href="#${traceAnchor(suite.id, property.name)}">${words}</a>`;
  return html`<tr class="${!asExpected(claim) && 'alarm'}"><td>${property.name}</td><td class="soft">${WHERE[property.kind]}</td><td>${badge(result.verdict.tag)}${!asExpected(claim) && html` <span class="shout">NOT EXPECTED</span>`} <span class="evidence">${linked}</span></td><td>${expected}${reason !== undefined && html` <span class="soft small">${reason}</span>`}</td></tr>
`;
}

function bugRows(bug: ReportBug): Html {
  const rows = Math.max(bug.results.length, 1);
  const head = html`<td rowspan="${rows}"><code>${bug.id}</code><span class="small soft">in ${bug.suite}</span></td><td rowspan="${rows}">${bug.about}<span class="bounds mono soft">${bug.scenario}</span></td>`;
  if (bug.results.length === 0)
    return html`<tbody><tr class="alarm">${head}<td colspan="3"><span class="shout">BREAKS NOTHING</span> none of the properties it should break was checked</td></tr></tbody>\n`;
  return html`<tbody>
${bug.results.map((result, index) => {
  const found = result.verdict.tag === 'violated';
  const trace = traceOf(result)?.trace;
  const verdict = found
    ? html`<span class="badge good">✓ found</span><span class="small">violated, as it must be</span>`
    : html`${badge(result.verdict.tag)}<span class="shout">NOT FOUND</span>`;
  const length =
    trace === undefined
      ? found && 'none: never reached'
      : html`<a href="#${traceAnchor(bug.suite, result.property.name, bug.id)}">${lengthText(trace)}</a>`;
  return html`<tr class="${!found && 'alarm'}">${index === 0 && head}<td>${result.property.name}</td><td>${verdict}</td><td class="number">${length}</td></tr>\n`;
})}</tbody>
`;
}

function badge(tag: Tag): Html {
  return html`<span class="badge ${MARKS[tag].tone}">${MARKS[tag].mark} ${tag}</span>`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
