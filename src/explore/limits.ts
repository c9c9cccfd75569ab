/** Bounds of one exploration. Reaching one makes verdicts `unknown`, never green. */
export interface Limits {
  readonly statesMax: number;
  readonly bytesMax: number;
  readonly millisecondsMax: number;
}

export const LIMITS_DEFAULT: Limits = { statesMax: 50_000_000, bytesMax: 8 * 2 ** 30, millisecondsMax: 10 * 60_000 };

/** Which bound ended a search; `stopped` is Ctrl-C, `early` that the properties asked about were decided. */
export type LimitReached = 'states' | 'memory' | 'time' | 'stopped' | 'early';

/** Which bound, if any, a search has reached that began at `started` (milliseconds of performance.now()). */
export function limitReached(limits: Limits, states: number, bytes: number, started: number): LimitReached | undefined {
  if (states > limits.statesMax) return 'states';
  if (bytes > limits.bytesMax) return 'memory';
  if (performance.now() - started > limits.millisecondsMax) return 'time';
  return undefined;
}
