/** igb_poll() on each CPU: from being picked off the poll list to the unmask. */
import type { Move, Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { not } from '../../../src/model/property.ts';
import { range, type Packet } from '../../kernel/packet.ts';
import type { Profile } from '../../kernel/profile.ts';
import { disabling } from '../../napi/napi.ts';
import { inAction } from '../../napi/softnet.ts';
import { owes } from '../../nic/ring.ts';
import type { Parts, ToStack, Ways } from '../parts.ts';
import { serving, softirqOn } from './softirq.ts';

type IgbParts = Pick<Parts, 'cpu' | 'softirq' | 'softnet' | 'napi' | 'poll' | 'ring' | 'vector' | 'rxList'>;

export interface IgbScenario {
  readonly packets: number;
  /** Buffers that are given back in the loop as soon as so many are owed; at its end only, where it is not said. */
  readonly refill?: number;
  readonly irqCpus: number;
  readonly profile: Profile;
  /** __IGB_DOWN is clear, and set: igb_ring_irq_enable() looks. Absent where the interface never goes down. */
  readonly link?: { readonly up: Observation; readonly down: Observation };
  /** What must be true where the instance goes to a poll list again; nothing where it cannot go elsewhere. */
  readonly listed?: readonly Observation[];
}

/** In whose context igb_poll() runs. */
export interface Caller {
  /** Of the names of its steps. */
  readonly prefix: string;
  /** Its poll routines: one per CPU, or one for a task. */
  readonly cpu: readonly number[];
  readonly owner: (poll: number) => string;
  /** It is on its CPU, and not interrupted. */
  readonly runs: (poll: number) => Observation;
}

/** net_rx_action(), on each of some CPUs. */
export const bySoftirq = (n: Pick<IgbParts, 'cpu'>, cpu: readonly number[]): Caller => ({
  prefix: '',
  cpu,
  owner: softirqOn,
  runs: (c) => serving(n.cpu(c)),
});

/** `up` hands a frame to the stack; `settled` says that the stack on a CPU has nothing in hand. */
export function igbSteps(
  n: IgbParts,
  s: IgbScenario,
  up: ToStack | Ways,
  settled: (cpu: number) => readonly Observation[],
): StepTemplate[] {
  const cpu = range(s.irqCpus);
  return [
    step('igb_poll', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'PICK', napi: 'igb' }), n.poll(c).on({ type: 'CALL' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'igb_poll', args: { cpu: c } }],
    })),
    ...cleanSteps(
      n,
      { packets: s.packets, batches: s.profile.rxList, ...(s.refill !== undefined && { refill: s.refill }) },
      up,
      settled,
      bySoftirq(n, cpu),
    ),
    ...completeSteps(n, s),
    step('poll_full', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'FULL' })],
      when: [serving(n.cpu(c)), n.napi.is('is not being disabled', (context) => !disabling(context))],
      cite: ['net_rx_action'],
      reveals: [{ event: 'napi_poll', args: { cpu: c, dev: 'igb' } }],
    })),
    ...disabledSteps(n, cpu),
  ];
}

/** A full poll while napi_disable() waits: net_rx_action() completes on the driver's behalf. The interrupt stays masked. */
function disabledSteps(n: IgbParts, cpu: readonly number[]): StepTemplate[] {
  const isDisabling = n.napi.is('is being disabled', disabling);
  return [
    step('poll_full_disabled', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'COMPLETED' }), n.napi.on({ type: 'COMPLETE' })],
      when: [serving(n.cpu(c)), isDisabling],
      cite: ['net_rx_action', '__napi_poll', 'napi_complete'],
    })),
    // MISSED was set before: one more poll, and the next completion clears SCHED.
    step('poll_full_disabled_missed', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN_FULL' }), n.softnet(c).on({ type: 'REQUEUED' }), n.napi.on({ type: 'COMPLETE_MISSED' })],
      when: [serving(n.cpu(c)), isDisabling],
      cite: ['net_rx_action', '__napi_poll', 'napi_complete'],
    })),
  ];
}

