/**
 * Is there a run of a network that shows what a trace shows?
 *
 * A subset search guided by the trace: the set of all states that agree with the lines so far; between two lines it is
 * closed under the steps that the trace would not show. Every state keeps the step that led to it, and of two ways to the
 * same state the one with fewer inferred steps, so that an accepted trace is explained by one run. Of states that a hidden
 * step leads to from one that goes on, none goes on itself; and little of a closure is looked at as long as that explains the
 * lines. A trace is refused only after all of it. A limit ends in `unknown`, never in `accepted`.
 */
import type { Observation } from '../model/component.ts';
import { ModelError } from '../model/error.ts';
import type { Network, Revealed } from '../model/network.ts';
import { Closure, compareRuns, type Effort, EVERYTHING, type Limits, type Node } from './closure.ts';
import type { Contradiction, Seen, SeenState, SeenStep } from './seen.ts';
import { Shows } from './shows.ts';

export interface Question {
  readonly network: Network;
  /** In file order. */
  readonly seen: readonly Seen[];
  /** The trace would show this event. */
  readonly records: (revealed: Revealed) => boolean;
  /** Owners of the steps that come before everything else: they have one step at a time, taken until none is left. */
  readonly setup: readonly string[];
  /** What must be true once all is at rest after the last line. */
  readonly atEnd: readonly Observation[];
  readonly limits?: Partial<Limits>;
}

export type Answer =
  | { readonly kind: 'accepted'; readonly node: Node; readonly states: number }
  | { readonly kind: 'contradicted'; readonly seen: Contradiction; readonly nodes: readonly Node[]; readonly states: number }
  /** No state that agrees with the lines before can show this one. */
  | { readonly kind: 'impossible'; readonly seen: SeenStep | SeenState; readonly nodes: readonly Node[]; readonly states: number }
  /** Every line is explained, and the end is not. */
  | { readonly kind: 'unsettled'; readonly nodes: readonly Node[]; readonly states: number }
  | { readonly kind: 'unknown'; readonly limit: string; readonly seen: Seen | undefined; readonly states: number };

const LIMITS: Limits = { statesPerLineMax: 100_000, statesMax: 2_000_000 };

/** What explains most lines, at a cost that grows with the trace; and where that fails, as a reader takes six steps to fall asleep. */
const LITTLE: Effort = { width: 16, slack: 1 };
const MORE: Effort = { width: 128, slack: 8 };
/** How many facts before one that cannot be explained more effort begins, one try after the other. */
const BACK = [8, 64, Number.POSITIVE_INFINITY];

/** Answers `question`. Throws a ModelError if its setup is ambiguous. */
export function accept(question: Question): Answer {
  const shows = new Shows(question.network, question.records);
  const observations = [...question.seen.flatMap(whenOf), ...question.atEnd];
  const closure = new Closure(question.network, shows, observations, { ...LIMITS, ...question.limits });
  const search = new Search(question, shows, closure);
  const answer = search.run([LITTLE, MORE]);
  if (answer.kind === 'accepted' || answer.kind === 'contradicted' || !closure.isCut) return answer;
  // To refuse a trace takes all that there is.
  return search.run([EVERYTHING]);
}

class Search {
  readonly #question: Question;
  readonly #shows: Shows;
  readonly #closure: Closure;

  constructor(question: Question, shows: Shows, closure: Closure) {
    this.#question = question;
    this.#shows = shows;
    this.#closure = closure;
  }

