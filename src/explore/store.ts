/**
 * The visited set: packed states, numbered in the order they were found, behind a hash index.
 * The seam behind which a compact or shared store can take its place.
 */
export interface StateStore {
  readonly size: number;
  /** Bytes held. */
  readonly bytes: number;
  /** All states, `words` words each; replaced when it grows, so read it again after `add`. */
  readonly states: Int32Array;
  /** Adds a state. Returns true if it is new; its number is then `size - 1`. */
  add(state: Int32Array): boolean;
}

const LOAD_MAX = 0.6;

/** A growing open-addressing store. */
export function hashStore(words: number): StateStore {
  let states = new Int32Array(words << 12);
  let slots = new Int32Array(1 << 13);
  let size = 0;

  const hash = (from: Int32Array, offset: number): number => {
    let h = 0x9e37_79b9;
    for (let word = 0; word < words; word++) {
      h = Math.imul(h ^ from[offset + word]!, 0x85eb_ca6b);
      h ^= h >>> 15;
    }
    h = Math.imul(h, 0xc2b2_ae35);
    return h ^ (h >>> 16);
  };
  const place = (number: number): void => {
    const mask = slots.length - 1;
    let slot = hash(states, number * words) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = number + 1;
  };

  return {
    get size() {
      return size;
    },
    get bytes() {
      return states.byteLength + slots.byteLength;
    },
    get states() {
      return states;
    },
    add(state) {
      const mask = slots.length - 1;
      let slot = hash(state, 0) & mask;
      for (;;) {
        const held = slots[slot]!;
        if (held === 0) break;
        const offset = (held - 1) * words;
        let word = 0;
        while (word < words && states[offset + word] === state[word]) word++;
        if (word === words) return false;
        slot = (slot + 1) & mask;
      }
      if ((size + 1) * words > states.length) {
        const larger = new Int32Array(states.length * 2);
        larger.set(states);
        states = larger;
      }
      states.set(state, size * words);
      slots[slot] = ++size;
      if (size > slots.length * LOAD_MAX) {
        slots = new Int32Array(slots.length * 2);
        for (let number = 0; number < size; number++) place(number);
      }
      return true;
    },
  };
}
