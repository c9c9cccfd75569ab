/**
 * From representatives back to the network: a path through representatives is a real path seen through a different
 * automorphism at each step.
 */
import type { CompiledNetwork } from '../compile/compile.ts';
import type { Exploration } from '../explore/exploration.ts';
import type { Watch } from '../explore/watch.ts';
import type { Automorphism } from './automorphism.ts';
import { composed, inverse } from './group.ts';
import type { Representatives } from './representatives.ts';

/**
 * `exploration`, a search through representatives, as a search of `network`: its paths are real ones that end in a state
 * that satisfies the watch, and a step counts as taken if one of its images was. `successors` are those it searched with:
 * others would number block states differently, and have other representatives.
 */
export function realised(
  network: CompiledNetwork,
  watches: readonly Watch[],
  group: readonly Automorphism[],
  successors: Representatives,
  exploration: Exploration,
): Exploration {
  if (group.length === 1) return exploration;
  const fired = Uint8Array.from(exploration.fired, (_, step) =>
    Math.max(...group.map((element) => exploration.fired[element.step[step]!]!)),
  );
  const bitOf = (watch: number): number => network.conjunctionsFrom + watches[watch]!.conjunction;
  return {
    ...exploration,
    fired,
    paths: (wanted) => exploration.paths(wanted).map((path, index) => realPath(successors, group, path, bitOf(wanted[index]!))),
  };
}

/**
 * Let r0 r1 ... be the representatives along `path`, and suppose the real path has come to h(ri), for an automorphism h. The
 * next step of `path`, t, leads from ri to some s, whose representative is g(s) = r(i+1). So the real path takes h(t) to
 * h(s), which is (h after the inverse of g)(r(i+1)). At its end the whole of it is moved by one automorphism, which leaves the
 * initial state alone, to end where the conjunction holds.
 */
function realPath(successors: Representatives, group: readonly Automorphism[], path: readonly number[], bit: number): number[] {
  const state = new Int32Array(2);
  let through = group[0]!;
  const real = path.map((step) => {
    const taken = through.step[step]!;
    successors.look(state, 0);
    successors.apply(step, state);
    through = composed(through, inverse(group[successors.taken]!));
    return taken;
  });
  const end = group[successors.satisfying(state, 0, bit) ?? 0]!;
  const move = composed(end, inverse(through));
  return real.map((step) => move.step[step]!);
}
