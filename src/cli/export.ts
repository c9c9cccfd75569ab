/** `rxproof export`: networks as text for other engines. */
import { promela } from '../export/promela.ts';
import { tla } from '../export/tla.ts';
import { scenarioText } from '../model/scenario.ts';
import { writeFiles } from '../report/write.ts';
import { type Selection, selectSuites, suiteOfBug, valuesOf } from './select.ts';
import type { ExitCode } from './verdict.ts';

export interface ExportFlags extends Selection {
  readonly to: 'promela' | 'tla';
  readonly bug?: string;
  readonly out: string;
}

/** Writes one model for each suite chosen, at its bounds. */
export function exportCommand(flags: ExportFlags): ExitCode {
  const chosen = selectSuites(flags);
  const suites = flags.bug === undefined ? chosen : [suiteOfBug(flags.bug, chosen)];
  const files = new Map<string, string>();
  for (const suite of suites) {
    const { network, properties, scenario } = suite.build(valuesOf(flags), flags.bug);
    const name = flags.bug === undefined ? suite.id : `${suite.id} ${flags.bug}`;
    const heading = { name, bounds: scenarioText(scenario) };
    if (flags.to === 'promela') files.set(`${name.replaceAll(/[/ ]/g, '-')}.pml`, promela(network, properties, heading));
    else {
      const { name: module, module: text, config } = tla(network, properties, heading);
      files.set(`${module}.tla`, text).set(`${module}.cfg`, config);
    }
  }
  writeFiles(flags.out, files);
  process.stdout.write([...files.keys()].map((file) => `${flags.out}/${file}\n`).join(''));
  return 0;
}
