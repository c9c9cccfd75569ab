/** The limits of a second pass over the states: whatever reaches one ends it from wherever it is. */
import type { LimitReached, Limits } from '../explore/limits.ts';

/** States, or edges, between two looks at the clock. */
const STRIDE = 1 << 16;

/** Thrown inside a second pass; its caller makes it the verdict `unknown`. */
export class LimitHit extends Error {
  override readonly name = 'LimitHit';
  readonly limit: LimitReached;

  constructor(limit: LimitReached) {
    super(`the second pass reached its limit on ${limit}`);
    this.limit = limit;
  }
}

/** What may still be spent. Time counts from its construction. */
export class Budget {
  readonly #limits: Limits;
  readonly #started = performance.now();
  #held = 0;
  #untilLook = STRIDE;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#look();
  }

  /** Accounts for `bytes` about to be held. Throws a LimitHit if that is too much. */
  hold(bytes: number): void {
    this.#held += bytes;
    if (this.#held > this.#limits.bytesMax) throw new LimitHit('memory');
  }

  /** Accounts for `bytes` that are no longer held. */
  release(bytes: number): void {
    this.#held -= bytes;
  }

  /** Called once per state or edge handled. Throws a LimitHit when time is up. */
  spend(): void {
    if (--this.#untilLook > 0) return;
    this.#untilLook = STRIDE;
    this.#look();
  }

  #look(): void {
    if (performance.now() - this.#started > this.#limits.millisecondsMax) throw new LimitHit('time');
  }
}
