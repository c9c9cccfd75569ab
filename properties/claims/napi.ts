/** NAPI ownership: one owner, who will poll; and an interrupt that somebody will open again. */
import type { Observation } from '../../src/model/component.ts';
import { never, not, type Property, quiescent } from '../../src/model/property.ts';
import { masked } from '../../models/irq/vector.ts';
import type { Parts } from '../../models/networks/parts.ts';
import { has } from '../../models/napi/softnet.ts';

type NapiParts = Pick<Parts, 'napi' | 'handler' | 'softnet' | 'poll' | 'vector'>;

/** The states of igb_poll() in which the CPU owns SCHED. */
const OWNING = ['cleaning', 'refilling', 'flushing', 'completing', 'full'] as const;

/** I4.2: the poll routine of one instance runs on one CPU at a time. */
export function onePoller(n: NapiParts, irqCpus: number): Property {
  const owns = (c: number): Observation => n.poll(c).in(...OWNING);
  const pairs = pairsBelow(irqCpus).map(([a, b]) => [owns(a), owns(b)]);
  const listed = pairsBelow(irqCpus).map(([a, b]) => [isListed(n, a), isListed(n, b)]);
  const both = pairsBelow(irqCpus).flatMap(([a, b]) => [
    [owns(a), isListed(n, b)],
    [owns(b), isListed(n, a)],
  ]);
  const corrupt = n.softnet.all.map((one) => [one.in('corrupt')]);
  return never(
    'a NAPI instance is polled or queued on one CPU at a time, and queued once',
    [...pairs, ...listed, ...both, ...corrupt],
    [owns(0)],
  );
}

/** On a list of CPU `c`, or owned by its interrupt handler on the way there. */
const isListed = (n: NapiParts, c: number): Observation => n.softnet(c).is('has the instance, outside its completion', waits);

/** Listed and not polled: a poll in progress is judged by its own states. */
const waits = (context: {
  readonly current: string | null;
  readonly list: readonly string[];
  readonly local: readonly string[];
  readonly repoll: readonly string[];
}): boolean => context.current !== 'igb' && [...context.list, ...context.local, ...context.repoll].includes('igb');

function pairsBelow(count: number): [number, number][] {
  return Array.from({ length: count }, (_, a) => Array.from({ length: a }, (_unused, b): [number, number] => [b, a])).flat();
}

/** I4.1: SCHED set means that somebody has the instance and will poll it. */
export function scheduledIsPolled(n: NapiParts): Property {
  const nobody = [
    ...n.handler.all.map((one) => not(one.in('owner'))),
    ...n.softnet.all.map((one) => one.is('does not have the instance', (context) => !has('igb')(context))),
    ...n.poll.all.map((one) => not(one.in(...OWNING))),
  ];
  return never(
    'a scheduled NAPI instance is with somebody who will poll it',
    [[n.napi.in('scheduled'), ...nobody]],
    [n.napi.in('scheduled')],
  );
}

/** I4.1 the other way: nobody polls or queues an instance whose SCHED is clear. */
export function polledIsScheduled(n: NapiParts): Property {
  const holders = [
    ...n.handler.all.map((one) => one.in('owner')),
    ...n.softnet.all.map((one) => one.is('has the instance queued', waits)),
    ...n.poll.all.map((one) => one.in(...OWNING)),
  ];
  return never(
    'a NAPI instance is queued or polled only while scheduled',
    holders.map((holder) => [n.napi.in('free'), holder]),
    [n.poll(0).in('cleaning')],
  );
}

/** I4.5 at rest: masked and idle means that nobody will ever open the vector again. */
export function noDeadVector(n: NapiParts, up: readonly Observation[] = []): Property {
  const closed = n.vector.is('is masked', masked);
  return quiescent(
    'the vector is not left masked with its instance idle',
    [[closed, n.napi.in('free'), ...up]],
    [closed, n.napi.in('scheduled')],
  );
}
