/**
 * The visited set for states that are two small numbers: a matrix of bits, one row per first number. Exact, and where the
 * two blocks are well chosen a few bytes per state.
 */
import type { StateStore } from './store.ts';

/** How much more room each time; small, because the rest of it is waste and growing is rare. */
const GROWTH = 1.25;

/** A growing bit matrix and the list of states in the order they were found. */
export function pairStore(): StateStore {
  let states = new Int32Array(1 << 12);
  let size = 0;
  /** Words per row. */
  let stride = 1 << 4;
  let rows = 1 << 8;
  let bits = new Int32Array(stride * rows);

  const widen = (column: number): void => {
    const wider = Math.ceil(((column >> 5) + 1) * GROWTH);
    const larger = new Int32Array(wider * rows);
    for (let row = 0; row < rows; row++) larger.set(bits.subarray(row * stride, (row + 1) * stride), row * wider);
    bits = larger;
    stride = wider;
  };
  const lengthen = (row: number): void => {
    rows = Math.ceil((row + 1) * GROWTH);
    const larger = new Int32Array(stride * rows);
    larger.set(bits);
    bits = larger;
  };

  return {
    get size() {
      return size;
    },
    get bytes() {
      return states.byteLength + bits.byteLength;
    },
    get states() {
      return states;
    },
    add(state) {
      const row = state[0]!;
      const column = state[1]!;
      if (column >> 5 >= stride) widen(column);
      if (row >= rows) lengthen(row);
      const word = row * stride + (column >> 5);
      const bit = 1 << (column & 31);
      if ((bits[word]! & bit) !== 0) return false;
      bits[word]! |= bit;
      if ((size + 1) * 2 > states.length) {
        const larger = new Int32Array(Math.ceil(states.length * GROWTH));
        larger.set(states);
        states = larger;
      }
      states[size * 2] = row;
      states[size * 2 + 1] = column;
      size++;
      return true;
    },
  };
}
