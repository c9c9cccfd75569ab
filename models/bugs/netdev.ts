/** Bugs planted where the device of a backlog comes and goes, and where flows are limited. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { backlogSlice } from '../networks/backlog.ts';

export const NETDEV_BUGS: readonly Bug<ReturnType<typeof backlogSlice.build>>[] = [
  {
    id: 'process-queue-not-flushed',
    about: 'flush_backlog() looks at the input queue only: what was spliced before is delivered by a device that is gone',
    breaks: ['an unregistered device has no packet in a backlog'],
    scenario: { profile: '6.12', packets: 3, weight: 1, backlogMax: 1, device: 'comes and goes' },
    plant: (net) =>
      ['flush_end', 'flush_end_softirq'].reduce(
        (changed, name) =>
          changed.replaceStep(name, (spec, n, { cpu }) => ({
            ...spec,
            when: (spec.when ?? []).map((one) =>
              one.label === 'is empty' ? n.backlog(Number(cpu)).is('has an empty input queue', ({ input }) => input.length === 0) : one,
            ),
          })),
        net.replaceMachine('backlog', (machine) =>
          machine.provide({ guards: { isFlushed: ({ context: c, event }) => 'pkt' in event && c.input[0] === event.pkt } }),
        ),
      ),
  },
  {
    id: 'running-marked-late',
    row: 'M0.6',
    about: '__dev_open() opens the driver and sets __LINK_STATE_START after that: the first packets are dropped',
    breaks: ['a packet is refused as not running only while the device goes down'],
    scenario: { profile: '6.12', packets: 2, device: 'comes and goes' },
    plant: (net) => net.replaceMachine('netdev', (machine) => machine.provide({ guards: { opensFirst: () => true } })),
  },
  {
    id: 'not-running-counted',
    about: 'a packet of a device that goes down is counted in softnet_data.dropped, as 6.1 does, by a kernel that tells the two apart',
    breaks: ['softnet_dropped counts exactly the packets that a backlog has no room for'],
    scenario: { profile: '6.12', packets: 2, device: 'comes and goes' },
    plant: (net) =>
      net.replaceStep('netif_rx_not_running', (spec, n) => ({ ...spec, moves: [...spec.moves, n.softnet_dropped.on({ type: 'INC' })] })),
  },
  {
    id: 'drop-not-in-device',
    about: 'enqueue_to_backlog() drops, counts in softnet_data.dropped, and leaves the device out',
    breaks: ['rx_dropped counts exactly the packets that no handler or no backlog takes'],
    plant: (net) =>
      net.replaceStep('netif_rx_drop', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rx_dropped') })),
  },
  {
    id: 'limited-too-early',
    about: 'skb_flow_limit() looks at the flow whatever the length',
    breaks: ['a flow is limited only while the backlog is at least half full'],
    scenario: { profile: '6.12', packets: 4, backlogMax: 2, limit: 'on' },
    plant: (net) =>
      ['netif_rx_limited', 'netif_rx_nested_limited', 'netif_rx_append_noted', 'netif_rx_schedule_noted'].reduce(
        (changed, name) =>
          changed.replaceStep(name, (spec) => ({ ...spec, when: (spec.when ?? []).filter(({ label }) => label !== 'is half full') })),
        net,
      ),
  },
  {
    id: 'history-forgets-nothing',
    about: 'skb_flow_limit() never takes a packet out of its bucket: every flow is limited in the end',
    breaks: ['a flow with less than half of the recent packets is not limited'],
    scenario: { profile: '6.12', packets: 5, backlogMax: 3, limit: 'on' },
    plant: (net) =>
      net.replaceMachine('flowLimit', (machine) =>
        machine.provide({
          guards: {
            within: ({ context: c, event }) => c.buckets[event.flow]! + 1 <= c.history >> 1,
            exceeds: ({ context: c, event }) => c.buckets[event.flow]! + 1 > c.history >> 1,
          },
          actions: {
            note: assign(({ context: c, event }) => ({
              recent: [...c.recent.slice(1), event.flow],
              buckets: c.buckets.with(event.flow, Math.min(c.history, c.buckets[event.flow]! + 1)),
            })),
          },
        }),
      ),
  },
  {
    id: 'limit-uncounted',
    about: 'a packet of a flow that has most of the backlog is dropped, and softnet_stat says nothing of flows',
    breaks: ['flow_limit_count counts exactly the packets of a flow that has most of a backlog'],
    scenario: { profile: '6.12', packets: 4, backlogMax: 2, limit: 'on' },
    plant: (net) =>
      net.replaceStep('netif_rx_limited', (spec) => ({
        ...spec,
        moves: spec.moves.filter((move) => move.component !== 'flow_limit_count'),
      })),
  },
  {
    id: 'limit-without-history',
    about: 'skb_flow_limit() does not note what it has seen: it never limits',
    breaks: ['one flow is limited, and another one is delivered after that'],
    scenario: { profile: '6.12', packets: 4, backlogMax: 2, limit: 'on' },
    plant: (net) => net.replaceMachine('flowLimit', (machine) => machine.provide({ actions: { note: assign({}) } })),
  },
];
