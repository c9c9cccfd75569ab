/** Threaded NAPI: one owner, a thread that is awake when it owns, and tasks that come to an end. */
import { leadsTo, never, not, type Property } from '../../src/model/property.ts';
import { has } from '../../models/napi/softnet.ts';
import type { ThreadedParts } from '../../models/networks/steps/threaded.ts';
import { hasFrame } from '../../models/nic/ring.ts';

const OWNING = ['cleaning', 'refilling', 'flushing', 'completing', 'full'] as const;

export const ONE_POLLER = 'a NAPI instance is polled by one CPU or thread at a time, and queued once';
export const POLLED_WITH_TOKEN = 'a NAPI instance is polled only while scheduled';
export const DISABLED_IS_QUIET = 'a disabled NAPI instance is not polled';
export const SWITCH_ENDS = 'a write to `threaded` ends';

/** I4.2 */
export function onePollerOrThread(n: ThreadedParts): Property {
  const owners = n.poll.all.map((one) => one.in(...OWNING));
  const pairs = owners.flatMap((one, index) => owners.slice(index + 1).map((other) => [one, other]));
  return never(ONE_POLLER, [...pairs, ...n.softnet.all.map((one) => [one.in('corrupt')])], [owners.at(-1)!]);
}

/** I4.1: SCHED set means that somebody has the instance, or that its thread is awake and will see. */
export function tokenOrThread(n: ThreadedParts): Property {
  const nobody = [
    ...n.handler.all.map((one) => one.out('owner', 'marking', 'waking')),
    ...n.softnet.all.map((one) => one.is('does not have the instance', (context) => !has('igb')(context))),
    ...n.poll.all.map((one) => one.out(...OWNING)),
    n.reset.out('owner'),
    n.thread.in('asleep', 'absent'),
  ];
  return never(
    'a scheduled NAPI instance is with somebody who will poll it, or its thread is awake',
    [[n.napi.in('scheduled'), ...nobody]],
    [n.napi.in('scheduled'), n.thread.in('asleep')],
  );
}

/** I4.1 the other way. */
export const threadPollsWithToken = (n: ThreadedParts): Property =>
  never(
    POLLED_WITH_TOKEN,
    n.poll.all.map((one) => [n.napi.in('free'), one.in(...OWNING)]),
    [n.poll.all.at(-1)!.in('cleaning')],
  );

/** G6 */
export const threadLeavesDisabled = (n: ThreadedParts): Property =>
  never(
    DISABLED_IS_QUIET,
    n.poll.all.map((one) => [n.napi.in('disabled'), one.in(...OWNING)]),
    [n.napi.in('disabled'), n.reset.in('down')],
  );

/** Whoever is interrupted goes on, and the scheduler runs every thread. */
const fair = (n: ThreadedParts): string[] => ['napi thread', ...n.cpu.all.flatMap((_, c) => [`softirq/${c}`, `ksoftirqd/${c}`])];

/** L1 */
export const takenByThread = (n: ThreadedParts): Property => {
  const frame = n.ring.is('holds a frame', hasFrame);
  return leadsTo('a frame in the ring is taken in the end', [[frame]], [[not(frame)]], { strong: fair(n) });
};

/** L4'': even while interrupts go on. The sleep of 20 to 200 us between two looks is a look at any time. */
export const disableEnds = (n: ThreadedParts, watchdog: boolean): Property =>
  leadsTo('napi_disable() ends', [[n.reset.in('waiting')]], [[n.reset.out('waiting')]], {
    strong: fair(n),
    ...(watchdog ? { willing: ['watchdog'] } : {}),
  });

/** napi_stop_kthread() of 6.18 */
export const switchEnds = (n: ThreadedParts): Property =>
  leadsTo(SWITCH_ENDS, [[n.admin.in('trying', 'draining', 'stopping')]], [[n.admin.in('idle', 'created')]], {
    strong: [...fair(n), 'sysfs'],
  });
