/**
 * The tables of mutations in the kernel notes (lower half, sections 2 to 8), row by row: planted, or why not. A row is
 * planted if a bug has it; a benign one is planted like any other, and must break nothing.
 */

/** Every row of the tables. */
export const LOWER_ROWS: readonly string[] = [
  ...rows('M0', [1, 3, 5, 6]),
  ...rows('M1', [1, 2, 4, 5, 6, 7, 8, 9, 11]),
  ...rows('M2', [1, 4, 5, 6, 7, 8, 9, 10]),
  ...rows('M3', [1, 4, 6, 7, 8, 10, 11, 12]),
  ...rows('M4', [1, 2, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 20, 22, 24, 25, 28, 29]),
  ...rows('M5', [1, 2, 3, 4, 5, 6, 7, 8, 11]),
  ...rows('M6', [1, 3, 6, 7, 8]),
];

function rows(table: string, numbers: readonly number[]): string[] {
  return numbers.map((number) => `${table}.${number}`);
}

const ONE_STEP = 'what it takes apart is one step of the model';
const BARRIERS = 'the memory model is sequential consistency';

/** The rows that no bug has, and why. */
export const NOT_PLANTED: Readonly<Record<string, string>> = {
  'M0.6': 'netif_running() is not asked by the backlog of the model',
  'M1.4': BARRIERS,
  'M1.9': 'pages and their owners are not modelled',
  'M4.5': `${ONE_STEP}: SCHED is given up and the instance unlinked at once`,
  'M4.11': 'planted as M5.4: the same early return',
  'M4.20': 'netpoll is not modelled',
  'M4.28': 'a poll list is touched by its own CPU only, by construction',
  'M5.7': 'what the model has: the IPI is free again when its handler has returned, and nobody can tell',
  'M5.8': 'receive flow steering is not modelled',
  'M6.6': 'a protocol handler is never removed in the model',
};

/** By row, the length of the shortest counterexample that another checker found (notes, section 12.7), with all frames sent first. */
export const CALIBRATION: Readonly<Record<string, number>> = {
  'M0.1': 9,
  'M2.1': 18,
  'M2.4': 22,
  'M2.5': 20,
  'M3.4': 5,
  'M3.6': 18,
  'M4.1': 20,
  'M4.2': 23,
  'M4.6': 22,
  'M4.7': 16,
  'M4.8': 18,
  'M4.12': 23,
  'M4.14': 18,
  'M4.15': 19,
  'M5.1': 19,
  'M5.4': 8,
};
