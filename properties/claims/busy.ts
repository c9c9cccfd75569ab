/** Busy polling and deferred interrupts: one owner, and somebody who will open the interrupt. */
import { leadsTo, never, not, type Property, quiescent, sometimes } from '../../src/model/property.ts';
import { masked } from '../../models/irq/vector.ts';
import { missed } from '../../models/napi/napi.ts';
import { has } from '../../models/napi/softnet.ts';
import { comes } from '../../models/napi/timer.ts';
import type { BusyParts } from '../../models/networks/steps/busyPoll.ts';
import { hasFrame } from '../../models/nic/ring.ts';
import { BUSY_OWNER } from '../../models/task/busyPoller.ts';

const OWNING = ['cleaning', 'refilling', 'flushing', 'completing', 'full'] as const;

export const TIMER_OR_OPEN = 'a free instance whose vector is masked has a timer that comes, or somebody about to see to it';
export const OPENED_OR_POLLED = 'the vector is not left masked with its instance idle';
export const OPENED = 'a masked vector is opened in the end, or the instance is busy polled';
export const TAKEN = 'a frame in the ring is taken in the end';
const TAKEN_WITH_WATCHDOG = 'a frame in the ring is taken in the end, if the watchdog goes on';

/** I4.5. Who has just let go of the instance opens the vector, arms the timer or asks for the instance again. */
export function timerOrOpen(n: BusyParts): Property {
  const closed = n.vector.is('is masked', masked);
  const free = n.napi.in('free');
  const nobody = [
    ...n.poll.all.map((one) => one.out('unmasking', 'deferring', 'yielding')),
    ...n.handler.all.map((one) => one.in('idle')),
    n.vector.in('quiet'),
    n.task.out('released'),
    not(n.timer.is('comes', comes)),
    n.timer.in('idle'),
  ];
  return never(TIMER_OR_OPEN, [[closed, free, ...nobody]], [closed, free]);
}

/** I4.5 where all comes to rest. */
export function notLeftMasked(n: BusyParts): Property {
  const closed = n.vector.is('is masked', masked);
  return quiescent(OPENED_OR_POLLED, [[closed, n.napi.in('free')]], [closed, n.napi.in('free')]);
}

/** I4.1: the token is where somebody will poll. */
export function tokenIsHeld(n: BusyParts): Property {
  const nobody = [
    ...n.handler.all.map((one) => one.out('owner')),
    ...n.softnet.all.map((one) => one.is('does not have the instance', (context) => !has('igb')(context))),
    ...n.poll.all.map((one) => one.out(...OWNING)),
    n.task.out(...BUSY_OWNER, 'polling', 'last'),
    n.timer.out('owner'),
  ];
  return never(
    'a scheduled NAPI instance is with somebody who will poll it',
    [[n.napi.in('scheduled'), ...nobody]],
    [n.napi.in('scheduled')],
  );
}

/** I4.1 the other way, and I4.4: nobody polls, or touches rx_list, without the token. */
export function polledWithToken(n: BusyParts): Property {
  const holders = [...n.poll.all.map((one) => one.in(...OWNING)), n.timer.in('owner'), n.task.in(...BUSY_OWNER)];
  return never(
    'a NAPI instance is polled only while scheduled',
    holders.map((holder) => [n.napi.in('free'), holder]),
    [n.poll(0).in('cleaning')],
  );
}

/** I4.2 */
export function onePollerOrTask(n: BusyParts): Property {
  const owners = n.poll.all.map((one) => one.in(...OWNING));
  const pairs = owners.flatMap((one, index) => owners.slice(index + 1).map((other) => [one, other]));
  const corrupt = n.softnet.all.map((one) => [one.in('corrupt')]);
  return never('a NAPI instance is polled by one CPU or task at a time, and queued once', [...pairs, ...corrupt], [owners.at(-1)!]);
}

const frame = (n: BusyParts) => n.ring.is('holds a frame', hasFrame);

/** The scheduler lets ksoftirqd run, whatever the task does: napi_busy_loop() looks at need_resched(). */
const threads = (n: BusyParts): string[] => n.cpu.all.map((_, c) => `ksoftirqd/${c}`);

/** L4: with no frame left, the deferral ends. A task that comes back and busy polls may keep the vector masked as long as it does. */
export const opened = (n: BusyParts): Property => {
  const closed = n.vector.is('is masked', masked);
  return leadsTo(OPENED, [[closed, n.napi.in('scheduled')]], [[not(closed)], [n.task.in('polling')]], { strong: threads(n) });
};

/** L1 while the task may stop spinning at any time, and the NIC sends no more. */
export const taken = (n: BusyParts): Property => leadsTo(TAKEN, [[frame(n)]], [[not(frame(n))]], { strong: threads(n) });

/** L1 with the help of a watchdog that writes EICS again and again, at a rate that lets others go on: igb's, up to 6.12. */
export const takenWithWatchdog = (n: BusyParts): Property =>
  leadsTo(TAKEN_WITH_WATCHDOG, [[frame(n)]], [[not(frame(n))]], {
    willing: ['watchdog'],
    strong: ['task/0', 'timer', ...n.cpu.all.map((_, c) => `softirq/${c}`), ...threads(n)],
  });

/** Two of the oddities that are no fault (notes, section 12.8). */
export const openWhilePolled = (n: BusyParts): Property =>
  sometimes('the vector is open while the instance is busy polled', [
    [n.task.in('polling'), n.vector.is('is open', (context) => !masked(context))],
  ]);

export const missedAndFree = (n: BusyParts): Property =>
  sometimes('MISSED is set while SCHED is clear', [[n.napi.in('free'), n.napi.is('has MISSED set', missed)]]);
