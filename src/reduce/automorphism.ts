/**
 * A declared exchange, checked on the tables: components go to components, local states to local states, and steps to steps
 * that do to the images exactly what they do to the originals. Such a map takes runs to runs, and the initial state to
 * itself, so that a state is reachable exactly if its image is.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import { canonical } from '../derive/canonical.ts';
import { type Automaton, DISABLED } from '../derive/automaton.ts';
import { ModelError } from '../model/error.ts';
import type { Exchange } from '../model/symmetry.ts';
import { type Behaviours, UNTOUCHED } from './behaviour.ts';

/** A map of a network onto itself. */
export interface Automorphism {
  /** By component: whose place it takes. */
  readonly component: Int32Array;
  /** By component, by its local state: the local state of the component whose place it takes. */
  readonly local: readonly Int32Array[];
  /** By step: the step that does the same to the images. */
  readonly step: Int32Array;
}

/** The automorphism that `exchange` describes. Throws a ModelError that says where it is none. */
export function automorphismOf(network: CompiledNetwork, behaviours: Behaviours, exchange: Exchange): Automorphism {
  const component = componentsOf(network, exchange);
  const local = network.automata.map((automaton, from) => localsOf(network, automaton, network.automata[component[from]!]!, exchange));
  return { component, local, step: stepsOf(network, behaviours, exchange, component, local) };
}

const fail = (network: CompiledNetwork, { name }: Exchange, why: string): never => {
  throw new ModelError(`network ${network.name}: the exchange of ${name} is no symmetry: ${why}; correct it, or do not declare it`);
};

function componentsOf(network: CompiledNetwork, exchange: Exchange): Int32Array {
  const indexOf = new Map(network.parts.map((part, index) => [part, index]));
  const to = Int32Array.from(network.parts, (_, index) => index);
  for (const [family, order] of Object.entries(exchange.families)) {
    order.forEach((target, index) => {
      const [from, into] = [indexOf.get(`${family}.${index}`), indexOf.get(`${family}.${target}`)];
      if (from === undefined || into === undefined)
        return fail(network, exchange, `there is no ${family}.${from === undefined ? index : target}`);
      to[from] = into;
    });
  }
  if (new Set(to).size < to.length) fail(network, exchange, 'two instances take the same place');
  const known = (name: string): boolean => network.parts.some((part) => part === name || familyOf(part) === name);
  const stray = Object.keys(exchange.contexts).find((name) => !known(name));
  if (stray !== undefined) fail(network, exchange, `it changes the context of '${stray}', which is not in the network`);
  return to;
}

const familyOf = (part: string): string => part.slice(0, Math.max(0, part.lastIndexOf('.')));

function localsOf(network: CompiledNetwork, from: Automaton, to: Automaton, exchange: Exchange): Int32Array {
  const change = exchange.contexts[from.name] ?? exchange.contexts[familyOf(from.name)];
  const text = (automaton: Automaton, local: number, rename?: (context: unknown) => unknown): string => {
    const { status, value, context } = automaton.snapshot(local);
    return canonical(
      [status, value, rename ? rename(context) : context],
      `component ${automaton.name} after the exchange of ${exchange.name}`,
    );
  };
  const known = new Map(Array.from({ length: to.size }, (_, local) => [text(to, local), local]));
  const images = Int32Array.from({ length: from.size }, (_, local) => {
    const image = text(from, local, change);
    return (
      known.get(image) ??
      fail(network, exchange, `${from.name} in ${text(from, local)} would be ${to.name} in ${image}, which it is never in`)
    );
  });
  if (from.size !== to.size || new Set(images).size < images.length) {
    fail(
      network,
      exchange,
      `${from.name} has ${from.size} local states, ${new Set(images).size} when changed, and ${to.name} has ${to.size}`,
    );
  }
  if (images[0] !== 0) fail(network, exchange, `the initial state of ${from.name} is not that of ${to.name}`);
  return images;
}

/** Steps that cannot be told apart go to steps that cannot be told apart, in the order of their declaration. */
function stepsOf(
  network: CompiledNetwork,
  behaviours: Behaviours,
  exchange: Exchange,
  component: Int32Array,
  local: readonly Int32Array[],
): Int32Array {
  const { steps } = network;
  const columnTo = behaviours.columns.map((columns, from) => imagesOf(columns, behaviours.columns[component[from]!]!, local[from]!));
  const signature = (step: number, columnAt: (component: number) => number): string =>
    [Number(steps[step]!.instance.environment === true), ...network.parts.map((_, part) => columnAt(part))].join();
  const twins = new Map<string, number[]>();
  steps.forEach((_, step) => {
    const key = signature(step, (part) => behaviours.columnOf[part]![step]!);
    twins.set(key, [...(twins.get(key) ?? []), step]);
  });
  const inverse = new Int32Array(component.length);
  component.forEach((to, from) => (inverse[to] = from));
  return Int32Array.from(steps, ({ instance }, step) => {
    const image = signature(step, (part) => {
      const column = behaviours.columnOf[inverse[part]!]![step]!;
      return column === UNTOUCHED ? UNTOUCHED : columnTo[inverse[part]!]![column]!;
    });
    const found = twins.get(image)?.shift();
    return found ?? fail(network, exchange, `no step does to the images what ${instance.label} does to the originals`);
  });
}

/** What no column is like. */
const NONE = -2;

/** By column of a component: the column of the component in whose place it is put that does the same to the images, or NONE. */
function imagesOf(columns: readonly Int32Array[], targets: readonly Int32Array[], local: Int32Array): Int32Array {
  const known = new Map(targets.map((column, number) => [column.join(), number]));
  return Int32Array.from(columns, (column) => {
    const image = new Int32Array(column.length);
    column.forEach((next, from) => (image[local[from]!] = next === DISABLED ? DISABLED : local[next]!));
    return known.get(image.join()) ?? NONE;
  });
}
