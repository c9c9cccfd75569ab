/**
 * The same search by several threads. Each worker owns the states whose first number falls to it and keeps them to itself;
 * level by level the workers expand what they own and exchange what belongs to others (Stern and Dill, "Parallelizing the
 * Murphi verifier", 1997). The coordinator alone computes missing table entries, between levels, so no table is ever
 * written while it is read.
 */
import { Worker } from 'node:worker_threads';
import type { Block } from '../compile/blocks.ts';
import { type BlockSuccessors, blockSuccessors } from '../compile/blockSuccessors.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import { type Exploration, explore, type ExploreOptions, type Progress } from './explore.ts';
import { type LimitReached, limitReached, LIMITS_DEFAULT } from './limits.ts';
import { NumberList } from './numberList.ts';
import { type BlockTables, COUNTS_EACH, COUNTS_FROM, type FromWorker, ownerOf, STOP, type ToWorker, type WorkerSetup } from './protocol.ts';
import type { Watch } from './watch.ts';

export interface ParallelOptions extends Pick<ExploreOptions, 'limits'> {
  readonly workers: number;
  /** Called now and then; true ends the search. */
  readonly onProgress?: (progress: Progress) => boolean;
}

/** Milliseconds between two looks at what the workers have written down. */
const LOOK = 100;

type Expanded = Extract<FromWorker, { readonly did: 'expanded' }>;

/** Explores `network` by several threads. The counts are those of `explore`; traces are looked for by one thread again. */
export async function exploreParallel(network: CompiledNetwork, watches: readonly Watch[], options: ParallelOptions): Promise<Exploration> {
  const blocks = blockSuccessors(network);
  const crew = hire(network, watches, blocks, options.workers);
  const sums = { transitions: 0, quiescent: 0, deadlocks: 0, depth: -1, states: 0 };
  const fired = new Uint8Array(network.steps.length);
  const seen: (number | undefined)[] = watches.map(() => undefined);
  const guard = new Guard(options, () => crew.progress(sums.transitions, sums.depth), crew.stop);
  try {
    let inboxes: Int32Array[][] = crew.men.map((_, worker) => (worker === 0 ? [new Int32Array(2)] : []));
    for (let before = 0; guard.limit === undefined; before = sums.states) {
      const inserted = await Promise.all(crew.men.map((man, worker) => man.ask({ do: 'insert', pairs: inboxes[worker]! })));
      sums.states = inserted.reduce((total, { states }) => total + states, 0);
      if (sums.states === before) break;
      sums.depth++;
      const tables = [tablesOf(blocks.blocks[0]), tablesOf(blocks.blocks[1])] as const;
      const levels = await Promise.all(crew.men.map((man) => man.ask({ do: 'expand', tables })));
      for (const level of levels) {
        sums.transitions += level.transitions;
        sums.quiescent += level.quiescent;
        sums.deadlocks += level.deadlocks;
        for (const watch of level.met) seen[watch] ??= sums.depth;
        for (let step = 0; step < fired.length; step++) fired[step]! |= level.fired[step]!;
      }
      guard.look();
      inboxes = deliver(levels, blocks, options.workers);
    }
  } finally {
    guard.rest();
    await Promise.all(crew.men.map((man) => man.dismiss()));
  }
  const { bytes } = crew.progress(0, 0);
  // What was seen is there: the search that comes back for it ends where it finds it, not at a limit.
  const again = { limits: { statesMax: Infinity, bytesMax: Infinity, millisecondsMax: Infinity }, engine: 'blocks' } as const;
  const paths = (wanted: readonly number[]) =>
    explore(network, watches, { ...again, untilAny: wanted.map((watch) => [watch]) }).paths(wanted);
  return { ...sums, bytes, limit: guard.limit, early: false, seen, fired, paths };
}

const tablesOf = ({ masks, table }: Block): BlockTables => ({ masks, next: table });

/** Starts the workers. */
function hire(network: CompiledNetwork, watches: readonly Watch[], blocks: BlockSuccessors, workers: number) {
  const [first, second] = blocks.blocks;
  const shared = new Int32Array(new SharedArrayBuffer(4 * (COUNTS_FROM + workers * COUNTS_EACH)));
  const base: Omit<WorkerSetup, 'worker'> = {
    workers,
    steps: network.steps.length,
    maskWords: network.maskWords,
    internal: network.internal,
    columns: [first.column, second.column],
    widths: [first.columns, second.columns],
    watchBits: Int32Array.from(watches, ({ conjunction }) => network.conjunctionsFrom + conjunction),
    onlyQuiescent: Uint8Array.from(watches, ({ onlyQuiescent }) => Number(onlyQuiescent)),
    shared,
  };
  const men = Array.from({ length: workers }, (_, worker) => new Crewman({ ...base, worker }));
  const sum = (offset: number): number =>
    men.reduce((total, _, worker) => total + Atomics.load(shared, COUNTS_FROM + worker * COUNTS_EACH + offset), 0);
  return {
    men,
    stop: () => Atomics.store(shared, STOP, 1),
    progress: (transitions: number, depth: number): Progress => ({
      states: sum(0),
      transitions: transitions + sum(1),
      depth,
      bytes: sum(2) * 1024 + blocks.bytes,
    }),
  };
}

/** Looks at the limits while the workers are at work, and after each level. */
class Guard {
  limit: LimitReached | undefined;
  readonly look: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ParallelOptions, progress: () => Progress, stop: () => void) {
    const limits = { ...LIMITS_DEFAULT, ...options.limits };
    const started = performance.now();
    this.look = () => {
      const now = progress();
      this.limit ??= options.onProgress?.(now) === true ? 'stopped' : limitReached(limits, now.states, now.bytes, started);
      if (this.limit !== undefined) stop();
    };
    this.#timer = setInterval(this.look, LOOK);
  }

  rest(): void {
    clearInterval(this.#timer);
  }
}

/** By worker: what the others found for it, in an order that depends on nothing but the number of workers. */
function deliver(levels: readonly Expanded[], blocks: BlockSuccessors, workers: number): Int32Array[][] {
  const late = Array.from({ length: workers }, () => new NumberList());
  const from = new Int32Array(2);
  const to = new Int32Array(2);
  for (const { missing } of levels) {
    for (let at = 0; at < missing.length; at += 3) {
      from[0] = missing[at]!;
      from[1] = missing[at + 1]!;
      blocks.look(from, 0);
      blocks.apply(missing[at + 2]!, to);
      late[ownerOf(to[0]!, workers)]!.push2(to[0]!, to[1]!);
    }
  }
  return late.map((own, worker) => [...levels.map(({ outboxes }) => outboxes[worker]!), own.take()]);
}

/** A worker thread with one question under way at a time. */
class Crewman {
  readonly #thread: Worker;

  constructor(setup: WorkerSetup) {
    this.#thread = new Worker(new URL('worker.mjs', import.meta.url), { workerData: setup });
  }

  ask(message: Extract<ToWorker, { do: 'insert' }>): Promise<Extract<FromWorker, { did: 'inserted' }>>;
  ask(message: Extract<ToWorker, { do: 'expand' }>): Promise<Expanded>;
  ask(message: ToWorker): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      const answered = (answer: FromWorker): void => {
        this.#thread.off('error', reject);
        resolve(answer);
      };
      this.#thread.once('message', answered);
      this.#thread.once('error', reject);
      this.#thread.postMessage(message);
    });
  }

  async dismiss(): Promise<void> {
    await this.#thread.terminate();
  }
}
