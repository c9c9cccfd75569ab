/** What a search looks for: conjunctions, by their bits, in every state or only in quiescent ones. */

export interface Watch {
  /** Number of the conjunction in the compiled network. */
  readonly conjunction: number;
  readonly onlyQuiescent: boolean;
}

/** Watches as rows of bits beside the bits of a state, so that a state that meets nothing new costs a few words. */
export class WatchBits {
  readonly #bits: readonly number[];
  readonly #onlyQuiescent: readonly boolean[];
  /** What is still to be met in quiescent states only. */
  readonly #quiescent: Int32Array;
  /** What is still to be met in any state. */
  readonly anywhere: Int32Array;
  /** The words of `anywhere` that are not zero; replaced when that changes. */
  words = new Int32Array(0);

  /** `bits` are the positions of the watches in a state's row of `maskWords` words. */
  constructor(bits: readonly number[], onlyQuiescent: readonly boolean[], maskWords: number) {
    this.#bits = bits;
    this.#onlyQuiescent = onlyQuiescent;
    this.anywhere = new Int32Array(maskWords);
    this.#quiescent = new Int32Array(maskWords);
    bits.forEach((bit, watch) => {
      const row = onlyQuiescent[watch] === true ? this.#quiescent : this.anywhere;
      row[bit >> 5]! |= 1 << (bit & 31);
    });
    this.#list();
  }

  /** The watches that `row` meets for the first time; nothing, and nothing allocated, in the usual case. */
  meet(row: Int32Array, quiescent: boolean): readonly number[] | undefined {
    let met: number[] | undefined;
    for (let word = 0; word < row.length; word++) {
      const wanted = quiescent ? this.anywhere[word]! | this.#quiescent[word]! : this.anywhere[word]!;
      if ((row[word]! & wanted) !== 0) met = [...(met ?? []), ...this.#take(word, row[word]! & wanted, quiescent)];
    }
    return met;
  }

  #take(word: number, bits: number, quiescent: boolean): number[] {
    this.anywhere[word]! &= ~bits;
    if (quiescent) this.#quiescent[word]! &= ~bits;
    this.#list();
    const isMet = (bit: number, watch: number): boolean =>
      bit >> 5 === word && (bits & (1 << (bit & 31))) !== 0 && (quiescent || this.#onlyQuiescent[watch] !== true);
    return this.#bits.flatMap((bit, watch) => (isMet(bit, watch) ? [watch] : []));
  }

  #list(): void {
    this.words = Int32Array.from([...this.anywhere.keys()].filter((word) => this.anywhere[word] !== 0));
  }
}

/** The watches of a search on `network`. */
export function watchBits(
  network: { readonly conjunctionsFrom: number; readonly maskWords: number },
  watches: readonly Watch[],
): WatchBits {
  return new WatchBits(
    watches.map(({ conjunction }) => network.conjunctionsFrom + conjunction),
    watches.map(({ onlyQuiescent }) => onlyQuiescent),
    network.maskWords,
  );
}

/** Whether each of `groups` has a member that was met; never, if there are none. A search then ends early. */
export class Groups {
  #open: readonly (readonly number[])[];
  readonly #any: boolean;

  constructor(groups: readonly (readonly number[])[]) {
    this.#open = groups;
    this.#any = groups.length > 0;
  }

  /** Takes note of what was `met`. True once all groups are done. */
  done(met: readonly number[]): boolean {
    this.#open = this.#open.filter((group) => !group.some((watch) => met.includes(watch)));
    return this.#any && this.#open.length === 0;
  }
}
