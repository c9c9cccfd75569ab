/** The softirq engine: nothing raised is forgotten, nothing nests, nobody starves. */
import { eachLeadsTo, leadsTo, never, neverStep, type Property, quiescent } from '../../src/model/property.ts';
import { KSOFTIRQD, type EngineParts } from '../../models/networks/steps/softirqEngine.ts';
import { anyRaised, forgets, isRaised, VECTORS } from '../../models/softirq/loop.ts';
import { isAskedToPark } from '../../models/softirq/thread.ts';
import { waits } from '../../models/softirq/work.ts';

export const SERVED_BY_INTERRUPTS = 'a raised softirq is begun in the end even if ksoftirqd never runs, as long as interrupts come';
const RAISED_AT_REST = 'no softirq stays raised when all is at rest';

/** I3.1 */
export const loopNotNested = (n: EngineParts): Property =>
  never('handle_softirqs() is never entered twice', [[n.loop.in('nested')]], [n.cpu.in('hardirq'), n.loop.in('running')]);

/** I3.3 */
export const raisedHasThread = (n: EngineParts): Property =>
  never(
    'a softirq that is raised in task context finds ksoftirqd awake',
    [[n.loop.is('has something raised', anyRaised), n.loop.in('idle'), n.cpu.in('task'), n.ksoftirqd.in('asleep')]],
    [n.loop.is('has something raised', anyRaised), n.loop.in('idle'), n.cpu.in('task')],
  );

/** Of I3.2 and I3.4: a raise is never lost. */
export const workIsRaised = (n: EngineParts): Property =>
  never(
    'work that waits for a handler has its bit in the mask or in the snapshot',
    VECTORS.map((vec) => [n.work.is(`has ${vec} waiting`, waits(vec)), n.loop.is(`has forgotten ${vec}`, forgets(vec))]),
    [n.work.is('has NET_RX waiting', waits('NET_RX'))],
  );

/** L3 where all comes to rest. */
export const nothingRaisedAtRest = (n: EngineParts): Property =>
  quiescent(RAISED_AT_REST, [[n.loop.is('has something raised', anyRaised)]], [n.loop.is('has something raised', anyRaised)]);

const begun = (n: EngineParts) =>
  VECTORS.map((vec) => ({
    from: [[n.loop.is(`has ${vec} raised`, isRaised(vec))]],
    to: [[n.loop.is(`has cleared ${vec}`, (context) => !isRaised(vec)(context))]],
  }));

/** Interrupts come at a bounded rate: whoever they interrupt goes on. Without that even the correct kernel livelocks. */
const GOES_ON = ['task/0', 'softirq/0'];

/** L3: the scheduler runs ksoftirqd, whoever else wants the CPU. */
export const raisedIsBegun = (n: EngineParts): Property =>
  eachLeadsTo('a raised softirq is begun in the end', begun(n), { strong: [...GOES_ON, KSOFTIRQD], willing: ['tick'] });

/** L3 without the help of the scheduler: a task of higher priority keeps ksoftirqd from the CPU. */
export const raisedIsBegunByInterrupts = (n: EngineParts): Property =>
  eachLeadsTo(SERVED_BY_INTERRUPTS, begun(n), { strong: GOES_ON, unfair: [KSOFTIRQD], willing: ['tick'] });

/** L3': softirqs leave the CPU to tasks, even in a flood. */
export const userRuns = (n: EngineParts): Property =>
  leadsTo('a task that wants the CPU gets it in the end', [[n.user.in('waiting')]], [[n.user.in('ran')]], { strong: [...GOES_ON, 'user'] });

/** 0f50524789fc: a thread that is about to park serves nothing. */
export const notLeftToParking = (n: EngineParts): Property =>
  neverStep(
    'no interrupt leaves softirqs to a ksoftirqd that is about to park',
    [
      {
        step: ({ name }) => name.endsWith('_deferred'),
        before: [n.ksoftirqd.is('is asked to park', isAskedToPark)],
        after: [],
      },
    ],
    [n.ksoftirqd.is('is asked to park', isAskedToPark), n.loop.is('has something raised', anyRaised)],
  );
