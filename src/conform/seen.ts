/** What a trace shows, in the words of a network: the input of the search, made by whoever knows what the lines mean. */
import type { Observation } from '../model/component.ts';
import type { Revealed } from '../model/network.ts';

interface At {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly text: string;
  /** A line of another CPU proves that it had happened by then. */
  readonly before?: number;
}

/** A step happened: one that reveals `shows.event` with every argument that `shows` has. */
export interface SeenStep extends At {
  readonly kind: 'step';
  readonly shows: Revealed;
  /** What the line says of the state before the step. */
  readonly when: readonly Observation[];
}

/** Something is true at this moment; no step belongs to the line. */
export interface SeenState extends At {
  readonly kind: 'state';
  readonly when: readonly Observation[];
}

/** The line cannot follow the lines before it, whatever the model says. */
export interface Contradiction extends At {
  readonly kind: 'contradiction';
  readonly why: string;
}

export type Seen = SeenStep | SeenState | Contradiction;

/** In file order, but for what had happened before; of one line, what the model can explain comes first. */
export function inFileOrder(all: readonly Seen[]): Seen[] {
  const rank = (seen: Seen): number => (seen.kind === 'contradiction' ? 1 : 0);
  const place = ({ line, before }: Seen): number => (before === undefined ? line : before - 0.5);
  return [...all].sort((a, b) => place(a) - place(b) || rank(a) - rank(b));
}
