/** One worker of a parallel search: owns the states whose row falls to it, keeps them, and expands them. */
import { parentPort, workerData } from 'node:worker_threads';
import { Expander } from './expander.ts';
import { NumberList } from './numberList.ts';
import { PairLevels } from './pairLevels.ts';
import {
  COUNTED_IN,
  COUNTS_EACH,
  COUNTS_FROM,
  type FromWorker,
  ownerOf,
  STOP,
  type Tables,
  type ToWorker,
  type WorkerSetup,
} from './protocol.ts';
import { WatchBits } from './watch.ts';

const { worker, workers, shape, tables, watchBits, onlyQuiescent, shared } = workerData as WorkerSetup;
const levels = new PairLevels();
const outboxes = Array.from({ length: workers }, () => new NumberList());
const missing = new NumberList();
let met: number[] = [];
const expander = new Expander(shape, new WatchBits(watchBits, onlyQuiescent, shape.maskWords), tables, {
  found(row, column) {
    const owner = ownerOf(row, workers);
    if (owner === worker) levels.add(row, column);
    else outboxes[owner]!.push2(row, column);
  },
  missing: (row, column, step) => missing.push3(row, column, step),
  met(watches) {
    met.push(...watches);
    return false;
  },
});
let expanded = 0;

function insert({ pairs, sizes }: Extract<ToWorker, { do: 'insert' }>): FromWorker {
  levels.reserve(...sizes);
  for (const list of pairs) for (let at = 0; at < list.length; at += 2) levels.add(list[at]!, list[at + 1]!);
  levels.close();
  return { did: 'inserted', states: levels.size };
}

function expand(current: Tables): FromWorker {
  expander.read(current);
  met = [];
  for (; expanded < levels.count; expanded++) {
    const { from: start, to: end } = levels.stretch(expanded);
    for (let at = start; at < end && !pause(); ) {
      const { numbers, from, to } = levels.piece(at, end);
      at += expander.expand(numbers, from, to) - from;
    }
  }
  pause();
  const { transitions, quiescent, deadlocks, fired } = expander;
  return {
    did: 'expanded',
    outboxes: outboxes.map((box) => box.take()),
    missing: missing.take(),
    met,
    counts: { transitions, quiescent, deadlocks, fired, bytes: levels.bytes },
  };
}

/** Writes the counts down; true when the search is to stop. */
function pause(): boolean {
  const at = COUNTS_FROM + worker * COUNTS_EACH;
  Atomics.store(shared, at, levels.size / COUNTED_IN);
  Atomics.store(shared, at + 1, expander.transitions / COUNTED_IN);
  Atomics.store(shared, at + 2, levels.bytes / 1024);
  return Atomics.load(shared, STOP) !== 0;
}

parentPort?.on('message', (message: ToWorker) => {
  const answer = message.do === 'insert' ? insert(message) : expand(message.tables);
  const transfer = answer.did === 'expanded' ? [...answer.outboxes, answer.missing].map(({ buffer }) => buffer as ArrayBuffer) : [];
  parentPort?.postMessage(answer, transfer);
});
