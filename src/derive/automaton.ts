/**
 * An XState machine as a finite automaton: local states are numbered, and a row says which state each event leads to.
 *
 * Rows are computed with XState's own transition function, twice each (an impure assign shows as a difference), and
 * remembered. `derive` computes all of them; walks and trace search ask for the rows they meet.
 */
import {
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  createActor,
  type EventObject,
} from 'xstate';
import { type Component, type LocalState, stateName } from '../model/component.ts';
import { ModelError } from '../model/error.ts';
import { canonical, deepFreeze } from './canonical.ts';
import { checkLegal, MICROSTEPS_MAX } from './legal.ts';

/** `next` answers this for an event the state does not accept. */
export const DISABLED = -1;

/** Local states beyond this are reported as "not finite". */
const STATES_MAX_DEFAULT = 65_535;

export class Automaton {
  readonly name: string;
  readonly #machine: AnyStateMachine;
  readonly #scope: AnyActorScope;
  readonly #statesMax: number;
  readonly #events: EventObject[] = [];
  readonly #eventIndex = new Map<string, number>();
  readonly #snapshots: AnyMachineSnapshot[] = [];
  readonly #keys = new Map<string, number>();
  /** `#rows[state][event]`: the next state, DISABLED, or undefined while not computed. */
  readonly #rows: number[][] = [];

  constructor(name: string, component: Component, options: { readonly statesMax?: number } = {}) {
    this.name = name;
    this.#statesMax = options.statesMax ?? STATES_MAX_DEFAULT;
    checkLegal(name, component.machine);
    // A private copy, so that the microstep bound does not touch the modeller's machine.
    this.#machine = component.machine.provide({});
    this.#machine.options = { ...this.#machine.options, maxIterations: MICROSTEPS_MAX };
    this.#scope = inertScope(this.#machine, component.input);
    const initial = this.#settle('its initial state', () => this.#machine.getInitialSnapshot(this.#scope, component.input));
    if (initial !== undefined) this.#intern(initial);
  }

  /** Local states numbered so far; 0 is the initial one. */
  get size(): number {
    return this.#snapshots.length;
  }

  get events(): readonly EventObject[] {
    return this.#events;
  }

  /** The number of `event`, new or known. Equal payloads get equal numbers. */
  event(event: EventObject): number {
    const key = canonical(event, `component ${this.name}: event ${event.type}`);
    const known = this.#eventIndex.get(key);
    if (known !== undefined) return known;
    deepFreeze(event);
    this.#eventIndex.set(key, this.#events.length);
    return this.#events.push(event) - 1;
  }

  state(id: number): LocalState {
    return this.snapshot(id);
  }

  snapshot(id: number): AnyMachineSnapshot {
    const found = this.#snapshots[id];
    if (found === undefined) throw new RangeError(`component ${this.name} has no local state ${id}`);
    return found;
  }

  /** The local state that `event` leads to from `from`, or DISABLED. */
  next(from: number, event: number): number {
    const row = (this.#rows[from] ??= []);
    return (row[event] ??= this.#compute(from, event));
  }

  /** The `meta` of the transitions that `event` selects in `from`: the modeller's citations. */
  metas(from: number, event: number): readonly unknown[] {
    return this.#machine.getTransitionData(this.snapshot(from), this.#eventAt(event)).map((transition) => transition.meta as unknown);
  }

  /** The arms that `event` selects in `from`, as `armsOf` names them. */
  arms(from: number, event: number): readonly string[] {
    return this.#machine.getTransitionData(this.snapshot(from), this.#eventAt(event)).map(armOf);
  }

  /** Computes every row over the events numbered so far. */
  derive(): this {
    for (let from = 0; from < this.size; from++) {
      for (let event = 0; event < this.#events.length; event++) this.next(from, event);
    }
    return this;
  }

  #eventAt(index: number): EventObject {
    const event = this.#events[index];
    if (event === undefined) throw new RangeError(`component ${this.name} has no event ${index}`);
    return event;
  }

  #compute(from: number, eventIndex: number): number {
    const source = this.snapshot(from);
    const event = this.#eventAt(eventIndex);
    if (source.status !== 'active') return DISABLED;
    const where = `event ${event.type} in state '${stateName(source.value)}'`;
    const outcome = this.#settle(where, () =>
      this.#machine.getTransitionData(source, event).length === 0 ? undefined : this.#machine.transition(source, event, this.#scope),
    );
    return outcome === undefined ? DISABLED : this.#intern(outcome);
  }

