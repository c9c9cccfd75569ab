/** The backlog: netif_rx() by a sender or by the stack itself, RPS towards another CPU, process_backlog(). */
import type { Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { lastSplice } from '../../backlog/backlog.ts';
import { type Packet, range } from '../../kernel/packet.ts';
import { end, type ToStack, type Ways } from '../parts.ts';
import { actsIn, type BacklogParts, type BacklogScenario, enqueueSteps } from './enqueue.ts';
import { bhOnSteps, exitSteps } from './exit.ts';
import { serving, softirqOn } from './softirq.ts';

/** A sender in task context: bottom halves go off around netif_rx(), and what it raised runs when they come on again. */
export function senderSteps(n: BacklogParts, s: BacklogScenario): StepTemplate[] {
  const cpu = s.senders;
  const owner = (c: number) => `sender/${c}`;
  const sends = s.leaving ? [s.leaving.netdev.in('up', 'stopping', 'unmarked')] : [];
  return [
    ...enqueueSteps(n, s, {
      name: 'netif_rx',
      owner,
      environment: true,
      inTask: true,
      moves: (c) => [n.cpu(c).on({ type: 'BH_OFF' })],
      when: () => [...(s.ready ?? []), ...sends],
    }),
    // The stack itself sends while it serves a packet: an ICMP error on a virtual device comes back this way.
    ...enqueueSteps(n, s, {
      name: 'netif_rx_nested',
      owner: softirqOn,
      environment: true,
      inTask: false,
      moves: () => [],
      when: (c) => [serving(n.cpu(c)), n.softnet(c).in('polling'), ...sends],
    }),
    ...bhOnSteps(n, {
      name: 'bh_enable',
      cpu,
      owner,
      moves: () => [],
      // The bottom halves that a flush turns off are not the sender's.
      when: (c) => [...(s.leaving ? [s.leaving.netdev.out('flushing')] : []), ...(s.refusal ? [s.refusal(c).in('idle')] : [])],
      defers: s.defers,
    }),
  ];
}

/** process_backlog() on each CPU. */
export function processSteps(
  n: BacklogParts,
  s: Pick<BacklogScenario, 'packets' | 'cpus'>,
  up: ToStack,
  settled: (cpu: number) => readonly Observation[],
  unlinksEarly: boolean,
): StepTemplate[] {
  const cpu = range(s.cpus);
  return [
    step('process_backlog', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'PICK', napi: 'backlog' }), n.backlog(c).on({ type: 'CALL' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'process_backlog', args: { cpu: c } }],
    })),
    step('backlog_take', { cpu, pkt: range(s.packets) }, ({ cpu: c, pkt }) => {
      const { moves, when } = up(c, pkt);
      return {
        owner: softirqOn(c),
        moves: [n.backlog(c).on({ type: 'TAKE', pkt }), ...moves],
        when: [serving(n.cpu(c)), ...settled(c), ...when],
        reveals: [{ event: 'netif_receive_skb', args: { cpu: c, pkt } }],
      };
    }),
    step('backlog_splice', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.backlog(c).on({ type: 'SPLICE' })],
      when: [serving(n.cpu(c)), ...settled(c), n.backlog(c).is('leaves no weight to spare', (context) => !lastSplice(context))],
    })),
    ...(unlinksEarly ? [lastSpliceStep(n, cpu, settled)] : []),
    step('backlog_return', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.backlog(c).on({ type: 'RETURN' }), n.softnet(c).on({ type: 'SHORT' })],
      when: [serving(n.cpu(c)), ...settled(c)],
      reveals: [{ event: 'napi_poll', args: { cpu: c, dev: 'backlog' } }],
    })),
    step('backlog_return_full', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.backlog(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'FULL' })],
      when: [serving(n.cpu(c)), ...settled(c)],
      reveals: [{ event: 'napi_poll', args: { cpu: c, dev: 'backlog' } }],
    })),
  ];
}

/** 3.10: the splice that leaves weight to spare also unlinks the instance. */
function lastSpliceStep(n: BacklogParts, cpu: readonly number[], settled: (cpu: number) => readonly Observation[]): StepTemplate {
  return step('backlog_splice_last', { cpu }, ({ cpu: c }) => ({
    owner: softirqOn(c),
    moves: [n.backlog(c).on({ type: 'SPLICE' }), n.softnet(c).on({ type: 'REMOVE', napi: 'backlog' })],
    when: [serving(n.cpu(c)), ...settled(c), n.backlog(c).is('leaves weight to spare', lastSplice)],
  }));
}

