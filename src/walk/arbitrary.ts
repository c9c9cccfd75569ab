/**
 * Interleavings as fast-check values: paths that can be walked, generated on the model and shrunk by editing.
 *
 * An edited path is walked again and what is disabled falls out, so every value is a real walk. fast-check's own ways
 * (commands, scheduler, integers taken modulo the enabled steps) shrink to longer paths or not at all.
 */
import * as fc from 'fast-check';
import { edits, switchesOf } from './edits.ts';
import { oneOf, POLICIES, type PolicyName, policyOf } from './policy.ts';
import type { Mend, Path, Run, Walker } from './walker.ts';

/** Longer paths are not mended by detours: much falls out of them, and for each step one is looked for in vain. */
const DETOUR_PATH_MAX = 100;

export interface PathOptions {
  /** Steps of a walk, at most. */
  readonly lengthMax: number;
  /** What each walk draws its policy from. Default all four. */
  readonly policies?: readonly PolicyName[] | undefined;
}

/** Walks of one network. A walk ends at the first violation, where nothing can move, or at `lengthMax`. */
export class PathArbitrary extends fc.Arbitrary<Path> {
  readonly walker: Walker;
  readonly #lengthMax: number;
  readonly #policies: readonly PolicyName[];
  /** A path that was made here is not walked a second time to see how it ends. */
  readonly #runs = new WeakMap<Path, Run>();

  constructor(walker: Walker, { lengthMax, policies = POLICIES }: PathOptions) {
    super();
    this.walker = walker;
    this.#lengthMax = lengthMax;
    this.#policies = policies;
  }

  override generate(random: fc.Random): fc.Value<Path> {
    const policy = policyOf(oneOf(random, this.#policies), this.walker.stepper, random, this.#lengthMax);
    return this.value(this.walker.wander(policy, this.#lengthMax));
  }

  /** Any list of step numbers will do: the disabled ones fall out, so a counterexample kept in a file outlives a change of the model. */
  override canShrinkWithoutContext(value: unknown): value is Path {
    const count = this.walker.stepper.instances.length;
    return Array.isArray(value) && value.every((step) => Number.isInteger(step) && step >= 0 && step < count);
  }

  /** Only shorter paths, or equally long ones with fewer switches of owner, that lead to the same property's violation if any. */
  override shrink(path: Path): fc.Stream<fc.Value<Path>> {
    return new fc.Stream(this.#simpler(path));
  }

  /** How the walk along `path` ends. */
  run(path: Path): Run {
    const known = this.#runs.get(path);
    if (known !== undefined) return known;
    const run = this.walker.follow(path);
    this.#runs.set(path, run);
    return run;
  }

  /** A run as a value of this arbitrary. */
  value(run: Run): fc.Value<Path> {
    this.#runs.set(run.path, run);
    return new fc.Value(run.path, undefined);
  }

  *#simpler(path: Path): IterableIterator<fc.Value<Path>> {
    const { instances } = this.walker.stepper;
    const only = this.run(path).violated?.property.name;
    const switches = switchesOf(path, instances);
    const tried = new Set<string>();
    const isNew = ({ path: other }: Run): boolean => {
      if (other.length > path.length) return false;
      if (other.length === path.length && switchesOf(other, instances) >= switches) return false;
      const key = other.join();
      if (tried.has(key)) return false;
      tried.add(key);
      return true;
    };
    const mends: readonly Mend[] = path.length <= DETOUR_PATH_MAX ? ['drop', 'rename', 'detour'] : ['drop', 'rename'];
    for (const edited of edits(path, instances, (step) => this.walker.alike(step))) {
      for (const mend of mends) {
        const run = this.walker.follow(edited, { only, mend });
        if (isNew(run)) yield this.value(run);
        // Nothing fell out, so there is nothing to mend.
        if (run.path.length === edited.length) break;
      }
    }
  }
}
