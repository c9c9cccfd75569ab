/** Busy polling and deferred interrupts. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { BUSY_POLL_BUGS } from '../../models/bugs/busy-poll.ts';
import { busyPollSlice } from '../../models/networks/busy-poll.ts';
import {
  missedAndFree,
  notLeftMasked,
  onePollerOrTask,
  OPENED,
  opened,
  OPENED_OR_POLLED,
  openWhilePolled,
  polledWithToken,
  taken,
  TAKEN,
  takenWithWatchdog,
  timerOrOpen,
  TIMER_OR_OPEN,
  tokenIsHeld,
} from '../claims/busy.ts';
import { conservation, NO_STUCK_FRAME, noStuckBatch, noStuckFrame } from '../claims/frames.ts';

const busyPollProperties = (
  { refs: n }: ReturnType<typeof busyPollSlice.build>,
  s: { readonly packets: number; readonly prefer: 'off' | 'on'; readonly defer: number; readonly watchdog: 'off' | 'on' },
) => [
  timerOrOpen(n),
  notLeftMasked(n),
  noStuckFrame(n),
  noStuckBatch(n),
  tokenIsHeld(n),
  polledWithToken(n),
  onePollerOrTask(n),
  conservation(n, s.packets),
  // Without strong fairness a watchdog that never stops keeps everybody from going on.
  ...(s.watchdog === 'on' ? [takenWithWatchdog(n)] : [taken(n), opened(n)]),
  openWhilePolled(n),
  ...(s.prefer === 'on' && s.defer > 0 ? [missedAndFree(n)] : []),
];

const H1 =
  'busy_poll_stop() arms the timer before its last poll, while it owns SCHED. If the timer expires during that poll, napi_watchdog() does not win SCHED, and a one-shot timer is gone; if the poll then does its whole budget, __busy_poll_stop() clears SCHED and arms nothing: the instance is free, its vector masked, and frames wait in the ring until the task polls again. It takes SO_PREFER_BUSY_POLL, napi_defer_hard_irqs and gro_flush_timeout, and a last poll of a whole budget that outlasts the timeout. Of 5.11 (7fd3253a7de6) and later, fixed by 58e2330bd455. A trace with hrtimer_expire_entry(napi_watchdog) inside the last poll, a napi_poll of the whole budget after it, and then, with no hrtimer_start in between, a poll of the instance by anybody but that task, the driver or its watchdog, would refute it.';

export const BUSY_POLL_SUITES: readonly Suite[] = [
  suite({
    id: 'busy-poll/6.12',
    family: busyPollSlice,
    scenario: { packets: 2 },
    walk: { packets: 8, ring: 8, weight: 4, budget: 2, cpus: 2, defer: 2 },
    properties: busyPollProperties,
    bugs: BUSY_POLL_BUGS,
  }),
  suite({
    id: 'busy-poll/6.12-2cpu',
    family: busyPollSlice,
    scenario: { packets: 2, cpus: 2 },
    deep: { scenario: { packets: 3 }, states: 4_525_005, transitions: 12_523_313 },
    walk: { packets: 8, ring: 8, weight: 4, budget: 2, cpus: 2, defer: 2 },
    properties: busyPollProperties,
    bugs: [],
  }),
  // Nothing is deferred: a full poll that steps aside asks for the instance again, and the task queues it.
  suite({
    id: 'busy-poll/6.1-prefer',
    family: busyPollSlice,
    scenario: { profile: '6.1', packets: 3, weight: 1, prefer: 'on', defer: 0 },
    walk: { profile: '6.1', packets: 8, ring: 8, weight: 2, prefer: 'on', defer: 0 },
    properties: busyPollProperties,
    bugs: [],
  }),
  suite({
    id: 'busy-poll/6.12-prefer',
    family: busyPollSlice,
    scenario: { packets: 2, prefer: 'on', watchdog: 'on' },
    walk: { packets: 8, ring: 8, weight: 4, budget: 2, prefer: 'on', watchdog: 'on' },
    properties: busyPollProperties,
    violates: {
      [TIMER_OR_OPEN]: H1,
      [OPENED_OR_POLLED]: H1,
      [NO_STUCK_FRAME]: H1,
    },
    bugs: [],
  }),
  suite({
    id: 'busy-poll/6.18-prefer',
    family: busyPollSlice,
    scenario: { profile: '6.18', packets: 2, prefer: 'on' },
    walk: { profile: '6.18', packets: 8, ring: 8, weight: 4, budget: 2, prefer: 'on' },
    properties: busyPollProperties,
    violates: {
      [TIMER_OR_OPEN]: H1,
      [OPENED_OR_POLLED]: H1,
      [NO_STUCK_FRAME]: H1,
      [TAKEN]: H1,
      [OPENED]: H1,
    },
    bugs: [],
  }),
  suite({
    id: 'busy-poll/6.18-prefer-fixed',
    family: busyPollSlice,
    scenario: { profile: '6.18', packets: 2, prefer: 'on', fix: 'on' },
    walk: { profile: '6.18', packets: 8, ring: 8, weight: 4, budget: 2, prefer: 'on', fix: 'on' },
    properties: busyPollProperties,
    bugs: [],
  }),
  suite({
    id: 'busy-poll/6.18-suspend',
    family: busyPollSlice,
    scenario: { profile: '6.18', packets: 2, prefer: 'on', fix: 'on', suspend: 'on' },
    walk: { profile: '6.18', packets: 8, ring: 8, weight: 4, budget: 2, prefer: 'on', fix: 'on', suspend: 'on' },
    properties: busyPollProperties,
    bugs: [],
  }),
];
