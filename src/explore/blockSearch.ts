/** The fast engine: breadth-first search over two blocks, on one thread. */
import { type BlockSuccessors, blockSuccessors } from '../compile/blockSuccessors.ts';
import type { CompiledNetwork } from '../compile/compile.ts';
import type { Snapshot } from './checkpoint.ts';
import { Expander } from './expander.ts';
import type { ExploreOptions, KeptExploration, Progress, Search } from './exploration.ts';
import { type LimitReached, limitReached, type Limits } from './limits.ts';
import { PairLevels } from './pairLevels.ts';
import { type Found, pathsTo } from './retrace.ts';
import { Groups, type Watch, watchBits } from './watch.ts';

type Options = ExploreOptions & { readonly limits: Limits };

/** Explores `network`, folded into the blocks `parts`, in slices. */
export function* searchBlocks(
  network: CompiledNetwork,
  watches: readonly Watch[],
  options: Options,
  parts: BlockSuccessors['parts'],
): Search {
  const { limits } = options;
  const started = performance.now();
  const search = new BlockSearch(network, watches, options, parts);
  let limit: LimitReached | undefined;
  while (limit === undefined && search.nextLevel()) {
    const snapshot = search.snapshot();
    do {
      const stop = yield { ...search.progress(), snapshot };
      const { states, bytes } = search.progress();
      limit = stop === true ? 'stopped' : limitReached(limits, states, bytes, started);
    } while (limit === undefined && search.expandSome());
  }
  return search.result(limit);
}

class BlockSearch {
  readonly #network: CompiledNetwork;
  readonly #successors: BlockSuccessors;
  readonly #levels = new PairLevels();
  readonly #expander: Expander;
  readonly #found: (Found | undefined)[];
  /** The level being expanded, and the position in it; the first one opens when it is asked for. */
  #level = -1;
  #at = 0;
  #early = false;

  constructor(network: CompiledNetwork, watches: readonly Watch[], { resume, untilAny = [] }: Options, parts: BlockSuccessors['parts']) {
    this.#network = network;
    this.#successors = blockSuccessors(network, parts);
    const [first, second] = this.#successors.blocks;
    const groups = new Groups(untilAny);
    this.#found = watches.map(() => undefined);
    this.#expander = new Expander(network, watchBits(network, watches), [first, second], {
      found: (row, column) => this.#levels.add(row, column),
      missing: (row, column, step) => {
        const [toRow, toColumn] = [first.next(row, step), second.next(column, step)];
        this.#levels.reserve(first.size, second.size);
        this.#levels.add(toRow, toColumn);
      },
      met: (met, row, column) => {
        for (const watch of met) this.#found[watch] ??= { level: this.#level, state: [row, column] };
        this.#early = groups.done(met);
        return this.#early;
      },
    });
    if (resume) this.#resume(resume, groups);
    else {
      this.#levels.reserve(1, 1);
      this.#levels.add(0, 0);
    }
  }

  #resume({ counts, blocks, starts, stream, found, fired }: Snapshot, groups: Groups): void {
    const [first, second] = this.#successors.blocks;
    this.#successors.restore(blocks);
    this.#levels.reserve(first.size, second.size);
    this.#levels.restore(stream, starts);
    this.#level = starts.length - 2;
    Object.assign(this.#expander, counts);
    this.#expander.fired.set(fired);
    found.forEach((one, watch) => (this.#found[watch] = one ?? undefined));
    groups.done(found.flatMap((one, watch) => (one === null ? [] : [watch])));
  }

  /** Opens the next level. False if there is none, or the search is to end early. */
  nextLevel(): boolean {
    if (this.#early || (!this.#levels.close() && this.#level + 1 >= this.#levels.count)) return false;
    this.#level++;
    this.#at = this.#levels.stretch(this.#level).from;
    const [first, second] = this.#successors.blocks;
    first.settle();
    second.settle();
    this.#levels.reserve(first.size, second.size);
    return true;
  }

  /** Expands some of the states of the level. False at its end, or when the search is to end early. */
  expandSome(): boolean {
    const { to: end } = this.#levels.stretch(this.#level);
    const { numbers, from, to } = this.#levels.piece(this.#at, end);
    this.#at += this.#expander.expand(numbers, from, to) - from;
    return !this.#early && this.#at < end;
  }

  progress(): Progress {
    const { transitions } = this.#expander;
    const bytes = this.#levels.bytes + this.#successors.bytes;
    return { states: this.#levels.size, transitions, depth: this.#level, bytes };
  }

  /** What was done before the level at hand; asked for later, it still tells that. */
  snapshot(): () => Snapshot {
    const { transitions, quiescent, deadlocks } = this.#expander;
    const fired = [...this.#expander.fired];
    const found = this.#found.map((one) => one ?? null);
    const { to } = this.#levels.stretch(this.#level);
    const starts = Array.from({ length: this.#level + 1 }, (_, level) => this.#levels.stretch(level).from);
    return () => ({
      counts: { transitions, quiescent, deadlocks },
      starts,
      found,
      fired,
      parts: this.#successors.parts,
      blocks: this.#successors.locals(),
      stream: this.#levels.pieces(to),
    });
  }

  result(limit: LimitReached | undefined): KeptExploration {
    const { quiescent, deadlocks, fired } = this.#expander;
    this.#successors.blocks.forEach((block) => block.markTaken(fired));
    return {
      ...this.progress(),
      limit,
      early: this.#early,
      quiescent,
      deadlocks,
      seen: this.#found.map((one) => one?.level),
      fired,
      paths: (wanted) => pathsTo(this.#found, wanted, this.#network.steps.length, this.#successors, this.#parents),
      forEachState: (visit) => this.#forEachState(visit),
      forEachMove: (visit) => this.#successors.blocks.forEach((block) => block.forEachMove(visit)),
    };
  }

  /** Visits the states of `level` whose row leads to a row of `children` at all. */
  readonly #parents = (level: number, children: readonly Int32Array[], visit: (state: Int32Array) => boolean): void => {
    const [rows] = this.#successors.blocks;
    const wanted = new Set(children.map((child) => child[0]!));
    const state = new Int32Array(2);
    this.#levels.forEach(
      this.#levels.stretch(level),
      (row, column) => {
        state[0] = row;
        state[1] = column;
        return visit(state);
      },
      (row) => !wanted.has(row) && !rows.leadsTo(row, wanted),
    );
  };

  #forEachState(visit: (locals: Int32Array) => void): void {
    const locals = new Int32Array(this.#network.parts.length);
    const state = new Int32Array(2);
    for (let level = 0; level <= this.#levels.count - 1; level++) {
      this.#levels.forEach(this.#levels.stretch(level), (row, column) => {
        state[0] = row;
        state[1] = column;
        this.#successors.unpack(state, 0, locals);
        visit(locals);
      });
    }
  }
}
