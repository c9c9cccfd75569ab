/** The style of the report page. One column of text, tables that scroll on their own, lanes as a grid. */
import { ownerRules, paletteCss } from './palette.ts';
import { CHART_CSS } from './statechartSvg.ts';
import { GRAPH_CSS } from './stategraphSvg.ts';

const PAGE = `
:root { color-scheme: light dark; --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
main, header, footer { max-width: 86rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .75rem; padding-bottom: .3rem; border-bottom: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { max-width: 84ch; margin: .5rem 0; }
a { color: var(--accent); }
code, pre, .mono { font-family: var(--mono); font-size: .86em; }
.soft { color: var(--soft); }
.small { font-size: .85rem; }
nav { display: flex; flex-wrap: wrap; gap: .4rem 1.25rem; margin: 1rem 0 0; }
footer { padding-top: 3rem; padding-bottom: 2rem; }
dl.words { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 1rem 0; max-width: 96ch; }
dl.words dt, dl.words dd { margin: 0; }
.score { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.score li { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .9rem; background: var(--outer); }
.score b { display: block; font-size: 1.35rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.score .alarm { border-color: var(--bad); color: var(--bad); }
button { font: inherit; font-size: .85rem; color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 6px; padding: .15rem .6rem; cursor: pointer; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

const TABLES = `
.scroll { overflow-x: auto; position: relative; }
table { border-collapse: collapse; width: 100%; min-width: 54rem; font-size: .92rem; }
caption { text-align: left; color: var(--soft); padding: .25rem 0; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .82rem; }
th, td { padding: .45rem .75rem .45rem 0; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
tbody { border-bottom: 2px solid var(--line); }
thead th { border-bottom: 2px solid var(--line); white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.alarm > td:first-child { box-shadow: inset 4px 0 var(--bad); }
.badge { display: inline-block; font-weight: 700; white-space: nowrap; color: var(--soft); }
.badge.good { color: var(--good); }
.badge.bad { color: var(--bad); }
.badge.warn { color: var(--warn); }
.badge.odd { color: var(--odd); }
.shout { display: inline-block; white-space: nowrap; font-weight: 700; font-size: .8rem; color: var(--page); background: var(--bad); border-radius: 4px; padding: 0 .4rem; margin-left: .4rem; }
.bounds { display: flex; flex-wrap: wrap; gap: 0 .75em; }
td .small { display: block; }
.results td:nth-child(1) { width: 40%; }
.results td:nth-child(3) { width: 25%; }
.results thead th:first-child { padding-left: .75rem; }
.results td:nth-child(2) { white-space: nowrap; }
.results td { padding-top: .3rem; padding-bottom: .3rem; }
.suite th { background: var(--outer); color: var(--ink); font-weight: 400; font-size: .92rem; padding: .6rem .75rem; }
.suite div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 2rem; }
.counts { display: flex; flex-wrap: wrap; gap: 0 1.2rem; font-variant-numeric: tabular-nums; color: var(--soft); }
.counts b { color: var(--ink); }
.results tbody td:first-child, tr.alarm > td:first-child { padding-left: .75rem; }
.evidence { font-size: .85rem; }
.prose { font-family: system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
td > code { white-space: nowrap; }
`;

const TRACES = `
details.fold { border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0; }
details.fold > summary { cursor: pointer; padding: .55rem .9rem; }
details.fold[open] > summary { border-bottom: 1px solid var(--line); background: var(--outer); border-radius: 8px 8px 0 0; }
details.fold > summary:hover { background: var(--outer); }
.inside { padding: .75rem 1rem 1rem; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .25rem 0 1rem; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; }
.lanes { --number: 2.6rem; margin: 0; padding: 0; list-style: none; display: grid; grid-template-columns: var(--number) repeat(var(--count), minmax(0, 1fr)); }
.lanes.wide { grid-template-columns: var(--number) repeat(var(--count), minmax(8rem, 1fr)); }
.lanes > li { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; padding: .2rem 0;
  background: linear-gradient(to right, var(--line) 1px, transparent 1px) var(--number) 0 / calc((100% - var(--number)) / var(--count)) 100% repeat-x; }
.lanes > li.heads { position: sticky; top: 0; z-index: 1; background-color: var(--page); border-bottom: 1px solid var(--line); font-weight: 700; font-size: .85rem; }
.lanes .again { padding-top: .5rem; font-weight: 700; font-size: .88rem; color: var(--bad); }
.lanes .again .round { grid-column: 1 / -1; background: var(--page); padding: .2rem .6rem; border-left: 4px solid var(--bad); }
.lanes .looping .count { border-left: 4px solid var(--bad); }
.lanes .head { padding-left: .6rem; overflow-wrap: anywhere; }
.lanes .count { grid-column: 1; text-align: right; padding: .25rem .6rem 0 0; color: var(--soft); font-variant-numeric: tabular-nums; font-size: .85rem; }
.step { margin-left: .6rem; margin-right: .4rem; border: 1px solid var(--line); border-left: 4px solid var(--own); border-radius: 5px; background: var(--box); padding: .3rem .6rem .35rem; font-size: .88rem; overflow-wrap: anywhere; }
.step .label { font-family: var(--mono); font-weight: 700; font-size: .86rem; }
.step ul { list-style: none; margin: .15rem 0 0; padding: 0; }
.step li { padding-left: .9rem; text-indent: -.9rem; }
.step .who { font-weight: 600; }
.step .state { font-family: var(--mono); font-size: .8rem; }
.step .old { color: var(--soft); }
.step .new { font-weight: 700; }
.step .kernel { margin: .25rem 0 0; font-family: var(--mono); font-size: .74rem; line-height: 1.35; color: var(--soft); }
.owner { color: var(--own); }
.step .owner { display: none; font-weight: 600; }
.lanes.many .step .owner { display: inline; }
.step.leftward { border-left: 1px solid var(--line); border-right: 4px solid var(--own); }
.however { margin: .75rem 0 0; border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 5px; padding: .5rem .9rem; }
.however h4 { margin: 0 0 .25rem; color: var(--tone); font-size: 1rem; }
.however ul { margin: .25rem 0; padding-left: 1.2rem; }
.however.bad { --tone: var(--bad); } .however.good { --tone: var(--good); }
pre { overflow-x: auto; background: var(--outer); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; line-height: 1.4; font-size: .8rem; }
.inside > details > summary { cursor: pointer; color: var(--accent); margin-top: .75rem; }
@media (max-width: 48rem) {
  .lanes, .lanes.wide { grid-template-columns: var(--number) minmax(0, 1fr); }
  .lanes > li { background: none; } .lanes > li.heads { display: none; }
  .lanes .step { grid-column: 2 !important; } .step .owner { display: inline; }
}
@media print { details.fold > summary { break-after: avoid; } .step { break-inside: avoid; } }
`;

/** Everything the page needs, in one style element. */
export const REPORT_CSS = [paletteCss(':root'), PAGE, TABLES, TRACES, CHART_CSS, GRAPH_CSS, ownerRules('', '--own')].join('\n');
