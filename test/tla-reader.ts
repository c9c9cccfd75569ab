/** Reads the TLA+ that we write, and searches it: TLC in small. It knows the text only, not how it was made. */
import type { Answer } from '../src/agree/engine.ts';

type State = Readonly<Record<string, number>>;
type Predicate = (state: State) => boolean;
type Term = (state: State) => number;

export interface Action {
  readonly name: string;
  readonly enabled: Predicate;
  readonly next: ReadonlyMap<string, Term>;
  readonly unchanged: readonly string[];
}

export interface Module {
  readonly name: string;
  readonly variables: readonly string[];
  readonly actions: readonly Action[];
  readonly predicates: ReadonlyMap<string, Predicate>;
}

/** The definitions of `text`; throws at what it cannot read. */
export function readModule(text: string): Module {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('\\*'));
  const name = /^-{4,} MODULE (\w+) -{4,}$/.exec(lines[0] ?? '')?.[1];
  if (name === undefined || lines.at(-1) !== '====') throw new Error('no module');
  const variables = (/^VARIABLES (.*)$/m.exec(text)?.[1] ?? '').split(', ');
  const tables = new Map<string, readonly number[]>();
  const sets = new Map<string, ReadonlySet<number>>();
  const predicates = new Map<string, Predicate>();
  const actions = new Map<string, Action>();
  const parse = (expression: string): Reader => new Reader(expression, tables, sets, predicates);

  for (let at = 1; at < lines.length - 1; at++) {
    const [, defined = '', body = ''] = /^(\w+) ==(.*)$/.exec(lines[at] ?? '') ?? [];
    if (/^step\d+$/.test(defined)) {
      const parts = lines.slice(at + 1).slice(
        0,
        lines.slice(at + 1).findIndex((line) => !line.startsWith('  ')),
      );
      actions.set(defined, readAction(defined, parts, parse));
    } else if (body.startsWith(' <<') && defined !== 'vars')
      tables.set(defined, JSON.parse(body.replace('<<', '[').replace('>>', ']')) as number[]);
    else if (body.startsWith(' {')) sets.set(defined, new Set(JSON.parse(body.replace('{', '[').replace('}', ']')) as number[]));
    else if (defined !== '' && !['vars', 'Next', 'Spec'].includes(defined)) predicates.set(defined, parse(body).all());
  }
  const next = /^Next == \((.*)\)$/m.exec(text)?.[1] ?? '';
  const offered = next.split(' \\/ ').map((one) => actions.get(one) ?? fail(`Next offers ${one}`));
  if (offered.length !== actions.size) throw new Error('Next does not offer every action');
  return { name, variables, actions: offered, predicates };
}

