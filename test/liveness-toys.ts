/** Small networks for questions about endings, and the same questions answered slowly, by definition. */
import { createMachine } from 'xstate';
import { component, type Observation } from '../src/model/component.ts';
import { Network, network } from '../src/model/network.ts';
import { check, type Verdict } from '../src/explore/check.ts';
import { type Conjunction, type Fairness, leadsTo, type Property } from '../src/model/property.ts';
import type { Trace } from '../src/trace/replay.ts';
import { type Interpreted, satisfies } from './oracle.ts';

/** From, to, and whose step it is; `env` is the environment. */
export type Edge = readonly [from: string, to: string, owner: string];

/** One machine, in the states that `edges` name; it begins in the first. Each edge is a step of its own, `from>to`. */
export function maze(...edges: readonly Edge[]) {
  const states = [...new Set(edges.flatMap(([from, to]) => [from, to]))];
  const on = (state: string) =>
    Object.fromEntries(edges.filter(([from]) => from === state).map(([from, to, owner]) => [`${from}>${to} ${owner}`, to]));
  const machine = createMachine({
    initial: states[0] ?? '',
    states: Object.fromEntries(states.map((state) => [state, { on: on(state) }])),
  });
  return edges.reduce(
    (partial, [from, to, owner]) =>
      partial.step(`${from}>${to} ${owner}`, {}, (_, { at }) => ({
        owner,
        environment: owner === 'env',
        moves: [at.on({ type: `${from}>${to} ${owner}` })],
      })),
    network('maze', { at: component(machine) }),
  );
}

type Maze = ReturnType<typeof maze>;

/** The maze with the edges of `text`: `a>b x, b>c env` has one by x and one by the environment. */
export function drawn(text: string): Maze {
  return maze(...text.split(', ').map((one) => one.split(/[> ]/) as [string, string, string]));
}

/** The machine is in one of `states`: one conjunction. */
export const at = (net: Maze, ...states: readonly string[]): Conjunction[] => [
  [net.refs.at.is(`is ${states.join(' or ')}`, (_, now) => states.includes(now))],
];

/** Whether being in `from` leads to being in `to`; each a state, or several as `a b`. */
export function asked(net: Maze, from: string, to: string, fairness: Fairness = {}): Verdict {
  const claim = leadsTo(`${from} leads to ${to}`, at(net, ...from.split(' ')), at(net, ...to.split(' ')), fairness);
  return verdictOf(net, claim);
}

/** The verdict on one property. */
export const verdictOf = (net: Network, property: Property): Verdict => check(net, [property]).results[0]!.verdict;

/** The counterexample of a verdict that has one. */
export function traceOf(verdict: Verdict): Trace {
  if (verdict.tag !== 'violated' || verdict.trace === undefined) throw new Error(`no counterexample, but ${verdict.tag}`);
  return verdict.trace;
}

/** The steps of a counterexample, the repeated ones in brackets: `a>b (b>c c>b)`. Else the verdict. */
export function runOf(verdict: Verdict): string {
  if (verdict.tag !== 'violated' || verdict.trace === undefined) return verdict.tag;
  const { steps, loop = steps.length } = verdict.trace;
  const names = steps.map(({ step }) => step.label.replace(/ .*/, ''));
  return [...names.slice(0, loop), `(${names.slice(loop).join(' ')})`].join(' ');
}

/** The steps of `net` dealt out to `count` owners. */
export function dealt(net: Network, count: number): Network {
  const steps = net.steps.map((one, number) => ({
    ...one,
    instantiate: (params: Parameters<typeof one.instantiate>[0]) => {
      const spec = one.instantiate(params);
      return spec && { ...spec, owner: `o${number % count}` };
    },
  }));
  return new Network(net.name, net.components, steps);
}

export interface Naive {
  /** A fair run on which `from` holds and `to` never does from there on. */
  readonly violated: boolean;
  /** Whether `from` is ever reached. */
  readonly reached: boolean;
  /** Steps to the nearest such run that ends in rest. */
  readonly rest: number | undefined;
}

