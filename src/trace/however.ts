/** What the end of a trace shows of its property, as plain data: what the text and the page both print under However. */
import { oneLine, stateText, valueText } from '../export/values.ts';
import { openedIn, transitionOf } from '../liveness/evidence.ts';
import { fairnessText } from '../liveness/fairness.ts';
import type { LocalState, Observation } from '../model/component.ts';
import { ModelError } from '../model/error.ts';
import type { Conjunction, Property } from '../model/property.ts';
import type { Trace } from './replay.ts';

/** Something that holds, and the values that make it so. */
export interface Fact {
  readonly words: string;
  readonly values: string;
}

export interface Passage {
  readonly opening: string;
  readonly facts: readonly Fact[];
}

export interface However {
  /** The trace shows what was sought, not what was forbidden. */
  readonly good: boolean;
  readonly passages: readonly Passage[];
  /** `in 8 steps`. */
  readonly length: string;
}

/** Says of `trace` why it breaks `property`, or bears it out. `conjunction` is what the last state satisfies, if it is known. */
export function howeverOf(property: Property, trace: Trace, conjunction?: Conjunction): However {
  const { steps, states } = trace;
  const good = property.kind === 'sometimes';
  const length = lengthText(trace);
  switch (property.kind) {
    case 'never':
    case 'quiescent':
    case 'sometimes': {
      const still = property.kind === 'quiescent' ? ' no step of the system itself is enabled, and' : '';
      const facts = factsOf(conjunction ?? conjunctionOf(property, trace), states.at(-1));
      return { good, length, passages: [{ opening: `${whereText(steps.length)}${still}`, facts }] };
    }
    case 'leadsTo': {
      const { at, from, obligation } = openedIn(property.cases, trace) ?? mismatch(property.name, 'does what the property asks for');
      const never = obligation.to.map((one) => joined(factsOf(one, states.at(-1))));
      const passages = [{ opening: whereText(at), facts: factsOf(from, states[at]) }];
      return { good, length, passages: [...passages, { opening: 'and from there on never', facts: never }] };
    }
    case 'neverStep': {
      const found = transitionOf(property.forbids, trace) ?? mismatch(property.name, 'does not end with a step that it forbids');
      const opening = `before step ${steps.length}, ${oneLine(steps.at(-1)?.step.label ?? '')},`;
      const before = { opening, facts: factsOf(found.before, states.at(-2)) };
      return { good, length, passages: [before, { opening: 'and after it', facts: factsOf(found.after, states.at(-1)) }] };
    }
  }
}

/** Where a property must hold, in words. */
export function claimText(property: Property): string {
  switch (property.kind) {
    case 'never':
      return 'must hold in every reachable state';
    case 'quiescent':
      return 'must hold in every quiescent state: no step of the system itself is enabled';
    case 'sometimes':
      return 'must hold in some reachable state';
    case 'leadsTo':
      return `must come about, then or later, on every run that is fair: ${fairnessText(property.fairness)}`;
    case 'neverStep':
      return 'must hold of every step that is taken';
  }
}

/** How long a trace is: `8 steps`, or `8 steps, then 3 steps for ever`. */
export function lengthText({ steps, loop }: Trace): string {
  if (loop === undefined) return stepsText(steps.length);
  const round = steps.length - loop;
  return `${stepsText(loop)}, then ${round === 0 ? 'nothing more' : `${stepsText(round)} for ever`}`;
}

/** A conjunct in words: `ring has a frame`; a negated one as `not (ring has a frame)`. */
export function conjunctText({ component, label }: Pick<Observation, 'component' | 'label'>): string {
  const negated = /^not: (.*)$/s.exec(label);
  return negated ? `not (${conjunctText({ component, label: negated[1] ?? '' })})` : `${component} ${label}`;
}

/** The values that decide `observation` in `state`: the state's name, and the context fields that the predicate reads. */
export function valuesRead(observation: Observation, state: LocalState): string {
  const read = new Set<string>();
  const context: unknown = state.context;
  if (typeof context !== 'object' || context === null) return stateText(state.value);
  const fields = context as Readonly<Record<string, unknown>>;
  const spied = new Proxy(
    { ...fields },
    {
      get: (target, key) => {
        if (typeof key === 'string' && Object.hasOwn(target, key)) read.add(key);
        return Reflect.get(target, key) as unknown;
      },
    },
  );
  observation.test({ value: state.value, context: spied });
  return [stateText(state.value), ...[...read].map((field) => `${field} = ${valueText(fields[field])}`)].join(', ');
}

/** The conjunction of `property` that the last state of `trace` satisfies. Throws a ModelError if there is none. */
function conjunctionOf(property: Extract<Property, { readonly kind: 'never' | 'quiescent' | 'sometimes' }>, trace: Trace): Conjunction {
  const last = trace.states.at(-1);
  const candidates = property.kind === 'sometimes' ? property.reaches : property.forbids;
  const found = candidates.find((conjunction) =>
    conjunction.every(({ component, test }) => {
      const state = last?.get(component);
      return state !== undefined && test(state);
    }),
  );
  return found ?? mismatch(property.name, 'the last state of the trace satisfies none of its conjunctions');
}

function mismatch(name: string, what: string): never {
  throw new ModelError(`property '${name}': ${what}; explain a trace with the property it was found for`);
}

function factsOf(conjunction: Conjunction, state: ReadonlyMap<string, LocalState> | undefined): Fact[] {
  return conjunction.map((observation) => {
    const local = state?.get(observation.component);
    return { words: conjunctText(observation), values: local === undefined ? '' : valuesRead(observation, local) };
  });
}

/** Several facts that are one alternative. */
function joined(facts: readonly Fact[]): Fact {
  return { words: facts.map(({ words }) => words).join(' and '), values: facts.map(({ values }) => values).join('; ') };
}

function whereText(state: number): string {
  return state === 0 ? 'in the initial state' : `after step ${state}`;
}

export function stepsText(count: number): string {
  return count === 1 ? '1 step' : `${count} steps`;
}
