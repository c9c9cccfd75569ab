/** States reached without a line of the trace: the closure under hidden steps, fewest inferred steps first. */
import type { Observation } from '../model/component.ts';
import type { Network, StepInstance } from '../model/network.ts';
import { Stepper } from '../walk/stepper.ts';
import type { Shows } from './shows.ts';

/** A state, and how it was reached. */
export interface Node {
  readonly state: Int32Array;
  /** Equal for equal states of one search. */
  readonly key: string;
  readonly parent: Node | undefined;
  /** The step from `parent`, or -1. */
  readonly step: number;
  /** The line that shows the step; undefined if it is inferred. */
  readonly line: number | undefined;
  /** Inferred steps since the initial state. */
  readonly inferred: number;
  /** Their sum at each line: of two runs with as many inferred steps, the one that infers them later has less. */
  readonly early: number;
}

/** Which of two nodes of one state is the better explanation: negative for `a`. */
export const compareRuns = (a: Node, b: Node): number => a.inferred - b.inferred || a.early - b.early;

export interface Limits {
  /** States in the closure between two lines. */
  readonly statesPerLineMax: number;
  /** States looked at in the whole search. */
  readonly statesMax: number;
}

/** How much of a closure is kept. */
export interface Effort {
  /** States that go on to the next line. */
  readonly width: number;
  /** Inferred steps more than where the closure first shows a line. */
  readonly slack: number;
}

export const EVERYTHING: Effort = { width: Number.POSITIVE_INFINITY, slack: Number.POSITIVE_INFINITY };

/** `hidden`: any step that the trace would not show. `silent`: of these, only the system's own, not the environment's. */
type Reach = 'hidden' | 'silent';

export class Closure {
  readonly instances: readonly StepInstance[];
  /** Looked at so far. */
  states = 0;
  /** States were left out, for want of effort. */
  isCut = false;
  effort = EVERYTHING;
  readonly #stepper: Stepper;
  readonly #isHidden: readonly boolean[];
  readonly #conjunctions = new Map<string, number>();
  readonly #limits: Limits;

  /** `observations` are what `holds` can be asked about. */
  constructor(network: Network, shows: Shows, observations: readonly Observation[], limits: Limits) {
    const distinct = new Map(observations.map((one) => [nameOf(one), one]));
    for (const name of distinct.keys()) this.#conjunctions.set(name, this.#conjunctions.size);
    this.#stepper = new Stepper(
      network,
      [...distinct.values()].map((one) => [one]),
    );
    this.instances = this.#stepper.instances;
    this.#isHidden = shows.shown.map((revealed) => revealed === undefined);
    this.#limits = limits;
  }

  initial(): Node {
    const state = this.#stepper.initial;
    return { state, key: keyOf(state), parent: undefined, step: -1, line: undefined, inferred: 0, early: 0 };
  }

  look(node: Node): void {
    this.#stepper.look(node.state);
  }

  /** The steps enabled in the state last looked at. */
  enabled(): number[] {
    return this.#stepper.steps();
  }

  allows(step: number): boolean {
    return this.#stepper.allows(step);
  }

  holds(observations: readonly Observation[]): boolean {
    return observations.every((one) => this.#stepper.holds(this.#conjunctions.get(nameOf(one))!));
  }

  isSilent(step: number): boolean {
    return this.#isHidden[step]! && this.instances[step]!.environment !== true;
  }

  /** The best of `nodes`, as many as go on. */
  best(nodes: readonly Node[]): readonly Node[] {
    if (nodes.length <= this.effort.width) return nodes;
    this.isCut = true;
    return [...nodes].sort(compareRuns).slice(0, this.effort.width);
  }

  /** The node after `step`, which is enabled in the state last looked at: that of `parent`. */
  after(parent: Node, step: number, line: number | undefined): Node {
    const state = new Int32Array(parent.state.length);
    this.#stepper.apply(step, state);
    const [inferred, early] = line === undefined ? [parent.inferred + 1, parent.early] : [parent.inferred, parent.early + parent.inferred];
    return { state, key: keyOf(state), parent, step, line, inferred, early };
  }

  /**
   * Visits the closure of `from`, each state once, looked at, and with the nodes one hidden step further that are not
   * visited before it; ends `slack` inferred steps after the visitor first returns true. Returns the limit that ended it,
   * if one did. The visitor may look elsewhere.
   */
  over(from: readonly Node[], visit: (node: Node, further: readonly Node[]) => boolean, reach: Reach = 'hidden'): string | undefined {
    let last = Number.POSITIVE_INFINITY;
    const layers: Node[][] = [];
    /** By key: the fewest inferred steps. */
    const inferred = new Map<string, number>();
    const first = from.reduce((least, node) => Math.min(least, node.inferred), Number.POSITIVE_INFINITY);
    const put = (node: Node): boolean => {
      const known = inferred.get(node.key);
      if (known !== undefined && known < node.inferred) return false;
      inferred.set(node.key, node.inferred);
      (layers[node.inferred - first] ??= []).push(node);
      return true;
    };
    from.forEach(put);
    const done = new Set<string>();
    for (let layer = 0; layer < layers.length; layer++) {
      if (layer > last) {
        this.isCut = true;
        break;
      }
      for (const node of (layers[layer] ?? []).sort(compareRuns)) {
        if (done.has(node.key)) continue;
        done.add(node.key);
        this.states++;
        if (done.size > this.#limits.statesPerLineMax) return `${this.#limits.statesPerLineMax} states between two lines`;
        if (this.states > this.#limits.statesMax) return `${this.#limits.statesMax} states in all`;
        this.look(node);
        const further: Node[] = [];
        for (const step of this.enabled()) {
          if (reach === 'silent' ? !this.isSilent(step) : !this.#isHidden[step]!) continue;
          const next = this.after(node, step, undefined);
          if (put(next)) further.push(next);
        }
        if (visit(node, further)) last = Math.min(last, layer + this.effort.slack);
      }
    }
    return undefined;
  }
}

/** The steps from the initial state to `node`, in order. */
export function pathTo(node: Node): Node[] {
  const path: Node[] = [];
  for (let at: Node | undefined = node; at?.parent !== undefined; at = at.parent) path.push(at);
  return path.reverse();
}

/** Predicates are told apart by what they are called. */
function nameOf({ component, label }: Observation): string {
  return `${component} ${label}`;
}

/** Packed into a string: equal strings, equal states. */
function keyOf(state: Int32Array): string {
  return Buffer.from(state.buffer, state.byteOffset, state.byteLength).toString('latin1');
}
