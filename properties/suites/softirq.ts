/** The softirq engine, on its own. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { SOFTIRQ_BUGS } from '../../models/bugs/softirq.ts';
import { PROFILE, type ProfileName } from '../../models/kernel/profile.ts';
import { softirqSlice } from '../../models/networks/softirq.ts';
import {
  loopNotNested,
  nothingRaisedAtRest,
  notLeftToParking,
  raisedHasThread,
  raisedIsBegun,
  raisedIsBegunByInterrupts,
  SERVED_BY_INTERRUPTS,
  userRuns,
  workIsRaised,
} from '../claims/engine.ts';

const softirqProperties = (
  { refs: n }: ReturnType<typeof softirqSlice.build>,
  { profile, parks }: { readonly profile: ProfileName; readonly parks: number },
) => [
  loopNotNested(n),
  raisedHasThread(n),
  workIsRaised(n),
  // A parked thread is not woken: what is handed over to it waits for the next interrupt.
  ...(parks === 0 ? [nothingRaisedAtRest(n)] : []),
  raisedIsBegun(n),
  raisedIsBegunByInterrupts(n),
  userRuns(n),
  ...(parks > 0 && PROFILE[profile].defersToKsoftirqd ? [notLeftToParking(n)] : []),
];

const DEFERS =
  'From 4.9 (4cd13c21b207) to 6.4 interrupts leave softirqs to a ksoftirqd that is runnable: where a task of higher priority keeps it from the CPU, NET_RX starves for good. d15121be7485 (6.5) took that back.';

export const SOFTIRQ_SUITES: readonly Suite[] = [
  suite({
    id: 'softirq/article',
    family: softirqSlice,
    scenario: {},
    walk: { irqs: 8, raises: 4, passes: 4 },
    properties: softirqProperties,
    bugs: SOFTIRQ_BUGS,
  }),
  suite({
    id: 'softirq/6.1',
    family: softirqSlice,
    scenario: { profile: '6.1' },
    walk: { irqs: 8, raises: 4, passes: 4 },
    properties: softirqProperties,
    violates: { [SERVED_BY_INTERRUPTS]: DEFERS },
    bugs: [],
  }),
  suite({
    id: 'softirq/6.1-parking',
    family: softirqSlice,
    scenario: { profile: '6.1', parks: 1 },
    deep: { scenario: { irqs: 4, raises: 2, passes: 3, parks: 2 }, states: 140_114, transitions: 442_095 },
    walk: { irqs: 8, raises: 4, passes: 4, parks: 2 },
    properties: softirqProperties,
    violates: { [SERVED_BY_INTERRUPTS]: DEFERS },
    bugs: [],
  }),
  suite({
    id: 'softirq/6.12-parking',
    family: softirqSlice,
    scenario: { profile: '6.12', parks: 1 },
    walk: { irqs: 8, raises: 4, passes: 4, parks: 2 },
    properties: softirqProperties,
    bugs: [],
  }),
];
