/** What a search is asked and what it answers. */
import type { UnpackingSuccessors } from '../compile/successors.ts';
import type { Snapshot } from './checkpoint.ts';
import type { LimitReached, Limits } from './limits.ts';
import type { Glimpse } from './quickPass.ts';

export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Steps from the initial state to the level being expanded. */
  readonly depth: number;
  readonly bytes: number;
  /** What the search has done so far, to be written down; the fast engine only. */
  readonly snapshot?: () => Snapshot;
}

/** `fields` is the readable reference, over packed fields; `blocks` is fast. Both give the same result, up to the choice between shortest paths. */
export type Engine = 'fields' | 'blocks';

export interface ExploreOptions {
  readonly limits?: Partial<Limits>;
  /** Ends the search once each of these groups of watches has a member that was seen. */
  readonly untilAny?: readonly (readonly number[])[];
  /** Default: `fields` for a few states, then `blocks`, which takes a moment to set up. */
  readonly engine?: Engine;
  /** Goes on from here, with the fast engine. */
  readonly resume?: Snapshot;
  /** Builds another successor function than the network's own, for the reference engine: how a reduction comes in. See src/reduce. */
  readonly successors?: () => UnpackingSuccessors;
}

export interface Exploration extends Omit<Progress, 'snapshot'> {
  /** Undefined when every reachable state was expanded. */
  readonly limit: LimitReached | undefined;
  /** True when `untilAny` ended the search early. */
  readonly early: boolean;
  /** States where only the environment can move. */
  readonly quiescent: number;
  /** States where nothing at all can move. */
  readonly deadlocks: number;
  /** By watch: how many steps the nearest state that satisfies it is away, or undefined if none was met. */
  readonly seen: readonly (number | undefined)[];
  /** By step: whether it was ever taken. */
  readonly fired: Uint8Array;
  /** By watch: what a quick pass saw before, where there was one. */
  readonly glimpses?: readonly (Glimpse | undefined)[];
  /** Shortest paths (step numbers) to the states that first satisfied `watches`, all of them seen. */
  readonly paths: (watches: readonly number[]) => number[][];
}

/** An exploration that still holds its states. */
export interface KeptExploration extends Exploration {
  /** Visits every state found, in that order: the local state of each component. The array is used again for the next state. */
  readonly forEachState: (visit: (locals: Int32Array) => void) => void;
  /** Visits every move of a component, by number, that some step taken has made: its local state before, and the event. Some more than once. */
  readonly forEachMove: (visit: (component: number, local: number, event: number) => void) => void;
}

/** A search in slices: see `exploring`. */
export type Search = Generator<Progress, KeptExploration, boolean | undefined>;
