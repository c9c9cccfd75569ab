/** Strongly connected components (Tarjan 1972), without recursion: where a run can stay for ever and still move. */
import type { Budget } from './budget.ts';
import type { Graph } from './graph.ts';

/** What a component's states are marked with once it is known: no number of a visit is larger. */
const DONE = 0x7fff_ffff;

/** Bytes per state that one `Scope` takes. */
export const SCOPE_BYTES = 24;

/** Working space, shared by the searches of one question. */
export class Scope {
  /** By state: the part of the graph that it belongs to; edges to other parts are not there. 0 is outside all parts. */
  readonly part: Int32Array;
  /** By state: the number of its visit, 0 before it, or DONE. */
  readonly visit: Int32Array;
  /** By state: the smallest number of a visit that it reaches. */
  readonly low: Int32Array;
  /** States visited whose component is not known yet. */
  readonly pending: Int32Array;
  /** The states being visited, each with the next of its edges. */
  readonly path: Int32Array;
  readonly edge: Int32Array;

  constructor(size: number) {
    const states = (): Int32Array => new Int32Array(size);
    [this.part, this.visit, this.low, this.pending, this.path, this.edge] = [states(), states(), states(), states(), states(), states()];
  }
}

/**
 * The components of the part to which all of `states` belong, those only that have an edge inside: a run can go round in
 * them. What is yielded is overwritten later.
 */
export function* components(graph: Graph, scope: Scope, states: Int32Array, budget: Budget): Generator<Int32Array> {
  const { starts, targets } = graph;
  const { part, visit, low, pending, path, edge } = scope;
  for (const state of states) visit[state] = 0;
  let visits = 0;
  let depth = -1;
  let waiting = 0;
  const enter = (state: number): void => {
    budget.spend();
    visit[state] = low[state] = ++visits;
    pending[waiting++] = state;
    path[++depth] = state;
    edge[depth] = starts[state]!;
  };
  for (const root of states) {
    if (visit[root] !== 0) continue;
    const own = part[root]!;
    enter(root);
    while (depth >= 0) {
      const state = path[depth]!;
      const end = starts[state + 1]!;
      let at = edge[depth]!;
      // Past the edges that lead nowhere new; what was entered from here before is behind `at` by now.
      let target = -1;
      for (; at < end; at++) {
        target = targets[at]!;
        if (part[target] !== own) continue;
        if (visit[target] === 0) break;
        if (visit[target]! < low[state]!) low[state] = visit[target]!;
      }
      if (at < end) {
        edge[depth] = at + 1;
        enter(target);
        continue;
      }
      depth--;
      if (depth >= 0 && low[state]! < low[path[depth]!]!) low[path[depth]!] = low[state]!;
      if (low[state] !== visit[state]) continue;
      const above = waiting;
      do visit[pending[--waiting]!] = DONE;
      while (pending[waiting] !== state);
      if (above - waiting > 1 || leadsToItself(graph, state)) yield pending.subarray(waiting, above);
    }
  }
}

function leadsToItself({ starts, targets }: Graph, state: number): boolean {
  for (let edge = starts[state]!; edge < starts[state + 1]!; edge++) if (targets[edge] === state) return true;
  return false;
}
