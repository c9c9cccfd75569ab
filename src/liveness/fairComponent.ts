/**
 * Among the cycles of a region, those that a fair run can go round for ever.
 *
 * A run that visits all of a component for ever is fair to a weakly fair owner if some step of the owner stays inside, or
 * if the owner cannot move in some state of it; to a strongly fair one if some step stays inside, or if it cannot move
 * anywhere in it. A component that fails for a weakly fair owner has no part that does better. One that fails for a strongly
 * fair owner may: the states in which that owner can move are taken out, and what is left is searched again.
 */
import type { Budget } from './budget.ts';
import { components, type Scope } from './components.ts';
import { FREE, type Groups, meets } from './fairness.ts';
import type { Graph } from './graph.ts';

/** By owner: what a component shows of it. */
interface Evidence {
  /** A step of it stays inside. */
  readonly taken: readonly boolean[];
  /** It can move in some state. */
  readonly able: readonly boolean[];
  /** It cannot move in some state. */
  readonly unable: readonly boolean[];
}

/** The fair component nearest to the front of `states`, as the part that it is in `scope`; and its first state there. */
export interface FairComponent {
  readonly part: number;
  readonly entry: number;
}

/** Looks among `states`. What `scope` was used for before is forgotten. */
export function fairComponent(graph: Graph, states: Int32Array, groups: Groups, scope: Scope, budget: Budget): FairComponent | undefined {
  const { part } = scope;
  part.fill(0);
  const isFair: boolean[] = [];
  let parts = 0;
  const separate = (members: Int32Array): number => {
    parts++;
    for (const state of members) part[state] = parts;
    return parts;
  };
  separate(states);
  for (const open = [states]; open.length > 0; ) {
    for (const members of components(graph, scope, open.pop()!, budget)) {
      const own = separate(members);
      const evidence = evidenceIn(graph, members, part, groups);
      if (groups.owners.some((_, owner) => groups.strong[owner] === false && !evidence.taken[owner] && !evidence.unable[owner])) continue;
      const starved = groups.owners.flatMap((_, owner) =>
        groups.strong[owner] === true && evidence.able[owner] === true && !evidence.taken[owner] ? [groups.masks[owner]!] : [],
      );
      if (starved.length === 0) isFair[own] = true;
      else {
        const rest = members.filter((state) => !starved.some((mask) => meets(graph.bits(state), mask)));
        separate(rest);
        open.push(rest);
      }
    }
  }
  const entry = states.find((state) => isFair[part[state]!] === true);
  return entry === undefined ? undefined : { part: part[entry]!, entry };
}

function evidenceIn(graph: Graph, members: Int32Array, part: Int32Array, { owners, of, masks }: Groups): Evidence {
  const { starts, targets, stepOf } = graph;
  const taken = owners.map(() => false);
  const able = owners.map(() => false);
  const unable = owners.map(() => false);
  const own = part[members[0]!];
  for (const state of members) {
    const row = graph.bits(state);
    masks.forEach((mask, owner) => {
      if (meets(row, mask)) able[owner] = true;
      else unable[owner] = true;
    });
    for (let edge = starts[state]!; edge < starts[state + 1]!; edge++) {
      const owner = of[stepOf[edge]!]!;
      if (owner !== FREE && part[targets[edge]!] === own) taken[owner] = true;
    }
  }
  return { taken, able, unable };
}