  /** Goes from fact to fact, with the first of `efforts`, and with the last one from some facts before one that fails. */
  run(efforts: readonly [Effort, ...Effort[]]): Answer {
    const { network, seen, setup } = this.#question;
    const [usual] = efforts;
    const hard = efforts.at(-1)!;
    /** By fact: the states before it. */
    const before: (readonly Node[])[] = [setUp(this.#closure, network, setup)].map((node) => [node]);
    let at = 0;
    let [failed, tries] = [-1, 0];
    for (;;) {
      this.#closure.effort = at <= failed ? hard : usual;
      const answer = this.#next(at, before);
      if (answer === undefined) at++;
      else if (answer.kind !== 'impossible' && answer.kind !== 'unsettled') return answer;
      else {
        if (at > failed) tries = 0;
        if (efforts.length === 1 || tries === BACK.length) return answer;
        failed = Math.max(failed, at);
        at = Math.max(0, at - BACK[tries++]!);
      }
      if (at > seen.length) throw new Error('the end has been passed');
    }
  }

  /** Puts the states after fact number `at` down as those before the next one. Returns an answer if there is one. */
  #next(at: number, before: (readonly Node[])[]): Answer | undefined {
    const closure = this.#closure;
    const nodes = before[at]!;
    const one = this.#question.seen[at];
    if (one === undefined) return settle(closure, nodes, this.#question.atEnd);
    if (one.kind === 'contradiction') return { kind: 'contradicted', seen: one, nodes, states: closure.states };
    const next = one.kind === 'state' ? keep(closure, nodes, one) : take(closure, nodes, one, this.#shows.showing(one.shows));
    if (typeof next === 'string') return { kind: 'unknown', limit: next, seen: one, states: closure.states };
    if (next.length === 0) return { kind: 'impossible', seen: one, nodes, states: closure.states };
    before[at + 1] = closure.best(next);
    return undefined;
  }
}

/** The state after the setup steps. */
function setUp(closure: Closure, network: Network, setup: readonly string[]): Node {
  let node = closure.initial();
  for (;;) {
    closure.look(node);
    const [step, another] = closure.enabled().filter((number) => setup.includes(closure.instances[number]!.owner));
    if (step === undefined) return node;
    if (another !== undefined) {
      const labels = [step, another].map((number) => closure.instances[number]!.label);
      throw new ModelError(`network ${network.name}: the setup can go two ways, ${labels.join(' and ')}; give these steps another owner`);
    }
    node = closure.after(node, step, undefined);
  }
}

/** The states of the closure in which the line is true; not those that another one leads to without a line. */
function keep(closure: Closure, from: readonly Node[], line: SeenState): Node[] | string {
  const kept: Node[] = [];
  const late = new Set<string>();
  const limit = closure.over(from, (node, further) => {
    if (!closure.holds(line.when)) return false;
    if (!late.has(node.key)) kept.push(node);
    for (const { key } of further) late.add(key);
    return true;
  });
  return limit ?? kept;
}

/**
 * The states after a step that shows the line. Where a hidden step and that step lead to the same state in either order,
 * only the one with the hidden step last is followed: it is taken between later lines, if at all.
 */
function take(closure: Closure, from: readonly Node[], line: SeenStep, steps: readonly number[]): Node[] | string {
  const taken = new Map<string, Node>();
  const late = new Set<string>();
  const limit = closure.over(from, (node, further) => {
    const nexts = closure.holds(line.when)
      ? steps.filter((step) => closure.allows(step)).map((step) => closure.after(node, step, line.line))
      : [];
    for (const next of nexts) {
      const known = taken.get(next.key);
      if (!late.has(`${next.step} ${node.key}`) && (known === undefined || compareRuns(next, known) < 0)) taken.set(next.key, next);
      for (const hidden of further) {
        if (commutes(closure, line, hidden, next)) late.add(`${next.step} ${hidden.key}`);
      }
    }
    return nexts.length > 0;
  });
  return limit ?? [...taken.values()];
}

/** The step to `next`, which shows the line, leads on from `hidden` to where the step to `hidden` leads on from `next`. */
function commutes(closure: Closure, line: SeenStep, hidden: Node, next: Node): boolean {
  closure.look(next);
  if (!closure.allows(hidden.step)) return false;
  const { key } = closure.after(next, hidden.step, undefined);
  closure.look(hidden);
  return closure.holds(line.when) && closure.allows(next.step) && closure.after(hidden, next.step, line.line).key === key;
}

/**
 * What the system has left to do, and the trace would not show, is done; then the end must be as it should be. Where it is
 * not, the environment may have done something that nothing before depends on.
 */
function settle(closure: Closure, from: readonly Node[], atEnd: readonly Observation[]): Answer {
  const rest: Node[] = [];
  for (const reach of ['silent', 'hidden'] as const) {
    let best: Node | undefined;
    const limit = closure.over(
      from,
      (node) => {
        if (closure.enabled().some((step) => closure.isSilent(step))) return false;
        if (reach === 'silent') rest.push(node);
        if (best === undefined && closure.holds(atEnd)) best = node;
        return best !== undefined;
      },
      reach,
    );
    if (best !== undefined) return { kind: 'accepted', node: best, states: closure.states };
    if (limit !== undefined) return { kind: 'unknown', limit, seen: undefined, states: closure.states };
  }
  return { kind: 'unsettled', nodes: rest.length > 0 ? rest : from, states: closure.states };
}

function whenOf(seen: Seen): readonly Observation[] {
  return seen.kind === 'contradiction' ? [] : seen.when;
}
