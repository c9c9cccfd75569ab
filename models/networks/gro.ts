/** The slice of GRO: one instance polls, merges, flushes and hands up, in a flood or with a timer. */
import { component, type Ref } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { queue } from '../drivers/queue.ts';
import { flowOrder } from '../gro/flowOrder.ts';
import { drains, gro, holdsSome } from '../gro/gro.ts';
import { groPoll, timerComes } from '../gro/groPoll.ts';
import { range } from '../kernel/packet.ts';
import { componentsOf } from './components.ts';
import { end, type Parts } from './parts.ts';
import { keys } from './scenario.ts';

export type GroParts = Pick<Parts, 'wire' | 'ledger'> & {
  readonly queue: Ref<typeof queue>;
  readonly poll: Ref<typeof groPoll>;
  readonly gro: Ref<typeof gro>;
  readonly flowOrder: Ref<typeof flowOrder>;
};

const SOFTIRQ = 'softirq/0';
const RESULTS = ['HOLD', 'MERGE', 'NORMAL'] as const;

/** Frames come; the instance is scheduled by one, or by its timer. */
function startSteps(n: GroParts, packets: number): StepTemplate[] {
  const waiting = n.queue.is('holds a frame', ({ frames }) => frames.length > 0);
  return [
    step('dma', { pkt: range(packets) }, ({ pkt }) => ({
      owner: 'NIC',
      environment: true,
      moves: [n.wire.on({ type: 'ARRIVE', pkt, kind: 'matched' }), n.queue.on({ type: 'FILL', pkt })],
    })),
    step('poll', {}, () => ({ owner: SOFTIRQ, moves: [n.poll.on({ type: 'START' })], when: [waiting] })),
    step('timer', {}, () => ({
      owner: 'timer',
      moves: [n.poll.on({ type: 'START' })],
      when: [n.poll.is('has its timer armed', timerComes)],
      cite: ['napi_watchdog'],
    })),
    step('jiffy', {}, () => ({ owner: 'clock', environment: true, moves: [n.gro.on({ type: 'AGE' })] })),
  ];
}

/** ->poll(), with a flood of other flows if there is one, and what GRO does with each frame. */
function pollSteps(
  n: GroParts,
  s: { readonly packets: number; readonly flood: 'off' | 'on'; readonly hz: 'below 1000' | '1000' },
): StepTemplate[] {
  const by = { owner: SOFTIRQ };
  const flush = (old: boolean) => n.gro.on({ type: old ? 'FLUSH_OLD' : 'FLUSH' });
  const timed = n.poll.is('chose the timer', ({ timeout, work }) => timeout && work > 0);
  const untimed = n.poll.is('chose none', ({ timeout, work }) => !(timeout && work > 0));
  return [
    step('gro_receive', { pkt: range(s.packets), result: RESULTS }, ({ pkt, result }) => ({
      ...by,
      moves: [n.poll.on({ type: 'TAKE' }), n.queue.on({ type: 'TAKE', pkt }), n.gro.on({ type: result, pkt })],
    })),
    step('gro_receive_other', {}, () =>
      s.flood === 'on' ? { ...by, environment: true, moves: [n.poll.on({ type: 'TAKE' })] } : undefined,
    ),
    step('queue_empty', {}, () => ({ ...by, moves: [n.poll.on({ type: 'EMPTY' }), n.queue.on({ type: 'EMPTY' })] })),
    step('weight_spent', {}, () => ({ ...by, moves: [n.poll.on({ type: 'SPENT' }), n.queue.on({ type: 'REFILL' })] })),
    // With a timer only what is old, else everything.
    step('complete_flush', { old: [false, true] }, ({ old }) => ({
      ...by,
      moves: [n.poll.on({ type: 'FLUSH' }), flush(old), n.queue.on({ type: 'REFILL' })],
      when: [n.poll.in('completing'), old ? timed : untimed],
    })),
    // HZ below 1000: everything, as a jiffy is long.
    step('full_flush', {}, () => ({ ...by, moves: [n.poll.on({ type: 'FLUSH' }), flush(s.hz === '1000')], when: [n.poll.in('full')] })),
    step('complete_arm', {}, () => ({ ...by, moves: [n.poll.on({ type: 'ARM' })], when: [n.gro.is('holds something', holdsSome)] })),
    step('complete', {}, () => ({
      ...by,
      moves: [n.poll.on({ type: 'COMPLETE' })],
      when: [n.gro.is('holds nothing', (context) => !holdsSome(context))],
    })),
    step('flushed', {}, () => ({ ...by, moves: [n.poll.on({ type: 'FLUSHED' }), n.gro.on({ type: 'EMPTY' })] })),
    step('poll_again', {}, () => ({ ...by, moves: [n.poll.on({ type: 'AGAIN' }), n.gro.on({ type: 'EMPTY' })] })),
  ];
}

/** rx_list goes up, frame by frame. */
function upSteps(n: GroParts, packets: number): StepTemplate[] {
  const up = (pkt: number) => ({
    owner: SOFTIRQ,
    moves: [n.gro.on({ type: 'UP', pkt }), n.flowOrder.on({ type: 'UP', pkt }), ...end(n, pkt, 'delivered')],
  });
  return [
    step('up', { pkt: range(packets) }, ({ pkt }) => ({ ...up(pkt), when: [n.poll.in('delivering', 'repolling')] })),
    step('up_batch', { pkt: range(packets) }, ({ pkt }) => ({
      ...up(pkt),
      when: [n.poll.in('receiving', 'completing', 'full'), n.gro.is('has a whole batch', drains)],
    })),
  ];
}

export const groSlice = family({
  name: 'gro',
  about: 'GRO holds, merges and flushes',
  keys: {
    ...keys('packets', 'weight'),
    flows: int({ min: 1, max: 4, otherwise: 2, about: 'flows that the frames belong to, in turn' }),
    limit: int({ min: 1, max: 8, otherwise: 8, about: 'flows held at once: MAX_GRO_SKBS' }),
    batch: int({ min: 1, max: 64, otherwise: 8, about: 'length at which rx_list goes up: gro_normal_batch' }),
    timeout: choice(['off', 'on'], 'on', 'gro_flush_timeout is not zero'),
    hz: choice(['below 1000', '1000'], 'below 1000', 'of the kernel: what a full poll flushes'),
    flood: choice(['off', 'on'], 'off', 'frames of other flows come without end'),
  },
  build: (s) => {
    const { wire, ledger } = componentsOf({ packets: s.packets });
    return network('gro', {
      wire,
      queue: component(queue, { size: s.packets }),
      poll: component(groPoll, { weight: s.weight, timeout: s.timeout === 'on' }),
      gro: component(gro, { flows: s.flows, limit: s.limit, batch: s.batch }),
      flowOrder: component(flowOrder, { flows: s.flows }),
      ledger,
    })
      .join((n) => startSteps(n, s.packets))
      .join((n) => pollSteps(n, s))
      .join((n) => upSteps(n, s.packets));
  },
});
