/**
 * Exchanges: what may trade places in a network without anyone noticing.
 *
 * A modeller declares them; before a search relies on one it is checked on the tables that steps go to steps and local
 * states to local states. An exchange that is not one is a ModelError, never a wrong verdict.
 */
import type { ContextFrom } from 'xstate';
import type { MachineOf } from './component.ts';

/** One exchange, as it is kept: instance numbers by family, and what becomes of contexts that name instances. */
export interface Exchange {
  readonly name: string;
  readonly families: Readonly<Record<string, readonly number[]>>;
  readonly contexts: Readonly<Record<string, (context: unknown) => unknown>>;
}

type ContextAt<T> = ContextFrom<T extends readonly (infer E)[] ? MachineOf<E> : MachineOf<T>>;

/** One exchange of a network with components `C`, as it is declared. */
export interface ExchangeOf<C> {
  /** In words: `readers 0 and 1`. */
  readonly name: string;
  /** By family: instance `i` takes the place of instance `to[i]`. Instances beyond the list stay. */
  readonly families: { readonly [K in keyof C as C[K] extends readonly unknown[] ? K : never]?: readonly number[] };
  /** By component or family: its context after the exchange, for those whose context names instances. */
  readonly contexts?: { readonly [K in keyof C]?: (context: ContextAt<C[K]>) => ContextAt<C[K]> };
}

/** Forgets the types of `exchange`. Contexts are passed to the function declared for their component, and to no other. */
export function erased<C>({ name, families, contexts = {} }: ExchangeOf<C>): Exchange {
  return {
    name,
    families: families as Exchange['families'],
    contexts: contexts as Exchange['contexts'],
  };
}

/** The numbers 0 to `count` - 1 with `one` and `other` exchanged. */
export function exchanged(count: number, one: number, other: number): number[] {
  return Array.from({ length: count }, (_, index) => (index === one ? other : index === other ? one : index));
}
