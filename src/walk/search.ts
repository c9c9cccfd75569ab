/** The search for a walk that violates something, run by fast-check: its seeds, its shrinking, its replay. */
import * as fc from 'fast-check';
import { UsageError } from '../model/error.ts';
import type { Run } from './walker.ts';

export interface SearchOptions {
  /** Where the random numbers start. Default 1: the same walks every time. */
  readonly seed?: number | undefined;
  /** Walks to take. Default 1000. */
  readonly walks?: number | undefined;
  /** The `path` of an earlier result: walks only that counterexample. Needs the other options as they were. */
  readonly path?: string | undefined;
  /** Time after which no walk is begun. Default none; with it, two runs may differ. */
  readonly millisecondsMax?: number | undefined;
}

export const SEARCH_DEFAULTS = { seed: 1, walks: 1000 } as const;

/** Nothing was found. */
export interface Missed {
  readonly tag: 'none';
  readonly seed: number;
  readonly walks: number;
  /** Steps taken in all walks together. */
  readonly steps: number;
  /** True when `millisecondsMax` ended the search. */
  readonly interrupted: boolean;
}

/** A violation, and how to come back to it. */
export interface Hit {
  readonly tag: 'violated';
  readonly seed: number;
  /** With the seed, replays this counterexample. */
  readonly path: string;
  /** Times the counterexample was made simpler. */
  readonly shrinks: number;
  /** Walks that found nothing before the one that did. */
  readonly walksBefore: number;
  /** True when `millisecondsMax` ended the shrinking: there may be a shorter one. */
  readonly interrupted: boolean;
}

/** What fast-check made of it. */
export type Search<T> = Missed | (Hit & { readonly value: T });

/**
 * Runs fast-check over `values` until `run` of one ends in a violation. Throws a UsageError for an `options.path` that
 * leads nowhere: it belongs to another network, seed, or length.
 */
export function searched<T>(
  values: fc.Arbitrary<T>,
  run: (value: T) => Run,
  options: SearchOptions & { readonly examples?: readonly T[] | undefined },
): Search<T> {
  const { seed = SEARCH_DEFAULTS.seed, walks = SEARCH_DEFAULTS.walks, path, examples, millisecondsMax } = options;
  let walked = 0;
  let steps = 0;
  const property = fc.property(values, (value) => {
    // After a path that no longer ends in a violation, fast-check goes on to its neighbours: not what was asked.
    if (path !== undefined && walked > 0) return true;
    const { path: taken, violated } = run(value);
    walked++;
    steps += taken.length;
    return violated === undefined;
  });
  const details = checked(property, {
    seed,
    numRuns: path === undefined ? walks : 1,
    endOnFailure: path !== undefined,
    ...(path !== undefined && { path }),
    ...(examples && { examples: examples.map((one): [T] => [one]) }),
    ...(millisecondsMax !== undefined && { plugins: [fc.interruptAfterTimeLimit(millisecondsMax) as fc.Plugin<[T]>] }),
  });
  const { interrupted, counterexample, counterexamplePath, numRuns, numShrinks } = details;
  // fast-check also calls it a failure when time was over before the first walk.
  if (counterexample === null || counterexamplePath === null) return { tag: 'none', seed, walks: walked, steps, interrupted };
  const [value] = counterexample;
  const shrinks = path === undefined ? numShrinks : path.split(':').length - 1;
  return { tag: 'violated', value, seed, path: counterexamplePath, shrinks, walksBefore: numRuns - 1, interrupted };
}

/** `fc.check`, with its complaint about a path in the words of this program. */
function checked<T>(property: fc.IProperty<[T]>, parameters: fc.Parameters<[T]> & { readonly seed: number }): fc.RunDetails<[T]> {
  const { path, seed } = parameters;
  if (path !== undefined && !/^\d+(:\d+)*$/u.test(path))
    throw new UsageError(`path '${path}' is not one that a walk reported: numbers joined by colons, such as 12:0:3`);
  try {
    return fc.check(property, parameters);
  } catch (error) {
    if (path === undefined || !(error instanceof Error) || !error.message.startsWith('Unable to replay')) throw error;
    throw new UsageError(
      `path '${path}' leads nowhere from seed ${seed}: replay with the network, scenario, seed and length it was found with`,
    );
  }
}
