/**
 * Components and steps as tables.
 *
 * For each component and local state there is a row of bits: one bit per step (set where the component does not forbid
 * it) and one per conjunction of a property (set where its predicates on this component hold). The AND of the rows of
 * all components is the set of enabled steps and of satisfied conjunctions, so properties cost nothing extra.
 */
import { Automaton, DISABLED } from '../derive/automaton.ts';
import type { Observation } from '../model/component.ts';
import { ModelError } from '../model/error.ts';
import type { Network, StepInstance } from '../model/network.ts';
import type { Conjunction } from '../model/property.ts';
import { layoutOf, type Field, type Layout } from './layout.ts';

/** One component's part in a step: where its field is, and what to add to it from each local state. */
export interface FieldMove {
  readonly component: number;
  readonly event: number;
  readonly word: number;
  /** By local state: the difference to the next one, shifted into place. */
  readonly delta: Int32Array;
}

export interface CompiledStep {
  readonly instance: StepInstance;
  readonly moves: readonly FieldMove[];
}

export interface CompiledNetwork {
  readonly name: string;
  readonly parts: readonly string[];
  readonly automata: readonly Automaton[];
  readonly layout: Layout;
  readonly steps: readonly CompiledStep[];
  /** Bit index of the first conjunction. */
  readonly conjunctionsFrom: number;
  readonly maskWords: number;
  /** By component: rows of `maskWords` words per local state. */
  readonly masks: readonly Int32Array[];
  /** The bits of the steps that are not the environment's. */
  readonly internal: Int32Array;
}

/** Compiles `network` with every conjunction of its properties. Throws a ModelError for a step no one could ever take. */
export function compile(network: Network, conjunctions: readonly Conjunction[]): CompiledNetwork {
  const instances = network.instances();
  const parts = [...network.parts().keys()];
  const indexOf = indexer(network.name, parts);
  const automata = [...network.parts()].map(([name, component]) => new Automaton(name, component));
  const moves = instances.map((step) =>
    step.moves.map((move) => {
      const component = indexOf(move.component, step.label);
      return { component, event: at(automata, component).event(move.event) };
    }),
  );
  for (const automaton of automata) automaton.derive();

  const layout = layoutOf(automata.map((automaton) => automaton.size));
  const maskWords = Math.ceil((instances.length + conjunctions.length) / 32);
  const masks = automata.map((automaton) => new Int32Array(automaton.size * maskWords).fill(-1));
  const forbid = (component: number, bit: number, allowed: (local: number) => boolean): void => {
    const rows = at(masks, component);
    for (let local = 0; local < at(automata, component).size; local++) {
      const index = local * maskWords + (bit >> 5);
      if (!allowed(local)) rows[index] = (rows[index] ?? 0) & ~(1 << (bit & 31));
    }
  };
  const observe = (observation: Observation, bit: number, where: string): void => {
    const component = indexOf(observation.component, where);
    const automaton = at(automata, component);
    forbid(component, bit, (local) => observation.test(automaton.state(local)));
  };

  instances.forEach((step, bit) => {
    for (const { component, event } of at(moves, bit)) {
      const automaton = at(automata, component);
      forbid(component, bit, (local) => automaton.next(local, event) !== DISABLED);
    }
    for (const observation of step.when ?? []) observe(observation, bit, step.label);
  });
  conjunctions.forEach((conjunction, index) => {
    for (const observation of conjunction) observe(observation, instances.length + index, 'a property');
  });

  const internal = new Int32Array(maskWords);
  instances.forEach((step, bit) => {
    if (step.environment !== true) internal[bit >> 5] = (internal[bit >> 5] ?? 0) | (1 << (bit & 31));
  });
  const steps = instances.map((instance, index) => ({
    instance,
    moves: at(moves, index).map(({ component, event }) =>
      fieldMove(at(automata, component), at(layout.fields, component), component, event),
    ),
  }));
  return { name: network.name, parts, automata, layout, steps, conjunctionsFrom: instances.length, maskWords, masks, internal };
}

function fieldMove(automaton: Automaton, field: Field, component: number, event: number): FieldMove {
  const delta = new Int32Array(automaton.size);
  for (let local = 0; local < automaton.size; local++) {
    const next = automaton.next(local, event);
    if (next !== DISABLED) delta[local] = (next - local) << field.shift;
  }
  return { component, event, word: field.word, delta };
}

function indexer(network: string, parts: readonly string[]) {
  const index = new Map(parts.map((name, position) => [name, position]));
  return (name: string, where: string): number => {
    const found = index.get(name);
    if (found === undefined) {
      throw new ModelError(
        `network ${network}: ${where} speaks of component '${name}', which is not in the network; its components: ${parts.join(', ')}`,
      );
    }
    return found;
  };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`index ${index} of ${list.length}`);
  return found;
}