/** RPS where a NIC's frames go up: to the backlog of `target`, on top of whatever this CPU polls. */
export function toBacklog(n: BacklogParts, target: (cpu: number, pkt: Packet) => number): Ways {
  const schedule = (c: number, t: number) => n.softnet(c).on(t === c ? { type: 'ADD', napi: 'backlog' } : { type: 'PUSH_IPI', cpu: t });
  const first = (c: number, pkt: Packet) => [n.backlog(target(c, pkt)).on({ type: 'ENQUEUE_FIRST', pkt }), schedule(c, target(c, pkt))];
  return [
    {
      name: '_schedule',
      up: (c, pkt) => ({ moves: [...first(c, pkt), n.softirq(c).on({ type: 'RAISE' })], when: [actsIn(n, c, false)] }),
    },
    { name: '_schedule_in_action', up: (c, pkt) => ({ moves: first(c, pkt), when: [actsIn(n, c, true)] }) },
    { name: '_append', up: (c, pkt) => ({ moves: [n.backlog(target(c, pkt)).on({ type: 'ENQUEUE', pkt })], when: [] }) },
    {
      name: '_drop',
      up: (c, pkt) => ({
        moves: [n.backlog(target(c, pkt)).on({ type: 'DROP' }), ...end(n, pkt, 'backlogFull', n.softnet_dropped, n.rx_dropped)],
        when: [],
        reveals: [{ event: 'kfree_skb', args: { cpu: c, pkt, reason: 'CPU_BACKLOG' } }],
      }),
    },
  ];
}

/**
 * The idle loop runs the callback before the interrupt comes, or instead of it: interrupts are off as in a handler, but nobody
 * is in_interrupt(), so that the raise wakes ksoftirqd too. What is raised is served at once, as at the end of the IPI.
 */
export function idleIpiSteps(n: BacklogParts, cpu: readonly number[]): StepTemplate[] {
  return [
    step('ipi_in_idle', { cpu }, ({ cpu: c }) => ({
      owner: `ipi/${c}`,
      moves: [
        n.ipi(c).on({ type: 'ACCEPT' }),
        n.cpu(c).on({ type: 'IRQ' }),
        n.softnet(c).on({ type: 'ADD', napi: 'backlog' }),
        n.softirq(c).on({ type: 'RAISE' }),
        n.ksoftirqd(c).on({ type: 'WAKE' }),
      ],
      when: [n.cpu(c).in('task')],
      reveals: [{ event: 'csd_function_entry', args: { cpu: c, context: 'idle', raised: true } }],
      cite: ['rps_trigger_softirq', 'raise_softirq_irqoff', 'wakeup_softirqd'],
    })),
  ];
}

/** RPS: the IPI leaves the sender's net_rx_action() and schedules the backlog of the target. */
export function ipiSteps(n: BacklogParts, cpus: number, defers: boolean): StepTemplate[] {
  const cpu = range(cpus);
  const owner = (c: number) => `ipi/${c}`;
  return [
    step('send_ipi', { cpu, target: cpu }, ({ cpu: c, target }) =>
      c === target
        ? undefined
        : {
            owner: softirqOn(c),
            moves: [n.softnet(c).on({ type: 'SEND_IPI', cpu: target }), n.ipi(target).on({ type: 'SEND' })],
            when: [serving(n.cpu(c))],
            reveals: [{ event: 'csd_queue_cpu', args: { cpu: c, target } }],
          },
    ),
    step('ipi_enter', { cpu, inAction: [false, true] }, ({ cpu: c, inAction: yes }) => ({
      owner: owner(c),
      moves: [
        n.ipi(c).on({ type: 'ACCEPT' }),
        n.cpu(c).on({ type: 'IRQ' }),
        n.softnet(c).on({ type: 'ADD', napi: 'backlog' }),
        ...(yes ? [] : [n.softirq(c).on({ type: 'RAISE' })]),
      ],
      when: [actsIn(n, c, yes)],
      reveals: [{ event: 'csd_function_entry', args: { cpu: c, context: 'hardirq', raised: !yes } }],
    })),
    ...exitSteps(n, { name: 'ipi_exit', cpu, owner, leave: (c) => n.ipi(c).on({ type: 'RUN' }), defers }),
  ];
}
