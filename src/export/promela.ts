/**
 * A network as Promela, for SPIN: an engine that shares no code with ours and must find the same states.
 *
 * Global variables are the local states, each step is one `d_step`, and one process offers all of them; so SPIN's states and
 * transitions are ours. Tables are constants in C and no part of a state. The claims are looked at by an option that is not
 * enabled: it costs no state, no transition, and sees every state once in a breadth-first search.
 */
import type { Network } from '../model/network.ts';
import type { Property } from '../model/property.ts';
import {
  type Claim,
  type Command,
  type Guarded,
  guarded,
  type Heading,
  type Situation,
  type Table,
  type Test,
  type Variable,
} from './guarded.ts';

/**
 * The environment variable that makes SPIN report the claim of that number as an assertion violation; or, with `ANY_CLAIM`,
 * any claim that is not about something to be reached.
 */
export const ASSERT_VARIABLE = 'RXPROOF_ASSERT';
export const ANY_CLAIM = 'any';

export interface PromelaOptions {
  /** Have pan print at its end which steps it took. It costs a store for each transition. */
  readonly coverage?: boolean;
}

/** The text for `network` and those of `properties` that are about states or single transitions. */
export function promela(network: Network, properties: readonly Property[], heading?: Heading): string {
  return promelaText(guarded(network, properties, heading));
}

/** The same from guarded commands; equal ones give equal text. */
export function promelaText(model: Guarded, { coverage = false }: PromelaOptions = {}): string {
  const { variables, tables, commands, claims } = model;
  return `${[
    ...header(model),
    ...variables.flatMap(declared),
    '',
    ...tables.flatMap(tableLines),
    '',
    '/* Where each step is enabled: what moves has a next state, and what is looked at is as it should be. */',
    ...commands.map(({ id, moves, tests }) =>
      cFunction(`can_${id}(void)`, all([...moves.map((table) => `${nextOf(table)} >= 0`), ...tests.map(testOf)])),
    ),
    '',
    ...claims.flatMap(claimLines),
    ...(coverage ? coverageLines(commands) : []),
    ...lookLines(commands, claims, coverage),
    '',
    'active proctype network() {',
    '  do',
    `  :: !timeout && c_expr { (look()) } -> assert(false) /* never, unless ${ASSERT_VARIABLE} names a claim */`,
    ...commands.flatMap((command, number) => stepLines(command, number, coverage)),
    '  od',
    '}',
  ].join('\n')}\n`;
}

function header({ name, bounds, claims, leftOut }: Guarded): string[] {
  return [
    `/* ${remark(name)}: exported by rxproof for SPIN 6.5.`,
    ...(bounds === '' ? [] : [`   ${remark(bounds)}`]),
    '',
    '   spin -o1 -o2 -o3 -a FILE && gcc -O2 -DNOREDUCE -DBFS -o pan pan.c && ./pan -E -n -m1000000',
    '',
    '   -E: a state in which nothing can move is not an error by itself. SPIN counts the initial state as a transition.',
    '   At the end pan says of each claim whether a state that decides it was reached, and whether its premise was; with',
    `   ${ASSERT_VARIABLE}=NUMBER in the environment it stops at the nearest state that decides that claim, and ./pan -r shows the way.`,
    '',
    ...claims.map((claim, number) => `   claim ${number} (${claim.kind}): ${remark(claim.name)}`),
    ...leftOut.map((property) => `   left out, being about infinite runs: ${remark(property)}`),
    '*/',
    '',
  ];
}

function declared({ id, part, states }: Variable): string[] {
  return [
    `/* ${remark(part)}`,
    ...states.map((state, number) => `   ${number} ${remark(state)}`),
    '*/',
    `${typeOf(states.length)} ${id} = 0;`,
  ];
}

/** The smallest type of Promela that holds 0 to `count - 1`. */
function typeOf(count: number): string {
  if (count <= 2 ** 8) return 'byte';
  return count <= 2 ** 15 ? 'short' : 'int';
}

/** Entries of a table that one block holds, as a power of two: SPIN takes no block over 64 KiB. */
const BLOCK = 13;
const BLOCK_ENTRIES = 1 << BLOCK;

/** One block for each, and for a large one, several. */
function tableLines({ id, about, values }: Table): string[] {
  const type = values.length <= 2 ** 7 ? 'signed char' : values.length <= 2 ** 15 ? 'short' : 'int';
  const block = (name: string, entries: readonly number[]): string => `c_decl { static const ${type} ${name}[] = {${entries.join(',')}}; }`;
  if (values.length <= BLOCK_ENTRIES) return [`/* ${remark(about)} */`, block(id, values)];
  const names = Array.from({ length: Math.ceil(values.length / BLOCK_ENTRIES) }, (_, part) => `${id}_${part}`);
  return [
    `/* ${remark(about)} */`,
    ...names.map((name, part) => block(name, values.slice(part * BLOCK_ENTRIES, (part + 1) * BLOCK_ENTRIES))),
    `c_decl { static const ${type} *const ${id}[] = {${names.join(',')}}; }`,
  ];
}

