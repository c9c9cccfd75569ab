/** `rxproof conform`: a recorded trace of a real kernel against the model. */
import { conform, conformText } from '../../properties/index.ts';
import { type Selection, valuesOf } from './select.ts';
import { outputStyle } from './terminal.ts';
import type { ExitCode } from './verdict.ts';

export interface ConformFlags extends Pick<Selection, 'profile' | 'scenario'> {
  readonly statesMax?: number;
}

/** Prints whether the model can produce the trace at `path`: 0 accepted, 1 rejected, 2 a limit was reached. */
export function conformCommand(path: string, { profile, scenario, statesMax }: ConformFlags): ExitCode {
  const limits = statesMax === undefined ? {} : { limits: { statesMax } };
  const result = conform(path, { profile, scenario: valuesOf({ scenario }), ...limits });
  process.stdout.write(conformText(result, { style: outputStyle() }));
  return { accepted: 0, rejected: 1, unknown: 2 }[result.kind] as ExitCode;
}
