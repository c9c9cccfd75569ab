/** Which arms of which machines fire in a network: what its searches have really tried. */
import { type CompiledNetwork, compile } from '../compile/compile.ts';
import { armsOf } from '../derive/automaton.ts';
import type { Network } from '../model/network.ts';
import type { Exploration, KeptExploration } from './exploration.ts';
import { explore } from './explore.ts';

/** By machine id, by arm (see `armsOf`): whether it has fired. */
export type Coverage = Map<string, Map<string, boolean>>;

/** Explores `network` and adds what fires to `coverage`. Exact: an arm fires if a reachable state has a step that selects it. */
export function cover(coverage: Coverage, network: Network): void {
  const compiled = compile(network, []);
  add(coverage, network, compiled, explore(compiled, []));
}

/** The same of a search that has been made; one that holds its states no longer, as several threads do not, is made again. */
export function coverExplored(coverage: Coverage, network: Network, compiled: CompiledNetwork, exploration: Exploration): void {
  add(coverage, network, compiled, isKept(exploration) ? exploration : explore(compiled, []));
}

const isKept = (exploration: Exploration): exploration is KeptExploration => 'forEachMove' in exploration;

function add(coverage: Coverage, network: Network, { automata }: CompiledNetwork, exploration: KeptExploration): void {
  const machines = [...network.parts().values()].map(({ machine }) => {
    const arms = coverage.get(machine.id) ?? new Map([...armsOf(machine).keys()].map((arm) => [arm, false]));
    coverage.set(machine.id, arms);
    return arms;
  });
  const seen = new Set<string>();
  exploration.forEachMove((component, local, event) => {
    const key = `${component} ${local} ${event}`;
    if (seen.has(key)) return;
    seen.add(key);
    for (const arm of automata[component]!.arms(local, event)) machines[component]!.set(arm, true);
  });
}
