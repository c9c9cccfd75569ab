/** Queueing a datagram and waking a reader, by softirq on each CPU and by the task that owns the socket. */
import type { Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { range } from '../../kernel/packet.ts';
import type { Profile } from '../../kernel/profile.ts';
import { equals, hasNoWaiter, hasWaiter, startsWith } from '../../socket/waitQueue.ts';
import { interruptible } from '../../task/reader.ts';
import { inReceive } from '../../socket/receive.ts';
import { hasBacklog } from '../../socket/socket.ts';
import { end, type Parts } from '../parts.ts';
import { serving, softirqOn } from './softirq.ts';

type SocketParts = Pick<
  Parts,
  'cpu' | 'socket' | 'receive' | 'waitQueue' | 'reader' | 'holder' | 'ledger' | 'UdpInErrors' | 'UdpRcvbufErrors' | 'IcmpInDestUnreachs'
>;

export interface SocketScenario {
  readonly packets: number;
  readonly cpus: number;
  readonly readers: number;
  readonly profile: Profile;
  /** Times another task takes the socket lock. */
  readonly holds: number;
}

/** Who runs the queueing code: softirq on a CPU, or (the last index) the task that owns the socket. */
export interface Runner {
  readonly index: number;
  readonly owner: string;
  readonly when: readonly Observation[];
}

function runners(n: SocketParts, s: SocketScenario): Runner[] {
  const softirqs = range(s.cpus).map((c) => ({ index: c, owner: softirqOn(c), when: [serving(n.cpu(c))] }));
  return s.holds > 0 ? [...softirqs, { index: s.cpus, owner: 'holder', when: [n.cpu(0).in('task', 'bhOff')] }] : softirqs;
}

export function socketSteps(n: SocketParts, s: SocketScenario): StepTemplate[] {
  const all = runners(n, s);
  const by = all.map((runner) => runner.index);
  const run = (index: number): Runner => all[index] ?? { index, owner: `runner ${index}`, when: [] };
  const pkt = range(s.packets);
  return [
    ...(s.profile.socketLock ? lockSteps(n, s) : []),
    step('enqueue', { by, pkt }, ({ by: x, pkt: p }) => ({
      owner: run(x).owner,
      moves: [n.receive(x).on({ type: 'APPENDED' }), n.socket.on({ type: 'APPEND', pkt: p })],
      when: [...run(x).when, n.receive(x).is(`has packet ${p}`, inReceive(p))],
      reveals: [{ event: 'udp_enqueue', args: { cpu: x, pkt: p } }],
    })),
    step('rcvbuf_full', { by, pkt }, ({ by: x, pkt: p }) => ({
      owner: run(x).owner,
      moves: [
        n.receive(x).on({ type: 'DROPPED' }),
        n.socket.on({ type: 'FULL' }),
        ...end(n, p, 'rcvbufFull', n.UdpRcvbufErrors, n.UdpInErrors),
      ],
      when: [...run(x).when, n.receive(x).is(`has packet ${p}`, inReceive(p))],
      reveals: [{ event: 'kfree_skb', args: { cpu: x, pkt: p, reason: 'SOCKET_RCVBUFF' } }],
    })),
    ...testSteps(n, by, run),
    ...wakeSteps(n, s, by, run),
    ...(s.holds > 0 ? holderSteps(n, s) : []),
  ];
}

/** The lockless look at the wait queue, after the append (sk_data_ready) or after sk_err is stored (sk_error_report). */
function testSteps(n: SocketParts, by: readonly number[], run: (index: number) => Runner): StepTemplate[] {
  const after = ['data', 'error'] as const;
  const tests = (x: number, what: (typeof after)[number]) => n.receive(x).in(what === 'data' ? 'testing' : 'reporting');
  const shown = (x: number, what: (typeof after)[number]) => (what === 'data' ? [{ event: 'sk_data_ready', args: { cpu: x } }] : []);
  return [
    step('no_sleeper', { by, after }, ({ by: x, after: what }) => ({
      owner: run(x).owner,
      moves: [n.receive(x).on({ type: 'NO_SLEEPER' })],
      when: [...run(x).when, tests(x, what), n.waitQueue.is('looks empty', hasNoWaiter)],
      reveals: shown(x, what),
    })),
    step('sleeper', { by, after }, ({ by: x, after: what }) => ({
      owner: run(x).owner,
      moves: [n.receive(x).on({ type: 'SLEEPER' })],
      when: [...run(x).when, tests(x, what), n.waitQueue.is('has a waiter', hasWaiter)],
      reveals: shown(x, what),
    })),
  ];
}

/** 3.10: the socket lock around the queueing, and the socket backlog when a task owns it. */
function lockSteps(n: SocketParts, s: SocketScenario): StepTemplate[] {
  const domain = { cpu: range(s.cpus), pkt: range(s.packets) };
  return [
    ...admitSteps(n, domain),
    step('bh_lock_sock', { cpu: domain.cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.receive(c).on({ type: 'LOCKED' }), n.socket.on({ type: 'BH_LOCK' })],
      when: [serving(n.cpu(c))],
    })),
    ...(s.holds > 0 ? socketBacklogSteps(n, domain) : []),
    step('bh_unlock_sock', { cpu: domain.cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.receive(c).on({ type: 'UNLOCK' }), n.socket.on({ type: 'BH_UNLOCK' })],
      when: [serving(n.cpu(c))],
    })),
  ];
}

