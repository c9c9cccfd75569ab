/** The slice of the receive buffer: softirqs on several CPUs charge and append to one socket, a reader takes. */
import { component, type Move, type Observation, type Ref, type RefFamily } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { counter } from '../kernel/counter.ts';
import { range } from '../kernel/packet.ts';
import { PROFILES } from '../kernel/profile.ts';
import { prodQueue } from '../socket/prodQueue.ts';
import { producer } from '../socket/producer.ts';
import { rmem } from '../socket/rmem.ts';

export interface AccountingParts {
  readonly rmem: Ref<typeof rmem>;
  readonly prod: Ref<typeof prodQueue>;
  readonly producer: RefFamily<typeof producer>;
  /** Datagrams that have come, were refused, and were taken. */
  readonly came: Ref<typeof counter>;
  readonly refused: Ref<typeof counter>;
  readonly taken: Ref<typeof counter>;
}

interface Bounds {
  readonly packets: number;
  readonly cpus: number;
  readonly memory: 'enough' | 'short';
}

/** __udp_enqueue_schedule_skb(), each atomic operation by itself. */
function producerSteps(n: AccountingParts, s: Bounds): StepTemplate[] {
  const cpu = range(s.cpus);
  const values = range(s.packets + 2);
  const refused = n.refused.on({ type: 'INC' });
  const by = (name: string, moves: (x: number) => readonly Move[], when: (x: number) => readonly Observation[] = () => []) =>
    step(name, { cpu }, ({ cpu: x }) => ({ owner: `softirq/${x}`, moves: moves(x), when: when(x) }));
  const valued = (name: string, moves: (x: number, value: number) => readonly Move[]) =>
    step(name, { cpu, value: values }, ({ cpu: x, value }) => ({ owner: `softirq/${x}`, moves: moves(x, value) }));
  return [
    step('begin', { cpu }, ({ cpu: x }) => ({
      owner: `softirq/${x}`,
      environment: true,
      moves: [n.producer(x).on({ type: 'BEGIN' }), n.came.on({ type: 'INC' })],
      when: [n.came.is('has some left', ({ count, max }) => count < max)],
    })),
    valued('read_rmem', (x, value) => [n.producer(x).on({ type: 'READ', value }), n.rmem.on({ type: 'READ', value })]),
    valued('read_prod', (x, value) => [n.producer(x).on({ type: 'READ_PROD', value }), n.prod.on({ type: 'READ', value })]),
    by('drop', (x) => [n.producer(x).on({ type: 'DROP' }), refused]),
    by('busylock', (x) => [n.producer(x).on({ type: 'BUSY' }), n.prod.on({ type: 'BUSY' })]),
    valued('charge', (x, value) => [n.producer(x).on({ type: 'CHARGED', value }), n.rmem.on({ type: 'CHARGE', value })]),
    by('uncharge', (x) => [n.producer(x).on({ type: 'UNCHARGE' }), n.rmem.on({ type: 'UNCHARGE' }), refused]),
    by('append', (x) => [n.producer(x).on({ type: 'APPEND' }), n.rmem.on({ type: 'APPEND' })]),
    ...(s.memory === 'short' ? [by('no_memory', (x) => [n.producer(x).on({ type: 'NO_MEMORY' })])] : []),
    by('charge_prod', (x) => [n.producer(x).on({ type: 'CHARGE_PROD' }), n.prod.on({ type: 'CHARGE' })]),
    by('lead', (x) => [n.producer(x).on({ type: 'LEAD' }), n.prod.on({ type: 'LEAD' })]),
    by('follow', (x) => [n.producer(x).on({ type: 'FOLLOW' }), n.prod.on({ type: 'FOLLOW' })]),
    valued('flush', (x, taken) => [
      n.producer(x).on({ type: 'FLUSH', taken }),
      n.rmem.on({ type: 'FLUSH', taken }),
      n.prod.on({ type: 'FLUSH', taken }),
    ]),
    valued('settle', (x, taken) => [n.producer(x).on({ type: 'SETTLE', taken }), n.prod.on({ type: 'SETTLE', taken })]),
    by('unbusy', (x) => [n.producer(x).on({ type: 'UNBUSY' }), n.prod.on({ type: 'UNBUSY' })]),
    by(
      'end',
      (x) => [n.producer(x).on({ type: 'END' })],
      (x) => [n.producer(x).is('has no busylock', ({ busy }) => !busy)],
    ),
  ];
}

export const accountingSlice = family({
  name: 'accounting',
  about: 'sk_rmem_alloc of one UDP socket: several CPUs charge, a reader uncharges',
  keys: {
    profile: choice(
      PROFILES.filter((one) => one !== 'article'),
      '6.12',
      'the kernel: each has its own rule',
    ),
    packets: int({ min: 1, max: 6, otherwise: 4, about: 'datagrams that may come' }),
    cpus: int({ min: 1, max: 4, otherwise: 2, about: 'CPUs that receive' }),
    rcvbuf: int({ min: 1, max: 4, otherwise: 1, about: 'sk_rcvbuf, in datagrams' }),
    threshold: int({ min: 1, max: 4, otherwise: 1, about: 'forward_threshold, in datagrams' }),
    memory: choice(['enough', 'short'], 'enough', 'that of the protocol'),
  },
  build: (s) => {
    const profile = s.profile === '6.1' || s.profile === '6.18' ? s.profile : '6.12';
    const one = component(counter, { max: s.packets });
    return network('accounting', {
      rmem: component(rmem, { rcvbuf: s.rcvbuf, threshold: s.threshold, packets: s.packets }),
      prod: component(prodQueue, { packets: s.packets }),
      producer: range(s.cpus).map(() => component(producer, { profile, rcvbuf: s.rcvbuf })),
      came: one,
      refused: one,
      taken: one,
    })
      .join((n) => producerSteps(n, s))
      .step('recv', {}, (_, n) => ({
        owner: 'reader',
        environment: true,
        moves: [n.rmem.on({ type: 'TAKE' }), n.taken.on({ type: 'INC' })],
      }));
  },
});