/** The entry of a table at `index`, a C expression. */
function entryOf({ id, values }: Table, index: string): string {
  return values.length <= BLOCK_ENTRIES ? `${id}[${index}]` : `${id}[${index} >> ${BLOCK}][${index} & ${BLOCK_ENTRIES - 1}]`;
}

function cFunction(signature: string, value: string): string {
  return `c_code { static int ${signature} { return ${value}; } }`;
}

function nextOf(table: Table): string {
  return entryOf(table, `now.${table.variable.id}`);
}

function testOf({ table, through }: Test): string {
  return entryOf(table, through === undefined ? `now.${table.variable.id}` : nextOf(through));
}

function claimLines({ name, targets, premises }: Claim, number: number): string[] {
  return [
    `/* ${remark(name)} */`,
    cFunction(`target_${number}(int quiescent)`, any(targets.map(situationOf))),
    ...premises.map((group, index) => cFunction(`premise_${number}_${index}(int quiescent)`, any(group.map(situationOf)))),
  ];
}

function situationOf({ tests, command, quiescent }: Situation): string {
  return all([...(quiescent ? ['quiescent'] : []), ...(command ? [`can_${command.id}()`] : []), ...tests.map(testOf)]);
}

function coverageLines(commands: readonly Command[]): string[] {
  return [
    'c_code {',
    `static char taken[${commands.length + 1}];`,
    'static void report_taken(void) {',
    '  int step;',
    '  printf("rxproof: taken");',
    `  for (step = 0; step < ${commands.length}; step++) if (taken[step]) printf(" %d", step);`,
    '  printf("\\n");',
    '}',
    '}',
  ];
}

/** The C function that looks at a state, and the report at the end. */
function lookLines(commands: readonly Command[], claims: readonly Claim[], coverage: boolean): string[] {
  const enabled = (environment: boolean): string =>
    any(commands.filter((one) => one.environment === environment).map(({ id }) => `can_${id}()`));
  const premises = claims.flatMap((claim, number) => claim.premises.map((_, index) => ({ number, name: `premise_${number}_${index}` })));
  const met = (number: number): string[] => premises.flatMap((one, index) => (one.number === number ? [`premises[${index}]`] : []));
  return [
    'c_code {',
    'static int asked = -1, looked, still, stuck;',
    `static int targets[${claims.length + 1}], premises[${premises.length + 1}];`,
    'static void report(void) {',
    ...(coverage ? ['  report_taken();'] : []),
    '  printf("rxproof: looked at %d states, %d quiescent, %d without any step\\n", looked, still, stuck);',
    ...claims.map((_, number) => `  printf("rxproof: claim ${number} target %d premise %d\\n", targets[${number}], ${all(met(number))});`),
    '}',
    'static int look(void) {',
    `  int quiescent = !${enabled(false)};`,
    `  int here[${claims.length + 1}] = {0};`,
    '  if (looked++ == 0) {',
    '    atexit(report);',
    `    char *text = getenv("${ASSERT_VARIABLE}");`,
    `    if (text) asked = strcmp(text, "${ANY_CLAIM}") == 0 ? -2 : atoi(text);`,
    '  }',
    '  still += quiescent;',
    `  stuck += quiescent && !${enabled(true)};`,
    ...claims.map((_, number) => `  targets[${number}] |= here[${number}] = target_${number}(quiescent);`),
    ...premises.map(({ name }, index) => `  premises[${index}] |= ${name}(quiescent);`),
    `  if (asked == -2) return ${any(claims.flatMap(({ kind }, number) => (kind === 'sometimes' ? [] : [`here[${number}]`])))};`,
    `  return asked >= 0 && asked < ${claims.length} && here[asked];`,
    '}',
    '}',
  ];
}

/** The number is printed before the label, so that a trail can be read back. */
function stepLines({ id, label, owner, moves }: Command, number: number, coverage: boolean): string[] {
  const moved = moves.map((table) => `now.${table.variable.id} = ${nextOf(table)};`);
  if (coverage) moved.push(`taken[${number}] = 1;`);
  return [
    `  /* ${remark(owner)} */`,
    `  :: d_step { c_expr { (can_${id}()) } -> c_code { ${moved.join(' ')} }; printf("rxproof: step ${number} ${quoted(label)}\\n") }`,
  ];
}

function all(terms: readonly string[]): string {
  return terms.length === 0 ? '1' : terms.join(' && ');
}

function any(terms: readonly string[]): string {
  return terms.length === 0 ? '(0)' : `(${terms.map((term) => (term.includes(' && ') ? `(${term})` : term)).join(' || ')})`;
}

/** Text within a comment. */
function remark(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll('/*', '/ *');
}

/** Text within a format string of both Promela and C. */
function quoted(text: string): string {
  return text.replace(/[^\w ().,:;=+<>-]/g, '_');
}
