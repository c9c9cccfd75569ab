/**
 * A network as a TLA+ module with its configuration, for TLC.
 *
 * The same guarded commands as the Promela text: variables are local states by number, a step is an action that changes what
 * moves and leaves the rest UNCHANGED. Claims are invariants; what is to be reached is one that TLC is to find violated.
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

export interface TlaText {
  /** The name of the module: its file is that with `.tla`, and its configuration that with `.cfg`. */
  readonly name: string;
  readonly module: string;
  readonly config: string;
}

/** The texts for `network` and those of `properties` that are about states or single transitions. */
export function tla(network: Network, properties: readonly Property[], heading?: Heading): TlaText {
  return tlaText(guarded(network, properties, heading));
}

/** The same from guarded commands; equal ones give equal texts. */
export function tlaText(model: Guarded): TlaText {
  const { variables, tables, commands, claims, leftOut } = model;
  const name = `rxproof_${model.name.replace(/\W/g, '_')}`;
  const ids = variables.map(({ id }) => id).join(', ');
  const internal = commands.filter(({ environment }) => !environment);
  const lines = [
    `---- MODULE ${name} ----`,
    remark(`${model.name}: exported by rxproof for TLC, with ${name}.cfg.`),
    ...(model.bounds === '' ? [] : [remark(model.bounds)]),
    remark('TLC counts the initial state as generated, so it generates one state more than there are transitions;'),
    remark('its depth counts states, so it is one more than the number of steps.'),
    ...leftOut.map((one) => remark(`left out, being about infinite runs: ${one}`)),
    'EXTENDS Integers, Sequences',
    '',
    ...variables.flatMap(statesRemark),
    `VARIABLES ${ids}`,
    `vars == <<${ids}>>`,
    '',
    `TypeOK == ${all(variables.map(({ id, states }) => `${id} \\in 0..${states.length - 1}`))}`,
    `Init == ${all(variables.map(({ id }) => `${id} = 0`))}`,
    '',
    remark('Where an event leads from each local state, from 0 on, or -1; and the local states that satisfy a predicate.'),
    ...tables.flatMap(tableLines),
    '',
    ...commands.flatMap((command) => actionLines(command, variables)),
    `Next == ${any(commands.map(({ id }) => id))}`,
    'Spec == Init /\\ [][Next]_vars',
    `Quiescent == ~${any(internal.map(({ id }) => `can_${id}`))}`,
    '',
    ...claims.flatMap(claimLines),
    '====',
  ];
  return { name, module: `${lines.join('\n')}\n`, config: configOf(claims) };
}

/**
 * How to run TLC's distributed mode on module `name`: the roles of tlc2.tool.distributed, and what they need of one another.
 * Not run by this project.
 */
export function distributedCommands(name: string): string {
  const java = 'java -XX:+UseParallelGC';
  return `# TLC in distributed mode: one server, and as many workers as there are machines. Each line is for one machine, with Java 11
# or newer and tla2tools.jar in the folder. They find one another by RMI, port 10997 of the server and ports chosen by the system:
# open them between the machines. Workers get the specification from the server. TLC finds out about safety only in this mode.

# 1. The server, in the folder of ${name}.tla. SERVER is a name or address that the workers can reach.
${java} -Djava.rmi.server.hostname=SERVER -cp tla2tools.jar tlc2.tool.distributed.TLCServer -config ${name}.cfg ${name}

# 2. On each machine, a worker with a thread for each processor.
${java} -Djava.rmi.server.hostname=$(hostname -f) -cp tla2tools.jar tlc2.tool.distributed.TLCWorker SERVER

# Where the fingerprints outgrow the memory of the server, N machines hold them: in place of 1, and in place of 2 on N of them
${java} -Djava.rmi.server.hostname=SERVER -Dtlc2.tool.distributed.TLCServer.expectedFPSetCount=N -cp tla2tools.jar tlc2.tool.distributed.TLCServer -config ${name}.cfg ${name}
${java} -Djava.rmi.server.hostname=$(hostname -f) -cp tla2tools.jar tlc2.tool.distributed.fp.TLCWorkerAndFPSet SERVER
`;
}

