/** One measurement of `rxproof bench`, in a process of its own: the job comes as the last argument, the sample goes to standard output. */
import { ENGINES } from '../bench/engines.ts';
import type { Subject } from '../bench/figures.ts';
import { philosophers } from '../bench/philosophers.ts';
import type { Choice, Job } from '../bench/run.ts';
import { UsageError } from '../model/error.ts';
import { SUITES } from '../../properties/index.ts';

/** The network of a choice, and for a hunt only the property that its bug breaks. */
function subjectOf(choice: Choice): Subject {
  if ('philosophers' in choice) return philosophers(choice.philosophers, choice.bug);
  const suite = SUITES.find(({ id }) => id === choice.suite);
  if (suite === undefined) throw new UsageError(`no suite is named '${choice.suite}'`);
  const { network, properties } = suite.build(choice.values, choice.bug?.id);
  return { network, properties: choice.bug === undefined ? properties : properties.filter(({ name }) => name === choice.bug?.breaks) };
}

const { choice, task, engine, expected } = JSON.parse(process.argv.at(-1) ?? '') as Job;
process.stdout.write(JSON.stringify(await ENGINES[engine].measure(subjectOf(choice), task, expected)));
