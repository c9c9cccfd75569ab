/** How each state was first reached: its parent and the step between them, so that shortest paths can be rebuilt. */
export interface Trail {
  readonly bytes: number;
  /** Makes room for states numbered below `size`. */
  reserve(size: number): void;
  set(state: number, parent: number, step: number): void;
  /** The steps from state 0 to `state`. */
  path(state: number): number[];
}

export function growingTrail(): Trail {
  let parents = new Int32Array(1 << 12);
  let steps = new Int32Array(1 << 12);
  return {
    get bytes() {
      return parents.byteLength + steps.byteLength;
    },
    reserve(size) {
      if (size <= parents.length) return;
      const length = 2 ** Math.ceil(Math.log2(size));
      parents = grown(parents, length);
      steps = grown(steps, length);
    },
    set(state, parent, step) {
      parents[state] = parent;
      steps[state] = step;
    },
    path(state) {
      const path: number[] = [];
      for (let at = state; at !== 0; at = parents[at]!) path.push(steps[at]!);
      return path.reverse();
    },
  };
}

function grown(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
