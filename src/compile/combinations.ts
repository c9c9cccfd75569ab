/** Combinations of small numbers, one per place, themselves numbered in the order in which they are met. */

export class Combinations {
  readonly #width: number;
  #values: Uint16Array;
  #hashes = new Int32Array(1 << 8);
  #slots = new Int32Array(1 << 10);
  #size = 0;
  /** The combination being put together. */
  readonly #draft: Uint16Array;
  #hash = 0;

  /** Number 0 is the combination of zeros. */
  constructor(width: number) {
    this.#width = width;
    this.#values = new Uint16Array(width << 8);
    this.#draft = new Uint16Array(width);
    this.#hash = this.#draft.reduce((hash, value, place) => hash ^ mix(place, value), 0);
    this.number();
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#values.byteLength + this.#hashes.byteLength + this.#slots.byteLength;
  }

  at(id: number, place: number): number {
    return this.#values[id * this.#width + place]!;
  }

  /** The values of all combinations, in the order of their numbers. */
  list(): Int32Array {
    return Int32Array.from(this.#values.subarray(0, this.#size * this.#width));
  }

  /** Begins a combination that is that of `id`, until it is changed. */
  start(id: number): void {
    for (let place = 0; place < this.#width; place++) this.#draft[place] = this.#values[id * this.#width + place]!;
    this.#hash = this.#hashes[id]!;
  }

  change(place: number, value: number): void {
    this.#hash ^= mix(place, this.#draft[place]!) ^ mix(place, value);
    this.#draft[place] = value;
  }

  /** The number of the combination that was put together: `size - 1` if it is new. */
  number(): number {
    const width = this.#width;
    const mask = this.#slots.length - 1;
    let slot = (this.#hash ^ (this.#hash >>> 15)) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]! - 1;
      if (this.#hashes[id] !== this.#hash) continue;
      let place = 0;
      while (place < width && this.#values[id * width + place] === this.#draft[place]) place++;
      if (place === width) return id;
    }
    const id = this.#size++;
    if (id >= this.#hashes.length) this.#grow();
    this.#hashes[id] = this.#hash;
    this.#values.set(this.#draft, id * width);
    this.#slots[slot] = id + 1;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #grow(): void {
    const hashes = new Int32Array(this.#hashes.length * 2);
    const values = new Uint16Array(this.#values.length * 2);
    hashes.set(this.#hashes);
    values.set(this.#values);
    this.#hashes = hashes;
    this.#values = values;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#size; id++) {
      const hash = this.#hashes[id]!;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = id + 1;
    }
  }
}

/** A number for a value at a place; the exclusive or of these stands for a combination. */
function mix(place: number, value: number): number {
  let h = Math.imul(place + 1, 0x9e37_79b1) ^ Math.imul(value + 1, 0x85eb_ca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a_2d39);
  return h ^ (h >>> 15);
}
