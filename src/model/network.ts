/**
 * A network is components plus the steps in which they move together.
 *
 * A step is one atomic transition of the composed system. Its parameters range over finite domains; for each choice it
 * says which components take which events, under which local predicates. A relation between two components is expressed
 * by a parameter they share.
 */
import type { AnyStateMachine } from 'xstate';
import { type Component, type MachineOf, type Move, type Observation, type Ref, type RefFamily, ref, refFamily } from './component.ts';
import { ModelError } from './error.ts';
import { erased, type Exchange, type ExchangeOf } from './symmetry.ts';

export type Value = string | number | boolean;

/** What a trace of a real system would show when the step happens: an event name and the arguments that matter. */
export interface Revealed {
  readonly event: string;
  readonly args: Readonly<Record<string, Value>>;
}

/** One choice of a step's parameters. */
export interface StepSpec {
  /** The actor: NIC, hardirq on a CPU, softirq on a CPU, a reader, a timer. */
  readonly owner: string;
  readonly moves: readonly Move[];
  readonly when?: readonly Observation[];
  /** True for what may always stop happening: arrivals, system calls, signals. Default false. */
  readonly environment?: boolean;
  /** Kernel functions the step stands for, beyond those its transitions cite. */
  readonly cite?: readonly string[];
  /** Trace events that show this step, best first; the first one that a trace records is required to be there. */
  readonly reveals?: readonly Revealed[];
}

type Domains = Readonly<Record<string, readonly Value[]>>;
type Params<D extends Domains> = { readonly [K in keyof D]: D[K][number] };

/** A step before its parameters are chosen. `instantiate` returns undefined for a choice that does not exist. */
export interface StepTemplate {
  readonly name: string;
  readonly domains: Domains;
  readonly instantiate: (params: Readonly<Record<string, Value>>) => StepSpec | undefined;
}

/** A step with its parameters chosen: what the explorer counts as one transition. */
export interface StepInstance extends StepSpec {
  readonly name: string;
  readonly params: Readonly<Record<string, Value>>;
  /** `dma(pkt=0)`: unique in its network. */
  readonly label: string;
}

export type Components = Readonly<Record<string, Component | readonly Component[]>>;

type RefFor<T> = T extends readonly (infer E)[] ? RefFamily<MachineOf<E>> : T extends Component<infer M> ? Ref<M> : never;

/** The handles on the components of a network. */
export type Refs<C extends Components> = { readonly [K in keyof C]: RefFor<C[K]> };

type MachineAt<T> = T extends readonly (infer E)[] ? MachineOf<E> : MachineOf<T>;

/** Components and steps. Immutable: every method returns a new network. */
export class Network<C extends Components = Components> {
  readonly name: string;
  readonly components: C;
  readonly steps: readonly StepTemplate[];
  readonly refs: Refs<C>;
  /** What may trade places; generates the symmetries of the network. */
  readonly exchanges: readonly Exchange[];

  constructor(name: string, components: C, steps: readonly StepTemplate[] = [], exchanges: readonly Exchange[] = []) {
    this.name = name;
    this.components = components;
    this.steps = steps;
    this.exchanges = exchanges;
    this.refs = refsOf(components);
  }

  /**
   * Adds a step. `domains` gives the values of each parameter; `spec` says, for one choice of them, who moves.
   * Several steps may not share a name.
   */
  step<const D extends Domains>(name: string, domains: D, spec: (params: Params<D>, refs: Refs<C>) => StepSpec | undefined): Network<C> {
    return this.join((refs) => [step(name, domains, (params) => spec(params, refs))]);
  }

  /** Adds the steps that `add` declares on this network's components: how the steps of one stage are kept in one place. */
  join(add: (refs: Refs<C>) => readonly StepTemplate[]): Network<C> {
    const steps = [...this.steps, ...add(this.refs)];
    const twice = steps.find((one, index) => steps.findIndex((other) => other.name === one.name) !== index);
    if (twice !== undefined) {
      throw new ModelError(`network ${this.name}: two steps are named '${twice.name}'; rename one, reports tell steps apart by name`);
    }
    return new Network(this.name, this.components, steps, this.exchanges);
  }

