/** Boot, open and close: everything is there before it is used, and gone only after. */
import { never, type Property } from '../../src/model/property.ts';
import { hasIcmp, hasIp, hasUdp } from '../../models/boot/protocols.ts';
import type { Parts } from '../../models/networks/parts.ts';
import { disabling } from '../../models/napi/napi.ts';

/** I0.5 */
export function upperTablesFirst(n: Pick<Parts, 'protocols'>): Property {
  return never(
    'the protocol tables are complete before IP is visible',
    [[n.protocols.is('has IP without UDP or ICMP', (context) => hasIp(context) && !(hasUdp(context) && hasIcmp(context)))]],
    [n.protocols.is('has IP', hasIp)],
  );
}

/** G6, and T0.11: the ring goes away only when no poll can run. */
export function noPollWithoutRing(n: Pick<Parts, 'ring' | 'poll'>): Property {
  return never(
    'no poll touches a ring that is down',
    n.poll.all.map((one) => [n.ring.in('down'), one.in('cleaning', 'refilling')]),
    [n.poll(0).in('cleaning')],
  );
}

/** The contract of napi_disable(): a disabled instance is not polled. */
export function disabledIsQuiet(n: Pick<Parts, 'napi' | 'poll' | 'softnet'>): Property {
  return never(
    'a disabled NAPI instance is not polled',
    n.poll.all.map((one) => [n.napi.in('disabled'), one.in('cleaning', 'refilling', 'flushing', 'completing', 'full')]),
    [n.napi.is('is being disabled', disabling)],
  );
}
