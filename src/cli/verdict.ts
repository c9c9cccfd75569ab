/** From verdicts to an exit code, and to the command that shows one again. */
import { match } from 'ts-pattern';
import type { Result } from '../explore/check.ts';
import type { Value } from '../model/network.ts';
import type { Tag } from '../model/suite.ts';

/** 0: every verdict is the expected one; 1: unexpected; 2: a limit was reached; 3: a claim says nothing. The worst one counts. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The exit code of one verdict. */
export function codeOf(tag: Tag, expected: Tag): ExitCode {
  if (tag === expected) return 0;
  return match<Tag, ExitCode>(tag)
    .with('unknown', () => 2)
    .with('vacuous', () => 3)
    .with('holds', 'violated', () => 1)
    .exhaustive();
}

/** Of several codes the one that is reported: an unexpected verdict before a limit, a limit before a vacuous claim. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  return codes.includes(1) ? 1 : codes.includes(2) ? 2 : codes.includes(3) ? 3 : 0;
}

/** The command that prints the counterexample of `result` again. */
export function replayCommand(suite: string, { property }: Result, values: Readonly<Record<string, Value>>, bug?: string): string {
  return againText(`trace '${property.name.replaceAll("'", "'\\''")}'`, suite, values, bug);
}

/** `command` on the same network: with the values that were set, and the bug that was planted. */
export function againText(command: string, suite: string, values: Readonly<Record<string, Value>>, bug?: string): string {
  const scenario = Object.entries(values).map(([key, value]) => ` ${key}=${value}`);
  return [
    `npm run -s rxproof -- ${command} --network ${suite}`,
    ...(bug === undefined ? [] : [` --bug ${bug}`]),
    ...(scenario.length === 0 ? [] : [' --scenario', ...scenario]),
  ].join('');
}
