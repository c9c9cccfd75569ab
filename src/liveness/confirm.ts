/**
 * A refutation of the second pass, shown to be one by XState itself: the replayed snapshots are asked again what the tables
 * were asked.
 */
import { canonical } from '../derive/canonical.ts';
import type { Network } from '../model/network.ts';
import { isEnabled } from '../trace/confirm.ts';
import { EngineError, replay, type Trace } from '../trace/replay.ts';
import { openedIn, transitionOf } from './evidence.ts';
import { FREE, groupsOf } from './fairness.ts';
import type { LateProperty, Refutation } from './secondPass.ts';

type Global = Trace['states'][number];

/** Replays `path`. Throws an EngineError where XState does not have it that this breaks `property`. */
export function confirmed(network: Network, property: LateProperty, { path, loop }: Refutation): Trace {
  const replayed = replay(network, path);
  const trace = loop === undefined ? replayed : { ...replayed, loop };
  const disagree = (what: string): never => {
    throw new EngineError(`property '${property.name}': after replay, ${what}`);
  };
  if (property.kind === 'neverStep') {
    if (transitionOf(property.forbids, trace) === undefined) disagree('the last step is none of those that are forbidden');
    return trace;
  }
  const from = trace.states[loop ?? -1] ?? disagree('there is no loop');
  if (textOf(from) !== textOf(trace.states.at(-1)!)) disagree('the loop does not come back to where it began');
  const opened = openedIn(property.cases, trace) ?? disagree('what is promised comes about, or nothing was promised');
  if (opened.at > trace.loop!) disagree('what is promised comes about in every round');
  checkFair(network, property, trace, disagree);
  return trace;
}

/** Every fair owner takes a step in the loop, or there is nothing that it could be blamed for. */
function checkFair(network: Network, { name, ...property }: LateProperty, trace: Trace, disagree: (what: string) => never): void {
  if (property.kind !== 'leadsTo') return;
  const instances = network.instances();
  const groups = groupsOf(name, instances, property.fairness);
  const round = trace.states.slice(trace.loop);
  const taken = new Set(trace.steps.slice(trace.loop).map(({ step }) => `${step.owner} ${step.label}`));
  groups.owners.forEach((owner, number) => {
    const own = instances.filter((_, step) => groups.of[step] !== FREE && groups.of[step] === number);
    if (own.some((step) => taken.has(`${step.owner} ${step.label}`))) return;
    const able = round.map((state) => own.some((step) => isEnabled(step, state)));
    if (groups.strong[number] === true ? able.includes(true) : !able.includes(false)) disagree(`${owner} could move and never does`);
  });
}

function textOf(state: Global): string {
  return [...state].map(([name, { value, context }]) => `${name} ${canonical(value, name)} ${canonical(context, name)}`).join('\n');
}
