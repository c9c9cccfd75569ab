/** Questions about the rows of bits of a compiled network. */
import type { CompiledNetwork } from './compile.ts';

/** The words of a row, of `width` words, that are not all ones in each of `rows`. */
export function forbiddingWords(rows: Int32Array, width: number): Int32Array {
  return Int32Array.from({ length: width }, (_, word) => word).filter((word) => {
    for (let at = word; at < rows.length; at += width) if (rows[at] !== -1) return true;
    return false;
  });
}

/** The bits of the first `count` steps, in as many words as they need. */
export function stepBits(count: number): Int32Array {
  return Int32Array.from({ length: Math.max(1, (count + 31) >> 5) }, (_, word) =>
    count - (word << 5) >= 32 ? -1 : (1 << (count - (word << 5))) - 1,
  );
}

/** The bits of the steps that some component among `parts` moves in, or does not allow in some local state. */
export function takingPart(network: CompiledNetwork, parts: readonly number[]): Int32Array {
  const bits = stepBits(network.steps.length);
  const taking = bits.map((own, word) =>
    parts.reduce((found, component) => {
      const rows = network.masks[component]!;
      let always = own;
      for (let row = word; row < rows.length; row += network.maskWords) always &= rows[row]!;
      return found | (own & ~always);
    }, 0),
  );
  network.steps.forEach(({ moves }, step) => {
    if (moves.some(({ component }) => parts.includes(component))) taking[step >> 5]! |= 1 << (step & 31);
  });
  return taking;
}
