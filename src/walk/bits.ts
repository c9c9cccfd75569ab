/** Rows of bits in 32-bit words. */

/** The number of the lowest bit set; `bits` is not 0. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** A row of `words` words with those of the first `count` bits set that are wanted. */
export function bitsWhere(words: number, count: number, wanted: (bit: number) => boolean): Int32Array {
  const mask = new Int32Array(words);
  for (let bit = 0; bit < count; bit++) if (wanted(bit)) mask[bit >> 5]! |= 1 << (bit & 31);
  return mask;
}
