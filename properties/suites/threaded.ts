/** Threaded NAPI. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { THREADED_BUGS } from '../../models/bugs/threaded.ts';
import type { ProfileName } from '../../models/kernel/profile.ts';
import { threadedSlice } from '../../models/networks/threaded.ts';
import { conservation, noStuckBatch, noStuckFrame } from '../claims/frames.ts';
import {
  DISABLED_IS_QUIET,
  disableEnds,
  ONE_POLLER,
  onePollerOrThread,
  POLLED_WITH_TOKEN,
  SWITCH_ENDS,
  switchEnds,
  takenByThread,
  threadLeavesDisabled,
  threadPollsWithToken,
  tokenOrThread,
} from '../claims/threaded.ts';

const threadedProperties = (
  { refs: n }: ReturnType<typeof threadedSlice.build>,
  s: {
    readonly profile: ProfileName;
    readonly packets: number;
    readonly resets: number;
    readonly writes: number;
    readonly watchdog: 'off' | 'on';
  },
) => [
  noStuckFrame(n),
  noStuckBatch(n),
  onePollerOrThread(n),
  tokenOrThread(n),
  threadPollsWithToken(n),
  conservation(n, s.packets),
  takenByThread(n),
  ...(s.resets > 0 ? [threadLeavesDisabled(n), disableEnds(n, s.watchdog === 'on')] : []),
  ...(s.writes > 0 && s.profile === '6.18' ? [switchEnds(n)] : []),
];

const LATE_WAKEUP =
  'Found by this model, not seen on hardware. ____napi_schedule() of 6.1 sets SCHED_THREADED and then wakes the thread, two steps with interrupts off but on a CPU that may stall (a virtual one, an SMI). If the thread, awake already, polls and completes in between, the wakeup comes for nothing; and napi_thread_wait() takes having been woken for owning the instance. It polls what napi_disable() has just disabled, or what another CPU polls, and leaves SCHED_THREADED set on a free instance. 56364c910691 (6.9) took that trust out, as a simplification.';

const LEFT_DISABLED =
  'napi_stop_kthread() waits for an instance that its thread owns or nobody does. An instance that a driver has disabled and does not enable has SCHED set and SCHED_THREADED clear: the write to `threaded` sleeps for as long as that lasts, with RTNL held.';

export const THREADED_SUITES: readonly Suite[] = [
  suite({
    id: 'threaded/6.12',
    family: threadedSlice,
    scenario: { packets: 2, resets: 1 },
    walk: { packets: 8, ring: 8, weight: 4, resets: 2, writes: 2 },
    properties: threadedProperties,
    bugs: THREADED_BUGS,
  }),
  suite({
    id: 'threaded/6.12-2cpu',
    family: threadedSlice,
    scenario: { packets: 2, cpus: 2, resets: 1, writes: 2 },
    deep: { scenario: { packets: 3 }, states: 2_175_234, transitions: 5_667_588 },
    walk: { packets: 8, ring: 8, weight: 4, resets: 2, writes: 2, cpus: 2 },
    properties: threadedProperties,
    bugs: [],
  }),
  suite({
    id: 'threaded/6.1',
    family: threadedSlice,
    scenario: { profile: '6.1', packets: 2, resets: 1, writes: 1 },
    walk: { profile: '6.1', packets: 8, ring: 8, weight: 4, resets: 2, writes: 2 },
    properties: threadedProperties,
    bugs: [],
  }),
  suite({
    id: 'threaded/6.1-2cpu',
    family: threadedSlice,
    scenario: { profile: '6.1', packets: 2, cpus: 2, resets: 1 },
    walk: { profile: '6.1', packets: 8, ring: 8, weight: 4, resets: 2, writes: 2, cpus: 2 },
    properties: threadedProperties,
    violates: { [ONE_POLLER]: LATE_WAKEUP, [POLLED_WITH_TOKEN]: LATE_WAKEUP, [DISABLED_IS_QUIET]: LATE_WAKEUP },
    bugs: [],
  }),
  suite({
    id: 'threaded/6.18',
    family: threadedSlice,
    scenario: { profile: '6.18', packets: 2, weight: 1, resets: 1, writes: 2 },
    walk: { profile: '6.18', packets: 8, ring: 8, weight: 4, resets: 2, writes: 2 },
    properties: threadedProperties,
    bugs: [],
  }),
  suite({
    id: 'threaded/6.18-left-disabled',
    family: threadedSlice,
    scenario: { profile: '6.18', packets: 1, resets: 1, enables: 'perhaps', writes: 1 },
    walk: { profile: '6.18', packets: 8, ring: 8, weight: 4, resets: 2, enables: 'perhaps', writes: 2 },
    properties: ({ refs: n }) => [switchEnds(n)],
    violates: { [SWITCH_ENDS]: LEFT_DISABLED },
    bugs: [],
  }),
  suite({
    id: 'threaded/6.18-busy',
    family: threadedSlice,
    scenario: { profile: '6.18', packets: 2, weight: 1, resets: 1, writes: 2, busy: 'on' },
    walk: { profile: '6.18', packets: 8, ring: 8, weight: 4, resets: 2, writes: 2, busy: 'on' },
    properties: threadedProperties,
    bugs: [],
  }),
];
