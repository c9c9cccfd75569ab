/** A trace on the page: one lane per owner, one row per step, what each step changed beneath it; then what breaks. */
import { differences, stateText } from '../export/values.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { explain } from '../trace/explain.ts';
import { claimText, howeverOf, lengthText } from '../trace/however.ts';
import type { Change, Trace, TraceStep } from '../trace/replay.ts';
import { type Html, html } from './markup.ts';
import { ownerClass } from './palette.ts';

export interface ShownTrace {
  readonly id: string;
  /** Where the trace is from: the suite, or the bug planted in it. */
  readonly source: string;
  readonly network: string;
  readonly scenario: string;
  readonly property: Property;
  readonly trace: Trace;
  readonly conjunction: Conjunction | undefined;
  readonly open: boolean;
}

/** With more lanes than this they are narrow: a step reaches into the next lane, and names its owner. */
const WIDE_LANES_MAX = 4;
/** Lanes that fit side by side on a usual screen; with more, they scroll. */
const LANES_MAX = 9;

/** One trace as a fold. `owners` numbers all owners of the report, so that each keeps its colour. */
export function traceHtml(shown: ShownTrace, owners: readonly string[]): Html {
  const { property, trace } = shown;
  const lanes = [...new Set(trace.steps.map(({ step }) => step.owner))];
  const kind = `${lanes.length > WIDE_LANES_MAX ? ' many' : ''}${lanes.length > LANES_MAX ? ' wide' : ''}`;
  const grid = html`<ol class="lanes${kind}" style="--count: ${Math.max(lanes.length, 1)}">
<li class="heads" aria-hidden="true">${lanes.map((owner, index) => html`<span class="head owner ${colour(owner, owners)}" style="grid-column: ${index + 2}">${owner}</span>`)}</li>
${trace.steps.map((step, index) => html`${index === trace.loop && loopHtml(trace)}${stepHtml(step, index + 1, lanes, colour(step.step.owner, owners), index >= (trace.loop ?? Infinity))}`)}${trace.loop === trace.steps.length && loopHtml(trace)}</ol>
`;
  return html`<details class="fold" id="${shown.id}"${shown.open && html` open`}><summary><b>${property.name}</b> <span class="soft">${shown.source}, ${lengthText(trace)}</span></summary><div class="inside">
<dl class="facts"><dt>Let</dt><dd>the network be <b>${shown.network}</b>, with <span class="mono">${shown.scenario === '' ? 'no bounds of its own' : shown.scenario}</span></dd><dt>Claim</dt><dd>${property.name} <span class="soft">(${claimText(property)})</span></dd></dl>
${trace.steps.length === 0 ? html`<p>Nothing has to happen: the initial state will do.</p>` : lanes.length > LANES_MAX ? html`<div class="scroll">${grid}</div>` : grid}${howeverHtml(shown)}<details><summary>The same as text</summary><pre>${explain(shown)}</pre></details></div></details>
`;
}

/** The line above the steps that a run without end repeats. */
function loopHtml({ steps, loop = 0 }: Trace): Html {
  const words =
    loop === steps.length
      ? 'and then nothing more, for ever: no owner that may not stop can move'
      : `and for ever, from the state ${loop === 0 ? 'at the start' : `after step ${loop}`} and back to it:`;
  return html`<li class="again"><span class="round">${words}</span></li>
`;
}

function stepHtml({ step, cites, changes }: TraceStep, number: number, lanes: readonly string[], tone: string, looping: boolean): Html {
  const lane = lanes.indexOf(step.owner);
  const narrow = lanes.length > WIDE_LANES_MAX;
  // The last lane has no next one: its steps reach into the lane before.
  const leftward = narrow && lane === lanes.length - 1;
  const place = `${leftward ? lane + 1 : lane + 2} / span ${narrow ? 2 : 1}`;
  return html`<li${looping && html` class="looping"`}><span class="count">${number}</span><div class="step ${tone}${leftward && ' leftward'}" style="grid-column: ${place}"><span class="label">${step.label}</span> <span class="owner">${step.owner}</span>${step.environment === true && html` <span class="soft small">environment</span>`}<ul>${changes.map(changeHtml)}</ul>${cites.length > 0 && html`<p class="kernel"><span class="sr">kernel functions: </span>${cites.join(', ')}</p>`}</div></li>
`;
}

function changeHtml({ component, event, before, after }: Change): Html {
  const [old, now] = [stateText(before.value), stateText(after.value)];
  const state = old === now ? html`<span class="state old">${now}</span>` : arrow(old, now);
  const fields = differences(before.context, after.context).map((one) => html`; ${one.path} ${arrow(one.before, one.after)}`);
  return html`<li><span class="who">${component}</span> ${event}: ${state}${fields}</li>`;
}

function arrow(before: string, after: string): Html {
  return html`<span class="state old">${before}</span> → <span class="state new">${after}</span>`;
}

function howeverHtml({ property, trace, conjunction }: ShownTrace): Html {
  const { good, passages } = howeverOf(property, trace, conjunction);
  const listed = passages.map(
    ({ opening, facts }) =>
      html`${opening}<ul>${facts.map(({ words, values }) => html`<li>${words} <span class="mono soft">[${values}]</span></li>`)}</ul>`,
  );
  return html`<div class="however ${good ? 'good' : 'bad'}"><h4>${good ? 'Indeed' : 'However'}</h4>${listed}${good ? 'which is what is sought: ' : 'which is what is forbidden: '}<b>${property.name}</b>.</div>
`;
}

function colour(owner: string, owners: readonly string[]): string {
  return ownerClass(Math.max(owners.indexOf(owner), 0));
}
