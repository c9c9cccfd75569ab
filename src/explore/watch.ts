/** What a search looks for: conjunctions, by their bits, in every state or only in quiescent ones. */

export interface Watch {
  /** Number of the conjunction in the compiled network. */
  readonly conjunction: number;
  readonly onlyQuiescent: boolean;
}

/** Watches as rows of bits beside the bits of a state, so that a state that meets nothing new costs a few words. */
export class WatchBits {
  readonly #bits: readonly number[];
  /** What is still to be met, in any state and in quiescent ones only. */
  readonly #anywhere: Int32Array;
  readonly #quiescent: Int32Array;
  readonly #from: number;

  /** `bits` are the positions of the watches in a state's row of `maskWords` words. */
  constructor(bits: readonly number[], onlyQuiescent: readonly boolean[], maskWords: number) {
    this.#bits = bits;
    this.#anywhere = new Int32Array(maskWords);
    this.#quiescent = new Int32Array(maskWords);
    this.#from = bits.length === 0 ? maskWords : Math.min(...bits) >> 5;
    bits.forEach((bit, watch) => {
      const row = onlyQuiescent[watch] === true ? this.#quiescent : this.#anywhere;
      row[bit >> 5]! |= 1 << (bit & 31);
    });
  }

  /** The watches that `row` meets for the first time; nothing, and nothing allocated, in the usual case. */
  meet(row: Int32Array, quiescent: boolean): readonly number[] | undefined {
    let met: number[] | undefined;
    for (let word = this.#from; word < row.length; word++) {
      const wanted = quiescent ? this.#anywhere[word]! | this.#quiescent[word]! : this.#anywhere[word]!;
      if ((row[word]! & wanted) !== 0) met = [...(met ?? []), ...this.#take(word, row[word]! & wanted)];
    }
    return met;
  }

  #take(word: number, bits: number): number[] {
    this.#anywhere[word]! &= ~bits;
    this.#quiescent[word]! &= ~bits;
    return this.#bits.flatMap((bit, watch) => (bit >> 5 === word && (bits & (1 << (bit & 31))) !== 0 ? [watch] : []));
  }
}

export interface Watcher {
  /** By watch: the number of the first state that satisfied it. */
  readonly found: readonly (number | undefined)[];
  /** Looks at the bits of `state`. Returns true once each of the groups has a member that was seen. */
  look(state: number, enabled: Int32Array, quiescent: boolean): boolean;
}

/** `groups` of watch numbers end the search early; without any, it never does. `known` are states found before, or -1. */
export function watcher(
  network: { readonly conjunctionsFrom: number; readonly maskWords: number },
  watches: readonly Watch[],
  groups: readonly (readonly number[])[],
  known: readonly number[] = [],
): Watcher {
  const found = watches.map((_, watch) => ((known[watch] ?? -1) < 0 ? undefined : known[watch]));
  const bits = new WatchBits(
    watches.map(({ conjunction }) => network.conjunctionsFrom + conjunction),
    watches.map(({ onlyQuiescent }) => onlyQuiescent),
    network.maskWords,
  );
  let open = groups;
  return {
    found,
    look(state, enabled, quiescent) {
      const met = bits.meet(enabled, quiescent);
      if (met === undefined) return false;
      for (const watch of met) found[watch] ??= state;
      const before = open.length;
      open = open.filter((group) => group.every((watch) => found[watch] === undefined));
      return before > 0 && open.length === 0;
    },
  };
}
