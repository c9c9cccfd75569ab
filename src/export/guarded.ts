/**
 * A network as guarded commands over tables: what the texts for other engines have in common.
 *
 * Made from the automata and from the steps as they were declared, not from the masks, deltas and packed fields of the
 * search, so that an engine that reads the text checks those too. Of each component only the number of its local state is
 * left; a table says where an event leads from each of them, or which of them satisfy a predicate.
 */
import { compile } from '../compile/compile.ts';
import type { Automaton } from '../derive/automaton.ts';
import type { LocalState, Observation } from '../model/component.ts';
import { ModelError } from '../model/error.ts';
import type { Network, StepInstance } from '../model/network.ts';
import type { Conjunction, Property } from '../model/property.ts';
import { differences, oneLine, stateText, valueText } from './values.ts';

/** A component: its local state by number, 0 at first. */
export interface Variable {
  /** `s3_cpu_0`: a name in any language, unique by its number. */
  readonly id: string;
  readonly part: string;
  /** By number: `idle {work: 0}` for the first, and for the others in what they differ from it. */
  readonly states: readonly string[];
}

/** Of one variable, by local state: the next one or DISABLED; or 1 where a predicate holds and 0 elsewhere. */
export interface Table {
  readonly id: string;
  readonly variable: Variable;
  readonly about: string;
  readonly values: readonly number[];
}

/** A predicate on one variable, or on what `through` makes of it. */
export interface Test {
  readonly table: Table;
  readonly through?: Table | undefined;
}

/** A step: enabled where every test is true and every move has a next state. */
export interface Command {
  readonly id: string;
  readonly label: string;
  readonly owner: string;
  readonly environment: boolean;
  readonly tests: readonly Test[];
  readonly moves: readonly Table[];
}

/** A set of states: all of `tests` hold, `command` is enabled if given, and only the environment can move if `quiescent`. */
export interface Situation {
  readonly tests: readonly Test[];
  readonly command?: Command | undefined;
  readonly quiescent: boolean;
}

/** A property as situations to reach. */
export interface Claim {
  readonly name: string;
  readonly kind: Exclude<Property['kind'], 'leadsTo'>;
  /** Reaching one of these decides the claim: against it, or for a `sometimes`. */
  readonly targets: readonly Situation[];
  /** One of each group must be reached for the claim to say anything. */
  readonly premises: readonly (readonly Situation[])[];
}

export interface Guarded {
  readonly name: string;
  /** The scenario, in words; may be empty. */
  readonly bounds: string;
  readonly variables: readonly Variable[];
  readonly tables: readonly Table[];
  readonly commands: readonly Command[];
  readonly claims: readonly Claim[];
  /** Names of properties that situations cannot say: those about infinite runs. */
  readonly leftOut: readonly string[];
}

/** What a text says of itself. */
export interface Heading {
  /** `ring/article`; the network's name unless given. */
  readonly name?: string;
  readonly bounds?: string;
}

/** Turns `network` with those of `properties` that are about states and single transitions into guarded commands. */
export function guarded(network: Network, properties: readonly Property[], heading: Heading = {}): Guarded {
  const { parts, automata, steps } = compile(network, []);
  const tables = tableBook(network.name, parts, automata);
  const commands = steps.map(({ instance, moves }, number): Command & { readonly instance: StepInstance } => ({
    id: `step${number}`,
    label: oneLine(instance.label),
    owner: oneLine(instance.owner),
    environment: instance.environment === true,
    tests: (instance.when ?? []).map((observation) => ({ table: tables.test(observation) })),
    moves: moves.map(({ component, event }) => tables.next(component, event)),
    instance,
  }));
  const claims = properties.map((property) => claimOf(property, commands, (one) => tables.test(one)));
  return {
    name: oneLine(heading.name ?? network.name),
    bounds: oneLine(heading.bounds ?? ''),
    variables: tables.variables,
    commands,
    claims: claims.filter((claim) => claim !== undefined),
    leftOut: properties.flatMap(({ name }, index) => (claims[index] === undefined ? [oneLine(name)] : [])),
    tables: tables.all(),
  };
}

