/** What a search over two blocks reads of each, whoever computes it. */

/** A target that was not computed yet. */
export const UNKNOWN = -1;

/**
 * What a search reads of a block, replaced when it grows. A row of `rows` has `stride` words:
 *
 *   maskWords    the bits of the block state, in the order of the network's: steps, then conjunctions
 *   stepWords    by word of steps: where in `targets` those of its joint steps begin that move the block
 *   1, 1, 1      where in `targets` those of the solo steps begin, how many there are, and 1 if the system itself takes one
 */
export interface BlockTables {
  readonly stride: number;
  readonly rows: Int32Array;
  /** Block states; UNKNOWN where not computed. */
  readonly targets: Int32Array;
  /** By word of steps: the solo steps, the joint ones, and of these the ones that move the block. */
  readonly solo: Int32Array;
  readonly joint: Int32Array;
  readonly moving: Int32Array;
}

/** How many bits of `bits` are set. */
export function bitCount(bits: number): number {
  let v = bits - ((bits >>> 1) & 0x5555_5555);
  v = (v & 0x3333_3333) + ((v >>> 2) & 0x3333_3333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
