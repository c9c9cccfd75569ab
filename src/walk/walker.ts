/** One walk: steps taken one after the other until something forbidden is met, nothing can move, or the path ends. */
import type { Network } from '../model/network.ts';
import type { Property } from '../model/property.ts';
import { detour } from './detour.ts';
import type { Policy } from './policy.ts';
import { Stepper } from './stepper.ts';
import { type Landmark, type Target, type Watchlist, watchlistOf } from './watchlist.ts';

/** Step numbers, from the initial state: numbers into `network.instances()`. */
export type Path = readonly number[];

/** A walk that was taken: every step of `path` was enabled, and `violated` is what its last state breaks. */
export interface Run {
  readonly path: Path;
  readonly violated: Target | undefined;
}

export interface FollowOptions {
  /** Look for violations of the property of this name only. Default all. */
  readonly only?: string | undefined;
  /**
   * What to do where a step is disabled. `drop` leaves it out; `rename` takes the nearest enabled step of the same name,
   * another packet or another reader; `detour` does that or else lets the step's owner take another branch on the way to it.
   */
  readonly mend?: Mend;
}

export type Mend = 'drop' | 'rename' | 'detour';

/** Detours looked for in one walk, at most: where more are needed, the edit was too bold. */
const DETOURS_MAX = 8;

/** Local states remembered, all components together: about 1.5 kB each. */
const REMEMBERED_MAX = 200_000;

/** Walks one network, looking for violations of its properties in every state passed. */
export class Walker {
  readonly network: Network;
  readonly watchlist: Watchlist;
  readonly #rememberedMax: number;
  #stepper: Stepper;
  /** Bits of every conjunction that held in some state passed. */
  readonly #seen: Int32Array;
  readonly #alike: (readonly number[] | undefined)[] = [];

  constructor(
    network: Network,
    properties: readonly Property[],
    { rememberedMax = REMEMBERED_MAX }: { readonly rememberedMax?: number } = {},
  ) {
    this.network = network;
    this.watchlist = watchlistOf(properties);
    this.#rememberedMax = rememberedMax;
    this.#stepper = new Stepper(network, this.watchlist.conjunctions);
    this.#seen = new Int32Array(this.stepper.enabled.length);
  }

  /** Replaced between two walks when it remembers too much; its steps and owners stay the same. */
  get stepper(): Stepper {
    return this.#stepper;
  }

  /** A new walk of at most `lengthMax` steps, each chosen by `policy`. */
  wander(policy: Policy, lengthMax: number): Run {
    let rest = lengthMax;
    return this.#run(() => {
      const enabled = rest-- > 0 ? this.stepper.steps() : [];
      return enabled.length === 0 ? undefined : policy(enabled);
    });
  }

  /** Walks along `path`; steps that are disabled where their turn comes fall out, or are mended. Ends early at a violation. */
  follow(path: Path, { only, mend = 'drop' }: FollowOptions = {}): Run {
    let turn = 0;
    let detours = 0;
    let pending: readonly number[] = [];
    const choose = (state: Int32Array): number | undefined => {
      const [next, ...later] = pending;
      pending = later;
      if (next !== undefined) return next;
      while (turn < path.length) {
        const wanted = path[turn++]!;
        if (this.stepper.allows(wanted)) return wanted;
        const instead = mend === 'drop' ? undefined : this.alike(wanted).find((step) => this.stepper.allows(step));
        if (instead !== undefined) return instead;
        if (mend !== 'detour' || detours++ >= DETOURS_MAX) continue;
        const [first, ...rest] = detour(this.stepper, state, wanted);
        pending = rest;
        if (first !== undefined) return first;
      }
      return undefined;
    };
    return this.#run(choose, only);
  }

  /** The names among `landmarks` that were met in any walk so far, in declaration order. */
  met(landmarks: readonly Landmark[]): string[] {
    const bits = this.stepper.instances.length;
    const seen = (bit: number): boolean => (this.#seen[bit >> 5]! & (1 << (bit & 31))) !== 0;
    return landmarks.filter(({ conjunctions }) => conjunctions.some((one) => seen(bits + one))).map(({ name }) => name);
  }

  /** The other steps of the same name, nearest first: same owner, then most parameters equal. */
  alike(step: number): readonly number[] {
    const { instances } = this.stepper;
    return (this.#alike[step] ??= instances
      .flatMap((other, number) => (other.name === instances[step]!.name && number !== step ? [number] : []))
      .sort((a, b) => this.#likeness(b, step) - this.#likeness(a, step) || a - b));
  }

  #likeness(one: number, other: number): number {
    const [a, b] = [this.stepper.instances[one]!, this.stepper.instances[other]!];
    return (a.owner === b.owner ? 100 : 0) + Object.keys(a.params).filter((key) => a.params[key] === b.params[key]).length;
  }

  #run(choose: (state: Int32Array) => number | undefined, only?: string): Run {
    if (this.#stepper.remembered > this.#rememberedMax) this.#stepper = new Stepper(this.network, this.watchlist.conjunctions);
    const stepper = this.#stepper;
    const state = stepper.initial.slice();
    const path: number[] = [];
    for (;;) {
      stepper.look(state);
      for (let word = 0; word < this.#seen.length; word++) this.#seen[word]! |= stepper.enabled[word]!;
      const violated = this.#violated(only);
      const step = violated === undefined ? choose(state) : undefined;
      if (step === undefined) return { path, violated };
      stepper.apply(step, state);
      path.push(step);
    }
  }

  /** What the state last looked at breaks. */
  #violated(only: string | undefined): Target | undefined {
    for (const target of this.watchlist.targets) {
      if (!this.stepper.holds(target.conjunction) || (only !== undefined && target.property.name !== only)) continue;
      if (!target.onlyQuiescent || this.stepper.quiescent()) return target;
    }
    return undefined;
  }
}
