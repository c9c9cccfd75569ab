/**
 * The slice of the backlog: senders call netif_rx(), packets go to their own CPU's backlog or, with RPS, to the next
 * CPU's by IPI. The stack above is a stub that takes every packet at once.
 */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { flowLimit } from '../backlog/flowLimit.ts';
import { refusal } from '../backlog/refusal.ts';
import { netdev } from '../backlog/netdev.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { componentsOf } from './components.ts';
import { end } from './parts.ts';
import { keys } from './scenario.ts';
import { ipiSteps, processSteps, senderSteps } from './steps/backlog.ts';
import { softirqSteps } from './steps/softirq.ts';
import { netdevSteps } from './steps/netdev.ts';
import { cpusInTurn } from './symmetry.ts';

export const backlogSlice = family({
  name: 'backlog',
  about: 'netif_rx(), RPS, process_backlog(); the stack takes every packet',
  keys: {
    ...keys('profile', 'packets', 'cpus', 'weight', 'backlogMax'),
    rps: choice(['off', 'on'], 'off', 'packets go to the backlog of the next CPU'),
    device: choice(['up', 'comes and goes'], 'up', 'whether it opens and is unregistered'),
    limit: choice(['off', 'on'], 'off', 'flows are limited: flow_limit_cpu_bitmap'),
    flows: int({ min: 1, max: 8, otherwise: 2, about: 'flows that packets may belong to, where that matters' }),
    history: int({ min: 2, max: 128, otherwise: 2, about: 'FLOW_LIMIT_HISTORY' }),
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
    const { softnet_dropped, rx_dropped, flow_limit_count } = counters;
    const comesAndGoes = s.device !== 'up';
    const more = {
      rx_dropped,
      flow_limit_count,
      flowLimit: range(s.cpus).map(() => component(flowLimit, { flows: s.flows, history: s.history })),
      refusal: range(s.cpus).map(() => component(refusal)),
      netdev: component(netdev, { cpus: s.cpus, comesAndGoes }),
    };
    return (
      network('backlog', { wire, cpu, softirq, ksoftirqd, softnet, backlog, ipi, ledger, softnet_dropped, ...more })
        .step('power_on', {}, (_, n) => ({ owner: 'boot', moves: n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' })) }))
        .join((n) =>
          senderSteps(n, {
            ...bounds,
            target,
            ...(comesAndGoes ? { leaving: { netdev: n.netdev, rule: profile.running } } : {}),
            ...(profile.looksUnlocked ? { refusal: n.refusal } : {}),
            ...(s.limit === 'on' ? { limited: { ...n, flows: s.flows } } : {}),
          }),
        )
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
        .join((n) => (comesAndGoes ? netdevSteps(n, bounds) : []))
        // Backlogs are flushed in the order of the CPUs.
        .symmetric((parts) => (comesAndGoes || s.limit === 'on' ? [] : cpusInTurn(parts, { cpus: s.cpus })))
    );
  },
});
