/** What the coordinator of a parallel search and its workers say to each other. */

/** The tables of one block, readable by all threads. Entries that are -1 are not computed yet. */
export interface BlockTables {
  readonly masks: Int32Array;
  readonly next: Int32Array;
}

/** What a worker is given once. */
export interface WorkerSetup {
  readonly worker: number;
  readonly workers: number;
  readonly steps: number;
  readonly maskWords: number;
  readonly internal: Int32Array;
  /** By block: the column of each step in its table, or -1, and the number of columns. */
  readonly columns: readonly [Int32Array, Int32Array];
  readonly widths: readonly [number, number];
  /** Bits of the watches, and which of them count in quiescent states only. */
  readonly watchBits: Int32Array;
  readonly onlyQuiescent: Uint8Array;
  /** Shared: see `Shared`. */
  readonly shared: Int32Array;
}

/** Positions in the shared words: a flag to stop, then states, transitions and kilobytes of each worker. */
export const STOP = 0;
export const COUNTS_FROM = 1;
export const COUNTS_EACH = 3;

export type ToWorker =
  /** Insert what others found for this worker: pairs of block states. Answered by `inserted`. */
  | { readonly do: 'insert'; readonly pairs: readonly Int32Array[] }
  /** Expand the level that was inserted last. Answered by `expanded`. */
  | { readonly do: 'expand'; readonly tables: readonly [BlockTables, BlockTables] };

export type FromWorker =
  | { readonly did: 'inserted'; readonly states: number }
  | {
      readonly did: 'expanded';
      /** By owner: successors that belong to another worker, as pairs. */
      readonly outboxes: readonly Int32Array[];
      /** Triples (first, second, step) whose successor needs a table entry that is missing. */
      readonly missing: Int32Array;
      readonly transitions: number;
      readonly quiescent: number;
      readonly deadlocks: number;
      /** Watches met in this level for the first time by this worker. */
      readonly met: readonly number[];
      /** By step: whether it was taken. */
      readonly fired: Uint8Array;
      readonly bytes: number;
    };

/** The worker that owns states with this first number. */
export const ownerOf = (first: number, workers: number): number => first % workers;
