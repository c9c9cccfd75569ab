/**
 * Why a line cannot be shown: of all states that agree with the lines before and all steps that would show it, the pair
 * that comes closest, with what is false there; and what the model could have shown instead.
 */
import type { AnyMachineSnapshot } from 'xstate';
import { valuesRead } from '../trace/explain.ts';
import { replay, type Trace } from '../trace/replay.ts';
import type { LocalState, Observation } from '../model/component.ts';
import type { Network, Revealed, StepInstance } from '../model/network.ts';
import { stateText, valueText } from '../export/values.ts';
import { Closure, type Node, pathTo } from './closure.ts';
import type { SeenState, SeenStep } from './seen.ts';
import { mismatches, revealedText, Shows } from './shows.ts';

/** One reason: `softnet.0 is in net_rx_action()` is false, and the values that make it so. */
export interface Blocker {
  readonly what: string;
  readonly values: string;
}

export interface Diagnosis {
  /** The state that comes closest. */
  readonly node: Node;
  readonly trace: Trace;
  /** The step that would show the line there; undefined if no step has its event, or the line only says what is true. */
  readonly step: StepInstance | undefined;
  /** What of the line no step of the network ever shows. */
  readonly neverShown: string | undefined;
  readonly blockers: readonly Blocker[];
  /** Events that the model could have shown instead, from any of the states. */
  readonly instead: readonly string[];
}

/** States looked at for the closest one, and candidate steps at each. */
const STATES_MAX = 2000;
const STEPS_MAX = 400;
const INSTEAD_MAX = 12;

interface Candidate {
  readonly step: number | undefined;
  readonly wrongArgs: readonly string[];
  readonly predicates: readonly Observation[];
}

/** Diagnoses `line`, which no state that `nodes` lead to can show. */
export function diagnose(
  network: Network,
  records: (revealed: Revealed) => boolean,
  line: SeenStep | SeenState,
  nodes: readonly Node[],
): Diagnosis {
  const shows = new Shows(network, records);
  const candidates = candidatesFor(network, shows, line);
  const closure = new Closure(
    network,
    shows,
    candidates.flatMap(({ predicates }) => predicates),
    { statesPerLineMax: STATES_MAX, statesMax: Number.MAX_SAFE_INTEGER },
  );
  const again = revisit(closure, nodes);
  const instead = new Set<string>();
  let best: { node: Node; candidate: Candidate; falses: readonly Observation[]; score: number } | undefined;
  closure.over(again, (node) => {
    for (const step of closure.enabled()) {
      const revealed = shows.shown[step];
      if (revealed) instead.add(revealedText(revealed));
    }
    for (const candidate of candidates) {
      const falses = candidate.predicates.filter((one) => !closure.holds([one]));
      const score = falses.length + candidate.wrongArgs.length;
      if (best === undefined || score < best.score) best = { node, candidate, falses, score };
    }
    return false;
  });
  const { node, candidate, falses } = best ?? { node: again[0]!, candidate: undefined, falses: [] };
  const trace = replay(
    network,
    pathTo(node).map(({ step }) => step),
    shows.instances,
  );
  const state = trace.states.at(-1)!;
  const shown = candidate?.step === undefined ? undefined : shows.shown[candidate.step];
  const wrong = (candidate?.wrongArgs ?? []).map((key) => ({
    what: `the line says ${key}=${line.kind === 'step' ? line.shows.args[key] : ''}`,
    values: `the step shows ${shown?.args[key] === undefined ? `no ${key}` : `${key}=${shown.args[key]}`}`,
  }));
  return {
    node,
    trace,
    step: candidate?.step === undefined ? undefined : shows.instances[candidate.step],
    neverShown: line.kind === 'step' ? shows.neverShown(line.shows) : undefined,
    blockers: [...wrong, ...falses.map((one) => blockerOf(one, state.get(one.component)!))],
    instead: [...instead].slice(0, INSTEAD_MAX),
  };
}

/** What is false of `observations` in the last state of the path to `node`. */
export function falseAt(
  network: Network,
  node: Node,
  observations: readonly Observation[],
): { readonly trace: Trace; readonly blockers: Blocker[] } {
  const trace = replay(
    network,
    pathTo(node).map(({ step }) => step),
  );
  const state = trace.states.at(-1)!;
  const falses = observations.filter((one) => !one.test(state.get(one.component)!));
  return { trace, blockers: falses.map((one) => blockerOf(one, state.get(one.component)!)) };
}

/** Steps with the line's event, those with all its arguments if there are any; for a line without step, the line alone. */
function candidatesFor(network: Network, shows: Shows, line: SeenStep | SeenState): Candidate[] {
  if (line.kind === 'state') return [{ step: undefined, wrongArgs: [], predicates: line.when }];
  const exact = shows.showing(line.shows);
  const steps = exact.length > 0 ? exact : shows.sameEvent(line.shows);
  const machines = network.parts();
  return steps.slice(0, STEPS_MAX).map((number) => {
    const step = shows.instances[number]!;
    const accepts = step.moves.map(({ component, event }): Observation => {
      const { type, ...payload } = event;
      const text = Object.keys(payload).length === 0 ? type : `${type} ${valueText(payload)}`;
      const machine = machines.get(component)!.machine;
      const test = (state: LocalState) => machine.getTransitionData(state as AnyMachineSnapshot, event).length > 0;
      return { component, label: `accepts ${text}`, test };
    });
    return {
      step: number,
      wrongArgs: mismatches(line.shows, shows.shown[number]!),
      predicates: [...(step.when ?? []), ...accepts, ...line.when],
    };
  });
}

/** The nodes of another search, reached again in this one: local states have other numbers here. */
function revisit(closure: Closure, nodes: readonly Node[]): Node[] {
  const known = new Map<Node, Node>();
  return nodes.slice(0, STATES_MAX).map((node) => {
    let here = closure.initial();
    for (const one of pathTo(node)) {
      const before = known.get(one);
      if (before === undefined) {
        closure.look(here);
        here = closure.after(here, one.step, one.line);
        known.set(one, here);
      } else here = before;
    }
    return here;
  });
}

function blockerOf(observation: Observation, state: LocalState): Blocker {
  const { component, label } = observation;
  const values = label.startsWith('accepts ') ? `${stateText(state.value)}, ${valueText(state.context)}` : valuesRead(observation, state);
  return { what: `${component} ${label}`, values };
}
