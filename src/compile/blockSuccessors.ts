/**
 * The successor function over two blocks: a state is two numbers, the enabled steps are the AND of two rows, a successor
 * is at most two table look-ups. Many times faster than the one over packed fields, and it gives the same states.
 */
import { Block } from './blocks.ts';
import type { CompiledNetwork } from './compile.ts';
import { stepBits, takingPart } from './maskRows.ts';
import type { UnpackingSuccessors } from './successors.ts';

export interface BlockSuccessors extends UnpackingSuccessors {
  readonly blocks: readonly [Block, Block];
  /** Bytes of the blocks' tables. */
  readonly bytes: number;
  /** Component numbers of each block. */
  readonly parts: readonly [readonly number[], readonly number[]];
  /** The block states by number, as local states: what `restore` takes. */
  locals(): [Int32Array, Int32Array];
  /** Numbers block states as they were numbered before. */
  restore(locals: readonly [Int32Array, Int32Array]): void;
}

/** Folds `network` into two blocks: of `parts`, component numbers. */
export function blockSuccessors(network: CompiledNetwork, parts: BlockSuccessors['parts']): BlockSuccessors {
  const { maskWords, internal } = network;
  const inFirst = takingPart(network, parts[0]);
  const inSecond = takingPart(network, parts[1]);
  const joint = inFirst.map((bits, word) => bits & inSecond[word]!);
  // A step that concerns nobody is as good as one of the first block alone.
  const all = stepBits(network.steps.length);
  const first = new Block(
    network,
    parts[0],
    all.map((bits, word) => bits & ~inSecond[word]!),
    joint,
  );
  const second = new Block(
    network,
    parts[1],
    inSecond.map((bits, word) => bits & ~inFirst[word]!),
    joint,
  );
  const enabled = new Int32Array(maskWords);
  let a = 0;
  let b = 0;
  return {
    words: 2,
    initial: new Int32Array(2),
    enabled,
    blocks: [first, second],
    parts: [first.parts, second.parts],
    locals: () => [first.locals(), second.locals()],
    restore: ([one, other]) => {
      first.restore(one);
      second.restore(other);
    },
    get bytes() {
      return first.bytes + second.bytes;
    },
    look(states, offset) {
      a = states[offset]!;
      b = states[offset + 1]!;
      const [rowsA, rowsB] = [first.rows, second.rows];
      const [rowA, rowB] = [a * first.stride, b * second.stride];
      for (let word = 0; word < maskWords; word++) enabled[word] = rowsA[rowA + word]! & rowsB[rowB + word]!;
    },
    unpack(states, offset, target) {
      first.parts.forEach((component, place) => (target[component] = first.local(states[offset]!, place)));
      second.parts.forEach((component, place) => (target[component] = second.local(states[offset + 1]!, place)));
    },
    apply(step, target) {
      target[0] = first.next(a, step);
      target[1] = second.next(b, step);
    },
    quiescent() {
      for (let word = 0; word < maskWords; word++) if ((enabled[word]! & internal[word]!) !== 0) return false;
      return true;
    },
  };
}
