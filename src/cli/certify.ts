/** `rxproof certify`: the reached states as a file, and the independent checker that confirms such a file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Header, type Subject, type Verification, verify } from '../certify/verify.ts';
import { CERTIFIED_STATES_MAX, certificate } from '../certify/write.ts';
import { planCheck } from '../explore/check.ts';
import { explore } from '../explore/explore.ts';
import { UsageError } from '../model/error.ts';
import { scenarioText } from '../model/scenario.ts';
import type { Suite } from '../model/suite.ts';
import { writeFiles } from '../report/write.ts';
import { SUITES } from '../../properties/index.ts';
import { type Selection, selectSuites, valuesOf } from './select.ts';
import { type ExitCode, worst } from './verdict.ts';

export interface CertifyFlags extends Selection {
  readonly out: string;
}

/** Checks the certificates in `files`; without any, writes one for each suite chosen, and checks that. */
export function certifyCommand(files: readonly string[], flags: CertifyFlags): ExitCode {
  const written = files.length > 0 ? files : writeCertificates(selectSuites(flags), flags, flags.out);
  return checkCertificates(written);
}

/** Explores each suite, writes its certificate into `folder`, and answers the names of the files. */
function writeCertificates(suites: readonly Suite[], selection: Selection, folder: string): string[] {
  return suites.flatMap((suite) => {
    const { network, properties, scenario } = suite.build(valuesOf(selection));
    const plan = planCheck(network, properties, { limits: { statesMax: CERTIFIED_STATES_MAX } });
    const exploration = explore(plan.compiled, plan.watches, plan.options);
    const { results } = plan.conclude(exploration);
    const invariants = results.filter(({ property: { kind }, verdict }) => isInvariant(kind) && verdict.tag === 'holds');
    const names = invariants.map(({ property }) => property.name);
    const name = `${suite.id.replaceAll('/', '-')}.certificate.gz`;
    writeFiles(folder, new Map([[name, certificate(plan.compiled, exploration, { suite: suite.id, scenario, properties: names })]]));
    return [join(folder, name)];
  });
}

/** Lets the independent checker read each file, and prints what it finds. */
export function checkCertificates(files: readonly string[]): ExitCode {
  const codes = files.map((file): ExitCode => {
    const bytes = contents(file);
    const verification = verify(bytes, rebuild);
    process.stdout.write(`${file}: ${textOf(verification, bytes.length)}\n`);
    return verification.tag === 'confirmed' ? 0 : 1;
  });
  return worst(codes);
}

/** What a closed set of states can show: the rest is shown by traces, or by the loops there are. */
const isInvariant = (kind: string): boolean => kind === 'never' || kind === 'quiescent';

/** The network a header speaks of. */
function rebuild({ suite, scenario }: Header): Subject {
  const found = SUITES.find(({ id }) => id === suite);
  if (found === undefined) throw new UsageError(`it is of suite '${suite}', which is not among the suites of this program`);
  return found.build(scenario);
}

function contents(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`cannot read the certificate ${file}: ${error instanceof Error ? error.message : String(error)}`, 66);
  }
}

function textOf(verification: Verification, bytes: number): string {
  if (verification.tag === 'refused') return `REFUSED: ${verification.why}`;
  const { header, transitions } = verification;
  const count = (value: number): string => value.toLocaleString('en-US');
  return [
    `confirmed: ${header.suite} (${scenarioText(header.scenario)})`,
    `  ${count(header.states)} states in ${count(bytes)} bytes contain the initial one, are closed under ${count(transitions)} transitions, and satisfy`,
    ...header.properties.map((name) => `    ${name}`),
  ].join('\n');
}
