/** Other programs, timed. */
import { spawnSync } from 'node:child_process';

/** Runs `command` in `folder`: its output, and what it took by the clock and of the processor. Throws if it fails. */
export function runTimed(folder: string, command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@"';
  const options = { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script, 'bash', ...command], options);
  const [seconds, user, system] = (stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (seconds === undefined || user === undefined || system === undefined || status !== 0) {
    throw new Error(`${command.join(' ')} failed:\n${stdout}${stderr}`);
  }
  return { output: stdout, seconds, cpuSeconds: user + system };
}

/** Which of the programs, each with a flag that it answers, are not there; undefined if all are. */
export function absent(programs: readonly (readonly [program: string, flag: string])[]): string | undefined {
  const names = programs.flatMap(([program, flag]) => (spawnSync(program, [flag]).status === 0 ? [] : [program]));
  return names.length === 0 ? undefined : names.join(' and ');
}
