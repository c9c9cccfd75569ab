/**
 * The slice of the backlog: senders call netif_rx(), packets go to their own CPU's backlog or, with RPS, to the next
 * CPU's by IPI. The stack above is a stub that takes every packet at once.
 */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family } from '../../src/model/scenario.ts';
import { backlog } from '../backlog/backlog.ts';
import { cpu } from '../cpu/cpu.ts';
import { ipi } from '../irq/ipi.ts';
import { counter } from '../kernel/counter.ts';
import { ledger } from '../kernel/ledger.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { softnet } from '../napi/softnet.ts';
import { wire } from '../nic/wire.ts';
import { ksoftirqd } from '../softirq/ksoftirqd.ts';
import { softirq } from '../softirq/softirq.ts';
import { end } from './parts.ts';
import { keys } from './scenario.ts';
import { ipiSteps, processSteps, senderSteps } from './steps/backlog.ts';
import { softirqSteps } from './steps/softirq.ts';

export const backlogSlice = family({
  name: 'backlog',
  about: 'netif_rx(), RPS, process_backlog(); the stack takes every packet',
  keys: {
    ...keys('profile', 'packets', 'cpus', 'weight', 'backlogMax'),
    rps: choice(['off', 'on'], 'off', 'packets go to the backlog of the next CPU'),
  },
  build: (s) => {
    const profile = PROFILE[s.profile];
    const per = <T>(one: T): T[] => range(s.cpus).map(() => one);
    const bounds = { packets: s.packets, cpus: s.cpus, senders: range(s.cpus), kinds: ['matched'] as const };
    const target = (c: number) => (s.rps === 'on' ? (c + 1) % s.cpus : c);
    return network('backlog', {
      wire: component(wire, { packets: s.packets }),
      cpu: per(component(cpu)),
      softirq: per(component(softirq)),
      ksoftirqd: per(component(ksoftirqd)),
      softnet: per(component(softnet, { inPlace: profile.pollInPlace })),
      backlog: per(component(backlog, { max: s.backlogMax, weight: s.weight, clearsEarly: profile.pollInPlace })),
      ipi: per(component(ipi)),
      ledger: component(ledger, { packets: s.packets }),
      softnet_dropped: component(counter, { max: s.packets }),
    })
      .step('power_on', {}, (_, n) => ({ owner: 'boot', moves: n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' })) }))
      .join((n) => senderSteps(n, { ...bounds, target }))
      .join((n) => softirqSteps(n, s.cpus))
      .join((n) =>
        processSteps(
          n,
          bounds,
          (_, pkt) => ({ moves: end(n, pkt, 'delivered'), when: [] }),
          () => [],
          profile.pollInPlace,
        ),
      )
      .join((n) => (s.rps === 'on' ? ipiSteps(n, s.cpus) : []));
  },
});
