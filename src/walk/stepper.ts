/**
 * The successor function without tables: what `compile` computes for every local state, computed where a walk gets to.
 *
 * A bit per step says whether it is enabled, a bit per conjunction whether it holds. Each component and local state met has
 * a row: for the words of bits that the component has a say in, what it allows, and which of its answers are known. Only
 * words with a component that moved are looked at again, a predicate is tested and XState is asked only where every known
 * answer allows the step, and each once. So the local state spaces may be far too large to derive.
 */
import type { Successors } from '../compile/successors.ts';
import { Automaton, DISABLED } from '../derive/automaton.ts';
import type { Network, StepInstance } from '../model/network.ts';
import type { Conjunction } from '../model/property.ts';
import { bitsWhere, lowestBit } from './bits.ts';
import { type Rows, rowsOf, type Say, saysOf } from './says.ts';

/** A walk meets few local states, however many there are; this only stops a counter that grows without bound. */
const STATES_MAX = 1_000_000;

/**
 * Steps one state at a time. A state is one local state number per component; 0 is a component's initial one, the other
 * numbers are given in the order met and mean nothing between two steppers.
 */
export class Stepper implements Successors {
  readonly instances: readonly StepInstance[];
  /** The owners, in order of first mention. */
  readonly owners: readonly string[];
  /** By step: its owner, as a number into `owners`. */
  readonly ownerOf: Int32Array;
  readonly words: number;
  readonly initial: Int32Array;
  /** Belongs to the stepper: read only. */
  readonly enabled: Int32Array;
  readonly #automata: readonly Automaton[];
  readonly #all: Int32Array;
  readonly #steps: Int32Array;
  readonly #internal: Int32Array;
  /** By bit. */
  readonly #says: readonly (readonly Say[])[];
  /** By component. */
  readonly #rows: readonly Rows[];
  /** By word: the components that have a say in it, and where. */
  readonly #voices: readonly (readonly { readonly component: number; readonly at: number }[])[];
  readonly #current: Int32Array;
  readonly #currentRows: Int32Array[];
  readonly #isStale: Uint8Array;

  /** `conjunctions` are what `holds` can be asked about, by position. */
  constructor(network: Network, conjunctions: readonly Conjunction[]) {
    this.instances = network.instances();
    this.owners = [...new Set(this.instances.map((step) => step.owner))];
    const ownerNumber = new Map(this.owners.map((owner, number) => [owner, number]));
    this.ownerOf = Int32Array.from(this.instances, (step) => ownerNumber.get(step.owner)!);
    const parts = [...network.parts()];
    this.#automata = parts.map(([name, component]) => new Automaton(name, component, { statesMax: STATES_MAX }));
    this.words = parts.length;
    this.initial = new Int32Array(this.words);
    this.#current = new Int32Array(this.words).fill(-1);

    const bits = this.instances.length + conjunctions.length;
    const words = Math.ceil(bits / 32);
    this.#all = bitsWhere(words, bits, () => true);
    this.#steps = bitsWhere(words, this.instances.length, () => true);
    this.#internal = bitsWhere(words, this.instances.length, (step) => this.instances[step]!.environment !== true);
    this.enabled = new Int32Array(words);
    this.#isStale = new Uint8Array(words).fill(1);

    this.#says = saysOf(network, this.instances, conjunctions, this.#automata);
    this.#rows = parts.map((_, component) => rowsOf(component, this.#says));
    this.#voices = Array.from({ length: words }, (_, word) =>
      this.#rows.flatMap(({ words: own }, component) => (own.includes(word) ? [{ component, at: own.indexOf(word) }] : [])),
    );
    this.#currentRows = parts.map(() => new Int32Array(0));
  }

  /** Local states met so far, all components together: what the memory grows with. */
  get remembered(): number {
    return this.#automata.reduce((sum, automaton) => sum + automaton.size, 0);
  }

  look(states: Int32Array, offset = 0): void {
    for (let component = 0; component < this.words; component++) {
      const local = states[offset + component]!;
      if (local === this.#current[component]) continue;
      this.#current[component] = local;
      const { words, byLocal } = this.#rows[component]!;
      this.#currentRows[component] = byLocal[local] ?? this.#newRow(component, local);
      for (const word of words) this.#isStale[word] = 1;
    }
    for (let word = 0; word < this.enabled.length; word++) {
      if (this.#isStale[word] === 1) this.#lookAt(word);
    }
  }

  /** `target` may be the state last looked at. */
  apply(step: number, target: Int32Array): void {
    target.set(this.#current);
    for (const say of this.#says[step]!) if (say.event >= 0) target[say.component] = this.#next(say);
  }

  quiescent(): boolean {
    for (let word = 0; word < this.enabled.length; word++) if ((this.enabled[word]! & this.#internal[word]!) !== 0) return false;
    return true;
  }

  /** The steps enabled in the state last looked at, in declaration order. */
  steps(): number[] {
    const found: number[] = [];
    for (let word = 0; word < this.enabled.length; word++) {
      for (let bits = this.enabled[word]! & this.#steps[word]!; bits !== 0; bits &= bits - 1) found.push((word << 5) + lowestBit(bits));
    }
    return found;
  }

  /** Whether `step` is enabled in the state last looked at. */
  allows(step: number): boolean {
    return (this.enabled[step >> 5]! & (1 << (step & 31))) !== 0;
  }

  /** Whether conjunction number `conjunction` holds in the state last looked at. */
  holds(conjunction: number): boolean {
    return this.allows(this.instances.length + conjunction);
  }

  #lookAt(word: number): void {
    let allowed = this.#all[word]!;
    let known = -1;
    for (const { component, at } of this.#voices[word]!) {
      const row = this.#currentRows[component]!;
      allowed &= row[at]!;
      known &= row[at + (row.length >> 1)]!;
    }
    for (let open = allowed & ~known; open !== 0; open &= open - 1) {
      const bit = lowestBit(open);
      if (!this.#settle((word << 5) + bit)) allowed &= ~(1 << bit);
    }
    this.enabled[word] = allowed;
    this.#isStale[word] = 0;
  }

  /** Asks the components for the answers on `bit` that are not known: predicates first, they cost least. Ends at a refusal. */
  #settle(bit: number): boolean {
    const says = this.#says[bit]!;
    for (const say of says) {
      if (say.tests.length === 0) continue;
      const passes = this.#passes(say);
      if ((!passes || say.event < 0) && !this.#answer(say, bit, passes)) return false;
    }
    for (const say of says) {
      if (say.event >= 0 && !this.#answer(say, bit, this.#next(say) !== DISABLED)) return false;
    }
    return true;
  }

  #passes({ component, tests }: Say): boolean {
    const state = this.#automata[component]!.state(this.#current[component]!);
    for (const test of tests) if (!test(state)) return false;
    return true;
  }

  #next({ component, event }: Say): number {
    return this.#automata[component]!.next(this.#current[component]!, event);
  }

  /** Writes an answer down. */
  #answer({ component, at }: Say, bit: number, allows: boolean): boolean {
    const row = this.#currentRows[component]!;
    row[at + (row.length >> 1)]! |= 1 << (bit & 31);
    if (!allows) row[at]! &= ~(1 << (bit & 31));
    return allows;
  }

  #newRow(component: number, local: number): Int32Array {
    const { blank, byLocal } = this.#rows[component]!;
    while (byLocal.length < local) byLocal.push(undefined);
    return (byLocal[local] = blank.slice());
  }
}
