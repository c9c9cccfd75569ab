/**
 * Components folded into a few blocks, so that a global state is one number per block.
 *
 * The local states of a block are the combinations of its components' local states that are met, numbered as they are
 * met. A block has the same tables as a component: a row of bits per state, and the next state per step. They are computed
 * on demand, once; after that, exploring is a few look-ups per transition however many components there are.
 */
import type { CompiledNetwork } from './compile.ts';

/** `next` answers this where the entry was not computed yet. */
const UNKNOWN = -1;

/** An array that other threads can read too; nothing is slower for it. */
const shared = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));

export class Block {
  /** Component numbers. */
  readonly parts: readonly number[];
  /** Step numbers in which the block takes part, and by step the column in `#next`, or -1. */
  readonly column: Int32Array;
  readonly columns: number;
  readonly #network: CompiledNetwork;
  /** By column: the components of this block that move, and the events they take. */
  readonly #moves: readonly (readonly { readonly place: number; readonly component: number; readonly event: number }[])[];
  #locals: Int32Array;
  #masks: Int32Array;
  #next: Int32Array;
  #slots = new Int32Array(1 << 10);
  #size = 0;
  readonly #scratch: Int32Array;

  constructor(network: CompiledNetwork, parts: readonly number[]) {
    this.#network = network;
    this.parts = parts;
    const placeOf = new Map(parts.map((component, place) => [component, place]));
    const own = network.steps.map(({ moves }) =>
      moves.flatMap(({ component, event }) => {
        const place = placeOf.get(component);
        return place === undefined ? [] : [{ place, component, event }];
      }),
    );
    this.column = new Int32Array(network.steps.length).fill(-1);
    const moving = own.flatMap((moves, step) => (moves.length > 0 ? [step] : []));
    moving.forEach((step, column) => {
      this.column[step] = column;
    });
    this.columns = moving.length;
    this.#moves = moving.map((step) => own[step] ?? []);
    this.#locals = new Int32Array(parts.length << 8);
    this.#masks = shared(network.maskWords << 8);
    this.#next = shared(Math.max(this.columns, 1) << 8).fill(UNKNOWN);
    this.#scratch = new Int32Array(parts.length);
    // Local state 0 of every component is its initial one, so block state 0 is the block's.
    this.#intern();
  }

  get size(): number {
    return this.#size;
  }

  /** Rows of `maskWords` words per block state; replaced when it grows. */
  get masks(): Int32Array {
    return this.#masks;
  }

  /** Rows of `columns` entries per block state, -1 where not computed; replaced when it grows. */
  get table(): Int32Array {
    return this.#next;
  }

  get bytes(): number {
    return this.#locals.byteLength + this.#masks.byteLength + this.#next.byteLength + this.#slots.byteLength;
  }

  /** The local state of the component at `place` of this block in block state `id`. */
  local(id: number, place: number): number {
    return this.#locals[id * this.parts.length + place]!;
  }

  /** The local states of all block states, `parts.length` each, in the order of their numbers. */
  locals(): Int32Array {
    return this.#locals.slice(0, this.#size * this.parts.length);
  }

  /** Numbers block states in the order in which `locals` lists them; 0 is the initial one as ever. */
  restore(locals: Int32Array): void {
    for (let at = 0; at < locals.length; at += this.parts.length) {
      this.#scratch.set(locals.subarray(at, at + this.parts.length));
      this.#intern();
    }
  }

  /** The number of the block state with these local states, or -1 if it was never met. */
  find(locals: Int32Array): number {
    this.#scratch.set(locals);
    return this.#lookup();
  }

  /** Computes, and remembers, the block state that the step of `column` leads to from `id`. The step must be enabled. */
  compute(id: number, column: number): number {
    const width = this.parts.length;
    for (let place = 0; place < width; place++) this.#scratch[place] = this.#locals[id * width + place]!;
    for (const { place, component, event } of this.#moves[column]!) {
      this.#scratch[place] = this.#network.automata[component]!.next(this.#scratch[place]!, event);
    }
    const next = this.#intern();
    this.#next[id * this.columns + column] = next;
    return next;
  }

  #hash(from: Int32Array, offset: number): number {
    let h = 0x9e37_79b9;
    for (let place = 0; place < this.parts.length; place++) {
      h = Math.imul(h ^ from[offset + place]!, 0x85eb_ca6b);
      h ^= h >>> 13;
    }
    return h ^ (h >>> 16);
  }

  #lookup(): number {
    const width = this.parts.length;
    const mask = this.#slots.length - 1;
    for (let slot = this.#hash(this.#scratch, 0) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]! - 1;
      let place = 0;
      while (place < width && this.#locals[id * width + place] === this.#scratch[place]) place++;
      if (place === width) return id;
    }
    return -1;
  }

  #intern(): number {
    const known = this.#lookup();
    if (known >= 0) return known;
    const width = this.parts.length;
    const { masks, maskWords } = this.#network;
    const id = this.#size++;
    if ((id + 1) * width > this.#locals.length) {
      this.#locals = grown(this.#locals, new Int32Array(this.#locals.length * 2));
      this.#masks = grown(this.#masks, shared(this.#masks.length * 2));
      this.#next = grown(this.#next, shared(this.#next.length * 2).fill(UNKNOWN, this.#next.length));
    }
    this.#locals.set(this.#scratch, id * width);
    for (let word = 0; word < maskWords; word++) {
      let bits = -1;
      for (let place = 0; place < width; place++) bits &= masks[this.parts[place]!]![this.#scratch[place]! * maskWords + word]!;
      this.#masks[id * maskWords + word] = bits;
    }
    if (this.#size * 2 > this.#slots.length) this.#slots = new Int32Array(this.#slots.length * 2);
    else return this.#place(id);
    for (let each = 0; each < this.#size; each++) this.#place(each);
    return id;
  }

  #place(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(this.#locals, id * this.parts.length) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id + 1;
    return id;
  }
}

function grown(array: Int32Array, larger: Int32Array): Int32Array {
  larger.set(array);
  return larger;
}
