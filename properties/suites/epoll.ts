/** epoll. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { EPOLL_BUGS } from '../../models/bugs/epoll.ts';
import { epollSlice } from '../../models/networks/epoll.ts';
import { NOBODY_SLEEPS, nobodySleeps, overflowIsScanned, sleepersAreWoken, SLEEPERS_ARE_WOKEN } from '../claims/epoll.ts';

const epollProperties = ({ refs: n }: ReturnType<typeof epollSlice.build>) => [nobodySleeps(n), sleepersAreWoken(n), overflowIsScanned(n)];

const ONE_READ =
  'epoll(7): with EPOLLET a reader goes on until EAGAIN. One that reads a single datagram by event leaves the next one to an event that has been.';

export const EPOLL_SUITES: readonly Suite[] = [
  suite({
    id: 'epoll/level',
    family: epollSlice,
    scenario: { packets: 3 },
    walk: { packets: 8, waiters: 3 },
    properties: epollProperties,
    bugs: EPOLL_BUGS,
  }),
  suite({
    id: 'epoll/edge',
    family: epollSlice,
    scenario: { packets: 3, mode: 'edge' },
    walk: { packets: 8, waiters: 3, mode: 'edge' },
    properties: epollProperties,
    bugs: [],
  }),
  suite({
    id: 'epoll/edge-one-read',
    family: epollSlice,
    scenario: { packets: 2, mode: 'edge, one read' },
    walk: { packets: 8, waiters: 3, mode: 'edge, one read' },
    properties: epollProperties,
    violates: { [NOBODY_SLEEPS]: ONE_READ, [SLEEPERS_ARE_WOKEN]: ONE_READ },
    bugs: [],
  }),
];