/** Tables are made on demand and kept: one that says the same of the same component is there once. */
function tableBook(network: string, parts: readonly string[], automata: readonly Automaton[]) {
  const variables = automata.map(variableOf);
  const tables = new Map<string, Table>();
  const intern = (component: number, name: string, about: string, values: readonly number[]): Table => {
    const key = `${name} ${component} ${about} ${values.join()}`;
    const known = tables.get(key);
    if (known !== undefined) return known;
    const variable = variables[component]!;
    const id = `${name}${component}_${tables.size}`;
    const table = { id, variable, about: oneLine(`${variable.part} ${about}`), values };
    tables.set(key, table);
    return table;
  };
  return {
    variables,
    all: () => [...tables.values()],
    next(component: number, event: number): Table {
      const automaton = automata[component]!;
      const { type, ...payload } = automaton.events[event]!;
      const about = `takes ${type}${Object.keys(payload).length === 0 ? '' : ` ${valueText(payload)}`}`;
      return intern(
        component,
        'next',
        about,
        eachState(automaton, (_, local) => automaton.next(local, event)),
      );
    },
    test({ component: part, label, test }: Observation): Table {
      const component = parts.indexOf(part);
      const automaton = automata[component];
      if (automaton === undefined) {
        throw new ModelError(
          `network ${network}: '${label}' is said of component '${part}', which is not in the network; its components: ${parts.join(', ')}`,
        );
      }
      return intern(
        component,
        'test',
        label,
        eachState(automaton, (state) => Number(test(state))),
      );
    },
  };
}

function variableOf(automaton: Automaton, index: number): Variable {
  const first = automaton.state(0).context;
  const states = eachState(automaton, ({ value, context }, local) => {
    const changed = differences(first, context).map(({ path, after }) => `${path}: ${after}`);
    const shown = local === 0 ? valueText(first) : `{${changed.join(', ')}}`;
    return oneLine(shown === '{}' ? stateText(value) : `${stateText(value)} ${shown}`);
  });
  return { id: `s${index}_${automaton.name.replace(/\W/g, '_')}`, part: oneLine(automaton.name), states };
}

function eachState<T>(automaton: Automaton, show: (state: LocalState, local: number) => T): T[] {
  return Array.from({ length: automaton.size }, (_, local) => show(automaton.state(local), local));
}

/** What to reach for `property`, or undefined if it is about infinite runs. */
function claimOf(
  property: Property,
  commands: readonly (Command & { readonly instance: StepInstance })[],
  table: (observation: Observation) => Table,
): Claim | undefined {
  const situation = (conjunction: Conjunction, quiescent = false): Situation => ({
    tests: conjunction.map((observation) => ({ table: table(observation) })),
    quiescent,
  });
  switch (property.kind) {
    case 'leadsTo':
      return undefined;
    case 'sometimes':
      return { name: property.name, kind: property.kind, targets: property.reaches.map((one) => situation(one)), premises: [] };
    case 'never':
    case 'quiescent': {
      const targets = property.forbids.map((one) => situation(one, property.kind === 'quiescent'));
      return { name: property.name, kind: property.kind, targets, premises: [[situation(property.premise)]] };
    }
    case 'neverStep': {
      // A step is forbidden where it starts: the state behind it is looked at through its moves.
      const targets = property.forbids.flatMap(({ step, before, after }) =>
        commands
          .filter(({ instance }) => step?.(instance) ?? true)
          .map((command): Situation => {
            const moved = after
              .map(table)
              .map((one) => ({ table: one, through: command.moves.find((move) => move.variable === one.variable) }));
            return { tests: [...situation(before).tests, ...moved], command, quiescent: false };
          }),
      );
      const taken = targets.map(({ command }): Situation => ({ tests: [], command, quiescent: false }));
      return { name: property.name, kind: property.kind, targets, premises: [[situation(property.premise)], taken] };
    }
  }
}
