/** net_rx_action(): every instance gets its turn. */
import { eachLeadsTo, never, type Property, sometimes } from '../../src/model/property.ts';
import { has } from '../../models/napi/softnet.ts';
import { reads } from '../../models/kernel/counter.ts';
import { pending } from '../../models/softirq/softirq.ts';
import { INSTANCES, type NetRxParts } from '../../models/networks/net-rx.ts';

/** L4': n instances on one CPU each get a poll per round, however much work the others have. */
export const everyInstancePolled = (n: NetRxParts): Property =>
  eachLeadsTo(
    'an instance on a list is polled in the end, however much work the others have',
    INSTANCES.map((napi) => ({
      from: [[n.softnet(0).is(`has ${napi}`, has(napi))]],
      to: [[n.softnet(0).is(`polls ${napi}`, ({ current }) => current === napi)], [n.softnet(0).in('corrupt')]],
    })),
    { strong: ['softirq/0', 'ksoftirqd/0'] },
  );

/** I4.3 */
export const listedOnce = (n: NetRxParts): Property =>
  never(
    'an instance is on one list, once',
    [[n.softnet(0).in('corrupt')]],
    [n.softnet(0).is('has both', (c) => has('igb')(c) && has('driver')(c))],
  );

/** T4.9 */
export const squeezeCounted = (n: NetRxParts): Property =>
  never(
    'net_rx_action() that has run out of budget or time has counted it in time_squeeze',
    [[n.softnet(0).is('has run out', ({ squeezed }) => squeezed), n.time_squeeze.is('reads 0', reads(0))]],
    [n.softnet(0).is('has run out', ({ squeezed }) => squeezed)],
  );

/** 6.8, an oddity: budget and time are looked at before the emptiness of the list. */
export const squeezedForNothing = (n: NetRxParts): Property =>
  sometimes('time_squeeze is counted where nothing is left to poll', [
    [
      n.softnet(0).is('has run out and has nothing left', ({ squeezed, list }) => squeezed && list.length === 0),
      n.softirq(0).is('has nothing pending', (context) => !pending(context)),
    ],
  ]);
