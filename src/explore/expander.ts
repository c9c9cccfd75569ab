/**
 * The inner loop of a search over two blocks: all successors of the states of one level, from the blocks' tables.
 *
 * The solo steps of either block are lists to walk through; only the joint ones need their bits combined. Nothing is
 * allocated per state.
 */
import { bitCount, type BlockTables } from '../compile/blockTables.ts';
import type { WatchBits } from './watch.ts';

/** What an expander tells as it goes. */
export interface Sink {
  /** A successor was found: new or known. */
  found(row: number, column: number): void;
  /** The target of the joint step `step` from (row, column) is not computed. After this, tables are read again. */
  missing(row: number, column: number, step: number): void;
  /** The state meets `watches` for the first time. True ends the expansion after this state. */
  met(watches: readonly number[], row: number, column: number): boolean;
}

/** What an expander must know of a network, as plain data. */
export interface Shape {
  /** The number of steps. */
  readonly conjunctionsFrom: number;
  readonly maskWords: number;
  /** The bits of the steps that are not the environment's. */
  readonly internal: Int32Array;
}

export class Expander {
  transitions = 0;
  quiescent = 0;
  deadlocks = 0;
  /** By joint step: whether it was taken. All solo steps of a state are taken. */
  readonly fired: Uint8Array;
  readonly #shape: Shape;
  readonly #watches: WatchBits;
  readonly #sink: Sink;
  readonly #bits: Int32Array;
  #tables: readonly [BlockTables, BlockTables];
  /** The words with a joint step. */
  readonly #words: Int32Array;
  /** The row that the stream is in. */
  #row = 0;

  constructor(shape: Shape, watches: WatchBits, tables: readonly [BlockTables, BlockTables], sink: Sink) {
    this.#shape = shape;
    this.#watches = watches;
    this.#tables = tables;
    this.#sink = sink;
    this.#bits = new Int32Array(shape.maskWords);
    this.fired = new Uint8Array(shape.conjunctionsFrom);
    this.#words = Int32Array.from([...tables[0].joint.keys()].filter((word) => tables[0].joint[word] !== 0));
  }

  /** Reads other tables from now on. */
  read(tables: readonly [BlockTables, BlockTables]): void {
    this.#tables = tables;
  }

  /**
   * Expands the states in `stream` from position `from` to `to`; see `PairLevels` for what is written there. Returns the
   * position after the last state expanded: `to`, unless the sink ended it.
   */
  expand(stream: Int32Array, from: number, to: number): number {
    const { maskWords, internal } = this.#shape;
    const watches = this.#watches;
    const [first, second] = this.#tables;
    const { joint, moving: movingRow, stride: strideRow } = first;
    const { moving: movingColumn, stride: strideColumn } = second;
    const words = this.#words;
    const sink = this.#sink;
    let [rows, columns, rowTargets, columnTargets] = [first.rows, second.rows, first.targets, second.targets];
    let row = this.#row;
    for (let index = from; index < to; index++) {
      const column = stream[index]!;
      if (column < 0) {
        row = ~column;
        continue;
      }
      const atRow = row * strideRow;
      const atColumn = column * strideColumn;
      const rowEnd = atRow + strideRow;
      const columnEnd = atColumn + strideColumn;
      let able = rows[rowEnd - 1]! | columns[columnEnd - 1]!;
      let taken = rows[rowEnd - 2]! + columns[columnEnd - 2]!;
      for (let solo = rows[rowEnd - 3]!, end = solo + rows[rowEnd - 2]!; solo < end; solo++) sink.found(rowTargets[solo]!, column);
      for (let solo = columns[columnEnd - 3]!, end = solo + columns[columnEnd - 2]!; solo < end; solo++)
        sink.found(row, columnTargets[solo]!);
      for (let at = 0; at < words.length; at++) {
        const word = words[at]!;
        const rowBits = rows[atRow + word]!;
        const columnBits = columns[atColumn + word]!;
        let bits = rowBits & columnBits & joint[word]!;
        able |= bits & internal[word]!;
        while (bits !== 0) {
          const bit = bits & -bits;
          bits ^= bit;
          taken++;
          const step = (word << 5) + 31 - Math.clz32(bit);
          this.fired[step] = 1;
          let toRow = row;
          let toColumn = column;
          const moves = movingRow[word]!;
          if ((moves & bit) !== 0) toRow = rowTargets[rows[atRow + maskWords + word]! + bitCount(rowBits & moves & (bit - 1))]!;
          const others = movingColumn[word]!;
          if ((others & bit) !== 0)
            toColumn = columnTargets[columns[atColumn + maskWords + word]! + bitCount(columnBits & others & (bit - 1))]!;
          if (toRow >= 0 && toColumn >= 0) sink.found(toRow, toColumn);
          else {
            sink.missing(row, column, step);
            [rows, columns, rowTargets, columnTargets] = [first.rows, second.rows, first.targets, second.targets];
          }
        }
      }
      this.transitions += taken;
      if (taken === 0) this.deadlocks++;
      if (able === 0) this.quiescent++;
      let meets = able === 0 ? 1 : 0;
      for (let at = 0; at < watches.words.length; at++) {
        const word = watches.words[at]!;
        meets |= rows[atRow + word]! & columns[atColumn + word]! & watches.anywhere[word]!;
      }
      if (meets !== 0 && this.#meets(atRow, atColumn, able === 0, row, column)) {
        this.#row = row;
        return index + 1;
      }
    }
    this.#row = row;
    return to;
  }

  #meets(atRow: number, atColumn: number, quiescent: boolean, row: number, column: number): boolean {
    const [{ rows }, { rows: columns }] = this.#tables;
    for (let word = 0; word < this.#bits.length; word++) this.#bits[word] = rows[atRow + word]! & columns[atColumn + word]!;
    const met = this.#watches.meet(this.#bits, quiescent);
    return met !== undefined && this.#sink.met(met, row, column);
  }
}