/** igb_clean_rx_irq() and the refill. A frame goes straight up (3.10), or into rx_list, which goes up by the batch and as the poll completes (`batches`). */
export function cleanSteps(
  n: Pick<IgbParts, 'poll' | 'ring' | 'rxList'>,
  { packets, batches, refill }: { readonly packets: number; readonly batches: boolean; readonly refill?: number },
  up: ToStack | Ways,
  settled: (cpu: number) => readonly Observation[],
  { prefix, cpu, owner, runs }: Caller,
): StepTemplate[] {
  const ways = typeof up === 'function' ? [{ name: '', up }] : up;
  const domain = { cpu, pkt: range(packets) };
  const take = (c: number, pkt: Packet) => [n.poll(c).on({ type: 'TAKE' }), n.ring.on({ type: 'TAKE', pkt })];
  const plain = (name: string, moves: (c: number) => readonly Move[], when: (c: number) => readonly Observation[] = () => []) =>
    step(`${prefix}${name}`, { cpu }, ({ cpu: c }) => ({ owner: owner(c), moves: moves(c), when: [runs(c), ...when(c)] }));
  const owing = refill === undefined ? undefined : n.ring.is(`is owed ${refill} buffers`, owes(refill));
  /** Before the next descriptor is looked at, buffers are given back. */
  const paid = owing === undefined ? [] : [not(owing)];
  const done = (c: number) => [...settled(c), ...(batches ? [n.rxList.in('owned')] : [])];
  return [
    ...(batches
      ? [
          step(`${prefix}take`, domain, ({ cpu: c, pkt }) => ({
            owner: owner(c),
            moves: [...take(c, pkt), n.rxList.on({ type: 'ADD', pkt })],
            when: [runs(c), ...paid, ...settled(c)],
            reveals: [{ event: 'napi_gro_receive_entry', args: { cpu: c, pkt } }],
          })),
        ]
      : ways.map((way) =>
          step(`${prefix}take${way.name}`, domain, ({ cpu: c, pkt }) => {
            const { moves, when, reveals = [] } = way.up(c, pkt);
            return { owner: owner(c), moves: [...take(c, pkt), ...moves], when: [runs(c), ...paid, ...settled(c), ...when], reveals };
          }),
        )),
    ...(batches ? flushSteps(n, domain, ways, settled, { prefix, cpu, owner, runs }) : []),
    plain(
      'ring_empty',
      (c) => [n.poll(c).on({ type: 'EMPTY' }), n.ring.on({ type: 'EMPTY' })],
      (c) => [...paid, ...done(c)],
    ),
    plain('weight_spent', (c) => [n.poll(c).on({ type: 'SPENT' })], done),
    ...(owing === undefined
      ? []
      : [
          plain(
            'refill_in_loop',
            (c) => [n.poll(c).on({ type: 'REFILL_SOME' }), n.ring.on({ type: 'REFILL' })],
            (c) => [owing, ...done(c)],
          ),
        ]),
    plain('refill', (c) => [n.poll(c).on({ type: 'REFILL' }), n.ring.on({ type: 'REFILL' })]),
  ];
}

/** rx_list goes up, frame by frame: in the loop only as a whole batch. */
function flushSteps(
  n: Pick<IgbParts, 'poll' | 'rxList'>,
  domain: { readonly cpu: readonly number[]; readonly pkt: readonly number[] },
  ways: Ways,
  settled: (cpu: number) => readonly Observation[],
  { prefix, cpu, owner, runs }: Caller,
): StepTemplate[] {
  const isBatch = n.rxList.in('goingUp');
  // Revealed by nothing: netif_receive_skb comes for every frame of the list before IP sees the first.
  const goesUp = (name: string, type: 'BATCH' | 'FLUSH', also: readonly Observation[]) =>
    ways.map((way) =>
      step(`${prefix}${name}${way.name}`, domain, ({ cpu: c, pkt }) => {
        const { moves, when, reveals = [] } = way.up(c, pkt);
        const next = [n.poll(c).on({ type }), n.rxList.on({ type: 'NEXT', pkt })];
        return { owner: owner(c), moves: [...next, ...moves], when: [runs(c), ...settled(c), ...also, ...when], reveals };
      }),
    );
  return [
    ...goesUp('gro_batch', 'BATCH', [isBatch]),
    ...goesUp('gro_flush', 'FLUSH', []),
    step(`${prefix}gro_flushed`, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.poll(c).on({ type: 'FLUSHED' }), n.rxList.on({ type: 'EMPTY' })],
      when: [runs(c), ...settled(c)],
    })),
  ];
}

/** SCHED is given up and the vector opened; or MISSED was set, and the instance is queued once more. */
function completeSteps(n: IgbParts, s: IgbScenario): StepTemplate[] {
  const cpu = range(s.irqCpus);
  const unlink = (c: number) => (s.profile.pollInPlace ? [n.softnet(c).on({ type: 'REMOVE', napi: 'igb' })] : []);
  return [
    step('complete', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'COMPLETE' }), n.napi.on({ type: 'COMPLETE' }), ...unlink(c)],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'napi_complete_done_ret', args: { cpu: c, ret: 1 } }],
    })),
    step('complete_missed', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [
        n.poll(c).on({ type: 'COMPLETE_MISSED' }),
        n.napi.on({ type: 'COMPLETE_MISSED' }),
        n.softnet(c).on({ type: 'ADD', napi: 'igb' }),
      ],
      when: [serving(n.cpu(c)), n.softnet(c).is('is in net_rx_action()', inAction), ...(s.listed ?? [])],
      reveals: [{ event: 'napi_complete_done_ret', args: { cpu: c, ret: 0 } }],
    })),
    step('unmask', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'UNMASK' }), n.vector.on({ type: 'UNMASK' })],
      when: [serving(n.cpu(c)), ...(s.link ? [s.link.up] : [])],
    })),
    step(
      'unmask_down',
      { cpu },
      ({ cpu: c }) => s.link && { owner: softirqOn(c), moves: [n.poll(c).on({ type: 'DOWN' })], when: [serving(n.cpu(c)), s.link.down] },
    ),
    step('poll_short', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.poll(c).on({ type: 'RETURN' }), n.softnet(c).on({ type: 'SHORT' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'napi_poll', args: { cpu: c, dev: 'igb' } }],
    })),
  ];
}
