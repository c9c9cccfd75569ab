/** The pinned sizes: a change of a count is a change of meaning, and is made on purpose, with a reason in its commit. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const pinsShape = z.strictObject({
  /** By suite: what the exhaustive search visits. */
  suites: z.record(
    z.string(),
    z.strictObject({ states: z.number(), transitions: z.number(), depth: z.number(), quiescent: z.number(), deadlocks: z.number() }),
  ),
  /** By suite and bug, `suite bug`: the length of the shortest counterexample of each property that it breaks. */
  bugs: z.record(z.string(), z.record(z.string(), z.number())),
});

export type Pins = z.infer<typeof pinsShape>;

const FILE = new URL('pins.json', import.meta.url);

export function readPins(): Pins {
  return pinsShape.parse(JSON.parse(readFileSync(FILE, 'utf8')));
}

/** Replaces the pins: `UPDATE_PINS=1 npm test`. */
export function writePins(pins: Pins): void {
  writeFileSync(FILE, `${JSON.stringify(pins, null, 2)}\n`);
}
