/** Which components have a say in which steps and conjunctions, and what their answers are written into. */
import type { Automaton } from '../derive/automaton.ts';
import type { LocalState, Observation } from '../model/component.ts';
import { ModelError } from '../model/error.ts';
import type { Network, StepInstance } from '../model/network.ts';
import type { Conjunction } from '../model/property.ts';

/** What one component has to say on one bit. */
export interface Say {
  readonly component: number;
  readonly tests: ((state: LocalState) => boolean)[];
  /** The event it takes, or -1. */
  event: number;
  /** Where the bit's word is in the component's rows. */
  at: number;
}

/** A component's rows by local state: the words it allows, then the words of which answers are known. */
export interface Rows {
  readonly words: readonly number[];
  readonly blank: Int32Array;
  readonly byLocal: (Int32Array | undefined)[];
}

/** By bit: one bit per step, then one per conjunction. Throws a ModelError for a component that is not in the network. */
export function saysOf(
  network: Network,
  instances: readonly StepInstance[],
  conjunctions: readonly Conjunction[],
  automata: readonly Automaton[],
): Say[][] {
  const index = new Map(automata.map(({ name }, component) => [name, component]));
  const saysOn = (where: string, observations: readonly Observation[], moves: StepInstance['moves']): Say[] => {
    const says = new Map<string, Say>();
    const sayOf = (name: string): Say => {
      const component = index.get(name) ?? refuse(network.name, where, name, [...index.keys()]);
      const say = says.get(name) ?? { component, tests: [], event: -1, at: 0 };
      says.set(name, say);
      return say;
    };
    for (const { component, test } of observations) sayOf(component).tests.push(test);
    for (const { component, event } of moves) {
      const say = sayOf(component);
      say.event = automata[say.component]!.event(event);
    }
    return [...says.values()];
  };
  return [
    ...instances.map((step) => saysOn(step.label, step.when ?? [], step.moves)),
    ...conjunctions.map((conjunction) => saysOn('a property', conjunction, [])),
  ];
}

/** Says where each of a component's bits is in its rows. A blank row forbids nothing; known is what it has no say in. */
export function rowsOf(component: number, says: readonly (readonly Say[])[]): Rows {
  const own = says.flatMap((all, bit) => all.flatMap((say) => (say.component === component ? [{ bit, say }] : [])));
  const words = [...new Set(own.map(({ bit }) => bit >> 5))];
  const blank = new Int32Array(2 * words.length).fill(-1);
  for (const { bit, say } of own) {
    say.at = words.indexOf(bit >> 5);
    blank[say.at + words.length]! &= ~(1 << (bit & 31));
  }
  return { words, blank, byLocal: [] };
}

function refuse(network: string, where: string, name: string, parts: readonly string[]): never {
  throw new ModelError(
    `network ${network}: ${where} speaks of component '${name}', which is not in the network; its components: ${parts.join(', ')}`,
  );
}
