/** Bugs planted in epoll. */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import type { epollSlice } from '../networks/epoll.ts';

const SLEEPS = 'nobody sleeps in epoll_wait() beside a datagram';
const WOKEN = 'who sleeps in epoll_wait() beside a datagram is woken in the end, or another one reads it';

export const EPOLL_BUGS: readonly Bug<ReturnType<typeof epollSlice.build>>[] = [
  {
    id: 'timeout-loses-wakeup',
    row: 'M62',
    about: 'a waiter whose time has run out returns without a look whether a wakeup had chosen it',
    breaks: [SLEEPS, WOKEN],
    plant: (net) => net.replaceMachine('waiter', (machine) => machine.provide({ guards: { givesUp: () => true } })),
  },
  {
    id: 'wakeup-not-passed-on',
    about: 'who ends a scan and leaves something ready wakes nobody: with one item, each datagram wakes a waiter of its own',
    breaks: [],
    plant: (net) =>
      net.replaceMachine('epoll', (machine) =>
        machine.provide({ guards: { wakesNobody: ({ context }) => context.scans, wakesFirst: () => false } }),
      ),
  },
  {
    id: 'overflow-forgotten',
    about: 'ep_done_scan() forgets what has come while it scanned',
    breaks: [SLEEPS],
    scenario: { mode: 'edge' },
    plant: (net) =>
      net.replaceMachine('epoll', (machine) =>
        machine.provide({ actions: { done: assign(({ context }) => ({ ready: context.ready, overflow: false, scans: false })) } }),
      ),
  },
  {
    id: 'overflow-kept',
    about: 'ep_done_scan() leaves what has come while it scanned on the overflow list',
    breaks: ['the overflow list has something only while somebody scans'],
    plant: (net) => net.replaceMachine('epoll', (machine) => machine.provide({ actions: { done: assign({ scans: false }) } })),
  },
];
