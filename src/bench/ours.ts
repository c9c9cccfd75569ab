/** This project's own engines, measured in the process that calls. */
import { planCheck } from '../explore/check.ts';
import type { Engine, Exploration } from '../explore/exploration.ts';
import { explore } from '../explore/explore.ts';
import { exploreParallel } from '../explore/parallel.ts';
import { quickPass } from '../explore/quickPass.ts';
import { replay } from '../trace/replay.ts';
import { cpuSecondsSoFar, type Measure, type Sample, type Subject, type Task, timed } from './figures.ts';

/** Not to be felt: a measurement of half a search says nothing. */
const LIMITS = { statesMax: 2 ** 29, bytesMax: 2 ** 36, millisecondsMax: 60 * 60_000 };

/** One thread, over packed fields or over blocks. A hunt includes the trace, replayed on XState. */
export function ours(engine: Engine): Measure {
  return async (subject, task) => {
    const plan = planned(subject, task);
    const setUpCpuSeconds = cpuSecondsSoFar();
    const { result, ...times } = await timed(() => {
      const exploration = explore(plan.compiled, plan.watches, { ...plan.options, engine });
      return { exploration, length: task === 'hunt' ? lengthOf(plan.conclude(exploration)) : undefined };
    });
    const { exploration, length } = result;
    return { ...countsOf(exploration), ...times, setUpCpuSeconds, ...(length === undefined ? {} : { length }) };
  };
}

/** Several threads. */
export function workers(count: number): Measure {
  return async (subject, task) => {
    const plan = planned(subject, task);
    const setUpCpuSeconds = cpuSecondsSoFar();
    const { result, ...times } = await timed(() => exploreParallel(plan.compiled, plan.watches, { limits: LIMITS, workers: count }));
    return { ...countsOf(result), ...times, setUpCpuSeconds };
  };
}

/** The quick pass alone. A hunt includes the trace, replayed on XState. */
export const glance: Measure = async ({ network, properties }, task) => {
  const plan = planned({ network, properties }, task);
  const setUpCpuSeconds = cpuSecondsSoFar();
  const { result, ...times } = await timed(() => {
    const seen = quickPass(plan.compiled, plan.watches)[0];
    if (seen === undefined) throw new Error('the quick pass saw nothing');
    replay(network, seen.path);
    return seen;
  });
  const { states, path } = result;
  return { states, transitions: states, ...times, setUpCpuSeconds, length: path.length };
};

const planned = ({ network, properties }: Subject, task: Task) =>
  planCheck(network, properties, { limits: LIMITS, ...(task === 'hunt' ? { untilDecided: properties.map(({ name }) => name) } : {}) });

function countsOf({ states, transitions, bytes, limit }: Exploration): Pick<Sample, 'states' | 'transitions' | 'bytes'> {
  if (limit !== undefined) throw new Error(`the search ended at ${states} states, by its limit on ${limit}`);
  return { states, transitions, bytes };
}

/** The steps of the shortest counterexample. */
function lengthOf({ results }: ReturnType<ReturnType<typeof planned>['conclude']>): number {
  return Math.min(...results.flatMap(({ verdict }) => (verdict.tag === 'violated' && verdict.trace ? [verdict.trace.steps.length] : [])));
}
