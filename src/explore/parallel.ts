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
import type { Exploration, ExploreOptions, Progress } from './exploration.ts';
import { explore } from './explore.ts';
import { type LimitReached, limitReached, LIMITS_DEFAULT } from './limits.ts';
import { NumberList } from './numberList.ts';
import { partition } from './partition.ts';
import {
  COUNTED_IN,
  type Counts,
  COUNTS_EACH,
  COUNTS_FROM,
  type FromWorker,
  ownerOf,
  STOP,
  type Tables,
  type ToWorker,
  type WorkerSetup,
} from './protocol.ts';
import { quickPass } from './quickPass.ts';
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
  const glimpses = quickPass(network, watches);
  const blocks = blockSuccessors(network, partition(network));
  const crew = hire(network, watches, blocks, options.workers);
  const seen: (number | undefined)[] = watches.map(() => undefined);
  let [depth, states] = [-1, 0];
  let counts: readonly Counts[] = [];
  const guard = new Guard(options, () => crew.progress(depth), crew.stop);
  try {
    let inboxes: Int32Array[][] = crew.men.map((_, worker) => (worker === 0 ? [new Int32Array(2)] : []));
    for (let before = 0; guard.limit === undefined; before = states) {
      // All targets that the workers will read are below these sizes.
      for (const block of blocks.blocks) block.settle();
      const sizes = [blocks.blocks[0].size, blocks.blocks[1].size] as const;
      const inserted = await Promise.all(crew.men.map((man, worker) => man.ask({ do: 'insert', pairs: inboxes[worker]!, sizes })));
      states = inserted.reduce((total, one) => total + one.states, 0);
      if (states === before) break;
      depth++;
      const tables = tablesOf(blocks);
      const expanding = crew.men.map((man) => man.ask({ do: 'expand', tables }));
      // Meanwhile, what the next level will need. This writes only what nobody reads before.
      for (const block of blocks.blocks) block.settle();
      const levels = await Promise.all(expanding);
      for (const { met } of levels) for (const watch of met) seen[watch] ??= depth;
      counts = levels.map((level) => level.counts);
      guard.look();
      inboxes = deliver(levels, blocks, options.workers);
    }
  } finally {
    guard.rest();
    await Promise.all(crew.men.map((man) => man.dismiss()));
  }
  const fired = new Uint8Array(network.steps.length);
  for (const block of blocks.blocks) block.markTaken(fired);
  for (const own of counts) own.fired.forEach((taken, step) => (fired[step]! |= taken));
  const sum = (field: Exclude<keyof Counts, 'fired'>): number => counts.reduce((total, own) => total + own[field], 0);
  // What was seen is there: the search that comes back for it ends where it finds it, not at a limit.
  const again = { limits: { statesMax: Infinity, bytesMax: Infinity, millisecondsMax: Infinity }, engine: 'blocks' } as const;
  return {
    states,
    depth,
    transitions: sum('transitions'),
    quiescent: sum('quiescent'),
    deadlocks: sum('deadlocks'),
    bytes: sum('bytes') + blocks.bytes,
    limit: guard.limit,
    early: false,
    seen,
    fired,
    glimpses,
    paths: (wanted) => explore(network, watches, { ...again, untilAny: wanted.map((watch) => [watch]) }).paths(wanted),
  };
}

/** The tables as plain data, which can be sent. */
function tablesOf({ blocks }: BlockSuccessors): Tables {
  const plain = ({ stride, rows, targets, solo, joint, moving }: Block) => ({ stride, rows, targets, solo, joint, moving });
  return [plain(blocks[0]), plain(blocks[1])];
}

/** Starts the workers. */
function hire(network: CompiledNetwork, watches: readonly Watch[], blocks: BlockSuccessors, workers: number) {
  const shared = new Int32Array(new SharedArrayBuffer(4 * (COUNTS_FROM + workers * COUNTS_EACH)));
  const { conjunctionsFrom, maskWords, internal } = network;
  const base: Omit<WorkerSetup, 'worker'> = {
    workers,
    shape: { conjunctionsFrom, maskWords, internal },
    tables: tablesOf(blocks),
    watchBits: watches.map(({ conjunction }) => conjunctionsFrom + conjunction),
    onlyQuiescent: watches.map(({ onlyQuiescent }) => onlyQuiescent),
    shared,
  };
  const men = Array.from({ length: workers }, (_, worker) => new Crewman({ ...base, worker }));
  const sum = (offset: number): number =>
    men.reduce((total, _, worker) => total + Atomics.load(shared, COUNTS_FROM + worker * COUNTS_EACH + offset), 0);
  return {
    men,
    stop: () => Atomics.store(shared, STOP, 1),
    progress: (depth: number): Progress => ({
      states: sum(0) * COUNTED_IN,
      transitions: sum(1) * COUNTED_IN,
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
function deliver(levels: readonly Expanded[], { blocks: [first, second] }: BlockSuccessors, workers: number): Int32Array[][] {
  const late = Array.from({ length: workers }, () => new NumberList());
  for (const { missing } of levels) {
    for (let at = 0; at < missing.length; at += 3) {
      const row = first.next(missing[at]!, missing[at + 2]!);
      late[ownerOf(row, workers)]!.push2(row, second.next(missing[at + 1]!, missing[at + 2]!));
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
