/** What a job of a swarm left behind, read strictly. */

export interface JobReport {
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** Bits of the array for each state stored; below 100, SPIN says, states may have been missed. */
  readonly hashFactor: number | undefined;
  /** Step numbers taken. */
  readonly taken: readonly number[];
  /** It ended at its depth limit somewhere. */
  readonly cut: boolean;
  /** Pan found a claim decided. */
  readonly found: boolean;
}

export type JobReading = { readonly tag: 'done'; readonly report: JobReport } | { readonly tag: 'failed'; readonly why: string };

const FAILED = /^.*(-DMEMLIM bound|out of memory|cannot (?:open|create|allocate)|too small|VECTORSZ|Segmentation|not found|error:).*$/im;

/** Reads what pan printed in a bitstate search. */
export function readJob(output: string): JobReading {
  const stored = /^\s*(\S+) states, stored/m.exec(output);
  const transitions = /^\s*(\S+) transitions \(= stored\+matched\)/m.exec(output);
  const depth = /depth reached (\d+), errors: (\d+)/.exec(output);
  const taken = /^rxproof: taken((?: \d+)*)$/m.exec(output);
  if (!stored || !transitions || !depth || !taken || !/^Bit statespace search for:$/m.test(output)) {
    return {
      tag: 'failed',
      why: (FAILED.exec(output.replaceAll(/^error: max search depth too small$/gm, ''))?.[0] ?? lastLine(output)).trim(),
    };
  }
  const factor = /^hash factor: (\S+)/m.exec(output);
  return {
    tag: 'done',
    report: {
      states: Number(stored[1]),
      transitions: Number(transitions[1]) - 1,
      depth: Number(depth[1]),
      hashFactor: factor ? Number(factor[1]) : undefined,
      taken: numbersIn(taken[1] ?? ''),
      cut: /max search depth too small/.test(output),
      found: Number(depth[2]) > 0,
    },
  };
}

/** The step numbers of a trail that `pan -r -S` printed. */
export function readTrail(output: string): number[] {
  return [...output.matchAll(/^rxproof: step (\d+) /gm)].map(([, number]) => Number(number));
}

const numbersIn = (text: string): number[] => text.split(' ').filter(Boolean).map(Number);

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}
