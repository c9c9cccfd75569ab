/**
 * Walks over random scenarios. A counterexample shrinks in both directions: to the smallest scenario in which it can still
 * be walked, and there to the shortest path.
 */
import * as fc from 'fast-check';
import type { Network, StepInstance } from '../model/network.ts';
import type { Property } from '../model/property.ts';
import { type Keys, type Scenario, scenarioText } from '../model/scenario.ts';
import { PathArbitrary, type PathOptions } from './arbitrary.ts';
import { type Caps, scenarios } from './scenario.ts';
import { SEARCH_DEFAULTS, searched } from './search.ts';
import { type Found, found, LENGTH_MAX_DEFAULT, type NotFound, type WalkOptions } from './walk.ts';
import { type Path, Walker } from './walker.ts';

export interface ScenarioWalkOptions extends Omit<WalkOptions, 'examples'> {
  /** Scenarios drawn; the walks are spread over them. Default 16: building a network costs as much as many walks. */
  readonly scenarios?: number;
}

export type ScenarioWalkResult<K extends Keys> =
  | (NotFound & { readonly scenarios: number })
  | (Found & { readonly scenario: Scenario<K>; readonly network: Network });

/** Builds the network of a scenario, and what is claimed of it. Pure: it is called again when a counterexample shrinks. */
export type Build<K extends Keys> = (scenario: Scenario<K>) => { readonly network: Network; readonly properties: readonly Property[] };

const SCENARIOS_DEFAULT = 16;

/** Walks networks of random scenarios of `keys` within `caps`. Same arguments, same result, unless time runs out. */
export function walkScenarios<const K extends Keys>(
  build: Build<K>,
  keys: K,
  caps: Caps<K>,
  options: ScenarioWalkOptions = {},
): ScenarioWalkResult<K> {
  const { seed = SEARCH_DEFAULTS.seed, lengthMax = LENGTH_MAX_DEFAULT, policies } = options;
  const drawn = scenarios(keys, caps);
  const pool = fc.sample(drawn, { seed, numRuns: options.scenarios ?? SCENARIOS_DEFAULT });
  const values = new ScenarioWalkArbitrary(build, drawn, pool, { lengthMax, policies });
  const search = searched(values, ({ scenario, path }) => values.paths(scenario).run(path), options);
  if (search.tag === 'none') {
    const walkers = pool.map((scenario) => values.paths(scenario).walker);
    const met = (kind: 'sometimes' | 'premises') => [...new Set(walkers.flatMap((walker) => walker.met(walker.watchlist[kind])))];
    return { ...search, scenarios: pool.length, sometimesSeen: met('sometimes'), premisesSeen: met('premises') };
  }
  const { scenario, path } = search.value;
  const paths = values.paths(scenario);
  return { ...found(search, paths.walker, paths.run(path)), scenario, network: paths.walker.network };
}

interface ScenarioWalk<K extends Keys> {
  readonly scenario: Scenario<K>;
  readonly path: Path;
}

/** Walks, each in one scenario of a pool that was drawn beforehand. */
class ScenarioWalkArbitrary<K extends Keys> extends fc.Arbitrary<ScenarioWalk<K>> {
  readonly #build: Build<K>;
  readonly #drawn: fc.Arbitrary<Scenario<K>>;
  readonly #pool: readonly Scenario<K>[];
  readonly #options: PathOptions;
  readonly #paths = new Map<string, PathArbitrary>();

  constructor(build: Build<K>, drawn: fc.Arbitrary<Scenario<K>>, pool: readonly Scenario<K>[], options: PathOptions) {
    super();
    this.#build = build;
    this.#drawn = drawn;
    this.#pool = pool;
    this.#options = options;
  }

  /** The walks of one scenario. */
  paths(scenario: Scenario<K>): PathArbitrary {
    const key = scenarioText(scenario);
    const known = this.#paths.get(key);
    if (known !== undefined) return known;
    const { network, properties } = this.#build(scenario);
    const paths = new PathArbitrary(new Walker(network, properties), this.#options);
    this.#paths.set(key, paths);
    return paths;
  }

  override generate(random: fc.Random): fc.Value<ScenarioWalk<K>> {
    const scenario = this.#pool[random.nextInt(0, this.#pool.length - 1)]!;
    return new fc.Value({ scenario, path: this.paths(scenario).generate(random).value }, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is ScenarioWalk<K> {
    return false;
  }

  override shrink(value: ScenarioWalk<K>): fc.Stream<fc.Value<ScenarioWalk<K>>> {
    return new fc.Stream(this.#simpler(value));
  }

  *#simpler({ scenario, path }: ScenarioWalk<K>): IterableIterator<fc.Value<ScenarioWalk<K>>> {
    const here = this.paths(scenario);
    const { instances } = here.walker.stepper;
    const only = here.run(path).violated?.property.name;
    for (const { value: smaller } of this.#drawn.shrink(scenario, undefined)) {
      const there = this.paths(smaller);
      const steps = path.flatMap((step) => nearest(instances[step]!, there.walker.stepper.instances));
      yield new fc.Value({ scenario: smaller, path: there.value(there.walker.follow(steps, { only, mend: 'rename' })).value }, undefined);
    }
    for (const shorter of here.shrink(path)) yield new fc.Value({ scenario, path: shorter.value }, undefined);
  }
}

/** The step of another scenario's network that stands for `step`: the same label, or the same name and most parameters. */
function nearest(step: StepInstance, instances: readonly StepInstance[]): number[] {
  let best: number[] = [];
  let mostEqual = -1;
  instances.forEach((other, number) => {
    if (other.name !== step.name) return;
    const equal = Object.keys(step.params).filter((key) => step.params[key] === other.params[key]).length;
    if (equal > mostEqual) [best, mostEqual] = [[number], equal];
  });
  return best;
}
