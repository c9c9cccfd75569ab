/**
 * The successor function over packed states: the seam behind which a generated one can take its place.
 *
 * `look` reads one state and computes its enabled steps and satisfied conjunctions; `apply` writes the successor by one
 * enabled step. Nothing is allocated per state.
 */
import type { CompiledNetwork } from './compile.ts';

export interface Successors {
  /** 32-bit words per state. */
  readonly words: number;
  readonly initial: Int32Array;
  /** The bit rows of the state last looked at: steps first, then conjunctions. */
  readonly enabled: Int32Array;
  look(states: Int32Array, offset: number): void;
  /** Writes the successor of the state last looked at. The step must be enabled. */
  apply(step: number, target: Int32Array): void;
  /** No step of the system itself is enabled in the state last looked at; only the environment may move. */
  quiescent(): boolean;
}

/** With the way back from a packed state to local states. */
export interface UnpackingSuccessors extends Successors {
  /** Bytes of its tables, where they grow. */
  readonly bytes?: number;
  /** Writes the local state of every component in the state at `offset`. */
  unpack(states: Int32Array, offset: number, locals: Int32Array): void;
}

/** The table-driven successor function. */
export function tableSuccessors(network: CompiledNetwork): UnpackingSuccessors {
  const { layout, maskWords, masks, internal } = network;
  const count = network.parts.length;
  const words = layout.words;
  const fieldWord = Int32Array.from(layout.fields, (field) => field.word);
  const fieldShift = Int32Array.from(layout.fields, (field) => field.shift);
  const fieldMask = Int32Array.from(layout.fields, (field) => field.mask);
  const stepStart = new Int32Array(network.steps.length + 1);
  network.steps.forEach((step, index) => {
    stepStart[index + 1] = (stepStart[index] ?? 0) + step.moves.length;
  });
  const allMoves = network.steps.flatMap((step) => step.moves);
  const moveComponent = Int32Array.from(allMoves, (move) => move.component);
  const moveWord = Int32Array.from(allMoves, (move) => move.word);
  const moveDelta = allMoves.map((move) => move.delta);

  const locals = new Int32Array(count);
  const current = new Int32Array(words);
  const enabled = new Int32Array(maskWords);

  return {
    words,
    // Local state 0 of every component is its initial one.
    initial: new Int32Array(words),
    enabled,
    look(states, offset) {
      for (let word = 0; word < words; word++) current[word] = states[offset + word]!;
      enabled.fill(-1);
      for (let component = 0; component < count; component++) {
        const local = (current[fieldWord[component]!]! >>> fieldShift[component]!) & fieldMask[component]!;
        locals[component] = local;
        const rows = masks[component]!;
        const row = local * maskWords;
        for (let word = 0; word < maskWords; word++) enabled[word]! &= rows[row + word]!;
      }
    },
    unpack(states, offset, target) {
      for (let component = 0; component < count; component++) {
        target[component] = (states[offset + fieldWord[component]!]! >>> fieldShift[component]!) & fieldMask[component]!;
      }
    },
    apply(step, target) {
      for (let word = 0; word < words; word++) target[word] = current[word]!;
      const end = stepStart[step + 1]!;
      for (let move = stepStart[step]!; move < end; move++) {
        target[moveWord[move]!]! += moveDelta[move]![locals[moveComponent[move]!]!]!;
      }
    },
    quiescent() {
      for (let word = 0; word < maskWords; word++) if ((enabled[word]! & internal[word]!) !== 0) return false;
      return true;
    },
  };
}
