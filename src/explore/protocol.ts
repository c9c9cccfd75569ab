/** What the coordinator of a parallel search and its workers say to each other. */
import type { BlockTables } from '../compile/blockTables.ts';
import type { Shape } from './expander.ts';

/** Tables of the two blocks, readable by all threads. */
export type Tables = readonly [BlockTables, BlockTables];

/** What a worker is given once. */
export interface WorkerSetup {
  readonly worker: number;
  readonly workers: number;
  readonly shape: Shape;
  readonly tables: Tables;
  /** Bits of the watches, and which of them count in quiescent states only. */
  readonly watchBits: readonly number[];
  readonly onlyQuiescent: readonly boolean[];
  /** Shared: see `STOP`. */
  readonly shared: Int32Array;
}

/** Positions in the shared words: a flag to stop, then states, transitions (both in thousands) and kilobytes of each worker. */
export const STOP = 0;
export const COUNTS_FROM = 1;
export const COUNTS_EACH = 3;
export const COUNTED_IN = 1000;

export type ToWorker =
  /** Insert what others found for this worker: pairs of block states, all below `sizes`. Answered by `inserted`. */
  | { readonly do: 'insert'; readonly pairs: readonly Int32Array[]; readonly sizes: readonly [number, number] }
  /** Expand the level that was inserted last. Answered by `expanded`. */
  | { readonly do: 'expand'; readonly tables: Tables };

export type FromWorker =
  | { readonly did: 'inserted'; readonly states: number }
  | {
      readonly did: 'expanded';
      /** By owner: successors that belong to another worker, as pairs. */
      readonly outboxes: readonly Int32Array[];
      /** Triples (row, column, step) whose successor is not in the tables. */
      readonly missing: Int32Array;
      /** Watches met in this level for the first time by this worker. */
      readonly met: readonly number[];
      /** Of all levels so far. */
      readonly counts: Counts;
    };

/** What one worker has counted. */
export interface Counts {
  readonly transitions: number;
  readonly quiescent: number;
  readonly deadlocks: number;
  /** By joint step: whether it was taken. */
  readonly fired: Uint8Array;
  readonly bytes: number;
}

/** The worker that owns states of this row. */
export const ownerOf = (row: number, workers: number): number => row % workers;
