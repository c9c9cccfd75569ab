/** The group that a network's exchanges generate: every way to apply them one after the other. */
import type { CompiledNetwork } from '../compile/compile.ts';
import { ModelError } from '../model/error.ts';
import type { Exchange } from '../model/symmetry.ts';
import { type Automorphism, automorphismOf } from './automorphism.ts';
import { behavioursOf } from './behaviour.ts';

/** More ways than these cost more per state than they save states. */
const ELEMENTS_MAX = 720;

/** All automorphisms that `exchanges` generate, the identity first. Throws a ModelError for an exchange that is none. */
export function groupOf(network: CompiledNetwork, exchanges: readonly Exchange[]): readonly Automorphism[] {
  const behaviours = behavioursOf(network);
  const generators = exchanges.map((exchange) => automorphismOf(network, behaviours, exchange));
  const found = new Map([identityOf(network)].map((element) => [keyOf(element), element]));
  // A map is visited in the order of insertion, what is added meanwhile included.
  for (const element of found.values()) {
    for (const generator of generators) {
      const product = composed(generator, element);
      if (!found.has(keyOf(product))) found.set(keyOf(product), product);
    }
    if (found.size > ELEMENTS_MAX) {
      throw new ModelError(`network ${network.name}: its exchanges combine in more than ${ELEMENTS_MAX} ways; declare fewer of them`);
    }
  }
  return [...found.values()];
}

function identityOf({ parts, automata, steps }: CompiledNetwork): Automorphism {
  const upTo = (length: number): Int32Array => Int32Array.from({ length }, (_, index) => index);
  return { component: upTo(parts.length), local: automata.map(({ size }) => upTo(size)), step: upTo(steps.length) };
}

/** First `second`, then `first`, as with functions. */
export function composed(first: Automorphism, second: Automorphism): Automorphism {
  return {
    component: second.component.map((to) => first.component[to]!),
    local: second.local.map((images, from) => images.map((to) => first.local[second.component[from]!]![to]!)),
    step: second.step.map((to) => first.step[to]!),
  };
}

/** The way back. */
export function inverse({ component, local, step }: Automorphism): Automorphism {
  const back = inverted(component);
  return { component: back, local: [...back].map((from) => inverted(local[from]!)), step: inverted(step) };
}

function inverted(to: Int32Array): Int32Array {
  const back = new Int32Array(to.length);
  to.forEach((image, from) => (back[image] = from));
  return back;
}

/** Equal for equal maps of states; how steps that cannot be told apart are paired does not count. */
function keyOf({ component, local }: Automorphism): string {
  return [component, ...local].map((images) => images.join()).join(';');
}
