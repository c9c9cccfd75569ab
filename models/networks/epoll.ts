/** The slice of epoll: softirq brings datagrams, tasks wait in epoll_wait() and read; level-triggered or edge-triggered. */
import { component, type Move, type Observation, type Ref, type RefFamily } from '../../src/model/component.ts';
import { network, step } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { queue } from '../drivers/queue.ts';
import { epoll } from '../epoll/epoll.ts';
import { epollWaiter } from '../epoll/epollWaiter.ts';
import { range } from '../kernel/packet.ts';
import { wire } from '../nic/wire.ts';
import { keys } from './scenario.ts';

export interface EpollParts {
  readonly wire: Ref<typeof wire>;
  /** The datagrams that are readable. */
  readonly queue: Ref<typeof queue>;
  readonly epoll: Ref<typeof epoll>;
  readonly waiter: RefFamily<typeof epollWaiter>;
}

const SOFTIRQ = 'softirq/0';

/** Appended; then the callback of the item, in the walk of the socket's wait queue. */
function arriveSteps(n: EpollParts, packets: number, waiters: number) {
  const arrive = (pkt: number) => [n.wire.on({ type: 'ARRIVE', pkt, kind: 'matched' as const }), n.queue.on({ type: 'FILL', pkt })];
  return [
    // Append and callback are one step: between the two, a reader finds the datagram and the callback finds nothing new.
    step('arrive', { pkt: range(packets) }, ({ pkt }) => ({
      owner: SOFTIRQ,
      environment: true,
      moves: [...arrive(pkt), n.epoll.on({ type: 'CALLBACK' })],
    })),
    step('arrive_wake', { pkt: range(packets), who: range(waiters) }, ({ pkt, who }) => ({
      owner: SOFTIRQ,
      environment: true,
      moves: [...arrive(pkt), n.epoll.on({ type: 'CALLBACK_WAKE', who }), n.waiter(who).on({ type: 'WAKE' })],
    })),
  ];
}

function waiterSteps(n: EpollParts, s: { readonly packets: number; readonly waiters: number; readonly mode: string }) {
  const waiter = range(s.waiters);
  const by = (name: string, moves: (i: number) => readonly Move[], when: readonly Observation[] = []) =>
    step(name, { waiter }, ({ waiter: i }) => ({ owner: `waiter/${i}`, moves: moves(i), when }));
  const readable = n.queue.is('has a datagram', ({ frames }) => frames.length > 0);
  const empty = n.queue.is('has none', ({ frames }) => frames.length === 0);
  const level = s.mode === 'level';
  return [
    step('epoll_wait', { waiter, timed: [false, true] }, ({ waiter: i, timed }) => ({
      owner: `waiter/${i}`,
      environment: true,
      moves: [n.waiter(i).on({ type: 'CALL', timed })],
    })),
    by('events_available', (i) => [n.waiter(i).on({ type: 'AVAILABLE' }), n.epoll.on({ type: 'AVAILABLE' })]),
    by('sleep', (i) => [n.waiter(i).on({ type: 'LINK' }), n.epoll.on({ type: 'LINK', who: i })]),
    step('expire', { waiter }, ({ waiter: i }) => ({ owner: `timer/${i}`, moves: [n.waiter(i).on({ type: 'EXPIRE' })] })),
    by('expired_unlink', (i) => [n.waiter(i).on({ type: 'UNLINK' }), n.epoll.on({ type: 'UNLINK', who: i })]),
    by('expired_gone', (i) => [n.waiter(i).on({ type: 'GONE' }), n.epoll.on({ type: 'GONE', who: i })]),
    step('scan', { waiter, found: [false, true] }, ({ waiter: i, found }) => ({
      owner: `waiter/${i}`,
      moves: [n.waiter(i).on({ type: 'SCAN', found }), n.epoll.on({ type: 'SCAN', found })],
    })),
    by('item_ready', (i) => [n.waiter(i).on({ type: 'READY' }), ...(level ? [n.epoll.on({ type: 'KEEP' })] : [])], [readable]),
    by('item_not_ready', (i) => [n.waiter(i).on({ type: 'NOT_READY' })], [empty]),
    by('done', (i) => [n.waiter(i).on({ type: 'DONE' }), n.epoll.on({ type: 'DONE' })]),
    step('done_wake', { waiter, who: waiter }, ({ waiter: i, who }) =>
      i === who
        ? undefined
        : {
            owner: `waiter/${i}`,
            moves: [n.waiter(i).on({ type: 'DONE' }), n.epoll.on({ type: 'DONE_WAKE', who }), n.waiter(who).on({ type: 'WAKE' })],
          },
    ),
    step('read', { waiter, pkt: range(s.packets) }, ({ waiter: i, pkt }) => ({
      owner: `waiter/${i}`,
      moves: [n.waiter(i).on({ type: s.mode === 'edge' ? 'READ' : 'EMPTY' }), n.queue.on({ type: 'TAKE', pkt })],
      when: [n.waiter(i).in('reading')],
    })),
    by('read_none', (i) => [n.waiter(i).on({ type: 'EMPTY' })], [empty]),
  ];
}

export const epollSlice = family({
  name: 'epoll',
  about: 'epoll_wait() by several tasks on one socket, level-triggered or edge-triggered',
  keys: {
    ...keys('packets'),
    waiters: int({ min: 1, max: 4, otherwise: 2, about: 'tasks in epoll_wait()' }),
    mode: choice(['level', 'edge', 'edge, one read'], 'level', 'and whether the reader goes on until EAGAIN: with edge he must'),
  },
  build: (s) =>
    network('epoll', {
      wire: component(wire, { packets: s.packets }),
      queue: component(queue, { size: s.packets }),
      epoll: component(epoll),
      waiter: range(s.waiters).map(() => component(epollWaiter)),
    })
      .join((n) => arriveSteps(n, s.packets, s.waiters))
      .join((n) => waiterSteps(n, s)),
});
