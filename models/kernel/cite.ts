/** What a transition stands for, as typed data: a misspelt name does not compile. */
import type { KernelSymbol } from './symbols.ts';

/** The `meta` of a transition: the kernel functions it stands for, in call order. */
export interface Cite {
  readonly cites: readonly KernelSymbol[];
}

/** Cites kernel functions, in call order. */
export function cite(...cites: readonly KernelSymbol[]): Cite {
  return { cites };
}