  /** The same network with one machine replaced in all its instances: how a bug is planted. */
  replaceMachine<K extends keyof C & string>(name: K, replace: (machine: MachineAt<C[K]>) => MachineAt<C[K]>): Network<C> {
    const patch = (part: Component): Component => ({ ...part, machine: replace(part.machine as MachineAt<C[K]>) });
    const old = this.components[name] as Component | readonly Component[];
    const components: C = { ...this.components, [name]: isFamily(old) ? old.map(patch) : patch(old) };
    return new Network(this.name, components, this.steps, this.exchanges);
  }

  /** The same network with the step `name` rewritten; undefined removes that choice of its parameters. */
  replaceStep(
    name: string,
    replace: (spec: StepSpec, refs: Refs<C>, params: Readonly<Record<string, Value>>) => StepSpec | undefined,
  ): Network<C> {
    if (!this.steps.some((step) => step.name === name)) {
      throw new ModelError(
        `network ${this.name}: no step is named '${name}', so it cannot be replaced; steps: ${this.steps.map((s) => s.name).join(', ')}`,
      );
    }
    const steps = this.steps.map((step) => {
      if (step.name !== name) return step;
      const instantiate: StepTemplate['instantiate'] = (params) => {
        const spec = step.instantiate(params);
        return spec && replace(spec, this.refs, params);
      };
      return { ...step, instantiate };
    });
    return new Network(this.name, this.components, steps, this.exchanges);
  }

  /** Declares what may trade places, for a search that is reduced by symmetry; that checks it. */
  symmetric(exchanges: readonly ExchangeOf<C>[] | ((components: C) => readonly ExchangeOf<C>[])): Network<C> {
    const all = typeof exchanges === 'function' ? exchanges(this.components) : exchanges;
    return new Network(this.name, this.components, this.steps, [...this.exchanges, ...all.map(erased)]);
  }

  /** Every choice of every step's parameters, in declaration order. */
  instances(): StepInstance[] {
    return this.steps.flatMap((step) =>
      choices(step.domains).flatMap((params) => {
        const spec = step.instantiate(params);
        return spec ? [checked(this.name, { ...spec, name: step.name, params, label: labelOf(step.name, params) })] : [];
      }),
    );
  }

  /** Component names in packing order, with families spelled out: `cpu.0`, `cpu.1`. */
  parts(): ReadonlyMap<string, Component> {
    const parts = new Map<string, Component>();
    for (const [name, part] of Object.entries(this.components)) {
      if (isFamily(part)) part.forEach((one, index) => parts.set(`${name}.${index}`, one));
      else parts.set(name, part);
    }
    return parts;
  }
}

/** A step on its own, to be joined to a network. See Network.step. */
export function step<const D extends Domains>(name: string, domains: D, spec: (params: Params<D>) => StepSpec | undefined): StepTemplate {
  // The parameters are drawn from `domains`, so they have its types.
  return { name, domains, instantiate: (params) => spec(params as Params<D>) };
}

/** Starts a network. */
export function network<const C extends Components>(name: string, components: C): Network<C> {
  return new Network(name, components);
}

function isFamily(part: Component | readonly Component[]): part is readonly Component[] {
  return Array.isArray(part);
}

function refsOf<C extends Components>(components: C): Refs<C> {
  const entries = Object.entries(components).map(([name, part]) => [
    name,
    isFamily(part) ? refFamily<AnyStateMachine>(name, part.length) : ref<AnyStateMachine>(name),
  ]);
  return Object.fromEntries(entries) as Refs<C>;
}

function choices(domains: Domains): Record<string, Value>[] {
  return Object.entries(domains).reduce<Record<string, Value>[]>(
    (partial, [name, values]) => partial.flatMap((params) => values.map((value) => ({ ...params, [name]: value }))),
    [{}],
  );
}

function labelOf(name: string, params: Readonly<Record<string, Value>>): string {
  const list = Object.entries(params).map(([key, value]) => `${key}=${value}`);
  return list.length === 0 ? name : `${name}(${list.join(', ')})`;
}

function checked(network: string, step: StepInstance): StepInstance {
  if (step.moves.length === 0) {
    throw new ModelError(`network ${network}: step ${step.label} moves no component; give it a move, or drop it`);
  }
  const seen = new Set<string>();
  for (const { component } of step.moves) {
    if (seen.has(component)) {
      throw new ModelError(`network ${network}: step ${step.label} sends two events to ${component}; one step is one event per component`);
    }
    seen.add(component);
  }
  return step;
}
