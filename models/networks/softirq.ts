/** The slice of the softirq engine: one CPU, every place that raises, and every place that decides whether softirqs run. */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { family, int } from '../../src/model/scenario.ts';
import { cpu } from '../cpu/cpu.ts';
import { counter } from '../kernel/counter.ts';
import { PROFILE } from '../kernel/profile.ts';
import { softirqLoop } from '../softirq/loop.ts';
import { ksoftirqdThread } from '../softirq/thread.ts';
import { work } from '../softirq/work.ts';
import { raiser, user } from '../task/raiser.ts';
import { keys } from './scenario.ts';
import { irqSteps, loopSteps, taskSteps, threadSteps } from './steps/softirqEngine.ts';

export const softirqSlice = family({
  name: 'softirq',
  about: 'one CPU: interrupts, tasks that raise, the softirq loop, ksoftirqd and its parking',
  keys: {
    ...keys('profile'),
    irqs: int({ min: 0, max: 16, otherwise: 2, about: 'interrupts that raise a softirq' }),
    raises: int({ min: 0, max: 16, otherwise: 1, about: 'times a task raises one' }),
    passes: int({ min: 1, max: 10, otherwise: 2, about: 'passes of the loop before ksoftirqd goes on' }),
    parks: int({ min: 0, max: 2, otherwise: 0, about: 'times ksoftirqd is parked' }),
  },
  build: (s) => {
    const bounds = { ...s, defers: PROFILE[s.profile].defersToKsoftirqd };
    return network('softirq', {
      cpu: component(cpu),
      loop: component(softirqLoop, { passes: s.passes }),
      ksoftirqd: component(ksoftirqdThread),
      work: component(work),
      raiser: component(raiser),
      user: component(user),
      irqs: component(counter, { max: s.irqs }),
      raises: component(counter, { max: s.raises }),
      parks: component(counter, { max: s.parks }),
    })
      .join((n) => irqSteps(n, bounds))
      .join((n) => taskSteps(n, bounds))
      .join(loopSteps)
      .join((n) => threadSteps(n, bounds));
  },
});
