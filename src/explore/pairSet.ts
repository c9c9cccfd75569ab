/**
 * The visited set for states that are two small numbers, a row and a column: a matrix of bits, of which only the pages
 * that hold something exist. Exact, and where the two blocks are well chosen a byte or two per state.
 */

/** Columns per page, as a power of two: a page is one cache line. */
const PAGE = 9;
const PAGE_WORDS = 1 << (PAGE - 5);
/** Pages per chunk, as a power of two; a set grows by whole chunks, so that no bit is copied. */
const CHUNK = 12;
const CHUNK_PAGES = 1 << CHUNK;
const CHUNK_WORDS = CHUNK_PAGES * PAGE_WORDS;

/** How much more room for rows and for columns each time. */
const GROWTH = 1.5;

export class PairSet {
  /** By row and page of columns: the number of the page, or 0. */
  #pages = new Int32Array(1 << 8);
  #pagesPerRow = 1;
  readonly #chunks: Int32Array[] = [];
  /** The number of the next page; 0 stands for none. */
  #fresh = 1;

  get bytes(): number {
    return this.#pages.byteLength + this.#chunks.length * CHUNK_WORDS * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Makes room for rows and columns below these numbers. */
  reserve(rows: number, columns: number): void {
    const perRow = ((columns - 1) >> PAGE) + 1;
    if (perRow <= this.#pagesPerRow && rows * this.#pagesPerRow <= this.#pages.length) return;
    const wider = perRow <= this.#pagesPerRow ? this.#pagesPerRow : Math.ceil(perRow * GROWTH);
    const larger = new Int32Array(Math.ceil(rows * GROWTH) * wider);
    const held = Math.floor(this.#pages.length / this.#pagesPerRow);
    for (let row = 0; row < Math.min(held, rows); row++) {
      larger.set(this.#pages.subarray(row * this.#pagesPerRow, (row + 1) * this.#pagesPerRow), row * wider);
    }
    this.#pages = larger;
    this.#pagesPerRow = wider;
  }

  /** Adds a pair, for which there must be room. True if it is new. */
  add(row: number, column: number): boolean {
    const at = row * this.#pagesPerRow + (column >> PAGE);
    let page = this.#pages[at]!;
    if (page === 0) {
      page = this.#fresh++;
      this.#pages[at] = page;
      if (page >> CHUNK === this.#chunks.length) this.#chunks.push(new Int32Array(CHUNK_WORDS));
    }
    const chunk = this.#chunks[page >> CHUNK]!;
    const word = (page & (CHUNK_PAGES - 1)) * PAGE_WORDS + ((column >> 5) & (PAGE_WORDS - 1));
    const bit = 1 << (column & 31);
    if ((chunk[word]! & bit) !== 0) return false;
    chunk[word]! |= bit;
    return true;
  }
}
