/**
 * Random walks over a network: for scenarios that no exhaustive search could take.
 *
 * A walk can refute, never prove: what it answers is "no counterexample in N walks". Bugs that need one interleaving in a
 * million are found by exhaustive search on small scenarios; walks find those that need many packets, CPUs or readers.
 */
import type { Network } from '../model/network.ts';
import type { Conjunction, Property } from '../model/property.ts';
import type { Trace } from '../trace/replay.ts';
import { PathArbitrary } from './arbitrary.ts';
import { confirmed } from './confirm.ts';
import type { PolicyName } from './policy.ts';
import { type Hit, type Missed, type SearchOptions, searched } from './search.ts';
import { type Path, type Run, Walker } from './walker.ts';

export interface WalkOptions extends SearchOptions {
  /** Steps in one walk, at most. Default 500. Part of what makes a seed replay. */
  readonly lengthMax?: number | undefined;
  /** What each walk draws its policy from. Default all. */
  readonly policies?: readonly PolicyName[] | undefined;
  /** Paths to walk first: known counterexamples. They count as walks. */
  readonly examples?: readonly Path[] | undefined;
}

export interface NotFound extends Missed {
  /** Names of the `sometimes` that were reached. */
  readonly sometimesSeen: readonly string[];
  /** Names of the properties whose premise was reached. */
  readonly premisesSeen: readonly string[];
}

/** A counterexample, shrunk, and replayed on XState. */
export interface Found extends Hit {
  readonly property: Property;
  readonly forbidden: Conjunction;
  readonly trace: Trace;
  /** The counterexample as step numbers: what `examples` takes. */
  readonly steps: Path;
}

export type WalkResult = NotFound | Found;

export const LENGTH_MAX_DEFAULT = 500;

/** Walks `network` at random and looks for violations of `properties`. Same arguments, same result, unless time runs out. */
export function walk(network: Network, properties: readonly Property[], options: WalkOptions = {}): WalkResult {
  const walker = new Walker(network, properties);
  const paths = new PathArbitrary(walker, { lengthMax: options.lengthMax ?? LENGTH_MAX_DEFAULT, policies: options.policies });
  const search = searched(paths, (path) => paths.run(path), options);
  return search.tag === 'none'
    ? { ...search, sometimesSeen: walker.met(walker.watchlist.sometimes), premisesSeen: walker.met(walker.watchlist.premises) }
    : found(search, walker, paths.run(search.value));
}

/** A counterexample as it is reported: replayed first. */
export function found({ tag, seed, path, shrinks, walksBefore, interrupted }: Hit, walker: Walker, run: Run): Found {
  const trace = confirmed(walker, run);
  const { property, conjunction } = run.violated!;
  return {
    tag,
    seed,
    path,
    shrinks,
    walksBefore,
    interrupted,
    property,
    forbidden: walker.watchlist.conjunctions[conjunction]!,
    trace,
    steps: run.path,
  };
}

/** One line for a report. Never says that anything holds. */
export function walkText(result: WalkResult): string {
  switch (result.tag) {
    case 'none': {
      const { walks, steps, seed, interrupted } = result;
      return `no counterexample in ${walks} walks (${steps} steps, seed ${seed}${interrupted ? ', out of time' : ''})`;
    }
    case 'violated': {
      const { property, steps, walksBefore, shrinks, seed, path } = result;
      return `'${property.name}' is violated in ${steps.length} steps, found in walk ${walksBefore + 1}, shrunk ${shrinks} times; replay: seed ${seed}, path ${path}`;
    }
  }
}
