/**
 * A swarm: many small bitstate searches by SPIN, each different from the others, instead of one that has to fit into one
 * memory (Holzmann, Joshi and Groce, "Swarm verification techniques", 2011). A job needs nothing from another one.
 */
import { ANY_CLAIM, ASSERT_VARIABLE } from '../export/promela.ts';

export interface SwarmBounds {
  /** Megabytes of the bitstate array of one job; a job takes little more. */
  readonly megabytes: number;
  /** Steps that a search goes deep; some jobs take half, some twice as many. */
  readonly depth: number;
  /** Where the differences start. Equal seeds give equal jobs. */
  readonly seed: number;
}

export interface Job {
  /** From 1 on; the job works in the folder `job-<number>`. */
  readonly number: number;
  /** In which order steps are tried. */
  readonly order: 'as declared' | 'reversed' | 'random';
  /** Which of SPIN's hash polynomials, and how many bits it sets for a state. */
  readonly hash: number;
  readonly bits: number;
  readonly depth: number;
  readonly megabytes: number;
  readonly seed: number;
}

/** Hash polynomials that pan has. */
const HASHES = 500;

/** `count` jobs. The first ones differ in all respects; then the random orders go on. */
export function jobsOf(count: number, { megabytes, depth, seed }: SwarmBounds): Job[] {
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    order: (['as declared', 'reversed'] as const)[index] ?? 'random',
    hash: (seed * 31 + index * 7) % HASHES,
    bits: 2 + (index % 3),
    depth: [depth, depth * 2, Math.max(1, Math.floor(depth / 2))][index % 3]!,
    megabytes,
    seed: seed + index,
  }));
}

/** The files of a job in its folder: what it was given and what it says. */
export const MODEL_FILE = 'model.pml';
export const OUTPUT_FILE = 'pan.out';
export const TRAIL_FILE = 'trail.out';

/** One line for a shell in the folder of the swarm. It leaves what was said in `job-N/pan.out`, and a way there in `trail.out`. */
export function jobLine({ number, order, hash, bits, depth, megabytes, seed }: Job): string {
  const build = order === 'random' ? ' -DT_RAND' : '';
  const search = [
    '-E -n',
    `-m${depth} -M${megabytes} -h${hash} -k${bits}`,
    ...(order === 'reversed' ? ['-t_reverse'] : []),
    ...(order === 'random' ? [`-RS${seed}`] : []),
  ].join(' ');
  return [
    `mkdir -p job-${number} && cd job-${number} && cp ../${MODEL_FILE} .`,
    `spin -o1 -o2 -o3 -a ${MODEL_FILE} >build.out 2>&1`,
    `gcc -O2 -w -DBITSTATE -DNOREDUCE -DSAFETY -DVECTORSZ=4096${build} -o pan pan.c >>build.out 2>&1`,
    `{ ${ASSERT_VARIABLE}=${ANY_CLAIM} ./pan ${search} >${OUTPUT_FILE} 2>&1; test ! -e ${MODEL_FILE}.trail || ./pan -r -S >${TRAIL_FILE} 2>&1; }`,
  ].join(' && ');
}

/** What each job is, in one line. */
export function jobText({ order, hash, bits, depth }: Job): string {
  return `steps ${order}, hash ${hash}, ${bits} bits, depth ${depth.toLocaleString('en-US')}`;
}
