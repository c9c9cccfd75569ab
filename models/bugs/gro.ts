/** Bugs planted in GRO. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import { flowOf } from '../gro/gro.ts';
import type { groSlice } from '../networks/gro.ts';

type GroBug = Bug<ReturnType<typeof groSlice.build>>;

const BUCKET = { packets: 4, flows: 3, limit: 2, batch: 2 };
const DELIVERED = 'what GRO has taken goes up in the end';

export const GRO_BUGS: readonly GroBug[] = [
  {
    id: 'timer-poll-holds-on',
    row: 'M6.3',
    about: 'a poll without work does not flush what is held, and arms the timer again: it is held for ever',
    breaks: [DELIVERED],
    plant: (net) =>
      net
        .replaceMachine('poll', (machine) => machine.provide({ guards: { mayArm: ({ context: c }) => c.timeout } }))
        .replaceStep('complete_flush', (spec, n, { old }) =>
          old === true
            ? { ...spec, when: [n.poll.in('completing')], moves: spec.moves.filter((move) => move.component !== 'gro') }
            : undefined,
        ),
  },
  {
    id: 'steered-before-gro',
    row: 'M6.7',
    about: 'RPS steers a frame to another CPU before GRO has seen it, while an earlier one of its flow is held here',
    breaks: ['the frames of a flow come up in order'],
    plant: (net) =>
      net.step('steered', { pkt: [0, 1, 2] }, ({ pkt }, n) => ({
        owner: 'softirq/0',
        moves: [
          n.poll.on({ type: 'TAKE' }),
          n.queue.on({ type: 'TAKE', pkt }),
          n.flowOrder.on({ type: 'UP', pkt }),
          n.ledger.on({ type: 'END', pkt, fate: 'delivered' }),
        ],
      })),
  },
  {
    id: 'full-poll-holds-on',
    row: 'M6.8',
    about: 'a full poll flushes nothing: where every poll is full, what is held ages without bound',
    breaks: [DELIVERED],
    scenario: { flood: 'on', timeout: 'off' },
    plant: (net) => net.replaceStep('full_flush', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'gro') })),
  },
  {
    id: 'completion-keeps-list',
    row: 'M6.1',
    about: 'napi_complete_done() does not hand rx_list up',
    breaks: ['rx_list is empty where the instance is idle', DELIVERED],
    plant: (net) => net.replaceStep('flushed', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'gro') })),
  },
  {
    id: 'held-without-timer',
    about: 'napi_complete_done() leaves something held, and arms no timer',
    breaks: ['something is held by an idle instance only while its timer is armed', DELIVERED],
    plant: (net) => net.replaceMachine('poll', (machine) => machine.provide({ actions: { arm: assign({ work: 0 }) } })),
  },
  {
    id: 'normal-overtakes',
    about: 'a frame that cannot be merged goes to rx_list and leaves the one held before it behind',
    breaks: ['the frames of a flow come up in order'],
    plant: (net) =>
      net.replaceMachine('gro', (machine) =>
        machine.provide({
          actions: { normal: assign(({ context: c, event }) => ('pkt' in event ? { list: [...c.list, event.pkt] } : {})) },
        }),
      ),
  },
  {
    id: 'merged-and-forgotten',
    about: 'a merged frame is not linked to the one that it was merged into',
    breaks: ['no frame vanishes'],
    plant: (net) => net.replaceMachine('gro', (machine) => machine.provide({ actions: { merge: assign({}) } })),
  },
  {
    id: 'bucket-without-limit',
    about: 'dev_gro_receive() holds one more flow whatever the bucket holds already',
    breaks: ['no more flows are held than MAX_GRO_SKBS'],
    scenario: BUCKET,
    plant: (net) =>
      net.replaceMachine('gro', (machine) =>
        machine.provide({
          actions: {
            hold: assign(({ context: c, event }) => {
              if (!('pkt' in event)) return {};
              const flow = flowOf(event.pkt, c.flows);
              return { held: c.held.with(flow, [event.pkt]), order: [...c.order.filter((one) => one !== flow), flow] };
            }),
          },
        }),
      ),
  },
  {
    id: 'batch-not-looked-at',
    about: 'gro_normal_one() lets rx_list grow until the poll ends',
    breaks: ['rx_list goes up once it has gro_normal_batch frames'],
    scenario: BUCKET,
    plant: (net) =>
      net.replaceMachine('gro', (machine) =>
        machine.provide({
          actions: {
            normal: assign(({ context: c, event }) =>
              'pkt' in event
                ? {
                    held: c.held.with(flowOf(event.pkt, c.flows), []),
                    order: c.order.filter((one) => one !== flowOf(event.pkt, c.flows)),
                    list: [...c.list, ...c.held[flowOf(event.pkt, c.flows)]!, event.pkt],
                  }
                : {},
            ),
          },
        }),
      ),
  },
];
