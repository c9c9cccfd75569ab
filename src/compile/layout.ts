/** Where each component's local state sits in a packed global state: bit fields in 32-bit words, none across a boundary. */

export interface Field {
  readonly word: number;
  readonly shift: number;
  /** Mask of the field's width, not yet shifted. */
  readonly mask: number;
}

export interface Layout {
  readonly fields: readonly Field[];
  readonly words: number;
  /** Bits in use: what one state would need without padding. */
  readonly bits: number;
}

/** Packs components of the given sizes (local states each, at least 1), widest first into the first word with room. */
export function layoutOf(sizes: readonly number[]): Layout {
  const widths = sizes.map((size) => Math.ceil(Math.log2(Math.max(size, 1))));
  const order = widths.map((_, index) => index).sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0) || a - b);
  const used: number[] = [];
  const fields: Field[] = [];
  for (const index of order) {
    const width = widths[index] ?? 0;
    let word = used.findIndex((bits) => bits + width <= 32);
    if (word < 0) word = used.push(0) - 1;
    const shift = used[word] ?? 0;
    used[word] = shift + width;
    // A component with one local state has no bits; any field with mask 0 reads 0.
    fields[index] = { word, shift: width === 0 ? 0 : shift, mask: width === 32 ? 0xffff_ffff : 2 ** width - 1 };
  }
  return { fields, words: Math.max(used.length, 1), bits: widths.reduce((sum, width) => sum + width, 0) };
}
