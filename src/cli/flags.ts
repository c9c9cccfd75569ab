/** Values of flags, read and refused. */
import { InvalidArgumentError } from 'commander';
import { REDUCTIONS, type Reduction } from '../reduce/plan.ts';

/** A whole number, 0 or more. */
export function whole(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('it must be a whole number, 0 or more.');
  return value;
}

/** A whole number, 1 or more. */
export function positive(text: string): number {
  const value = whole(text);
  if (value === 0) throw new InvalidArgumentError('it must be 1 or more.');
  return value;
}

/** `por`, `symmetry`, or both. */
export function reductions(text: string): readonly Reduction[] {
  const known = text.split(',').map((word) => REDUCTIONS.find((one) => one === word));
  const found = known.flatMap((one) => one ?? []);
  if (found.length < known.length || new Set(found).size < found.length) {
    throw new InvalidArgumentError(`It must be ${REDUCTIONS.join(', ')}, or both with a comma between.`);
  }
  return found;
}
