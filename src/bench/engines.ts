/** The engines that are compared. */
import type { Measure, Task } from './figures.ts';
import { graph } from './flat.ts';
import { glance, ours, workers } from './ours.ts';
import { missingForSpin, spin } from './spin.ts';
import { missingForTlc, tlc } from './tlc.ts';

export type EngineName = 'quick' | 'blocks' | 'fields' | 'workers' | 'graph' | 'spin-depth' | 'spin-breadth' | 'tlc';

interface Compared {
  /** What the table calls it. */
  readonly label: string;
  readonly measure: Measure;
  readonly tasks: readonly Task[];
  /** Undefined, or what is not installed here. */
  readonly missing?: () => string | undefined;
}

export const ENGINES: Readonly<Record<EngineName, Compared>> = {
  blocks: { label: 'rxproof', measure: ours('blocks'), tasks: ['exhaust', 'hunt'] },
  quick: { label: 'rxproof, quick pass', measure: glance, tasks: ['hunt'] },
  fields: { label: 'rxproof, reference engine', measure: ours('fields'), tasks: ['exhaust', 'hunt'] },
  workers: { label: 'rxproof, 2 threads', measure: workers(2), tasks: ['exhaust'] },
  graph: { label: '@xstate/graph getAdjacencyMap', measure: graph, tasks: ['exhaust'] },
  'spin-depth': { label: 'SPIN -DNOREDUCE, depth first', measure: spin('depth'), tasks: ['exhaust', 'hunt'], missing: missingForSpin },
  'spin-breadth': { label: 'SPIN -DNOREDUCE -DBFS', measure: spin('breadth'), tasks: ['exhaust', 'hunt'], missing: missingForSpin },
  tlc: { label: 'TLC, 1 worker', measure: tlc, tasks: ['exhaust'], missing: missingForTlc },
};
