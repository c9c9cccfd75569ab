/**
 * A component is one XState machine with finitely many local states, used as an automaton inside a network.
 *
 * A modeller never touches a snapshot: he names what a component does (`on`), where it must be (`in`), and what must
 * be true of it (`is`). Everything here is checked by the compiler against the machine's own types.
 */
import type { AnyStateMachine, ContextFrom, EventFromLogic, EventObject, InputFrom, StateFrom, StateValue } from 'xstate';
import { ModelError } from './error.ts';

/** One instance of a machine, with the `input` that carries its bounds. */
export interface Component<M extends AnyStateMachine = AnyStateMachine> {
  readonly machine: M;
  readonly input: unknown;
}

/** Uses `machine` as a component. `input` is the machine's own input: the bounds of the scenario. */
export function component<M extends AnyStateMachine>(
  machine: M,
  ...[input]: undefined extends InputFrom<M> ? [input?: InputFrom<M>] : [input: InputFrom<M>]
): Component<M> {
  return { machine, input };
}

/** The local state as predicates see it. */
export interface LocalState {
  readonly value: StateValue;
  readonly context: unknown;
}

/** A component takes part in a step by taking an event. */
export interface Move {
  readonly component: string;
  readonly event: EventObject;
}

/** A predicate on ONE component. The label is what reports print when it is false. */
export interface Observation {
  readonly component: string;
  readonly label: string;
  readonly test: (state: LocalState) => boolean;
}

/** The machine behind a component. */
export type MachineOf<T> = T extends Component<infer M> ? M : never;

/** The names of the top-level states of a machine. */
export type StateName<M extends AnyStateMachine> = StateFrom<M>['value'] extends infer V
  ? V extends string
    ? V
    : V extends object
      ? Extract<keyof V, string>
      : never
  : never;

/** A component of a network, as steps and properties speak of it. */
export interface Ref<M extends AnyStateMachine> {
  /** The name in reports: `napi`, or `cpu.1` for an instance of a family. */
  readonly name: string;
  /** Takes `event`; the step is disabled where the machine does not accept it. */
  on(event: EventFromLogic<M>): Move;
  /** Is in one of the top-level states `names`. */
  in(...names: readonly StateName<M>[]): Observation;
  /** Is in none of the top-level states `names`. */
  out(...names: readonly StateName<M>[]): Observation;
  /** Satisfies `test`; `label` completes the sentence "NAME ...", for example "has a free descriptor". */
  is(label: string, test: (context: ContextFrom<M>, state: StateName<M>) => boolean): Observation;
}

/** Instances of one machine, told apart by an index: `cpu(0)`, `reader(1)`. */
export interface RefFamily<M extends AnyStateMachine> {
  (index: number): Ref<M>;
  readonly all: readonly Ref<M>[];
}

/** The top-level state name of a state value. */
export function stateName(value: StateValue): string {
  if (typeof value === 'string') return value;
  const [name, ...rest] = Object.keys(value);
  if (name === undefined || rest.length > 0) {
    throw new ModelError(`state value ${JSON.stringify(value)} is parallel at the top: name its regions in one compound state`);
  }
  return name;
}

/** The handle on one component. Events and predicates are erased here, once, and nowhere else. */
export function ref<M extends AnyStateMachine>(name: string): Ref<M> {
  return {
    name,
    on: (event) => ({ component: name, event }),
    in: (...names) => ({
      component: name,
      label: `is ${names.join(' or ')}`,
      test: (state) => (names as readonly string[]).includes(stateName(state.value)),
    }),
    out: (...names) => ({
      component: name,
      label: `is not ${names.join(' nor ')}`,
      test: (state) => !(names as readonly string[]).includes(stateName(state.value)),
    }),
    is: (label, test) => ({
      component: name,
      label,
      test: (state) => test(state.context as ContextFrom<M>, stateName(state.value) as StateName<M>),
    }),
  };
}

/** The handle on a family of `count` components. An index out of range is a mistake in the model and throws. */
export function refFamily<M extends AnyStateMachine>(name: string, count: number): RefFamily<M> {
  const all = Array.from({ length: count }, (_, index) => ref<M>(`${name}.${index}`));
  const at = (index: number): Ref<M> => {
    const found = all[index];
    if (found === undefined) {
      throw new ModelError(`${name}(${index}): the network has ${count} of them, numbered from 0; check the domain of the parameter`);
    }
    return found;
  };
  return Object.assign(at, { all });
}
