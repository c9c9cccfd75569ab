/** Packed states with their numbers, in the order they were found: the visited set of a search that keeps its edges. */

/** Of the slots at most this part is used. */
const LOAD_MAX = 0.5;

/** A numbering of at most `capacity` states of `words` words each. */
export class Numbering {
  readonly words: number;
  readonly states: Int32Array;
  readonly #slots: Int32Array;
  #size = 0;

  constructor(words: number, capacity: number) {
    this.words = words;
    this.states = new Int32Array(capacity * words);
    this.#slots = new Int32Array(slotsFor(capacity));
  }

  /** Bytes that a numbering holds. */
  static bytes(words: number, capacity: number): number {
    return (capacity * words + slotsFor(capacity)) * Int32Array.BYTES_PER_ELEMENT;
  }

  get size(): number {
    return this.#size;
  }

  /** The number of `state`: `size - 1` if it is new. */
  number(state: Int32Array): number {
    const { words, states } = this;
    const mask = this.#slots.length - 1;
    let slot = hash(state, words) & mask;
    for (let held = this.#slots[slot]!; held !== 0; held = this.#slots[slot]!) {
      const offset = (held - 1) * words;
      let word = 0;
      while (word < words && states[offset + word] === state[word]) word++;
      if (word === words) return held - 1;
      slot = (slot + 1) & mask;
    }
    if ((this.#size + 1) * words > states.length) throw new RangeError(`a state beyond the ${states.length / words} there is room for`);
    states.set(state, this.#size * words);
    this.#slots[slot] = ++this.#size;
    return this.#size - 1;
  }
}

function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(capacity, 8) / LOAD_MAX));
}

function hash(state: Int32Array, words: number): number {
  let h = 0x9e37_79b9;
  for (let word = 0; word < words; word++) {
    h = Math.imul(h ^ state[word]!, 0x85eb_ca6b);
    h ^= h >>> 15;
  }
  h = Math.imul(h, 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
