/** A list of numbers that grows: what workers send each other. */
export class NumberList {
  #items = new Int32Array(1 << 10);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push2(a: number, b: number): void {
    if (this.#length + 2 > this.#items.length) this.#grow();
    this.#items[this.#length++] = a;
    this.#items[this.#length++] = b;
  }

  push3(a: number, b: number, c: number): void {
    if (this.#length + 3 > this.#items.length) this.#grow();
    this.#items[this.#length++] = a;
    this.#items[this.#length++] = b;
    this.#items[this.#length++] = c;
  }

  /** The items, and an empty list again. */
  take(): Int32Array<ArrayBuffer> {
    const taken = this.#items.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #grow(): void {
    const larger = new Int32Array(this.#items.length * 2);
    larger.set(this.#items);
    this.#items = larger;
  }
}