function readAction(name: string, parts: readonly string[], parse: (expression: string) => Reader): Action {
  const next = new Map<string, Term>();
  let unchanged: string[] = [];
  let enabled: Predicate = () => true;
  for (const part of parts) {
    const [, primed, value = '', still, guard = ''] = /^ {2}\/\\ (?:(\w+)' = (.*)|UNCHANGED <<(.*)>>|(.*))$/.exec(part) ?? fail(part);
    if (primed !== undefined) next.set(primed, parse(value).number());
    else if (still !== undefined) unchanged = still.split(', ');
    else enabled = parse(guard).all();
  }
  return { name, enabled, next, unchanged };
}

/** Recursive descent over the few forms of expression there are. */
class Reader {
  readonly #tokens: string[];
  readonly #tables: ReadonlyMap<string, readonly number[]>;
  readonly #sets: ReadonlyMap<string, ReadonlySet<number>>;
  readonly #predicates: ReadonlyMap<string, Predicate>;

  constructor(
    text: string,
    tables: ReadonlyMap<string, readonly number[]>,
    sets: ReadonlyMap<string, ReadonlySet<number>>,
    predicates: ReadonlyMap<string, Predicate>,
  ) {
    this.#tokens = text.match(/\w+|\/\\|\\\/|\\in|>=|\.\.|[[\]()~+=]|\S/g) ?? [];
    this.#tables = tables;
    this.#sets = sets;
    this.#predicates = predicates;
  }

  /** The whole text as a predicate. */
  all(): Predicate {
    const read = this.#or();
    return this.#tokens.length === 0 ? read : fail(`unread: ${this.#tokens.join(' ')}`);
  }

  number(): Term {
    const name = this.#tokens.shift() ?? fail('an end');
    if (!this.#take('[')) return (state) => state[name] ?? fail(`no variable ${name}`);
    const table = this.#tables.get(name) ?? fail(`no table ${name}`);
    const index = this.number();
    for (const token of ['+', '1', ']']) if (!this.#take(token)) fail(`no ${token}`);
    return (state) => table[index(state)] ?? fail(`${name} has no such place`);
  }

  #or(): Predicate {
    const terms = [this.#and()];
    while (this.#take('\\/')) terms.push(this.#and());
    return (state) => terms.some((term) => term(state));
  }

  #and(): Predicate {
    const terms = [this.#one()];
    while (this.#take('/\\')) terms.push(this.#one());
    return (state) => terms.every((term) => term(state));
  }

  #one(): Predicate {
    if (this.#take('~')) {
      const inner = this.#one();
      return (state) => !inner(state);
    }
    if (this.#take('(')) {
      const inner = this.#or();
      return this.#take(')') ? inner : fail('no )');
    }
    if (this.#take('TRUE')) return () => true;
    if (this.#take('FALSE')) return () => false;
    const known = this.#predicates.get(this.#tokens[0] ?? '');
    if (known) {
      this.#tokens.shift();
      return known;
    }
    return this.#comparison(this.number());
  }

  #comparison(left: Term): Predicate {
    const [operator, right = '', dots, top] = this.#tokens;
    this.#tokens.splice(0, dots === '..' ? 4 : 2);
    if (operator === '>=') return (state) => left(state) >= Number(right);
    if (operator === '=') return (state) => left(state) === Number(right);
    if (operator !== '\\in') return fail(`operator ${operator}`);
    if (dots === '..') return (state) => left(state) >= Number(right) && left(state) <= Number(top);
    const set = this.#sets.get(right) ?? fail(`no set ${right}`);
    return (state) => set.has(left(state));
  }

  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }
}

/** Every reachable state, breadth first, as another engine would report it; `names` are those of the claims. */
export function searchModule({ variables, actions, predicates }: Module, names: readonly string[]): Answer {
  const first: State = Object.fromEntries(variables.map((name) => [name, 0]));
  const depths = new Map([[JSON.stringify(first), 0]]);
  const queue = [first];
  const broken = new Map<string, number>();
  const quiet = predicates.get('Quiescent') ?? fail('Quiescent');
  let [transitions, quiescent, deadlocks, depth] = [0, 0, 0, 0];
  // Goes on while it grows.
  for (const state of queue) {
    depth = depths.get(JSON.stringify(state)) ?? 0;
    for (const [name, holds] of predicates) if (!broken.has(name) && !holds(state)) broken.set(name, depth);
    const enabled = actions.filter((action) => action.enabled(state));
    quiescent += Number(quiet(state));
    deadlocks += Number(enabled.length === 0);
    transitions += enabled.length;
    for (const { next } of enabled) {
      const after = { ...state, ...Object.fromEntries([...next].map(([name, term]) => [name, term(state)])) };
      if (depths.has(JSON.stringify(after))) continue;
      depths.set(JSON.stringify(after), depth + 1);
      queue.push(after);
    }
  }
  if (broken.has('TypeOK')) throw new Error('TypeOK is violated');
  const claims = names.map((name, number) => ({
    name,
    reached: broken.has(`undecided${number}`),
    premise: [...predicates.keys()].filter((one) => one.startsWith(`unmet${number}_`)).every((one) => broken.has(one)),
  }));
  return { states: queue.length, transitions, depth, quiescent, deadlocks, claims };
}

function fail(what: string): never {
  throw new Error(`cannot read: ${what}`);
}