/**
 * The definition, worked out on sets: which states can be on a fair run that avoids `to` for ever is a greatest fixed point
 * (Emerson and Lei 1986). A strongly fair owner is either served for ever, or from some time on never able: both are tried.
 */
export function naive(
  net: Network,
  { states, depths, edges }: Interpreted,
  from: Observation[],
  to: Observation[],
  fairness: Fairness,
): Naive {
  const steps = new Map(net.instances().map((step) => [step.label, step]));
  const ownerOf = (label: string): string | undefined => {
    const step = steps.get(label)!;
    const acts = step.environment !== true || fairness.willing?.includes(step.name) === true;
    return acts && fairness.unfair?.includes(step.owner) !== true ? step.owner : undefined;
  };
  const all = edges.map((edge) => edge.split(' | ') as [string, string, string]);
  const owners = [...new Set([...steps.keys()].flatMap((label) => ownerOf(label) ?? []))];
  const able = new Map(
    owners.map((owner) => [owner, new Set(all.filter(([, label]) => ownerOf(label) === owner).map(([source]) => source))]),
  );
  const avoiding = new Set([...states].filter(([, state]) => !satisfies(state, to)).map(([key]) => key));
  const within = (set: ReadonlySet<string>) => all.filter(([source, , target]) => set.has(source) && set.has(target));

  const strong = owners.filter((owner) => fairness.strong?.includes(owner));
  const endless = new Set<string>();
  for (let choice = 0; choice < 2 ** strong.length; choice++) {
    const silent = strong.filter((_, index) => (choice >> index) % 2 === 1);
    let set: ReadonlySet<string> = new Set([...avoiding].filter((key) => !silent.some((owner) => able.get(owner)!.has(key))));
    for (let before = -1; before !== set.size; ) {
      before = set.size;
      for (const owner of owners.filter((one) => !silent.includes(one))) {
        const moves = within(set);
        const served = moves.filter(([, label]) => ownerOf(label) === owner).map(([source]) => source);
        const excused = strong.includes(owner) ? [] : [...set].filter((key) => !able.get(owner)!.has(key));
        set = backwards(new Set([...served, ...excused]), moves);
      }
    }
    for (const key of set) endless.add(key);
  }
  const opens = [...avoiding].filter((key) => satisfies(states.get(key)!, from));
  const reaching = backwards(endless, within(avoiding));
  const ends = [...avoiding].filter((key) => owners.every((owner) => !able.get(owner)!.has(key)));
  return {
    violated: opens.some((key) => reaching.has(key)),
    reached: [...states.values()].some((state) => satisfies(state, from)),
    rest: nearest(new Map(opens.map((key) => [key, depths.get(key)!])), within(avoiding), new Set(ends)),
  };
}

/** Everything from which `goal` is reached along `edges`, and `goal` itself. */
function backwards(goal: ReadonlySet<string>, edges: readonly (readonly [string, string, string])[]): Set<string> {
  const found = new Set(goal);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const [source, , target] of edges) if (found.has(target)) found.add(source);
  }
  return found;
}

/** The smallest distance of one of `goals`, from states that have theirs. */
function nearest(
  distances: Map<string, number>,
  edges: readonly (readonly [string, string, string])[],
  goals: ReadonlySet<string>,
): number | undefined {
  for (let changed = true; changed; ) {
    changed = false;
    for (const [source, , target] of edges) {
      const through = (distances.get(source) ?? Number.POSITIVE_INFINITY) + 1;
      if (through >= (distances.get(target) ?? Number.POSITIVE_INFINITY)) continue;
      distances.set(target, through);
      changed = true;
    }
  }
  const found = [...goals].flatMap((key) => distances.get(key) ?? []);
  return found.length === 0 ? undefined : Math.min(...found);
}