type Arrivals = { readonly cpu: readonly number[]; readonly pkt: readonly number[] };

/** Softirq on CPU `c` has datagram `p` in hand. */
const queueing = (n: SocketParts, c: number, p: number) => ({
  owner: softirqOn(c),
  when: [serving(n.cpu(c)), n.receive(c).is(`has packet ${p}`, inReceive(p))],
});

/** The look at the queues before the lock. What it refuses counts in InErrors and sk_drops; 3e215c8d1b6b (3.16) adds RcvbufErrors. */
function admitSteps(n: SocketParts, domain: Arrivals): StepTemplate[] {
  return [
    step('queues_not_full', { cpu: domain.cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.receive(c).on({ type: 'ADMITTED' }), n.socket.on({ type: 'QUEUES_FIT' })],
      when: [serving(n.cpu(c))],
    })),
    step('queues_full', domain, ({ cpu: c, pkt: p }) => ({
      ...queueing(n, c, p),
      moves: [n.receive(c).on({ type: 'REFUSED' }), n.socket.on({ type: 'QUEUES_FULL' }), ...end(n, p, 'queuesFull', n.UdpInErrors)],
    })),
  ];
}

/** A task owns the socket: the datagram is left for it, or dropped. */
function socketBacklogSteps(n: SocketParts, domain: Arrivals): StepTemplate[] {
  return [
    step('sk_add_backlog', domain, ({ cpu: c, pkt: p }) => ({
      ...queueing(n, c, p),
      moves: [n.receive(c).on({ type: 'SET_ASIDE' }), n.socket.on({ type: 'BACKLOG', pkt: p })],
    })),
    // The same test once more, under the lock, and the same label drop in udp_queue_rcv_skb().
    step('sk_backlog_full', domain, ({ cpu: c, pkt: p }) => ({
      ...queueing(n, c, p),
      moves: [n.receive(c).on({ type: 'SET_ASIDE' }), n.socket.on({ type: 'BACKLOG_FULL' }), ...end(n, p, 'queuesFull', n.UdpInErrors)],
    })),
  ];
}

/**
 * The walk of the wait queue: from the head, over the entries whose task is running already (try_to_wake_up() returns 0
 * and the walk goes on), to the first sleeper, who is woken and unlinked and ends it.
 */
