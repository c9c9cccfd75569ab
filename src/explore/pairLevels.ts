/**
 * The states of a breadth-first search over pairs, level by level, and within a level row by row: what is expanded
 * together then reads the same row of tables, and the row need be written down once only.
 *
 * A level is a stretch of one stream of numbers: `~row` (which is negative), then the columns found in it, then the next row.
 */
import { EngineError } from '../trace/replay.ts';
import { PairSet } from './pairSet.ts';

/** Numbers per chunk of the stream, as a power of two; it grows by whole chunks, so that nothing is copied. */
const CHUNK = 16;
const CHUNK_SIZE = 1 << CHUNK;

/** A stretch of the stream. Positions are counted from its beginning and may pass 2^31. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class PairLevels {
  readonly #visited = new PairSet();
  readonly #chunks: Int32Array[] = [];
  readonly #starts: number[] = [];
  #end = 0;
  #size = 0;
  #rows = 0;
  /** Pairs found since the last level was closed, in the order they were found. */
  #foundRows = new Int32Array(1 << 10);
  #foundColumns = new Int32Array(1 << 10);
  #found = 0;
  /** By row: how many of its pairs were found, then where the next one goes. */
  #places = new Float64Array(0);

  /** States found. */
  get size(): number {
    return this.#size;
  }

  /** Levels that are closed. */
  get count(): number {
    return this.#starts.length;
  }

  get bytes(): number {
    const words = this.#chunks.length * CHUNK_SIZE + this.#foundRows.length + this.#foundColumns.length;
    return this.#visited.bytes + words * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Makes room for rows and columns below these numbers. */
  reserve(rows: number, columns: number): void {
    this.#rows = Math.max(this.#rows, rows);
    this.#visited.reserve(rows, columns);
  }

  /** Adds a pair, for which there must be room, to the level that is growing, unless it was found before. */
  add(row: number, column: number): void {
    if (!this.#visited.add(row, column)) return;
    if (this.#found === this.#foundRows.length) this.#lengthen();
    this.#foundRows[this.#found] = row;
    this.#foundColumns[this.#found++] = column;
    this.#size++;
  }

  /** Ends the level that is growing. False if nothing was found for it, and there is no such level. */
  close(): boolean {
    const found = this.#found;
    if (found === 0) return false;
    if (this.#places.length < this.#rows) this.#places = new Float64Array(this.#rows * 2);
    const places = this.#places;
    places.fill(0);
    for (let index = 0; index < found; index++) places[this.#foundRows[index]!]!++;
    this.#starts.push(this.#end);
    let at = this.#end;
    for (let row = 0; row < this.#rows; row++) {
      const count = places[row]!;
      if (count === 0) continue;
      this.#write(at, ~row);
      places[row] = at + 1;
      at += count + 1;
    }
    for (let index = 0; index < found; index++) this.#write(places[this.#foundRows[index]!]!++, this.#foundColumns[index]!);
    if (at - this.#end < found)
      throw new EngineError(`${found} pairs were found, some of them beyond the ${this.#rows} rows there is room for`);
    this.#end = at;
    this.#found = 0;
    return true;
  }

  /** Where level `level` is in the stream. */
  stretch(level: number): Stretch {
    return { from: this.#starts[level]!, to: this.#starts[level + 1] ?? this.#end };
  }

  /** The chunk that holds position `at`, the place in it, and the place where what is asked for ends, at `to` or before. */
  piece(at: number, to: number): { readonly numbers: Int32Array; readonly from: number; readonly to: number } {
    const chunk = Math.floor(at / CHUNK_SIZE);
    const start = chunk * CHUNK_SIZE;
    return { numbers: this.#chunks[chunk]!, from: at - start, to: Math.min(CHUNK_SIZE, to - start) };
  }

  /** Visits the states of a stretch, in order, until `visit` returns true. `skip` leaves out whole rows. */
  forEach(stretch: Stretch, visit: (row: number, column: number) => boolean | void, skip?: (row: number) => boolean): void {
    let row = 0;
    let skipped = false;
    for (let at = stretch.from; at < stretch.to; ) {
      const { numbers, from, to } = this.piece(at, stretch.to);
      for (let index = from; index < to; index++) {
        const number = numbers[index]!;
        if (number < 0) {
          row = ~number;
          skipped = skip?.(row) ?? false;
        } else if (!skipped && visit(row, number) === true) return;
      }
      at += to - from;
    }
  }

  /** The stream up to position `to`, in pieces. */
  pieces(to: number): Int32Array[] {
    const pieces: Int32Array[] = [];
    for (let at = 0; at < to; ) {
      const piece = this.piece(at, to);
      pieces.push(piece.numbers.slice(piece.from, piece.to));
      at += piece.to - piece.from;
    }
    return pieces;
  }

  /** Takes in a stream that `pieces` gave, whose levels start at `starts`. There must be room for its pairs. */
  restore(pieces: readonly Int32Array[], starts: readonly number[]): void {
    let [at, row, level] = [0, 0, 1];
    for (const piece of pieces) {
      for (const number of piece) {
        if (at === starts[level]) {
          this.close();
          level++;
        }
        if (number < 0) row = ~number;
        else this.add(row, number);
        at++;
      }
    }
    this.close();
  }

  #write(at: number, number: number): void {
    const chunk = Math.floor(at / CHUNK_SIZE);
    while (chunk >= this.#chunks.length) this.#chunks.push(new Int32Array(CHUNK_SIZE));
    this.#chunks[chunk]![at - chunk * CHUNK_SIZE] = number;
  }

  #lengthen(): void {
    const rows = new Int32Array(this.#found * 2);
    const columns = new Int32Array(this.#found * 2);
    rows.set(this.#foundRows);
    columns.set(this.#foundColumns);
    this.#foundRows = rows;
    this.#foundColumns = columns;
  }
}
