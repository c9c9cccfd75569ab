/** The reachable global states of a small network as a graph, for pictures: the same states and edges that explore counts. */
import { compile } from '../compile/compile.ts';
import { tableSuccessors } from '../compile/successors.ts';
import type { Automaton } from '../derive/automaton.ts';
import { hashStore } from '../explore/store.ts';
import { UsageError } from '../model/error.ts';
import type { Network } from '../model/network.ts';
import { differences, stateText, valueText } from './values.ts';

export interface GraphState {
  /** Steps from the initial state. */
  readonly depth: number;
  /** No step of the system itself is enabled. */
  readonly quiescent: boolean;
  /** By component, in the order of `StateGraph.parts`: `idle`, or `ready {used: 1}`. */
  readonly locals: readonly string[];
}

export interface GraphEdge {
  /** Numbers into `StateGraph.states`. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  /** Number into `StateGraph.owners`. */
  readonly owner: number;
}

export interface StateGraph {
  readonly network: string;
  readonly parts: readonly string[];
  /** In the order of declaration of their steps. */
  readonly owners: readonly string[];
  /** Breadth first; 0 is the initial one. */
  readonly states: readonly GraphState[];
  readonly edges: readonly GraphEdge[];
}

const STATES_MAX_DEFAULT = 5_000;

/** Explores `network` and keeps every edge. Throws a UsageError beyond `statesMax`: a larger picture shows nothing. */
export function stateGraph(network: Network, { statesMax = STATES_MAX_DEFAULT } = {}): StateGraph {
  const compiled = compile(network, []);
  const successors = tableSuccessors(compiled);
  const store = hashStore(successors.words);
  const owners = [...new Set(compiled.steps.map(({ instance }) => instance.owner))];
  const target = new Int32Array(successors.words);
  const texts = compiled.automata.map(localTexts);
  const depths = [0];
  const states: GraphState[] = [];
  const edges: GraphEdge[] = [];
  // The store tells new from old but not which old one: packed words as text do.
  const numbers = new Map<string, number>();
  const number = (): number => {
    const key = target.join();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    store.add(target);
    numbers.set(key, store.size - 1);
    return store.size - 1;
  };

  target.set(successors.initial);
  number();
  for (let from = 0; from < store.size; from++) {
    if (store.size > statesMax) throw tooLarge(network.name, statesMax);
    successors.look(store.states, from * successors.words);
    const depth = depths[from] ?? 0;
    const locals = texts.map((text, index) => text[localOf(compiled.layout.fields[index], store.states, from * successors.words)] ?? '');
    states.push({ depth, quiescent: successors.quiescent(), locals });
    compiled.steps.forEach(({ instance }, step) => {
      if (((successors.enabled[step >> 5] ?? 0) & (1 << (step & 31))) === 0) return;
      successors.apply(step, target);
      const to = number();
      depths[to] ??= depth + 1;
      edges.push({ from, to, label: instance.label, owner: owners.indexOf(instance.owner) });
    });
  }
  return { network: network.name, parts: compiled.parts, owners, states, edges };
}

function localOf(
  field: { readonly word: number; readonly shift: number; readonly mask: number } | undefined,
  states: Int32Array,
  offset: number,
): number {
  if (field === undefined) throw new RangeError('a component has no field in the packed state');
  return ((states[offset + field.word] ?? 0) >>> field.shift) & field.mask;
}

/** By local state: its text. Context fields that never change, the bounds among them, are left out. */
function localTexts(automaton: Automaton): string[] {
  const locals = Array.from({ length: automaton.size }, (_, id) => automaton.state(id));
  const changing = new Set(
    locals.flatMap(({ context }) => differences(locals[0]?.context, context).map(({ path }) => path.split(/[.[]/)[0] ?? '')),
  );
  return locals.map(({ value, context }) => {
    const kept = Object.entries((context ?? {}) as Readonly<Record<string, unknown>>).filter(([field]) => changing.has(field));
    return kept.length === 0 ? stateText(value) : `${stateText(value)} ${valueText(Object.fromEntries(kept))}`;
  });
}

function tooLarge(network: string, statesMax: number): UsageError {
  return new UsageError(
    `network '${network}' has more than ${statesMax} reachable states, too many for a picture; make its scenario smaller (fewer packets, a smaller ring), or explore it instead`,
  );
}
