/** net_rx_action(): every instance gets its turn. */
import { eachLeadsTo, never, type Property } from '../../src/model/property.ts';
import { has } from '../../models/napi/softnet.ts';
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
