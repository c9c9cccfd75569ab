/** Bugs planted in the backlog. */
import type { Bug } from '../../src/model/suite.ts';
import { owesNothing } from '../backlog/backlog.ts';
import type { backlogSlice } from '../networks/backlog.ts';
import { NETDEV_BUGS } from './netdev.ts';

type BacklogBug = Bug<ReturnType<typeof backlogSlice.build>>;

export const BACKLOG_BUGS: readonly BacklogBug[] = [
  {
    id: 'emptiness-tested-unlocked',
    row: 'M5.3',
    about: 'process_backlog() trusts a stale look at the input queue when it clears SCHED',
    breaks: ['a packet in a backlog is taken in the end', 'no packet is stuck in a backlog'],
    scenario: { profile: '6.12' },
    plant: (net) =>
      net.replaceMachine('backlog', (machine) =>
        machine.provide({ guards: { finished: ({ context: c }) => c.process.length === 0 && c.work > 0 && c.work < c.weight } }),
      ),
  },
  {
    id: 'first-not-scheduled',
    about: 'enqueue_to_backlog() sets SCHED on the first packet and does not put the instance on the poll list',
    breaks: ['a packet in a backlog is taken in the end', 'no packet is stuck in a backlog'],
    plant: (net) =>
      net.replaceStep('netif_rx_schedule', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => !move.component.startsWith('softnet')),
      })),
  },
  {
    id: 'ipi-forgotten',
    row: 'M5.4',
    about: 'net_rx_action() returns without sending the IPIs it owes',
    breaks: ['a packet in a backlog is taken in the end', 'no packet is stuck in a backlog', 'no raised softirq is left unserved'],
    scenario: { rps: 'on', cpus: 2, packets: 2 },
    plant: (net) =>
      net.replaceMachine('softnet', (machine) =>
        machine.provide({ guards: { noIpis: () => true, isFirstIpi: () => false, backlogNext: () => false } }),
      ),
  },
  {
    id: 'backlog-drop-uncounted',
    about: 'enqueue_to_backlog() drops and does not count in softnet_data.dropped',
    breaks: ['softnet_dropped counts exactly the packets that a backlog has no room for'],
    plant: (net) =>
      ['netif_rx_drop', 'netif_rx_nested_drop'].reduce(
        (changed, name) =>
          changed.replaceStep(name, (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'softnet_dropped') })),
        net,
      ),
  },
  {
    id: 'limit-not-tested',
    about: 'enqueue_to_backlog() appends whatever the length',
    breaks: ['a backlog holds at most netdev_max_backlog + 1 packets'],
    plant: (net) =>
      net.replaceMachine('backlog', (machine) =>
        machine.provide({
          guards: {
            appends: ({ context: c, event }) =>
              (c.input.length > 0 || c.sched) && 'pkt' in event && ![...c.input, ...c.process].includes(event.pkt),
          },
        }),
      ),
  },
  {
    id: 'backlog-not-raised',
    row: 'M5.5',
    about: 'enqueue_to_backlog() puts the instance on the poll list, or notes an IPI, and does not raise NET_RX',
    breaks: ['a packet in a backlog is taken in the end', 'no packet is stuck in a backlog'],
    plant: (net) =>
      net.replaceStep('netif_rx_schedule', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => !move.component.startsWith('softirq')),
      })),
  },
  {
    id: 'bh-enable-looks-too-early',
    row: 'M3.4',
    about: 'local_bh_enable() looks at the mask before it drops the count; what is raised in between is left to nobody',
    breaks: ['a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake', 'no raised softirq is left unserved'],
    // The look, the interrupt that finds bottom halves off, and the end, as one: it ends although something is pending.
    plant: (net) => net.replaceStep('bh_enable', (spec) => ({ ...spec, when: [] })),
  },
  {
    id: 'sched-cleared-unlocked',
    row: 'M5.1',
    about: 'process_backlog() finds both queues empty, releases the lock, and clears SCHED after that',
    breaks: ['a packet in a backlog is taken in the end', 'no packet is stuck in a backlog'],
    scenario: { profile: '6.12', cpus: 2, packets: 2, rps: 'on' },
    plant: (net) =>
      net
        .replaceMachine('backlog', (machine) =>
          machine.provide({
            guards: {
              letsGoInBetween: ({ context: c }) => c.process.length === 0 && c.input.length === 0 && c.work < c.weight,
              finished: () => false,
            },
          }),
        )
        .step('backlog_unlock', { cpu: [0, 1] }, ({ cpu }, n) => ({
          owner: `softirq/${cpu}`,
          moves: [n.backlog(cpu).on({ type: 'UNLOCK' })],
          when: [n.cpu(cpu).in('softirq')],
        })),
  },
  {
    id: 'appended-unlocked',
    row: 'M5.2',
    about:
      'enqueue_to_backlog() schedules the instance, releases the lock, and appends after that; the IPI that makes the target poll is sent by the same CPU, once bottom halves are on again',
    breaks: [],
    scenario: { profile: '6.12', cpus: 2, packets: 3, rps: 'on' },
    plant: (net) =>
      ['bh_enable', 'bh_enable_softirq'].reduce(
        (changed, name) =>
          changed.replaceStep(name, (spec, n, { cpu }) => ({
            ...spec,
            when: [...(spec.when ?? []), n.backlog(1 - Number(cpu)).is('has been given what was scheduled', owesNothing)],
          })),
        net
          .replaceMachine('backlog', (machine) =>
            machine.provide({ guards: { letsGoInBetween: ({ context: c }) => c.input.length === 0 && !c.sched && c.owed === null } }),
          )
          .replaceStep('netif_rx_schedule', (spec) => ({
            ...spec,
            moves: spec.moves.map((move) =>
              move.component.startsWith('backlog') ? { ...move, event: { ...move.event, type: 'SCHEDULE' } } : move,
            ),
          }))
          .step('netif_rx_late', { cpu: [0, 1], pkt: [0, 1, 2] }, ({ cpu, pkt }, n) => ({
            owner: `sender/${cpu}`,
            moves: [n.backlog(1 - cpu).on({ type: 'APPEND', pkt })],
            when: [n.cpu(cpu).in('bhOff')],
          })),
      ),
  },
  {
    id: 'bottom-halves-on',
    row: 'M5.6',
    about: 'a task calls netif_rx() with bottom halves on, so that nobody runs what it has raised',
    breaks: ['a raised softirq is being served, or will be at interrupt exit, or ksoftirqd is awake', 'no raised softirq is left unserved'],
    plant: (net) =>
      net.replaceStep('netif_rx_schedule', (spec, n, { cpu }) => ({
        ...spec,
        moves: spec.moves.filter((move) => move.component !== `cpu.${cpu}`),
        when: [...(spec.when ?? []), n.cpu(Number(cpu)).in('task')],
      })),
  },
  {
    id: 'limit-on-both-queues',
    row: 'M5.11',
    about: 'the limit is tested on what both queues hold',
    breaks: [],
    plant: (net) =>
      net.replaceMachine('backlog', (machine) =>
        machine.provide({
          guards: {
            appends: ({ context: c, event }) =>
              c.input.length + c.process.length <= c.max &&
              (c.input.length > 0 || c.sched) &&
              'pkt' in event &&
              ![...c.input, ...c.process].includes(event.pkt),
            overLimit: ({ context: c }) => c.input.length + c.process.length > c.max,
          },
        }),
      ),
  },
  {
    id: 'limit-is-strict',
    about: 'enqueue_to_backlog() drops as soon as the length has reached the limit',
    breaks: ['a backlog holds one packet more than netdev_max_backlog'],
    scenario: { backlogMax: 1 },
    plant: (net) =>
      net.replaceMachine('backlog', (machine) =>
        machine.provide({
          guards: {
            appends: ({ context: c, event }) =>
              c.input.length < c.max &&
              (c.input.length > 0 || c.sched) &&
              'pkt' in event &&
              ![...c.input, ...c.process].includes(event.pkt),
            overLimit: ({ context: c }) => c.input.length >= c.max && c.input.length > 0,
          },
        }),
      ),
  },
  {
    id: 'looks-with-lock-only',
    about: '6.12 as 6.1: the length is looked at with the lock only',
    breaks: ['a packet is dropped though the backlog has room by then'],
    scenario: { profile: '6.18', packets: 3, cpus: 2, rps: 'on' },
    plant: (net) => net.replaceStep('netif_rx_look_full', () => undefined),
  },
  ...NETDEV_BUGS,
];
