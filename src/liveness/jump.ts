/** Single transitions: by one of some steps, from a state that satisfies one conjunction to one that satisfies another. */
import type { Budget } from './budget.ts';
import { type Graph, hasBit } from './graph.ts';
import { pathTo } from './lasso.ts';

export interface Jump {
  /** By step: whether it is meant. */
  readonly steps: readonly boolean[];
  /** Bits of the conjunctions that hold before and after. */
  readonly before: number;
  readonly after: number;
}

/** A shortest path that ends with one of `jumps`. */
export function jumpIn(graph: Graph, jumps: readonly Jump[], budget: Budget): { readonly path: readonly number[] } | undefined {
  const { starts, targets, stepOf, size } = graph;
  for (let state = 0; state < size; state++) {
    budget.spend();
    const row = graph.bits(state);
    for (const { steps, after } of jumps.filter(({ before }) => hasBit(row, before))) {
      for (let edge = starts[state]!; edge < starts[state + 1]!; edge++) {
        if (steps[stepOf[edge]!] === true && hasBit(graph.bits(targets[edge]!), after)) {
          return { path: [...pathTo(graph, state), stepOf[edge]!] };
        }
      }
    }
  }
  return undefined;
}
