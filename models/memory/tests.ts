/**
 * The pairs of CPUs between which the receive path depends on the order of memory operations, each with the outcome that must
 * not be, and what it is without each of its fences.
 *
 * Source: upper-half notes, section 12 (L1 to L12), lower-half notes, 3.7 and 4.7 (the ring, veth); the verdicts there come from
 * another enumerator.
 */
import { type LitmusTest, LOCK, MB, R, RMB, SWAP, UNLOCK, W, WMB, WREL } from './program.ts';
import { PAIR, SLEEPER_TESTS } from './sleeperTests.ts';

const splice = [W('rdq'), W('rq', 0)];

export const TESTS = {
  ...SLEEPER_TESTS,
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
    reachable: PAIR.weak,
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
    reachable: PAIR.weak,
  },
  L6b: {
    about: 'L6 without the read fence',
    left: [R('num'), R('slot')],
    right: [W('slot'), WMB, W('num')],
    bad: { left: { num: 1, slot: 0 } },
    reachable: PAIR.weak,
  },
  L7: {
    about: 'a poller looks at sk_receive_queue and then at reader_queue, while one is spliced to the other (K11)',
    initially: { rq: 1 },
    left: [R('rq'), R('rdq')],
    right: splice,
    bad: { left: { rq: 0, rdq: 0 } },
    reachable: PAIR.weak,
  },
  L7a: {
    about: 'L7 with the two looks swapped',
    initially: { rq: 1 },
    left: [R('rdq'), R('rq')],
    right: splice,
    bad: { left: { rq: 0, rdq: 0 } },
    reachable: PAIR.all,
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
    left: [...PAIR.insert, UNLOCK('wq.lock'), MB, R('queue')],
    right: PAIR.waker,
    bad: PAIR.seesNeither,
    reachable: [],
  },
  L8a: {
    about: 'L8 without the fence of the poller',
    left: [...PAIR.insert, UNLOCK('wq.lock'), R('queue')],
    right: PAIR.waker,
    bad: PAIR.seesNeither,
    reachable: PAIR.buffered,
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
    reachable: PAIR.buffered,
  },
  L9b: {
    about: 'L9 without the write fence',
    initially: { triggered: 1 },
    left: [W('triggered', 0), MB, R('queue')],
    right: [W('queue'), W('triggered', 1)],
    bad: { left: { queue: 0 }, memory: { triggered: 0 } },
    reachable: PAIR.weak,
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
    reachable: PAIR.buffered,
  },
  'veth-producer': {
    about: 'veth without the fence of the producer',
    initially: { masked: 1 },
    left: [W('masked', 0), MB, R('ring')],
    right: [W('ring'), R('masked')],
    bad: { left: { ring: 0 }, right: { masked: 1 } },
    reachable: PAIR.buffered,
  },
  'veth-look': {
    about: 'veth where the ring is not looked at again',
    initially: { masked: 1 },
    left: [R('ring'), W('masked', 0), MB],
    right: [W('ring'), MB, R('masked')],
    bad: { left: { ring: 0 }, right: { masked: 1 } },
    reachable: PAIR.all,
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
    reachable: PAIR.weak,
  },
} as const satisfies Record<string, LitmusTest>;

export type TestName = keyof typeof TESTS;

export const TEST_NAMES = Object.keys(TESTS) as readonly TestName[];

/** The test named `name`. */
export const testOf = (name: TestName): LitmusTest => TESTS[name];
