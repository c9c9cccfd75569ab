/**
 * Litmus tests of a task that goes to sleep and of whoever wakes it: wait queue, task state, signal, wait queue entry.
 *
 * Source: upper-half notes, section 12 (L1 to L4).
 */
import { type LitmusTest, LOCK, MB, type Memory, R, RACQ, UNLOCK, W, WREL } from './program.ts';

const ALL: readonly Memory[] = ['sc', 'tso', 'weak'];
const BUFFERED: readonly Memory[] = ['tso', 'weak'];
const WEAK: readonly Memory[] = ['weak'];

const append = [LOCK('q.lock'), W('queue'), UNLOCK('q.lock')];
const insert = [LOCK('wq.lock'), W('list')];
const waker = [...append, MB, R('list')];
const seesNeither = { left: { queue: 0 }, right: { list: 0 } };
const oldBoth = { left: { sig: 0 }, right: { state: 0 } };

export const SLEEPER_TESTS = {
  L1: {
    about: 'a sleeper links itself and looks at the queue; a waker appends and looks at the list (set_current_state, wq_has_sleeper)',
    left: [...insert, MB, UNLOCK('wq.lock'), R('queue')],
    right: waker,
    bad: seesNeither,
    reachable: [],
  },
  L1a: {
    about: 'L1 without the fence of the sleeper',
    left: [...insert, UNLOCK('wq.lock'), R('queue')],
    right: waker,
    bad: seesNeither,
    reachable: BUFFERED,
  },
  L1b: {
    about: 'L1 without the fence of the waker',
    left: [...insert, MB, UNLOCK('wq.lock'), R('queue')],
    right: [...append, R('list')],
    bad: seesNeither,
    reachable: BUFFERED,
  },
  L1c: {
    about: 'L1 with the fence before the insertion',
    left: [LOCK('wq.lock'), MB, W('list'), UNLOCK('wq.lock'), R('queue')],
    right: waker,
    bad: seesNeither,
    reachable: BUFFERED,
  },
  L1d: {
    about: 'L1 where the waker looks before it appends',
    left: [...insert, MB, UNLOCK('wq.lock'), R('queue')],
    right: [R('list'), ...append],
    bad: seesNeither,
    reachable: ALL,
  },
  L1e: {
    about: 'L1 where the sleeper looks before it links itself',
    left: [R('queue'), ...insert, MB, UNLOCK('wq.lock')],
    right: waker,
    bad: seesNeither,
    reachable: ALL,
  },
  L2: {
    about: 'no fence at all, and a waker that always takes the lock of the list',
    left: [...insert, UNLOCK('wq.lock'), R('queue')],
    right: [...append, LOCK('wq.lock'), R('list'), UNLOCK('wq.lock')],
    bad: seesNeither,
    reachable: [],
  },
  L3: {
    about: 'a sleeper sets its state and looks for a signal; the signal is set and its state looked at (try_to_wake_up)',
    left: [W('state'), MB, R('sig')],
    right: [W('sig'), LOCK('pi'), MB, R('state')],
    bad: oldBoth,
    reachable: [],
  },
  L3a: {
    about: 'L3 with a plain store of the state',
    left: [W('state'), R('sig')],
    right: [W('sig'), LOCK('pi'), MB, R('state')],
    bad: oldBoth,
    reachable: BUFFERED,
  },
  L3b: {
    about: 'L3 without the fence behind pi_lock',
    left: [W('state'), MB, R('sig')],
    right: [W('sig'), LOCK('pi'), R('state')],
    bad: oldBoth,
    reachable: WEAK,
  },
  L3c: {
    about: 'the second look of schedule()',
    left: [W('state'), LOCK('rq'), MB, R('sig')],
    right: [W('sig'), LOCK('pi'), MB, R('state')],
    bad: oldBoth,
    reachable: [],
  },
  L3d: {
    about: 'L3c without the fence of schedule()',
    left: [W('state'), LOCK('rq'), R('sig')],
    right: [W('sig'), LOCK('pi'), MB, R('state')],
    bad: oldBoth,
    reachable: WEAK,
  },
  L4: {
    about: 'a waker appends and unlinks the sleeper; who sees himself unlinked sees the queue (list_del_init_careful)',
    left: [RACQ('next'), R('queue')],
    right: [W('queue'), WREL('next')],
    bad: { left: { next: 1, queue: 0 } },
    reachable: [],
  },
  L4a: {
    about: 'L4 with plain accesses',
    left: [R('next'), R('queue')],
    right: [W('queue'), W('next')],
    bad: { left: { next: 1, queue: 0 } },
    reachable: WEAK,
  },
  L4b: {
    about: 'L4 where next is written before prev: the store to prev hits a stack frame that is used again',
    left: [RACQ('next'), W('frame', 2)],
    right: [W('next'), W('frame', 1)],
    bad: { left: { next: 1 }, memory: { frame: 1 } },
    reachable: ALL,
  },
  L4c: {
    about: 'prev first, then next as a release',
    left: [RACQ('next'), W('frame', 2)],
    right: [W('frame', 1), WREL('next')],
    bad: { left: { next: 1 }, memory: { frame: 1 } },
    reachable: [],
  },
} as const satisfies Record<string, LitmusTest>;

/** What the poller's tests have in common with these. */
export const PAIR = { insert, waker, seesNeither, all: ALL, buffered: BUFFERED, weak: WEAK } as const;
