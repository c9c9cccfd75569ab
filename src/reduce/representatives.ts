/**
 * Symmetry reduction (Ip and Dill, "Better verification through symmetry", 1993): of the states that the automorphisms of a
 * network take to one another, only the smallest is kept.
 *
 * What is preserved: every question about reachable states. A state is reachable exactly if its images are, so it is enough
 * to ask of each representative whether it OR ONE OF ITS IMAGES satisfies a conjunction; the conjunctions themselves need
 * not be symmetric. Distances are kept too: an automorphism takes a path to a path of the same length.
 */
import type { Block } from '../compile/blocks.ts';
import type { BlockSuccessors } from '../compile/blockSuccessors.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import type { Automorphism } from './automorphism.ts';

type Parts = BlockSuccessors['parts'];

export interface Representatives extends BlockSuccessors {
  /** Which automorphism took the successor last computed to its representative. */
  readonly taken: number;
  /** The first automorphism that takes the state at `offset` to one that satisfies the conjunction whose bit is `bit`. */
  satisfying(states: Int32Array, offset: number, bit: number): number | undefined;
}

/** `inner`, whose two blocks `closedParts` made, with every successor replaced by its representative. */
export function representatives(network: CompiledNetwork, inner: BlockSuccessors, group: readonly Automorphism[]): Representatives {
  const { maskWords, conjunctionsFrom } = network;
  const { enabled } = inner;
  const [first, second] = inner.blocks;
  const [imagesA, imagesB] = [first, second].map((block) => group.map((element) => new Images(block, element))) as [Images[], Images[]];
  const from = conjunctionsFrom >> 5;
  const conjunctionBits = new Int32Array(maskWords).fill(-1);
  if (from < maskWords) conjunctionBits[from] = -1 << (conjunctionsFrom & 31);
  let taken = 0;
  return {
    ...inner,
    get bytes() {
      return inner.bytes + [...imagesA, ...imagesB].reduce((sum, images) => sum + images.bytes, 0);
    },
    get taken() {
      return taken;
    },
    look(states, offset) {
      inner.look(states, offset);
      if (from === maskWords) return;
      for (let element = 1; element < group.length; element++) {
        const rowA = imagesA[element]!.of(states[offset]!) * first.stride;
        const rowB = imagesB[element]!.of(states[offset + 1]!) * second.stride;
        const [rowsA, rowsB] = [first.rows, second.rows];
        for (let word = from; word < maskWords; word++)
          enabled[word]! |= rowsA[rowA + word]! & rowsB[rowB + word]! & conjunctionBits[word]!;
      }
    },
    apply(step, target) {
      inner.apply(step, target);
      const a = target[0]!;
      const b = target[1]!;
      taken = 0;
      for (let element = 1; element < group.length; element++) {
        const imageA = imagesA[element]!.of(a);
        if (imageA > target[0]!) continue;
        const imageB = imagesB[element]!.of(b);
        if (imageA === target[0] && imageB >= target[1]!) continue;
        target[0] = imageA;
        target[1] = imageB;
        taken = element;
      }
    },
    satisfying(states, offset, bit) {
      const word = bit >> 5;
      const found = group.findIndex((_, element) => {
        const [a, b] = [imagesA[element]!.of(states[offset]!), imagesB[element]!.of(states[offset + 1]!)];
        return (first.rows[a * first.stride + word]! & second.rows[b * second.stride + word]! & (1 << (bit & 31))) !== 0;
      });
      return found < 0 ? undefined : found;
    },
  };
}

/** `parts`, changed so that no automorphism takes a component out of its block: each orbit goes where most of it is. */
export function closedParts([first, second]: Parts, group: readonly Automorphism[]): Parts {
  const inFirst = new Set(first);
  const orbitOf = (component: number): number[] => [...new Set(group.map((element) => element.component[component]!))];
  const isFirst = (component: number): boolean => {
    const orbit = orbitOf(component);
    const there = orbit.filter((one) => inFirst.has(one)).length * 2;
    return there === orbit.length ? inFirst.has(Math.min(...orbit)) : there > orbit.length;
  };
  const all = [...first, ...second];
  return [all.filter(isFirst), all.filter((component) => !isFirst(component))];
}

/** The images of a block's states under one automorphism, computed once each. */
class Images {
  readonly #block: Block;
  /** By place in the block: the place that the component there takes, and the local states. */
  readonly #places: readonly { readonly to: number; readonly local: Int32Array }[];
  readonly #scratch: Int32Array;
  #known = new Int32Array(1 << 8);

  constructor(block: Block, { component, local }: Automorphism) {
    this.#block = block;
    this.#places = block.parts.map((part) => ({ to: block.parts.indexOf(component[part]!), local: local[part]! }));
    this.#scratch = new Int32Array(block.parts.length);
  }

  get bytes(): number {
    return this.#known.byteLength;
  }

  of(id: number): number {
    const known = this.#known[id];
    return known === undefined || known === 0 ? this.#compute(id) : known - 1;
  }

  #compute(id: number): number {
    this.#places.forEach(({ to, local }, place) => (this.#scratch[to] = local[this.#block.local(id, place)]!));
    const image = this.#block.number(this.#scratch, 0);
    if (id >= this.#known.length) {
      const larger = new Int32Array(Math.max(this.#known.length * 2, id + 1));
      larger.set(this.#known);
      this.#known = larger;
    }
    this.#known[id] = image + 1;
    return image;
  }
}
