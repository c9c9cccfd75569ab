/** Bugs planted in net_rx_action(). */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { netRxSlice } from '../networks/net-rx.ts';

type NetRxBug = Bug<ReturnType<typeof netRxSlice.build>>;

export const NET_RX_BUGS: readonly NetRxBug[] = [
  {
    id: 'repolled-go-first',
    about: 'net_rx_action() gives back the instances to be polled again before those that have had no turn',
    breaks: ['an instance on a list is polled in the end, however much work the others have'],
    scenario: { profile: '6.12' },
    plant: (net) =>
      net.replaceMachine('softnet', (machine) =>
        machine.provide({
          actions: { giveBack: assign(({ context: c }) => ({ list: [...c.repoll, ...c.local, ...c.list], local: [], repoll: [] })) },
        }),
      ),
  },
  {
    id: 'stays-at-the-head',
    about: '3.10: an instance that did its whole weight stays at the head of the list',
    breaks: ['an instance on a list is polled in the end, however much work the others have'],
    plant: (net) =>
      net.replaceMachine('softnet', (machine) => machine.provide({ actions: { toTail: assign({ current: null, polled: true }) } })),
  },
  {
    id: 'listed-twice',
    about: 'the device interrupts while its instance is on a list, and its handler queues it again',
    breaks: ['an instance is on one list, once'],
    scenario: { profile: '6.12' },
    plant: (net) =>
      ['irq_enter', 'napi_queue'].reduce(
        (changed, name) =>
          changed.replaceStep(name, (spec) => ({
            ...spec,
            when: (spec.when ?? []).filter(({ label }) => !label.startsWith('does not have')),
          })),
        net,
      ),
  },
  {
    id: 'squeeze-uncounted',
    about: 'net_rx_action() stops for want of budget and does not count it',
    breaks: ['net_rx_action() that has run out of budget or time has counted it in time_squeeze'],
    plant: (net) =>
      net.replaceStep('net_rx_squeeze', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'time_squeeze') })),
  },
  {
    id: 'emptiness-first',
    about: 'budget and time are looked at only where something is left to poll',
    breaks: ['time_squeeze is counted where nothing is left to poll'],
    scenario: { profile: '6.12' },
    plant: (net) => net.replaceMachine('softnet', (machine) => machine.provide({ guards: { squeezesEmpty: () => false } })),
  },
];
