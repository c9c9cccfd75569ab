/** Sleep and wakeup: what the kernel proves, what it does not, and what the two repairs do for it. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { WAKEUP_BUGS } from '../../models/bugs/wakeup.ts';
import { wakeupSlice } from '../../models/networks/wakeup.ts';
import {
  entryGone,
  ERROR_SEEN,
  errorSeen,
  errorsReportedOnce,
  oneOwner,
  pollerWoken,
  pollKeepsWord,
  PROMISE,
  readersWoken,
  shutdownSeen,
  SLEEPERS_WOKEN,
  sleepersWoken,
  waitersGoOn,
} from '../claims/waiting.ts';
import { NO_LOST_WAKEUP } from '../claims/wakeup.ts';

interface Bounds {
  readonly packets: number;
  readonly ways: string;
  readonly polls: 'no' | 'yes' | 'and reads';
  readonly errors: number;
  readonly shutdowns: number;
}

const wakeupProperties = ({ refs: n }: ReturnType<typeof wakeupSlice.build>, s: Bounds) => [
  ...(s.packets > 0 ? [readersWoken(n), sleepersWoken(n), waitersGoOn(n)] : []),
  ...(s.ways === 'peek' || s.packets === 0 ? [] : [oneOwner(n, s.packets)]),
  entryGone(n),
  ...(s.polls === 'no' ? [] : [pollerWoken(n)]),
  ...(s.polls === 'and reads' ? [pollKeepsWord(n)] : []),
  ...(s.errors > 0 ? [errorsReportedOnce(n, s.errors), errorSeen(n)] : []),
  ...(s.shutdowns > 0 ? [shutdownSeen(n)] : []),
];

const violations = (why: string) => ({ [NO_LOST_WAKEUP]: why, [SLEEPERS_WOKEN]: why });

const K1 =
  'K1, a lost wakeup of 4.13 to 6.18 and later: a reader that has found both queues empty and is about to sleep looks at sk_receive_queue once more, and not at reader_queue. If another reader has spliced two datagrams there in between, and taken one, it sleeps beside the other, until one more comes. Recorded on 6.18 in a program that is not made for it.';
const K2 =
  'K2: a reader that is woken by a datagram as it leaves with EINTR does not look again, and nobody else is woken for it. RP2 hands the wakeup on.';
const K3 =
  'K3: a reader that waits with MSG_PEEK ahead of another one absorbs the wakeup, and leaves the datagram where it is. Neither repair is one for it.';
const K4 = 'K4: as K2, with an ICMP error in place of the signal.';
const K2_ERROR =
  'K2 for an error, found by this model: the wakeup of an ICMP error is absorbed by a reader that leaves with EINTR, and another one sleeps on. Whoever calls next is told.';

const K5 =
  'K5: K1 with busy polling: the spin ends because reader_queue has something, and only sk_receive_queue is looked at before the wait.';
const K10 = 'K10: another reader takes the datagram between poll() and the call that follows it. A bad checksum does the same.';

export const WAKEUP_SUITES: readonly Suite[] = [
  suite({
    id: 'wakeup/two-readers',
    family: wakeupSlice,
    scenario: { packets: 2, cpus: 1, readers: 2 },
    walk: { packets: 8, cpus: 2, readers: 2 },
    properties: wakeupProperties,
    violates: violations(K1),
    bugs: [],
  }),
  suite({
    id: 'wakeup/signal',
    family: wakeupSlice,
    scenario: { packets: 1, cpus: 1, readers: 2, signals: 1, errors: 1, repairs: 'RP1' },
    walk: { packets: 8, cpus: 2, readers: 2, signals: 2, errors: 1, repairs: 'RP1' },
    properties: wakeupProperties,
    violates: { ...violations(K2), [ERROR_SEEN]: K2_ERROR },
    bugs: [],
  }),
  suite({
    id: 'wakeup/error',
    family: wakeupSlice,
    scenario: { packets: 1, cpus: 2, readers: 2, errors: 1, repairs: 'RP1' },
    walk: { packets: 8, cpus: 2, readers: 2, errors: 2, repairs: 'RP1' },
    properties: wakeupProperties,
    violates: violations(K4),
    bugs: [],
  }),
  suite({
    id: 'wakeup/peek',
    family: wakeupSlice,
    scenario: { packets: 1, cpus: 1, readers: 2, ways: 'all', repairs: 'RP1+RP2' },
    walk: { packets: 4, cpus: 2, readers: 2, ways: 'all', repairs: 'RP1+RP2' },
    properties: wakeupProperties,
    violates: violations(K3),
    bugs: [],
  }),
  suite({
    id: 'wakeup/one-reader',
    family: wakeupSlice,
    scenario: { packets: 2, cpus: 1, readers: 1, ways: 'block+timeout', polls: 'yes', signals: 1, errors: 1, shutdowns: 1 },
    deep: { scenario: { cpus: 2 }, states: 13_152_094, transitions: 60_130_639 },
    walk: { packets: 8, cpus: 2, readers: 1, ways: 'block+timeout', polls: 'yes', signals: 2, errors: 2, shutdowns: 1 },
    properties: wakeupProperties,
    bugs: [],
  }),
  suite({
    id: 'wakeup/repaired',
    family: wakeupSlice,
    scenario: { packets: 3, cpus: 2, readers: 2, polls: 'yes', repairs: 'RP1+RP2' },
    walk: { packets: 8, cpus: 2, readers: 3, polls: 'yes', repairs: 'RP1+RP2' },
    properties: wakeupProperties,
    bugs: WAKEUP_BUGS,
  }),
  suite({
    id: 'wakeup/repaired-endings',
    family: wakeupSlice,
    scenario: { packets: 2, cpus: 1, readers: 2, ways: 'block+timeout', signals: 1, errors: 1, repairs: 'RP1+RP2' },
    deep: { scenario: { cpus: 2, shutdowns: 1 }, states: 65_002_876, transitions: 307_909_834 },
    walk: { packets: 8, cpus: 2, readers: 3, ways: 'block+timeout', polls: 'yes', signals: 2, errors: 2, shutdowns: 1, repairs: 'RP1+RP2' },
    properties: wakeupProperties,
    bugs: [],
  }),
  // Without store buffers.
  suite({
    id: 'wakeup/repaired-sc',
    family: wakeupSlice,
    scenario: { packets: 2, cpus: 2, readers: 2, polls: 'yes', memory: 'sc', repairs: 'RP1+RP2' },
    walk: { packets: 8, cpus: 2, readers: 2, polls: 'yes', memory: 'sc', repairs: 'RP1+RP2' },
    properties: wakeupProperties,
    bugs: [],
  }),
  suite({
    id: 'wakeup/busy',
    family: wakeupSlice,
    scenario: { packets: 2, cpus: 1, readers: 2, busy: 'on' },
    walk: { packets: 8, cpus: 2, readers: 2, busy: 'on' },
    properties: wakeupProperties,
    violates: violations(K5),
    bugs: [],
  }),
  suite({
    id: 'wakeup/poll-and-read',
    family: wakeupSlice,
    scenario: { packets: 1, cpus: 1, readers: 1, polls: 'and reads' },
    walk: { packets: 8, cpus: 2, readers: 2, polls: 'and reads', repairs: 'RP1+RP2' },
    properties: wakeupProperties,
    violates: { [PROMISE]: K10 },
    bugs: [],
  }),
];
