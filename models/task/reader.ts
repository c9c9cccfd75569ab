/**
 * A task in recvfrom(): try, prepare to wait, check again, sleep.
 *
 * Source      Linux 3.10 net/core/datagram.c (__skb_recv_datagram, wait_for_more_packets), net/ipv4/udp.c (udp_recvmsg);
 *             6.12 and 6.18 net/ipv4/udp.c (__skb_recv_udp), net/core/datagram.c (__skb_wait_for_more_packets)
 * Contract    after every wakeup and every timeout the queue is tried once more before the call gives up; the task state
 *             is set inside the wait queue lock, before the conditions are checked
 * Bounds      ReaderBounds
 * Leaves out  a bad checksum found by a peek, SO_PEEK_OFF, busy polling, shutdown, copy faults, poll and epoll; the task stays on its CPU; a signal to a task that
 *             runs already, which nothing shows until the call ends; the restart of a call that a signal has ended: another call
 *
 * INT below means TASK_INTERRUPTIBLE: a wakeup finds the task and takes effect. RUN means it would find nothing to do.
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';
import type { ReaderBounds, ReaderContext, ReaderEvent } from './readerTypes.ts';

/** Outside a call. The signal is delivered on the way back to user space. */
const FRESH = { mode: 'block', peeks: false, expired: false, woken: false, signal: false, failed: 'no', pkt: null } as const;

const readerSetup = setup({
  types: { input: {} as ReaderBounds, context: {} as ReaderContext, events: {} as ReaderEvent, meta: {} as Cite },
  guards: {
    peeks: ({ context: c }) => c.peeks,
    takes: ({ context: c }) => !c.peeks,
    waits: ({ context: c }) => c.mode !== 'dontwait' && !c.expired,
    waitsNot: ({ context: c }) => c.mode === 'dontwait' || c.expired,
    notWoken: ({ context: c }) => !c.woken,
    hasSignals: ({ context: c }) => c.hasSignals,
    signalled: ({ context: c }) => c.signal,
    notSignalled: ({ context: c }) => !c.signal,
    staysAwake: ({ context: c }) => c.woken || c.signal,
    hasTimer: ({ context: c }) => c.mode === 'timeout',
    failed: ({ context: c }) => c.failed !== 'no',
    testsErrorAgain: ({ context: c }) => c.testsErrorAgain,
    unchargesEarly: ({ context: c }) => c.unchargesEarly,
    // 3.10.0 returned EAGAIN to a non-blocking caller after a bad checksum; fixed by beb39db59d14 in 3.10.y.
    givesUpAfterBad: () => false,
  },
  actions: {
    enter: assign(({ event }) => ('mode' in event ? { ...FRESH, mode: event.mode, peeks: event.type === 'CALL_PEEK' } : {})),
    leave: assign(FRESH),
    hold: assign(({ event }) => ('pkt' in event ? { pkt: event.pkt } : {})),
    drop: assign({ pkt: null }),
    // With all of SO_RCVTIMEO before it: __skb_recv_datagram() and __skb_recv_udp() read it anew.
    startOver: assign({ pkt: null, expired: false }),
    wake: assign({ woken: true }),
    expire: assign({ expired: true }),
    signal: assign({ signal: true }),
    failError: assign({ failed: 'error' }),
    failSignal: assign({ failed: 'signal' }),
    settle: assign({ woken: false }),
  },
});

/** The wait in 3.10, and in later kernels. */
const WAIT = ['wait_for_more_packets', '__skb_wait_for_more_packets'] as const;

const WOKEN = cite('receiver_wake_function', 'autoremove_wake_function', 'try_to_wake_up');
const SIGNAL = cite('signal_wake_up_state', 'try_to_wake_up');

/** A wakeup while the task state is INT and the task still runs. */
const STILL_RUNS = (state: 'checkError' | 'checkQueue' | 'checkSignal' | 'committed' | 'leaving') =>
  ({
    WAKE: { guard: 'notWoken', target: state, actions: 'wake', meta: WOKEN },
    SIGNAL: { guard: 'notWoken', target: state, actions: ['signal', 'wake'], meta: SIGNAL },
  }) as const;

