/** Bugs planted in the dispatch of frames. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { dispatchSlice } from '../networks/dispatch.ts';

type DispatchNetwork = ReturnType<typeof dispatchSlice.build>;

const SLAVE = { device: 'inactive slave' };

export const DISPATCH_BUGS: readonly Bug<DispatchNetwork>[] = [
  {
    id: 'unknown-uncounted',
    about: 'a frame that nobody handles is dropped and not counted',
    breaks: ['rx_dropped counts exactly the packets that no handler or no backlog takes'],
    plant: (net) =>
      net.replaceStep('drop_unhandled', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'rx_dropped') })),
  },
  {
    id: 'nohandler-as-dropped',
    about: 'what an inactive slave drops is counted in rx_dropped',
    breaks: [
      'rx_nohandler counts exactly the frames of an inactive slave that no exact handler takes',
      'rx_dropped counts exactly the packets that no handler or no backlog takes',
    ],
    scenario: SLAVE,
    plant: (net) =>
      net.replaceStep('drop_nohandler', (spec, n) => ({
        ...spec,
        moves: spec.moves.map((move) => (move.component === 'rx_nohandler' ? n.rx_dropped.on({ type: 'INC' }) : move)),
      })),
  },
  {
    id: 'slave-takes-any-match',
    about: 'RX_HANDLER_EXACT is taken for RX_HANDLER_PASS: an inactive slave delivers what its active twin delivers too',
    breaks: ['a frame of an inactive slave goes to exact handlers only'],
    scenario: SLAVE,
    plant: (net) => net.replaceMachine('dispatch', (machine) => machine.provide({ guards: { allowed: () => true } })),
  },
  {
    id: 'tap-without-reference',
    about: 'deliver_skb() gives a tap the frame and no reference: the one of the caller is used twice',
    breaks: ['whoever has been given a frame has a reference to it'],
    scenario: { tap: 'on' },
    plant: (net) =>
      net.replaceMachine('dispatch', (machine) =>
        machine.provide({
          actions: {
            match: assign(({ context: c, event }) => ({
              remembered: event.type === 'MATCH' ? event.handler : c.remembered,
              owners: c.remembered === 'none' ? c.owners : c.owners + 1,
            })),
          },
        }),
      ),
  },
  {
    id: 'tap-forgotten',
    about: 'a tap that is remembered is forgotten where the tag names a device that does not exist',
    breaks: ['what a tap has seen is not dropped as unhandled'],
    scenario: { tap: 'on', vlan: 'on' },
    plant: (net) => net.replaceMachine('dispatch', (machine) => machine.provide({ actions: { flush: assign({ remembered: 'none' }) } })),
  },
  {
    id: 'rounds-uncounted',
    about: 'softnet_data.processed counts frames, not rounds',
    breaks: ['softnet_data.processed counts a frame twice'],
    scenario: { vlan: 'on' },
    plant: (net) =>
      net.replaceStep('vlan_device', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'processed') })),
  },
  {
    id: 'xdp-leaks',
    about: 'the XDP program says drop, and the frame is not freed',
    breaks: ['a frame that has gone leaves no reference behind'],
    scenario: { xdp: 'on' },
    plant: (net) => net.replaceMachine('dispatch', (machine) => machine.provide({ actions: { free: assign({}) } })),
  },
  {
    id: 'xdp-counted',
    about: 'what XDP drops is counted in rx_dropped',
    breaks: ['rx_dropped counts exactly the packets that no handler or no backlog takes', 'a frame goes, and no counter tells'],
    scenario: { packets: 1, xdp: 'on' },
    plant: (net) => net.replaceStep('xdp_drop', (spec, n) => ({ ...spec, moves: [...spec.moves, n.rx_dropped.on({ type: 'INC' })] })),
  },
  {
    id: 'reserve-to-taps',
    about: 'a frame from the memory reserves is shown to the taps, as any other',
    breaks: ['a frame from the memory reserves goes past the taps'],
    scenario: { tap: 'on' },
    plant: (net) => net.replaceMachine('dispatch', (machine) => machine.provide({ guards: { notFromReserve: () => true } })),
  },
];
