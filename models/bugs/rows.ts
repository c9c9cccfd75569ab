/**
 * The tables of mutations in the kernel notes (lower half, sections 2 to 8; upper half, section 13), row by row: planted, or why not. A row is
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

/** Those of the upper half; EQ are the equivalent ones. */
export const UPPER_ROWS: readonly string[] = [
  ...[
    1, 2, 5, 6, 8, 9, 10, 11, 12, 14, 15, 16, 18, 20, 22, 24, 26, 29, 30, 33, 34, 35, 36, 37, 40, 41, 43, 45, 46, 48, 49, 51, 53, 54, 57,
    59, 60, 62, 64, 65, 66, 67, 68, 69, 71, 73, 74, 75,
  ].map((number) => `M${String(number).padStart(2, '0')}`),
  ...[1, 2, 3, 5, 6, 7].map((number) => `EQ${number}`),
];

function rows(table: string, numbers: readonly number[]): string[] {
  return numbers.map((number) => `${table}.${number}`);
}

const ONE_STEP = 'what it takes apart is one step of the model';

const ONE_LOCK = 'reader_queue and sk_receive_queue are locked together in one step';

/** The rows that no bug has, and why. */
export const NOT_PLANTED: Readonly<Record<string, string>> = {
  'M1.9': 'pages and their owners are not modelled',
  'M4.5': `${ONE_STEP}: SCHED is given up and the instance unlinked at once`,
  'M4.11': 'planted as M5.4: the same early return',
  'M4.20': 'netpoll is not modelled',
  'M4.28': 'a poll list is touched by its own CPU only, by construction',
  'M5.7': 'what the model has: the IPI is free again when its handler has returned, and nobody can tell',
  'M5.8': 'receive flow steering is not modelled',
  'M6.6': 'a protocol handler is never removed in the model',
  M01: 'planted as M0.5: IP before everything that it needs',
  M02: 'a protocol handler is never removed in the model',
  M05: 'whose copy of a buffer is changed is not modelled; who has a reference to it is, in dispatch',
  M09: 'routes and their references are not modelled',
  M33: ONE_LOCK,
  M34: ONE_LOCK,
  M53: 'in the litmus test L4b: the two pointers of an entry are one in the network',
  M68: 'skb_share_check() has left the buffer to UDP alone, and the first peek marks it before it takes its reference: nobody ever shares one that is not marked',
  EQ3: 'there is no writer: nobody wakes for OUT',
};

/** A shortest counterexample of another checker. */
export interface Calibration {
  /** Its length: all arrivals included, up to the state in which nothing happens any more. */
  readonly steps: number;
  /** What makes the one of this checker longer or shorter. */
  readonly because: string;
}

const FINER = 'here interrupt exit, the begin and the end of net_rx_action() and the end of the softirq pass are steps of their own';
const AT_ONCE = 'here the invariant is broken in the middle of the run, there the run goes on to its end';
const FEWER_FRAMES = 'here one frame is enough, there all three are sent';

/** By row, the figure of another checker (notes, section 12.7). */
export const CALIBRATION: Readonly<Record<string, Calibration>> = {
  'M0.1': { steps: 9, because: 'here the machine boots and the driver opens first: power, protocols, ring, vector, softirq thread' },
  'M2.1': { steps: 18, because: FINER },
  'M2.4': { steps: 22, because: `${FINER}; two interrupts` },
  'M2.5': { steps: 20, because: FEWER_FRAMES },
  'M3.4': { steps: 5, because: 'here the look, the interrupt that finds bottom halves off and the end are one step' },
  'M3.6': {
    steps: 18,
    because:
      'in the ring the whole interrupt path comes before the thread can be woken; by vector, in the family softirq, there is nothing but raises',
  },
  'M4.1': { steps: 20, because: `${AT_ONCE}: two owners` },
  'M4.2': { steps: 23, because: `${FINER}, and ${FEWER_FRAMES}` },
  'M4.6': { steps: 22, because: `${AT_ONCE}: one node on two lists` },
  'M4.7': { steps: 16, because: `${AT_ONCE}, but for finer steps at interrupt exit: scheduled, and with nobody` },
  'M4.8': { steps: 18, because: FINER },
  'M4.12': { steps: 23, because: `${FINER}; two polls` },
  'M4.14': { steps: 18, because: FEWER_FRAMES },
  'M4.15': { steps: 19, because: FINER },
  'M5.1': { steps: 19, because: 'here bottom halves go off and on around netif_rx(), and the IPI has an entry and an exit' },
  'M5.4': { steps: 8, because: 'here the arrival and the insertion are one step' },
};
