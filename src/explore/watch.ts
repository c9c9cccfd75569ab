/** What a search looks for: conjunctions, by their bits, in every state or only in quiescent ones. */
import type { CompiledNetwork } from '../compile/compile.ts';

export interface Watch {
  /** Number of the conjunction in the compiled network. */
  readonly conjunction: number;
  readonly onlyQuiescent: boolean;
}

export interface Watcher {
  /** By watch: the number of the first state that satisfied it. */
  readonly found: readonly (number | undefined)[];
  /** Looks at the bits of `state`. Returns true once each of the groups has a member that was seen. */
  look(state: number, enabled: Int32Array, quiescent: boolean): boolean;
}

/** `groups` of watch numbers end the search early; without any, it never does. */
export function watcher(network: CompiledNetwork, watches: readonly Watch[], groups: readonly (readonly number[])[]): Watcher {
  const found: (number | undefined)[] = watches.map(() => undefined);
  const bits = watches.map(({ conjunction }) => network.conjunctionsFrom + conjunction);
  // Found ones are taken out, so that a long search looks only for what is still missing.
  let missing = watches.map((_, index) => index);
  let open = groups;
  return {
    found,
    look(state, enabled, quiescent) {
      let hit = false;
      for (let index = 0; index < missing.length; index++) {
        const watch = missing[index]!;
        const bit = bits[watch]!;
        if ((enabled[bit >> 5]! & (1 << (bit & 31))) === 0) continue;
        if (!quiescent && watches[watch]!.onlyQuiescent) continue;
        found[watch] = state;
        hit = true;
      }
      if (!hit) return false;
      missing = missing.filter((watch) => found[watch] === undefined);
      const before = open.length;
      open = open.filter((group) => group.every((watch) => found[watch] === undefined));
      return before > 0 && open.length === 0;
    },
  };
}
