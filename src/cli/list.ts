/** `rxproof list`: what there is to check, with the bounds that can be set. */
import type { Property } from '../model/property.ts';
import type { Key } from '../model/scenario.ts';
import { scenarioText } from '../model/scenario.ts';
import { allMachines } from './report.ts';
import { type Selection, selectSuites, valuesOf } from './select.ts';

/** Said of a property that is not about every state. */
const KINDS: Partial<Record<Property['kind'], string>> = { sometimes: ' (reachable)', leadsTo: ' (in every fair run)' };

/** Prints suites with their scenario, properties and bugs; then the machines. */
export function listCommand(flags: Selection): void {
  const out: string[] = [];
  for (const suite of selectSuites(flags)) {
    const { scenario, properties } = suite.build(valuesOf(flags));
    out.push(suite.id, `  ${suite.family.about}`, `  bounds: ${scenarioText(scenario)}`, '  properties:');
    for (const { name, kind } of properties)
      out.push(`    ${name}${KINDS[kind] ?? ''}${Object.hasOwn(suite.violates, name) ? ' (known to be violated)' : ''}`);
    if (suite.bugs.length > 0) out.push('  bugs that can be planted:', ...suite.bugs.map((bug) => `    ${bug.id}: ${bug.about}`));
    if (flags.network !== undefined)
      out.push('  scenario keys:', ...Object.entries(suite.family.keys).map(([name, key]) => `    ${keyText(name, key)}`));
    out.push('');
  }
  if (flags.network === undefined)
    out.push(
      `machines: ${allMachines()
        .map(({ name }) => name)
        .join(', ')}`,
    );
  process.stdout.write(`${out.join('\n')}\n`);
}

function keyText(name: string, key: Key): string {
  const range = key.kind === 'int' ? `${key.min} to ${key.max}` : key.values.join(' | ');
  return `${name}=${key.otherwise} (${range}): ${key.about}`;
}
