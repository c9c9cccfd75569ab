/**
 * The slice of the backlog: senders call netif_rx(), packets go to their own CPU's backlog or, with RPS, to the next
 * CPU's by IPI. The stack above is a stub that takes every packet at once.
 */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family } from '../../src/model/scenario.ts';
import { unregister } from '../backlog/unregister.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { componentsOf } from './components.ts';
import { end } from './parts.ts';
import { keys } from './scenario.ts';
import { ipiSteps, processSteps, senderSteps } from './steps/backlog.ts';
import { softirqSteps } from './steps/softirq.ts';
import { unregisterSteps } from './steps/unregister.ts';
import { cpusInTurn } from './symmetry.ts';

export const backlogSlice = family({
  name: 'backlog',
  about: 'netif_rx(), RPS, process_backlog(); the stack takes every packet',
  keys: {
    ...keys('profile', 'packets', 'cpus', 'weight', 'backlogMax'),
    rps: choice(['off', 'on'], 'off', 'packets go to the backlog of the next CPU'),
    unregister: choice(['off', 'on'], 'off', 'the device may go away'),
  },
  build: (s) => {
    const profile = PROFILE[s.profile];
    const bounds = {
      packets: s.packets,
      cpus: s.cpus,
      senders: range(s.cpus),
      kinds: ['matched'] as const,
      defers: profile.defersToKsoftirqd,
    };
    const target = (c: number) => (s.rps === 'on' ? (c + 1) % s.cpus : c);
    const { wire, cpu, softirq, ksoftirqd, softnet, backlog, ipi, ledger, counters } = componentsOf(s);
    const { softnet_dropped } = counters;
    const device = { unregister: component(unregister, { cpus: s.cpus }) };
    return (
      network('backlog', { wire, cpu, softirq, ksoftirqd, softnet, backlog, ipi, ledger, softnet_dropped, ...device })
        .step('power_on', {}, (_, n) => ({ owner: 'boot', moves: n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' })) }))
        .join((n) => {
          const leaving = { sends: n.unregister.in('up'), isNotFlushed: n.unregister.out('flushing') };
          return senderSteps(n, { ...bounds, target, ...(s.unregister === 'on' ? { leaving } : {}) });
        })
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
        .join((n) => (s.rps === 'on' ? ipiSteps(n, s.cpus, bounds.defers) : []))
        .join((n) => (s.unregister === 'on' ? unregisterSteps(n, bounds) : []))
        // Backlogs are flushed in the order of the CPUs.
        .symmetric((parts) => (s.unregister === 'on' ? [] : cpusInTurn(parts, { cpus: s.cpus })))
    );
  },
});
