/** One worker of a parallel search: owns the states whose first number falls to it, keeps them, and expands them. */
import { parentPort, workerData } from 'node:worker_threads';
import { NumberList } from './numberList.ts';
import { pairStore } from './pairStore.ts';
import { type BlockTables, COUNTS_EACH, COUNTS_FROM, type FromWorker, ownerOf, STOP, type ToWorker, type WorkerSetup } from './protocol.ts';
import { WatchBits } from './watch.ts';

/** States between two looks at the flag to stop. */
const STRIDE = 4096;

const setup = workerData as WorkerSetup;
const { worker, workers, steps, maskWords, internal, columns, widths, watchBits, onlyQuiescent, shared } = setup;
const counts = COUNTS_FROM + worker * COUNTS_EACH;
const stepWords = (steps + 31) >> 5;
/** States are kept with their first number divided by the number of workers, so that rows are dense. */
const store = pairStore();
const pair = new Int32Array(2);
const outboxes = Array.from({ length: workers }, () => new NumberList());
const missing = new NumberList();
const enabled = new Int32Array(maskWords);
const watches = new WatchBits([...watchBits], [...onlyQuiescent].map(Boolean), maskWords);
let expanded = 0;

function insert(first: number, second: number): void {
  pair[0] = (first - worker) / workers;
  pair[1] = second;
  store.add(pair);
}

function insertAll(pairs: readonly Int32Array[]): FromWorker {
  for (const list of pairs) for (let at = 0; at < list.length; at += 2) insert(list[at]!, list[at + 1]!);
  return { did: 'inserted', states: store.size };
}

function expand([tablesA, tablesB]: readonly [BlockTables, BlockTables]): FromWorker {
  const level = { transitions: 0, quiescent: 0, deadlocks: 0, met: [] as number[], fired: new Uint8Array(steps) };
  const end = store.size;
  for (; expanded < end; expanded++) {
    if (expanded % STRIDE === 0 && pause(level.transitions)) break;
    const a = store.states[expanded * 2]! * workers + worker;
    const b = store.states[expanded * 2 + 1]!;
    let moves = 0;
    for (let word = 0; word < maskWords; word++) {
      enabled[word] = tablesA.masks[a * maskWords + word]! & tablesB.masks[b * maskWords + word]!;
      moves |= enabled[word]! & internal[word]!;
    }
    if (moves === 0) level.quiescent++;
    const met = watches.meet(enabled, moves === 0);
    if (met !== undefined) level.met.push(...met);
    const taken = successors(a, b, tablesA.next, tablesB.next, level.fired);
    level.transitions += taken;
    if (taken === 0) level.deadlocks++;
  }
  pause(level.transitions);
  return { did: 'expanded', outboxes: outboxes.map((box) => box.take()), missing: missing.take(), bytes: store.bytes, ...level };
}

/** Takes every enabled step of (a, b). Returns how many there were. */
function successors(a: number, b: number, nextA: Int32Array, nextB: Int32Array, fired: Uint8Array): number {
  let taken = 0;
  for (let word = 0; word < stepWords; word++) {
    const rest = steps - (word << 5);
    let bits = rest >= 32 ? enabled[word]! : enabled[word]! & ((1 << rest) - 1);
    while (bits !== 0) {
      const step = (word << 5) + (31 - Math.clz32(bits & -bits));
      bits &= bits - 1;
      taken++;
      fired[step] = 1;
      const columnA = columns[0][step]!;
      const columnB = columns[1][step]!;
      const toA = columnA < 0 ? a : nextA[a * widths[0] + columnA]!;
      const toB = columnB < 0 ? b : nextB[b * widths[1] + columnB]!;
      if (toA < 0 || toB < 0) missing.push3(a, b, step);
      else if (ownerOf(toA, workers) === worker) insert(toA, toB);
      else outboxes[ownerOf(toA, workers)]!.push2(toA, toB);
    }
  }
  return taken;
}

/** Writes the counts down; true when the search is to stop. */
function pause(transitions: number): boolean {
  Atomics.store(shared, counts, store.size);
  Atomics.store(shared, counts + 1, transitions);
  Atomics.store(shared, counts + 2, store.bytes >> 10);
  return Atomics.load(shared, STOP) !== 0;
}

parentPort?.on('message', (message: ToWorker) => {
  const answer = message.do === 'insert' ? insertAll(message.pairs) : expand(message.tables);
  const transfer = answer.did === 'expanded' ? [...answer.outboxes, answer.missing].map(({ buffer }) => buffer as ArrayBuffer) : [];
  parentPort?.postMessage(answer, transfer);
});
