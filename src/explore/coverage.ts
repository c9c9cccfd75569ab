/** Which arms of which machines fire in a network: what its searches have really tried. */
import { compile } from '../compile/compile.ts';
import { armsOf } from '../derive/automaton.ts';
import type { Network } from '../model/network.ts';
import { explore } from './explore.ts';

/** By machine id, by arm (see `armsOf`): whether it has fired. */
export type Coverage = Map<string, Map<string, boolean>>;

/** Explores `network` and adds what fires to `coverage`. Exact: an arm fires if a reachable state has a step that selects it. */
export function cover(coverage: Coverage, network: Network): void {
  const compiled = compile(network, []);
  const machines = [...network.parts().values()].map(({ machine }) => {
    const arms = coverage.get(machine.id) ?? new Map([...armsOf(machine).keys()].map((arm) => [arm, false]));
    coverage.set(machine.id, arms);
    return arms;
  });
  const seen = new Set<string>();
  explore(compiled, []).forEachMove((component, local, event) => {
    const key = `${component} ${local} ${event}`;
    if (seen.has(key)) return;
    seen.add(key);
    for (const arm of compiled.automata[component]!.arms(local, event)) machines[component]!.set(arm, true);
  });
}
