/**
 * One component by itself, held against the lines that show it: the set of its local states that agree with the lines so
 * far, hidden events inferred. Sets are numbered and their moves remembered, so that a line costs two look-ups however many
 * states the component has, and a trace of any length has any number of instances of it.
 *
 * Nothing is known of the state before the first line: it begins with every state that the component can be in.
 */
import type { EventObject } from 'xstate';
import { Automaton, DISABLED } from '../derive/automaton.ts';
import { type Component, type LocalState, stateName } from '../model/component.ts';

/** What a trace shows of a local transition: a word, or nothing, or any of these. */
export type LabelOf = (event: EventObject, from: LocalState, to: LocalState) => string | undefined | readonly (string | undefined)[];

/** What a component might do next. */
export interface Offer {
  readonly label: string;
  readonly from: readonly string[];
}

export class Projection {
  readonly name: string;
  readonly #automaton: Automaton;
  readonly #events: readonly number[];
  readonly #labelOf: LabelOf;
  readonly #sets: (readonly number[])[] = [];
  readonly #ids = new Map<string, number>();
  /** By set: the set after each label, or NOWHERE. */
  readonly #moves: Map<string, number>[] = [];
  /** Of every state: where its events lead, and under which label. */
  readonly #steps = new Map<number, readonly { readonly label: string | undefined; readonly to: number }[]>();

  constructor(name: string, component: Component, events: readonly EventObject[], labelOf: LabelOf) {
    this.name = name;
    this.#automaton = new Automaton(name, component);
    this.#events = events.map((event) => this.#automaton.event(event));
    this.#labelOf = labelOf;
    this.#intern(this.#all());
  }

  /** The set before the first line. */
  readonly first = 0;

  /** The set after `label`, or NOWHERE. */
  after(set: number, label: string): number {
    const known = this.#moves[set]!.get(label);
    if (known !== undefined) return known;
    const next = this.#sets[set]!.flatMap((state) => this.#stepsOf(state).flatMap((one) => (one.label === label ? [one.to] : [])));
    const to = next.length === 0 ? NOWHERE : this.#intern(this.#closure(next));
    this.#moves[set]!.set(label, to);
    return to;
  }

  /** What is in either set. */
  union(a: number, b: number): number {
    if (a === NOWHERE) return b;
    return b === NOWHERE ? a : this.#intern([...new Set([...this.#sets[a]!, ...this.#sets[b]!])]);
  }

  /** The names of the states of `set`. */
  states(set: number): string[] {
    return [...new Set(this.#sets[set]!.map((state) => stateName(this.#automaton.state(state).value)))];
  }

  /** What could have come instead in `set`. */
  offers(set: number): Offer[] {
    const offers = new Map<string, Set<string>>();
    for (const state of this.#sets[set]!) {
      const local = this.#automaton.state(state);
      for (const { label } of this.#stepsOf(state)) {
        if (label === undefined) continue;
        const from = offers.get(label) ?? offers.set(label, new Set()).get(label)!;
        from.add(stateName(local.value));
      }
    }
    return [...offers].map(([label, from]) => ({ label, from: [...from] }));
  }

  /** States in which `label` would be possible, whatever came before. */
  wanted(label: string): string[] {
    return [...(this.offers(this.first).find((one) => one.label === label)?.from ?? [])];
  }

  #stepsOf(state: number) {
    const known = this.#steps.get(state);
    if (known !== undefined) return known;
    const from = this.#automaton.state(state);
    const steps = this.#events.flatMap((event) => {
      const to = this.#automaton.next(state, event);
      if (to === DISABLED) return [];
      const labels = this.#labelOf(this.#automaton.events[event]!, from, this.#automaton.state(to));
      return (Array.isArray(labels) ? labels : [labels]).map((label: string | undefined) => ({ label, to }));
    });
    this.#steps.set(state, steps);
    return steps;
  }

  #all(): number[] {
    const seen = new Set([0]);
    for (const state of seen) for (const { to } of this.#stepsOf(state)) seen.add(to);
    return [...seen];
  }

  #closure(from: readonly number[]): number[] {
    const seen = new Set(from);
    for (const state of seen) for (const { label, to } of this.#stepsOf(state)) if (label === undefined) seen.add(to);
    return [...seen];
  }

  #intern(states: readonly number[]): number {
    const sorted = [...states].sort((a, b) => a - b);
    const key = sorted.join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#sets.length);
    this.#moves.push(new Map());
    return this.#sets.push(sorted) - 1;
  }
}

/** No state agrees. */
export const NOWHERE = -1;
