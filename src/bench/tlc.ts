/** TLC on the exported network, where the environment variable TLA2TOOLS_JAR names its jar. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTlc } from '../agree/tlc.ts';
import { tla } from '../export/tla.ts';
import type { Measure } from './figures.ts';
import { absent, runTimed } from './shell.ts';

const jar = (): string => process.env['TLA2TOOLS_JAR'] ?? '';

/** Explores with one worker. What the Java machine and the parser take cannot be told from the search, and is counted with it. */
export const tlc: Measure = ({ network }) => {
  const folder = mkdtempSync(join(tmpdir(), 'rxproof-tlc-'));
  try {
    const { name, module } = tla(network, []);
    writeFileSync(join(folder, `${name}.tla`), module);
    writeFileSync(join(folder, `${name}.cfg`), 'SPECIFICATION Spec\nCHECK_DEADLOCK FALSE\n');
    const java = ['java', '-XX:+UseParallelGC', '-cp', jar(), 'tlc2.TLC', '-workers', '1', '-metadir', folder, name];
    const { output, ...times } = runTimed(folder, java);
    const reading = readTlc(output);
    if (reading.tag !== 'complete') throw new Error(`TLC did not explore everything:\n${output}`);
    const { states, transitions } = reading.counts;
    return Promise.resolve({ states, transitions, ...times, setUpCpuSeconds: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Undefined, or what is missing. */
export function missingForTlc(): string | undefined {
  if (jar() === '') return 'TLA2TOOLS_JAR, the path of tla2tools.jar';
  return absent([
    ['java', '-version'],
    ['bash', '--version'],
  ]);
}
