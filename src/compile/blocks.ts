/**
 * Components folded into a block, so that a global state is one number per block.
 *
 * The local states of a block are the combinations of its components' local states that are met, numbered as they are
 * met. A block has the same tables as a component: a row of bits per state, and the next state per step. They are computed
 * on demand, once; after that, exploring is a few look-ups per transition however many components there are.
 *
 * Of two blocks, a step is either `solo` in one of them, if the other neither moves nor forbids it anywhere, or `joint`.
 * All solo steps of a block state lead somewhere whatever the other block does, so their targets are one list.
 */
import { bitCount, type BlockTables, UNKNOWN } from './blockTables.ts';
import { Combinations } from './combinations.ts';
import type { CompiledNetwork } from './compile.ts';
import { forbiddingWords } from './maskRows.ts';

/** An array that other threads can read too; nothing is slower for it. */
const shared = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));

interface Move {
  readonly place: number;
  readonly component: number;
  readonly event: number;
}

export class Block implements BlockTables {
  /** Component numbers. */
  readonly parts: readonly number[];
  readonly stride: number;
  readonly solo: Int32Array;
  readonly joint: Int32Array;
  readonly moving: Int32Array;
  readonly #network: CompiledNetwork;
  readonly #stepWords: number;
  /** By step: the components of this block that move, and the events they take. */
  readonly #moves: readonly (readonly Move[])[];
  /** By place: the words of bits that the component at it forbids something in. */
  readonly #words: readonly Int32Array[];
  readonly #states: Combinations;
  #rows: Int32Array;
  #targets = shared(1 << 10);
  #used = 0;
  /** Block states below this number have their solo targets. */
  #settled = 0;

