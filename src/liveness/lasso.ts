/** A run that goes on for ever, written down: step numbers, and the state that it comes back to. */
import type { FairComponent } from './fairComponent.ts';
import { type Groups, meets } from './fairness.ts';
import type { Graph } from './graph.ts';
import { OPENS, type Region } from './region.ts';

/** Bytes per state that `circling` takes. */
export const CIRCLING_BYTES = 8;

export interface Lasso {
  /** Step numbers from the initial state. */
  readonly path: readonly number[];
  /** The state number `loop` of the run is also its last. Where no step follows it, the run stays there for ever. */
  readonly loop: number;
}

/** The shortest way to `state` through an opening of the obligation, and then nothing more. */
export function staying(graph: Graph, region: Region, state: number): Lasso {
  const path = wayTo(graph, region, state);
  return { path, loop: path.length };
}

/** The shortest way into `component`, and a way round it that is fair to every owner. */
export function circling(graph: Graph, region: Region, { part, entry }: FairComponent, parts: Int32Array, groups: Groups): Lasso {
  const path = wayTo(graph, region, entry);
  const loop = path.length;
  const { owners, strong, of, masks } = groups;
  const inside = walker(graph, parts, part);
  const isAble = (owner: number, state: number): boolean => meets(graph.bits(state), masks[owner]!);
  // Weakly fair owners are served where they cannot move; strongly fair ones ask for nothing if that is everywhere.
  let unserved = owners.flatMap((_, owner) => (strong[owner] === true && !isAbleIn(graph, parts, part, masks[owner]!) ? [] : [owner]));
  let at = entry;
  for (;;) {
    const here = at;
    unserved = unserved.filter((owner) => strong[owner] === true || isAble(owner, here));
    if (unserved.length === 0) break;
    const asking = unserved;
    const way = inside(at, (step, state) => {
      return asking.includes(of[step]!) || asking.some((owner) => strong[owner] === false && !isAble(owner, state));
    });
    path.push(...way.steps);
    at = way.end;
    unserved = unserved.filter((owner) => !way.steps.some((step) => of[step] === owner));
  }
  if (at !== entry) path.push(...inside(at, (_, state) => state === entry).steps);
  return { path, loop };
}

/** Whether one of the steps of `mask` is enabled in some state of part `part`. */
function isAbleIn(graph: Graph, parts: Int32Array, part: number, mask: Int32Array): boolean {
  for (let state = parts.indexOf(part); state >= 0; state = parts.indexOf(part, state + 1)) {
    if (meets(graph.bits(state), mask)) return true;
  }
  return false;
}

/** The shortest way from the initial state to where the obligation opens, and from there within the region to `state`. */
function wayTo(graph: Graph, { came }: Region, state: number): number[] {
  const back: number[] = [];
  let at = state;
  while (came[at] !== OPENS) {
    back.push(stepBetween(graph, came[at]!, at));
    at = came[at]!;
  }
  return [...pathTo(graph, at), ...back.reverse()];
}

/** A shortest path, as step numbers, from the initial state to `state`. */
export function pathTo(graph: Graph, state: number): number[] {
  const back: number[] = [];
  for (let at = state; at !== 0; at = graph.parents[at]!) back.push(stepBetween(graph, graph.parents[at]!, at));
  return back.reverse();
}

/** The first step that leads from one state to the other. */
function stepBetween({ starts, targets, stepOf }: Graph, from: number, to: number): number {
  for (let edge = starts[from]!; edge < starts[from + 1]!; edge++) if (targets[edge] === to) return stepOf[edge]!;
  throw new RangeError(`no step leads from state ${from} to state ${to}`);
}

/** Finds the shortest way, of one step at least, from a state of part `part` to the end of an edge that is wanted. */
function walker({ starts, targets, stepOf, size }: Graph, parts: Int32Array, part: number) {
  // By state: the state it was reached from, plus one, and the step.
  const source = new Int32Array(size);
  const by = new Int32Array(size);
  return (from: number, wants: (step: number, state: number) => boolean): { readonly steps: readonly number[]; readonly end: number } => {
    source.fill(0);
    source[from] = from + 1;
    const queue = [from];
    for (const state of queue) {
      for (let edge = starts[state]!; edge < starts[state + 1]!; edge++) {
        const target = targets[edge]!;
        if (parts[target] !== part) continue;
        if (wants(stepOf[edge]!, target)) {
          const back = [stepOf[edge]!];
          for (let at = state; at !== from; at = source[at]! - 1) back.push(by[at]!);
          return { steps: back.reverse(), end: target };
        }
        if (source[target] !== 0) continue;
        source[target] = state + 1;
        by[target] = stepOf[edge]!;
        queue.push(target);
      }
    }
    throw new RangeError(`the states of part ${part} are not strongly connected`);
  };
}