  /** The result of `compute`, run twice: both must come to rest in the same state. */
  #settle(where: string, compute: () => AnyMachineSnapshot | undefined): Settled | undefined {
    const text = `component ${this.name}: ${where}`;
    const [once, twice] = [attempt(text, compute), attempt(text, compute)];
    const [key, again] = [once && keyOf(once, this.name), twice && keyOf(twice, this.name)];
    if (key !== again) {
      throw new ModelError(
        `${text} gave two different results; a guard or an assign may read only context, event and input, no clock, no random numbers, no outer variable`,
      );
    }
    return once && key !== undefined ? { snapshot: once, key } : undefined;
  }

  #intern({ snapshot, key }: Settled): number {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    if (this.size >= this.#statesMax) {
      throw new ModelError(
        `component ${this.name} is not finite: more than ${this.#statesMax} local states, and '${widestField(this.#snapshots)}' takes the most values; bound it with a guard, or with a smaller input`,
      );
    }
    deepFreeze(snapshot.context);
    this.#keys.set(key, this.size);
    return this.#snapshots.push(snapshot) - 1;
  }
}

/** Every way that `machine` can react, with its `meta`: `state EVENT`, and behind `#` which of several guarded ones. */
export function armsOf(machine: AnyStateMachine): ReadonlyMap<string, unknown> {
  const nodes = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodes)];
  const transitions = nodes(machine.root).flatMap((node) => [...node.transitions.values()].flat());
  return new Map(transitions.map((transition) => [armOf(transition), transition.meta as unknown]));
}

function armOf(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition;
  const rivals = source.transitions.get(eventType) ?? [];
  const where = source.path.length === 0 ? '(any)' : source.path.join('.');
  return `${where} ${eventType}${rivals.length > 1 ? ` #${rivals.indexOf(transition) + 1}` : ''}`;
}

/** A state in which the machine came to rest, and its text. */
interface Settled {
  readonly snapshot: AnyMachineSnapshot;
  readonly key: string;
}

function attempt(where: string, compute: () => AnyMachineSnapshot | undefined): AnyMachineSnapshot | undefined {
  try {
    const snapshot = compute();
    // XState throws from a transition, but answers an initial state that failed.
    if (snapshot?.status === 'error') throw snapshot.error;
    return snapshot;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith('Infinite loop detected')) {
      throw new ModelError(
        `${where} does not settle within ${MICROSTEPS_MAX} microsteps; break the cycle of always-transitions and raised events with a guard`,
      );
    }
    throw new ModelError(`${where} threw "${message}"; guards and assigns must be total, and may not write to the context they read`);
  }
}

function keyOf(snapshot: AnyMachineSnapshot, name: string): string {
  if (Object.keys(snapshot.children).length > 0) {
    throw new ModelError(`component ${name} spawns an actor; make the other machine a component and let a step move both`);
  }
  return `${snapshot.status} ${canonical(snapshot.value, `component ${name}: value`)} ${canonical(snapshot.context, `component ${name}: context`)}`;
}

/** The context field with the most distinct values among `snapshots`. */
function widestField(snapshots: readonly AnyMachineSnapshot[]): string {
  const values = new Map<string, Set<string>>();
  for (const { context } of snapshots) {
    for (const [field, value] of Object.entries(context as Record<string, unknown>)) {
      const seen = values.get(field) ?? new Set();
      values.set(field, seen.add(JSON.stringify(value)));
    }
  }
  return [...values].sort(([, a], [, b]) => b.size - a.size)[0]?.[0] ?? '(no context)';
}

/**
 * One scope for all transitions: XState's public `transition()` builds an actor per call, which is most of its cost.
 * A test holds the two to the same results.
 */
function inertScope(machine: AnyStateMachine, input: unknown): AnyActorScope {
  const self = createActor(machine, { input });
  const nothing = (): void => {};
  return {
    self,
    id: '',
    sessionId: '',
    logger: nothing,
    defer: nothing,
    emit: nothing,
    stopChild: nothing,
    actionExecutor: nothing,
    system: self.system,
  };
}