function wakeSteps(n: SocketParts, s: SocketScenario, by: readonly number[], run: (index: number) => Runner): StepTemplate[] {
  const orders = arrangements(range(s.readers));
  const sleeps = (i: number): Observation => n.reader(i).is('can be woken', interruptible);
  const runs = (i: number): Observation => n.reader(i).is('runs already', (context, state) => !interruptible(context, state));
  return [
    step('wake', { by, reader: range(s.readers), passed: orders.map(text) }, ({ by: x, reader: i, passed }) => {
      const ahead = parse(passed);
      if (ahead.includes(i)) return undefined;
      return {
        owner: run(x).owner,
        moves: [n.receive(x).on({ type: 'WOKE' }), n.waitQueue.on({ type: 'UNLINK', reader: i }), n.reader(i).on({ type: 'WAKE' })],
        when: [
          ...run(x).when,
          n.waitQueue.is(`starts with ${text([...ahead, i])}`, startsWith(...ahead, i)),
          sleeps(i),
          ...ahead.map(runs),
        ],
        reveals: [{ event: 'sched_waking', args: { cpu: x, reader: i } }],
      };
    }),
    step('wake_nobody', { by, linked: orders.map(text) }, ({ by: x, linked }) => ({
      owner: run(x).owner,
      moves: [n.receive(x).on({ type: 'WOKE' })],
      when: [
        ...run(x).when,
        n.waitQueue.is(linked === '' ? 'is empty' : `is exactly ${linked}`, equals(...parse(linked))),
        ...parse(linked).map(runs),
      ],
    })),
  ];
}

/** lock_sock() and release_sock() by another task on the same socket. */
function holderSteps(n: SocketParts, s: SocketScenario): StepTemplate[] {
  const runs = [n.cpu(0).in('task'), n.receive(s.cpus).in('idle')];
  return [
    step('lock_sock', {}, () => ({
      owner: 'holder',
      environment: true,
      moves: [n.holder.on({ type: 'LOCK' }), n.socket.on({ type: 'LOCK' })],
      when: runs,
    })),
    step('release_flush', { pkt: range(s.packets) }, ({ pkt }) => ({
      owner: 'holder',
      moves: [n.holder.on({ type: 'FLUSH' }), n.socket.on({ type: 'FLUSH', pkt }), n.receive(s.cpus).on({ type: 'BEGIN', pkt })],
      when: runs,
    })),
    step('release_sock', {}, () => ({
      owner: 'holder',
      moves: [n.holder.on({ type: 'RELEASE' }), n.socket.on({ type: 'RELEASE' })],
      when: [...runs, n.socket.is('has no backlog', (context) => !hasBacklog(context))],
    })),
  ];
}

/** A datagram for the socket begins to be queued on a CPU. */
export const toReceive = (n: Pick<Parts, 'receive'>) => (c: number, pkt: number) => [n.receive(c).on({ type: 'BEGIN', pkt })];

/** An ICMP error is stored in the socket, and reported like data. */
export const toError = (n: Pick<Parts, 'receive' | 'socket' | 'ledger' | 'IcmpInDestUnreachs'>) => (c: number, pkt: number) => [
  n.receive(c).on({ type: 'REPORT' }),
  n.socket.on({ type: 'SET_ERROR' }),
  ...end(n, pkt, 'icmpIn', n.IcmpInDestUnreachs),
];

/** For recorded traces: the error came through a device that the network leaves out, in a pass of its own or after another poll. */
export function errorElsewhereSteps(n: SocketParts, cpu: readonly number[], idle: (cpu: number) => readonly Observation[]): StepTemplate[] {
  return [
    step('error_elsewhere', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      environment: true,
      moves: [n.receive(c).on({ type: 'REPORT' }), n.socket.on({ type: 'SET_ERROR' }), n.IcmpInDestUnreachs.on({ type: 'INC' })],
      when: [serving(n.cpu(c)), ...idle(c)],
    })),
  ];
}

/** Every ordered choice of any number of `items`. */
function arrangements(items: readonly number[]): number[][] {
  return [[], ...items.flatMap((item) => arrangements(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))];
}

const text = (order: readonly number[]): string => order.join('>');
const parse = (order: string): number[] => (order === '' ? [] : order.split('>').map(Number));
