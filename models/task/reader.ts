/**
 * A task in recvfrom(): try, prepare to wait, check again, sleep.
 *
 * Source      Linux 3.10 net/core/datagram.c (__skb_recv_datagram, wait_for_more_packets), net/ipv4/udp.c (udp_recvmsg);
 *             6.12 and 6.18 net/ipv4/udp.c (__skb_recv_udp), net/core/datagram.c (__skb_wait_for_more_packets)
 * Contract    after every wakeup and every timeout the queue is tried once more before the call gives up; the task state
 *             is set inside the wait queue lock, before the conditions are checked
 * Bounds      ReaderBounds
 * Leaves out  MSG_PEEK, busy polling, shutdown, copy faults, poll and epoll; the task stays on its CPU; a signal to a task that
 *             runs already, which nothing shows until the call ends; the restart of a call that a signal has ended: another call
 *
 * INT below means TASK_INTERRUPTIBLE: a wakeup finds the task and takes effect. RUN means it would find nothing to do.
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { Packet } from '../kernel/packet.ts';

export const MODES = ['block', 'dontwait', 'timeout'] as const;

/** `block`; `dontwait` is MSG_DONTWAIT; `timeout` is SO_RCVTIMEO. */
export type Mode = (typeof MODES)[number];

export interface ReaderBounds {
  /** 4.13 and later test sk_err before each try; 3.10 once, then in the wait only. */
  readonly testsErrorAgain: boolean;
  /** Later kernels uncharge at the dequeue, so nothing is left to do after the copy. */
  readonly unchargesEarly: boolean;
  /** A signal may come; else the look for one is left out. */
  readonly hasSignals: boolean;
}

export type ReaderEvent =
  | { readonly type: 'CALL'; readonly mode: Mode } //  enters recvfrom()
  | { readonly type: 'ERROR' } //                      sock_error() found one: the call returns it
  | { readonly type: 'NO_ERROR' }
  | { readonly type: 'TAKE'; readonly pkt: Packet } // dequeues a datagram
  | { readonly type: 'AGAIN' } //                      nothing, and not willing to wait: EAGAIN
  | { readonly type: 'WAIT' } //                       nothing, will wait
  | { readonly type: 'PREPARE' } //                    linked, task state INT
  | { readonly type: 'SEES_DATA' } //                  re-check: the queue is not empty
  | { readonly type: 'SEES_NONE' } //                  re-check: the queue is empty
  | { readonly type: 'SIGNALLED' } //                  signal_pending(): the call returns EINTR
  | { readonly type: 'NO_SIGNAL' }
  | { readonly type: 'SCHEDULE' } //                   schedule(): off the CPU, unless woken meanwhile
  | { readonly type: 'WAKE' } //                       try_to_wake_up() finds INT
  | { readonly type: 'EXPIRE' } //                     the timer wakes the task
  | { readonly type: 'SIGNAL' } //                     TIF_SIGPENDING, and try_to_wake_up() finds INT
  | { readonly type: 'RUNNING' } //                    finish_wait(): task state RUN
  | { readonly type: 'FINISHED' } //                   finish_wait(): not linked any more
  | { readonly type: 'COPIED' } //                     the datagram is in user memory, checksum good
  | { readonly type: 'BAD' } //                        the checksum is wrong: dropped, start over
  | { readonly type: 'FREE' }; //                      3.10: uncharged; the call returns

export interface ReaderContext extends ReaderBounds {
  readonly mode: Mode;
  /** SO_RCVTIMEO has run out: one more try, then EAGAIN. */
  readonly expired: boolean;
  /** A wakeup set the task state to RUN before schedule(). */
  readonly woken: boolean;
  /** TIF_SIGPENDING. */
  readonly signal: boolean;
  /** What the wait found, an error in sk_err or a signal: the call returns it after finish_wait(). */
  readonly failed: 'no' | 'error' | 'signal';
  /** The datagram in hand. */
  readonly pkt: Packet | null;
}

/** Outside a call. The signal is delivered on the way back to user space. */
const FRESH = { mode: 'block', expired: false, woken: false, signal: false, failed: 'no', pkt: null } as const;

const readerSetup = setup({
  types: { input: {} as ReaderBounds, context: {} as ReaderContext, events: {} as ReaderEvent, meta: {} as Cite },
  guards: {
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
    enter: assign(({ event }) => (event.type === 'CALL' ? { ...FRESH, mode: event.mode } : {})),
    leave: assign(FRESH),
    hold: assign(({ event }) => (event.type === 'TAKE' ? { pkt: event.pkt } : {})),
    drop: assign({ pkt: null }),
    // With all of SO_RCVTIMEO before it.
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
      on: { CALL: { target: 'calling', actions: 'enter', meta: cite('sys_recvfrom', 'udp_recvmsg') } },
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
        TAKE: { target: 'copying', actions: 'hold', meta: cite('__skb_recv_datagram', '__skb_recv_udp') },
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
          { target: 'discarding', actions: 'drop', meta: cite('udp_recvmsg', 'skb_copy_and_csum_datagram_iovec') },
        ],
      },
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
