/** TLC on the exported network, where the environment variable TLA2TOOLS_JAR names its jar. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tla } from '../export/tla.ts';
import type { Measure, Sample } from './figures.ts';
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
    return Promise.resolve({ ...readTlc(output), ...times, setUpCpuSeconds: 0 });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** The counts that TLC prints at the end; the initial state is among those it generates. */
export function readTlc(output: string): Pick<Sample, 'states' | 'transitions'> {
  const [, generated, distinct] =
    /^([\d,]+) states generated, ([\d,]+) distinct states found, 0 states left on queue\.$/m.exec(output) ?? [];
  if (generated === undefined || distinct === undefined || !output.includes('No error has been found')) {
    throw new Error(`TLC did not explore everything:\n${output}`);
  }
  const number = (text: string): number => Number(text.replaceAll(',', ''));
  return { states: number(distinct), transitions: number(generated) - 1 };
}

/** Undefined, or what is missing. */
export function missingForTlc(): string | undefined {
  if (jar() === '') return 'TLA2TOOLS_JAR, the path of tla2tools.jar';
  return absent([
    ['java', '-version'],
    ['bash', '--version'],
  ]);
}
