/**
 * What SPIN's `pan` prints, read strictly: a count is believed only if the search says that it is complete.
 *
 * Pan exits with 0 and "errors: 0" even when it gave up at its depth limit; what it printed on the way tells.
 */
export interface PanReport {
  readonly states: number;
  /** Without the initial state, which SPIN counts as one. */
  readonly transitions: number;
  readonly depth: number;
  readonly quiescent: number;
  readonly deadlocks: number;
  /** By number of the claim. */
  readonly claims: readonly { readonly reached: boolean; readonly premise: boolean }[];
}

export type PanReading = { readonly tag: 'complete'; readonly report: PanReport } | { readonly tag: 'incomplete'; readonly why: string };

/** Lines that tell of a search that did not see everything. */
const TROUBLE =
  /^.*(\berror[:,]|Search not completed|aborting|truncated|too small|-DMEMLIM bound|out of memory|assertion violated|cannot (?:open|create|allocate)).*$/im;

/** Reads the output of a run without an asserted claim. */
export function readPan(output: string): PanReading {
  const trouble = TROUBLE.exec(output);
  if (trouble) return incomplete(trouble[0].trim());
  if (!/^Full statespace search for:$/m.test(output)) return incomplete('pan does not say that it did a full state space search');
  const depth = /depth reached (\d+), errors: (\d+)/.exec(output);
  const stored = /^\s*(\d+) states, stored/m.exec(output);
  const transitions = /^\s*(\d+) transitions \(= stored\+matched\)/m.exec(output);
  const looked = /^rxproof: looked at (\d+) states, (\d+) quiescent, (\d+) without any step$/m.exec(output);
  if (!depth || !stored || !transitions || !looked) return incomplete('pan printed no statistics, or its search was ended');
  if (Number(depth[2]) !== 0) return incomplete(`pan found ${depth[2]} errors where none was asked for`);
  if (looked[1] !== stored[1]) return incomplete(`pan stored ${stored[1]} states and looked at ${looked[1]} of them`);
  return {
    tag: 'complete',
    report: {
      states: Number(stored[1]),
      transitions: Number(transitions[1]) - 1,
      depth: Number(depth[1]),
      quiescent: Number(looked[2]),
      deadlocks: Number(looked[3]),
      claims: [...output.matchAll(/^rxproof: claim \d+ target (\d) premise (\d)$/gm)].map(([, target, premise]) => ({
        reached: target === '1',
        premise: premise === '1',
      })),
    },
  };
}

/** Reads the output of a breadth-first run with an asserted claim: steps to the nearest state that decides it, or undefined. */
export function readAssertion(output: string): number | undefined {
  const found = /^pan:1: assertion violated .*\(at depth (\d+)\)$/m.exec(output);
  // To look at the state was one transition more.
  return found ? Number(found[1]) - 1 : undefined;
}

function incomplete(why: string): PanReading {
  return { tag: 'incomplete', why };
}