/** The invariants that are to hold. */
function invariantsOf(claims: readonly Claim[]): string[] {
  return claims.flatMap(({ kind }, number) => (kind === 'sometimes' ? [] : [invariantOf(number)]));
}

/** The invariant that says that claim `number` is nowhere decided. */
export function invariantOf(number: number): string {
  return `undecided${number}`;
}

/** A configuration that looks at `invariants`. */
export function tlaConfig(invariants: readonly string[], remarks: readonly string[] = []): string {
  const checked = ['TypeOK', ...invariants].map((one) => `INVARIANT ${one}`);
  return `${['SPECIFICATION Spec', 'CHECK_DEADLOCK FALSE', ...checked, ...remarks.map(remark)].join('\n')}\n`;
}

function configOf(claims: readonly Claim[]): string {
  const sought = claims.flatMap(({ kind, name, premises }, number) => [
    ...(kind === 'sometimes' ? [`INVARIANT ${invariantOf(number)} is to be violated, by a witness of: ${name}`] : []),
    ...premises.map((_, index) => `INVARIANT unmet${number}_${index} is to be violated, or this says nothing: ${name}`),
  ]);
  return tlaConfig(invariantsOf(claims), sought);
}

function statesRemark({ id, part, states }: Variable): string[] {
  return [remark(`${id}: ${part}`), ...states.map((state, number) => remark(`  ${number} ${state}`))];
}

function tableLines({ id, about, values }: Table): string[] {
  const accepted = values.flatMap((value, local) => (value === 1 ? [local] : []));
  return [remark(about), id.startsWith('test') ? `${id} == {${accepted.join(', ')}}` : `${id} == <<${values.join(', ')}>>`];
}

function actionLines({ id, label, owner, tests, moves }: Command, variables: readonly Variable[]): string[] {
  const moving = new Set(moves.map(({ variable }) => variable));
  const still = variables.filter((variable) => !moving.has(variable)).map((variable) => variable.id);
  return [
    remark(`${owner}: ${label}`),
    `can_${id} == ${all([...moves.map((table) => `${nextOf(table)} >= 0`), ...tests.map(testOf)])}`,
    `${id} ==`,
    `  /\\ can_${id}`,
    ...moves.map((table) => `  /\\ ${table.variable.id}' = ${nextOf(table)}`),
    ...(still.length === 0 ? [] : [`  /\\ UNCHANGED <<${still.join(', ')}>>`]),
    '',
  ];
}

/** A local state is a number from 0, a place in a sequence one from 1. */
function nextOf({ id, variable }: Table): string {
  return `${id}[${variable.id} + 1]`;
}

function testOf({ table, through }: Test): string {
  return `${through === undefined ? table.variable.id : nextOf(through)} \\in ${table.id}`;
}

function claimLines({ name, kind, targets, premises }: Claim, number: number): string[] {
  return [
    remark(`${kind}: ${name}`),
    `${invariantOf(number)} == ~${any(targets.map(situationOf))}`,
    ...premises.map((group, index) => `unmet${number}_${index} == ~${any(group.map(situationOf))}`),
  ];
}

function situationOf({ tests, command, quiescent }: Situation): string {
  return all([...(quiescent ? ['Quiescent'] : []), ...(command ? [`can_${command.id}`] : []), ...tests.map(testOf)]);
}

function all(terms: readonly string[]): string {
  return terms.length === 0 ? 'TRUE' : terms.join(' /\\ ');
}

function any(terms: readonly string[]): string {
  return terms.length === 0 ? 'FALSE' : `(${terms.map((term) => (term.includes('/\\') ? `(${term})` : term)).join(' \\/ ')})`;
}

/** A comment of one line, in characters that every version of the parser reads. */
function remark(text: string): string {
  return `\\* ${text
    .replace(/[^\x20-\x7e]/g, '?')
    .replaceAll('(*', '( *')
    .replaceAll('*)', '* )')}`;
}