export const reader = readerSetup.createMachine({
  id: 'reader',
  context: ({ input }) => ({ ...input, ...FRESH }),
  initial: 'user',
  states: {
    user: {
      description: 'In user space. RUN.',
      on: {
        CALL: { target: 'calling', actions: 'enter', meta: cite('sys_recvfrom', 'udp_recvmsg') },
        CALL_PEEK: { target: 'calling', actions: 'enter', meta: cite('sys_recvfrom', 'udp_recvmsg') },
      },
    },
    calling: {
      description: 'About to test sk_err. RUN.',
      on: {
        ERROR: { target: 'user', actions: 'leave', meta: cite('sock_error') },
        NO_ERROR: { target: 'trying', meta: cite('sock_error') },
      },
    },
    trying: {
      description: 'About to look into the queue, under its lock. RUN.',
      on: {
        TAKE: { guard: 'takes', target: 'copying', actions: 'hold', meta: cite('__skb_recv_datagram', '__skb_recv_udp') },
        PEEK: { guard: 'peeks', target: 'peeking', actions: 'hold', meta: cite('__skb_recv_datagram', '__skb_recv_udp') },
        AGAIN: { guard: 'waitsNot', target: 'user', actions: 'leave', meta: cite('__skb_recv_datagram', '__skb_recv_udp') },
        WAIT: { guard: 'waits', target: 'preparing', meta: cite('__skb_recv_datagram', '__skb_recv_udp') },
      },
    },
    preparing: {
      description: 'Found nothing; not on the wait queue yet. RUN.',
      on: { PREPARE: { target: 'checkError', meta: cite(...WAIT, 'prepare_to_wait_exclusive') } },
    },
    checkError: {
      description: 'Linked, about to test sk_err. INT unless woken.',
      on: {
        ...STILL_RUNS('checkError'),
        ERROR: { target: 'leaving', actions: 'failError', meta: cite(...WAIT, 'sock_error') },
        NO_ERROR: { target: 'checkQueue', meta: cite(...WAIT, 'sock_error') },
      },
    },
    checkQueue: {
      description: 'Linked, about to look at sk_receive_queue without its lock. INT unless woken.',
      on: {
        ...STILL_RUNS('checkQueue'),
        SEES_DATA: { target: 'leaving', meta: cite(...WAIT) },
        SEES_NONE: [
          { guard: 'hasSignals', target: 'checkSignal', meta: cite(...WAIT) },
          { target: 'committed', meta: cite(...WAIT) },
        ],
      },
    },
    checkSignal: {
      description: 'About to look for a signal. INT unless woken.',
      on: {
        ...STILL_RUNS('checkSignal'),
        SIGNALLED: { guard: 'signalled', target: 'leaving', actions: 'failSignal', meta: cite(...WAIT) },
        NO_SIGNAL: { guard: 'notSignalled', target: 'committed', meta: cite(...WAIT) },
      },
    },
    committed: {
      description: 'On the way to schedule(). INT unless woken.',
      on: {
        ...STILL_RUNS('committed'),
        SCHEDULE: [
          { guard: 'staysAwake', target: 'unlinking', actions: 'settle', meta: cite('schedule_timeout', 'schedule') },
          { target: 'asleep', meta: cite('schedule_timeout', 'schedule') },
        ],
      },
    },
    asleep: {
      description: 'Off the CPU. INT.',
      on: {
        WAKE: { target: 'unlinking', meta: WOKEN },
        EXPIRE: { guard: 'hasTimer', target: 'unlinking', actions: 'expire', meta: cite('process_timeout', 'try_to_wake_up') },
        SIGNAL: { target: 'unlinking', actions: 'signal', meta: SIGNAL },
      },
    },
    leaving: {
      description: 'About to call finish_wait(). INT unless woken: it still absorbs a wakeup.',
      on: {
        ...STILL_RUNS('leaving'),
        RUNNING: { target: 'unlinking', actions: 'settle', meta: cite('finish_wait') },
      },
    },
    unlinking: {
      description: 'In finish_wait(): RUN, perhaps still linked.',
      on: {
        FINISHED: [
          { guard: 'failed', target: 'user', actions: 'leave', meta: cite('finish_wait') },
          { guard: 'testsErrorAgain', target: 'calling', meta: cite('finish_wait') },
          { target: 'trying', meta: cite('finish_wait') },
        ],
      },
    },
    copying: {
      description: 'Owns the datagram. RUN.',
      on: {
        COPIED: [
          { guard: 'unchargesEarly', target: 'user', actions: 'leave', meta: cite('udp_recvmsg', 'skb_consume_udp') },
          { target: 'freeing', actions: 'drop', meta: cite('udp_recvmsg', 'skb_copy_datagram_iovec') },
        ],
        BAD: [
          { guard: 'unchargesEarly', target: 'calling', actions: 'startOver', meta: cite('udp_recvmsg', 'udp_lib_checksum_complete') },
          { target: 'discarding', actions: 'startOver', meta: cite('udp_recvmsg', 'skb_copy_and_csum_datagram_iovec') },
        ],
      },
    },
    peeking: {
      description: 'Shares the datagram with the queue, and with whoever takes it meanwhile. RUN.',
      on: { PEEKED: { target: 'user', actions: 'leave', meta: cite('udp_recvmsg') } },
    },
    freeing: {
      description: 'The datagram is with the user; its charge is not given back yet.',
      on: { FREE: { target: 'user', actions: 'leave', meta: cite('skb_free_datagram_locked') } },
    },
    discarding: {
      description: 'The datagram was bad and is counted; its charge is not given back yet.',
      on: {
        // 3.10 frees before it counts InCsumErrors. Both happen under one lock, so the order shows in no queue and no charge.
        FREE: [
          { guard: 'givesUpAfterBad', target: 'user', actions: 'leave', meta: cite('udp_recvmsg', 'skb_kill_datagram') },
          { target: 'trying', meta: cite('udp_recvmsg', 'skb_kill_datagram') },
        ],
      },
    },
  },
});

/** TASK_INTERRUPTIBLE: a wakeup takes effect. */
export const interruptible = (context: ReaderContext, state: string): boolean =>
  state === 'asleep' || (['checkError', 'checkQueue', 'checkSignal', 'committed', 'leaving'].includes(state) && !context.woken);

/** Asleep, with nothing but a wakeup to end it. */
export const asleepForGood = (context: ReaderContext, state: string): boolean => state === 'asleep' && context.mode !== 'timeout';

/** Datagram `pkt` is in this reader's hands. */
export const inHand =
  (pkt: Packet) =>
  (context: ReaderContext): boolean =>
    context.pkt === pkt;
