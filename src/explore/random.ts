/** A small generator of whole numbers below a bound; the same sequence in every run. (Marsaglia, "Xorshift RNGs", 2003.) */
export function generator(): (bound: number) => number {
  let state = 0x2545_f491;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