  /** `solo` are the bits of the steps that `parts` alone take part in, `joint` of those that others take part in too. */
  constructor(network: CompiledNetwork, parts: readonly number[], solo: Int32Array, joint: Int32Array) {
    this.#network = network;
    this.parts = parts;
    this.#stepWords = solo.length;
    this.stride = network.maskWords + this.#stepWords + 3;
    const placeOf = new Map(parts.map((component, place) => [component, place]));
    this.#moves = network.steps.map(({ moves }) =>
      moves.flatMap(({ component, event }) => {
        const place = placeOf.get(component);
        return place === undefined ? [] : [{ place, component, event }];
      }),
    );
    this.solo = solo;
    this.joint = joint;
    this.moving = joint.map((bits, word) =>
      this.#moves.reduce((kept, moves, step) => (step >> 5 === word && moves.length === 0 ? kept & ~(1 << (step & 31)) : kept), bits),
    );
    this.#words = parts.map((component) => forbiddingWords(network.masks[component]!, network.maskWords));
    this.#rows = shared(this.stride << 8);
    this.#states = new Combinations(parts.length);
    // Local state 0 of every component is its initial one, so block state 0 is the block's.
    this.#fillRow(0);
  }

  get size(): number {
    return this.#states.size;
  }

  get rows(): Int32Array {
    return this.#rows;
  }

  get targets(): Int32Array {
    return this.#targets;
  }

  get bytes(): number {
    return this.#states.bytes + this.#rows.byteLength + this.#targets.byteLength;
  }

  /** The local state of the component at `place` of this block in block state `id`. */
  local(id: number, place: number): number {
    return this.#states.at(id, place);
  }

  /** The local states of all block states, `parts.length` each, in the order of their numbers. */
  locals(): Int32Array {
    return this.#states.list();
  }

  /** Numbers block states in the order in which `locals` lists them; 0 is the initial one as ever. */
  restore(locals: Int32Array): void {
    for (let at = 0; at < locals.length; at += this.parts.length) this.number(locals, at);
  }

  /** The number, new or known, of the block state whose local states are at `offset` of `locals`. */
  number(locals: Int32Array, offset: number): number {
    for (let place = 0; place < this.parts.length; place++) this.#states.change(place, locals[offset + place]!);
    return this.#number();
  }

  /** Computes the solo targets of all block states that there are, but not of those that this finds. */
  settle(): void {
    const { solo } = this;
    for (const end = this.size; this.#settled < end; this.#settled++) {
      const id = this.#settled;
      let at = this.#rows[id * this.stride + this.stride - 3]!;
      for (let word = 0; word < this.#stepWords; word++) {
        for (let bits = this.#rows[id * this.stride + word]! & solo[word]!; bits !== 0; bits &= bits - 1) {
          const step = (word << 5) + 31 - Math.clz32(bits & -bits);
          const next = this.#follow(id, step);
          this.#targets[at++] = next;
        }
      }
    }
  }

  /** The block state that `step`, which must be enabled in `id`, leads to. */
  next(id: number, step: number): number {
    const at = this.#place(id, step);
    if (at < 0) return id;
    const known = this.#targets[at]!;
    if (known !== UNKNOWN) return known;
    const next = this.#follow(id, step);
    this.#targets[at] = next;
    return next;
  }

  /** Whether some step is known to lead from `id` to one of `wanted`. */
  leadsTo(id: number, wanted: ReadonlySet<number>): boolean {
    const row = id * this.stride;
    const end = this.#rows[row + this.stride - 3]! + this.#rows[row + this.stride - 2]!;
    for (let at = this.#rows[row + this.#network.maskWords]!; at < end; at++) if (wanted.has(this.#targets[at]!)) return true;
    return false;
  }

  /** Marks in `fired`, by step, the solo steps of the block states that have their targets: all of them were taken. */
  markTaken(fired: Uint8Array): void {
    const taken = new Int32Array(this.#stepWords);
    for (let row = 0; row < this.#settled * this.stride; row += this.stride) {
      for (let word = 0; word < taken.length; word++) taken[word]! |= this.#rows[row + word]! & this.solo[word]!;
    }
    for (let step = 0; step < fired.length; step++) if ((taken[step >> 5]! & (1 << (step & 31))) !== 0) fired[step] = 1;
  }

  /** Visits every move that was made: all solo steps of a block state that has its targets, and the joint ones that were followed. */
  forEachMove(visit: (component: number, local: number, event: number) => void): void {
    for (let id = 0; id < this.#settled; id++) {
      for (const [step, moves] of this.#moves.entries()) {
        const bit = 1 << (step & 31);
        if (moves.length === 0 || (this.#rows[id * this.stride + (step >> 5)]! & bit) === 0) continue;
        if ((this.moving[step >> 5]! & bit) !== 0 && this.#targets[this.#place(id, step)] === UNKNOWN) continue;
        for (const { place, component, event } of moves) visit(component, this.#states.at(id, place), event);
      }
    }
  }

  /** Where in `targets` the target of `step` from `id` is, or -1 if the step does not move the block. */
  #place(id: number, step: number): number {
    const word = step >> 5;
    const bit = 1 << (step & 31);
    const row = id * this.stride;
    const mask = this.#rows[row + word]!;
    if ((this.moving[word]! & bit) !== 0) {
      return this.#rows[row + this.#network.maskWords + word]! + bitCount(mask & this.moving[word]! & (bit - 1));
    }
    if ((this.solo[word]! & bit) === 0) return -1;
    let at = this.#rows[row + this.stride - 3]! + bitCount(mask & this.solo[word]! & (bit - 1));
    for (let before = 0; before < word; before++) at += bitCount(this.#rows[row + before]! & this.solo[before]!);
    return at;
  }

  #follow(id: number, step: number): number {
    const states = this.#states;
    states.start(id);
    for (const { place, component, event } of this.#moves[step]!) {
      states.change(place, this.#network.automata[component]!.next(states.at(id, place), event));
    }
    return this.#number();
  }

  /** The number of the combination that was put together. */
  #number(): number {
    const before = this.#states.size;
    const id = this.#states.number();
    if (id === before) this.#fillRow(id);
    return id;
  }

  #fillRow(id: number): void {
    const { masks, maskWords, internal } = this.#network;
    const row = id * this.stride;
    if (row === this.#rows.length) this.#rows = grown(this.#rows, row * 2);
    const rows = this.#rows;
    rows.fill(-1, row, row + maskWords);
    for (let place = 0; place < this.parts.length; place++) {
      const from = masks[this.parts[place]!]!;
      const offset = this.#states.at(id, place) * maskWords;
      for (const word of this.#words[place]!) rows[row + word]! &= from[offset + word]!;
    }
    let at = this.#used;
    for (let word = 0; word < this.#stepWords; word++) {
      rows[row + maskWords + word] = at;
      at += bitCount(rows[row + word]! & this.moving[word]!);
    }
    rows[row + this.stride - 3] = at;
    for (let word = 0; word < this.#stepWords; word++) at += bitCount(rows[row + word]! & this.solo[word]!);
    rows[row + this.stride - 2] = at - rows[row + this.stride - 3]!;
    rows[row + this.stride - 1] = this.solo.some((bits, word) => (rows[row + word]! & bits & internal[word]!) !== 0) ? 1 : 0;
    if (at > this.#targets.length) this.#targets = grown(this.#targets, Math.max(at, this.#targets.length * 2));
    this.#targets.fill(UNKNOWN, this.#used, at);
    this.#used = at;
  }
}

function grown(array: Int32Array, length: number): Int32Array {
  const larger = shared(length);
  larger.set(array);
  return larger;
}
