/**
 * The pairs of CPUs between which the receive path depends on the order of memory operations, each with the outcome that must
 * not be, and what it is without each of its fences.
 *
 * Source: upper-half notes, section 12 (L1 to L12), lower-half notes, 3.7 and 4.7 (the ring, veth); the verdicts there come from
 * another enumerator.
 */
import { type LitmusTest, LOCK, MB, type Memory, R, RACQ, RMB, SWAP, UNLOCK, W, WMB, WREL } from './program.ts';

const ALL: readonly Memory[] = ['sc', 'tso', 'weak'];
const BUFFERED: readonly Memory[] = ['tso', 'weak'];
const WEAK: readonly Memory[] = ['weak'];

const append = [LOCK('q.lock'), W('queue'), UNLOCK('q.lock')];
const insert = [LOCK('wq.lock'), W('list')];
const waker = [...append, MB, R('list')];
const seesNeither = { left: { queue: 0 }, right: { list: 0 } };
const oldBoth = { left: { sig: 0 }, right: { state: 0 } };
const splice = [W('rdq'), W('rq', 0)];

export const TESTS = {
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
  L5: {
    about: 'a lookup finds a new socket and reads its port (rcu_assign_pointer, rcu_dereference)',
    left: [R('head'), R('port', 'port', 'head')],
    right: [W('port'), WREL('head')],
    bad: { left: { head: 1, port: 0 } },
    reachable: [],
  },
  L5a: {
    about: 'L5 with a plain store',
    left: [R('head'), R('port', 'port', 'head')],
    right: [W('port'), W('head')],
    bad: { left: { head: 1, port: 0 } },
    reachable: WEAK,
  },
  L6: {
    about: 'a reuseport group grows while it is looked at',
    left: [R('num'), RMB, R('slot')],
    right: [W('slot'), WMB, W('num')],
    bad: { left: { num: 1, slot: 0 } },
    reachable: [],
  },
  L6a: {
    about: 'L6 without the write fence',
    left: [R('num'), RMB, R('slot')],
    right: [W('slot'), W('num')],
    bad: { left: { num: 1, slot: 0 } },
    reachable: WEAK,
  },
  L6b: {
    about: 'L6 without the read fence',
    left: [R('num'), R('slot')],
    right: [W('slot'), WMB, W('num')],
    bad: { left: { num: 1, slot: 0 } },
    reachable: WEAK,
  },
  L7: {
    about: 'a poller looks at sk_receive_queue and then at reader_queue, while one is spliced to the other (K11)',
    initially: { rq: 1 },
    left: [R('rq'), R('rdq')],
    right: splice,
    bad: { left: { rq: 0, rdq: 0 } },
    reachable: WEAK,
  },
  L7a: {
    about: 'L7 with the two looks swapped',
    initially: { rq: 1 },
    left: [R('rdq'), R('rq')],
    right: splice,
    bad: { left: { rq: 0, rdq: 0 } },
    reachable: ALL,
  },
  L7b: {
    about: 'L7 with fences on both sides',
    initially: { rq: 1 },
    left: [R('rq'), RMB, R('rdq')],
    right: [W('rdq'), WMB, W('rq', 0)],
    bad: { left: { rq: 0, rdq: 0 } },
    reachable: [],
  },
  L8: {
    about: 'a poller links itself and looks at the queue (sock_poll_wait)',
    left: [...insert, UNLOCK('wq.lock'), MB, R('queue')],
    right: waker,
    bad: seesNeither,
    reachable: [],
  },
  L8a: {
    about: 'L8 without the fence of the poller',
    left: [...insert, UNLOCK('wq.lock'), R('queue')],
    right: waker,
    bad: seesNeither,
    reachable: BUFFERED,
  },
  L9: {
    about: 'a poller clears `triggered` and looks at the queue; a waker appends and sets it',
    initially: { triggered: 1 },
    left: [W('triggered', 0), MB, R('queue')],
    right: [W('queue'), WMB, W('triggered', 1)],
    bad: { left: { queue: 0 }, memory: { triggered: 0 } },
    reachable: [],
  },
  L9a: {
    about: 'L9 with a plain store',
    initially: { triggered: 1 },
    left: [W('triggered', 0), R('queue')],
    right: [W('queue'), WMB, W('triggered', 1)],
    bad: { left: { queue: 0 }, memory: { triggered: 0 } },
    reachable: BUFFERED,
  },
  L9b: {
    about: 'L9 without the write fence',
    initially: { triggered: 1 },
    left: [W('triggered', 0), MB, R('queue')],
    right: [W('queue'), W('triggered', 1)],
    bad: { left: { queue: 0 }, memory: { triggered: 0 } },
    reachable: WEAK,
  },
  L10: {
    about: 'a poller sets its state and looks at `triggered`; a waker sets that and looks at its state',
    left: [W('state'), MB, R('triggered')],
    right: [W('triggered'), LOCK('pi'), MB, R('state')],
    bad: { left: { triggered: 0 }, right: { state: 0 } },
    reachable: [],
  },
  L11: {
    about: 'the producer queue of 6.18: a leader takes the list, a follower has added to it',
    left: [SWAP('head', 0), R('skb')],
    right: [W('skb'), SWAP('head', 1)],
    bad: { left: { head: 1, skb: 0 } },
    reachable: [],
  },
  L12: {
    about: 'epoll: one lock for waiter list, state and ready list',
    left: [LOCK('ep.lock'), R('ready'), W('list'), UNLOCK('ep.lock')],
    right: [LOCK('ep.lock'), W('ready'), R('list'), UNLOCK('ep.lock')],
    bad: { left: { ready: 0 }, right: { list: 0 } },
    reachable: [],
  },
  veth: {
    about: 'a consumer lets itself be notified and looks at the ring again; a producer fills it and looks whether to notify',
    initially: { masked: 1 },
    left: [W('masked', 0), MB, R('ring')],
    right: [W('ring'), MB, R('masked')],
    bad: { left: { ring: 0 }, right: { masked: 1 } },
    reachable: [],
  },
  'veth-consumer': {
    about: 'veth without the fence of the consumer',
    initially: { masked: 1 },
    left: [W('masked', 0), R('ring')],
    right: [W('ring'), MB, R('masked')],
    bad: { left: { ring: 0 }, right: { masked: 1 } },
    reachable: BUFFERED,
  },
  'veth-producer': {
    about: 'veth without the fence of the producer',
    initially: { masked: 1 },
    left: [W('masked', 0), MB, R('ring')],
    right: [W('ring'), R('masked')],
    bad: { left: { ring: 0 }, right: { masked: 1 } },
    reachable: BUFFERED,
  },
  'veth-look': {
    about: 'veth where the ring is not looked at again',
    initially: { masked: 1 },
    left: [R('ring'), W('masked', 0), MB],
    right: [W('ring'), MB, R('masked')],
    bad: { left: { ring: 0 }, right: { masked: 1 } },
    reachable: ALL,
  },
  ring: {
    about: 'a driver looks at the length of a descriptor and reads the rest; the device writes the rest and the length (dma_rmb)',
    left: [R('len'), RMB, R('status')],
    right: [W('status'), WMB, W('len')],
    bad: { left: { len: 1, status: 0 } },
    reachable: [],
  },
  'ring-read': {
    about: 'ring without the fence of the driver',
    left: [R('len'), R('status')],
    right: [W('status'), WMB, W('len')],
    bad: { left: { len: 1, status: 0 } },
    reachable: WEAK,
  },
} as const satisfies Record<string, LitmusTest>;

export type TestName = keyof typeof TESTS;

export const TEST_NAMES = Object.keys(TESTS) as readonly TestName[];

/** The test named `name`. */
export const testOf = (name: TestName): LitmusTest => TESTS[name];
