/**
 * A task in recvfrom() with all that may end its sleep: data, an error, shutdown, a signal, a timeout.
 *
 * Source      Linux 6.1 net/ipv4/udp.c (udp_recvmsg, __skb_recv_udp), net/core/datagram.c (__skb_wait_for_more_packets); 6.12 and
 *             6.18 the same
 * Contract    the state is set, and the entry linked, before anything is looked at; after every sleep the queue is tried once more
 * Bounds      WaiterBounds
 * Leaves out  the copy, but for what recorded traces show of it; the restart after a signal whose handler allows it, which is another call; SO_PEEK_OFF
 *
 * INT: TASK_INTERRUPTIBLE, a wakeup takes effect. RUN: it would find nothing to do.
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { WaiterBounds, WaiterContext, WaiterEvent } from './waiterTypes.ts';

const FRESH = { way: 'block', woken: false, expired: false, signal: false, failed: 'no', pkt: null } as const;

type Linked = 'cError' | 'cQueue' | 'cShutdown' | 'cSignal' | 'committed' | 'leaving';
const WAIT = '__skb_wait_for_more_packets';
const WOKEN = cite('receiver_wake_function', 'autoremove_wake_function', 'try_to_wake_up');
const ANY = (state: Linked) =>
  ({
    WAKE: { guard: 'notWoken', target: state, actions: 'wake', meta: WOKEN },
    SIGNAL: { guard: 'noSignal', target: state, actions: 'signal', meta: cite('signal_wake_up_state') },
    PREEMPT: { guard: 'dequeuesWhenPreempted', target: 'asleep', meta: cite('schedule') },
  }) as const;

export const waiter = setup({
  types: { input: {} as WaiterBounds, context: {} as WaiterContext, events: {} as WaiterEvent, meta: {} as Cite },
  guards: {
    notWoken: ({ context: c }) => !c.woken,
    noSignal: ({ context: c }) => !c.signal,
    signalled: ({ context: c }) => c.signal,
    staysAwake: ({ context: c }) => c.woken || c.signal,
    mayExpire: ({ context: c }) => c.way === 'timeout' && !c.expired,
    expired: ({ context: c }) => c.expired || c.way === 'dontwait',
    spins: ({ context: c }) => c.spins,
    failed: ({ context: c }) => c.failed !== 'no',
    mayHand: ({ context: c }) => c.handsOn && (c.failed === 'error' || c.failed === 'signal'),
    // The order of the kernel; a bug opens one of these.
    looksFirst: () => false,
    storesPlainly: () => false,
    givesUpWhenExpired: () => false,
    staysLinked: () => false,
    dequeuesWhenPreempted: () => false,
  },
  actions: {
    enter: assign(({ event }) => (event.type === 'CALL' ? { way: event.way } : {})),
    leave: assign(FRESH),
    hold: assign(({ event }) => (event.type === 'TAKE' ? { pkt: event.pkt } : {})),
    drop: assign({ pkt: null, expired: false }),
    wake: assign({ woken: true }),
    expire: assign({ expired: true }),
    signal: assign({ signal: true }),
    settle: assign({ woken: false }),
    failError: assign({ failed: 'error' }),
    failSignal: assign({ failed: 'signal' }),
    failShutdown: assign({ failed: 'shutdown' }),
  },
}).createMachine({
  id: 'waiter',
  context: ({ input }) => ({ ...input, ...FRESH }),
  initial: 'user',
  states: {
    user: {
      description: 'In user space. RUN.',
      on: { CALL: { target: 'top', actions: 'enter', meta: cite('sys_recvfrom', 'udp_recvmsg') } },
    },
    top: {
      description: 'About to look at sk_err. RUN.',
      on: {
        SIGNAL: { guard: 'noSignal', target: 'top', actions: 'signal', meta: cite('signal_wake_up_state') },
        ERROR: { target: 'user', actions: 'leave', meta: cite('__skb_recv_udp', 'sock_error') },
        NO_ERROR: { target: 'trying', meta: cite('__skb_recv_udp', 'sock_error') },
      },
    },
    trying: {
      description: 'About to look into both queues, under the lock of reader_queue. RUN.',
      on: {
        TAKE: { target: 'copying', actions: 'hold', meta: cite('__skb_recv_udp') },
        NONE: [
          { guard: 'expired', target: 'user', actions: 'leave', meta: cite('__skb_recv_udp') },
          { guard: 'spins', target: 'spinning', meta: cite('__skb_recv_udp') },
          { target: 'preparing', meta: cite('__skb_recv_udp') },
        ],
      },
    },
    spinning: {
      description: 'In sk_busy_loop(). RUN.',
      on: { SPUN: { target: 'preparing', meta: cite('__skb_recv_udp') }, SPUN_TRY: { target: 'trying', meta: cite('__skb_recv_udp') } },
    },
    preparing: {
      description: 'Found nothing, not linked yet. RUN.',
      on: {
        SIGNAL: { guard: 'noSignal', target: 'preparing', actions: 'signal', meta: cite('signal_wake_up_state') },
        PREPARE: { target: 'cError', meta: cite(WAIT, 'prepare_to_wait_exclusive') },
        STORE: { guard: 'storesPlainly', target: 'cError', meta: cite(WAIT, 'prepare_to_wait_exclusive') },
        LOOK: { guard: 'looksFirst', target: 'late', meta: cite(WAIT) },
      },
    },
    late: {
      description: 'Has looked before it is linked. Only a bug comes here.',
      on: { PREPARE: { target: 'committed', meta: cite(WAIT, 'prepare_to_wait_exclusive') } },
    },
    cError: {
      description: 'Linked, about to look at sk_err. INT unless woken.',
      on: {
        ...ANY('cError'),
        ERROR: { target: 'leaving', actions: 'failError', meta: cite(WAIT, 'sock_error') },
        NO_ERROR: { target: 'cQueue', meta: cite(WAIT, 'sock_error') },
      },
    },
    cQueue: {
      description: 'About to look at sk_receive_queue, without its lock. INT unless woken.',
      on: {
        ...ANY('cQueue'),
        SEES_DATA: { target: 'leaving', meta: cite(WAIT) },
        SEES_NONE: { target: 'cShutdown', meta: cite(WAIT) },
      },
    },
    cShutdown: {
      description: 'About to look at sk_shutdown. INT unless woken.',
      on: {
        ...ANY('cShutdown'),
        SHUTDOWN: { target: 'leaving', actions: 'failShutdown', meta: cite(WAIT) },
        NO_SHUTDOWN: { target: 'cSignal', meta: cite(WAIT) },
      },
    },
    cSignal: {
      description: 'About to look for a signal. INT unless woken.',
      on: {
        ...ANY('cSignal'),
        SIGNALLED: { guard: 'signalled', target: 'leaving', actions: 'failSignal', meta: cite(WAIT) },
        NO_SIGNAL: { guard: 'noSignal', target: 'committed', meta: cite(WAIT) },
      },
    },
    committed: {
      description: 'On the way to schedule(). INT unless woken.',
      on: {
        ...ANY('committed'),
        EXPIRE: { guard: 'mayExpire', target: 'committed', actions: ['expire', 'wake'], meta: cite('process_timeout', 'try_to_wake_up') },
        SCHEDULE: [
          { guard: 'staysAwake', target: 'returning', actions: 'settle', meta: cite('schedule_timeout', 'schedule') },
          { target: 'asleep', meta: cite('schedule_timeout', 'schedule') },
        ],
      },
    },
    asleep: {
      description: 'Off the CPU. INT.',
      on: {
        WAKE: { target: 'returning', meta: WOKEN },
        EXPIRE: { guard: 'mayExpire', target: 'returning', actions: 'expire', meta: cite('process_timeout', 'try_to_wake_up') },
        // The flag, and the wakeup of a task that is off the run queue: nobody else is woken by it, so one step.
        SIGNAL: { guard: 'noSignal', target: 'returning', actions: 'signal', meta: cite('signal_wake_up_state', 'try_to_wake_up') },
      },
    },
    returning: {
      description: 'On the CPU again, in schedule_timeout(): the time may have run out meanwhile. RUN.',
      on: {
        SIGNAL: { guard: 'noSignal', target: 'returning', actions: 'signal', meta: cite('signal_wake_up_state') },
        EXPIRE: { guard: 'mayExpire', target: 'returning', actions: 'expire', meta: cite('schedule_timeout') },
        RUN: { target: 'unlinking', meta: cite('schedule_timeout', 'finish_wait') },
      },
    },
    leaving: {
      description: 'About to call finish_wait(). INT unless woken: it still absorbs a wakeup.',
      on: { ...ANY('leaving'), RUN: { target: 'unlinking', actions: 'settle', meta: cite('finish_wait') } },
    },
    unlinking: {
      description: 'In finish_wait(): RUN, perhaps still linked.',
      on: {
        UNLINK: [
          { guard: 'failed', target: 'user', actions: 'leave', meta: cite('finish_wait') },
          { guard: 'givesUpWhenExpired', target: 'user', actions: 'leave', meta: cite('finish_wait') },
          { target: 'top', meta: cite('finish_wait') },
        ],
        UNLINKED: [
          { guard: 'mayHand', target: 'handing', meta: cite('finish_wait') },
          { guard: 'failed', target: 'user', actions: 'leave', meta: cite('finish_wait') },
          { guard: 'givesUpWhenExpired', target: 'user', actions: 'leave', meta: cite('finish_wait') },
          { target: 'top', meta: cite('finish_wait') },
        ],
        LEAVE_LINKED: { guard: 'staysLinked', target: 'user', actions: 'leave', meta: cite('finish_wait') },
      },
    },
    handing: {
      description: 'RP2: was woken, and leaves for another reason; whoever waits next may have to be woken instead.',
      on: {
        HAND: { target: 'handingOver', meta: cite(WAIT) },
        HANDED: { target: 'user', actions: 'leave', meta: cite(WAIT) },
      },
    },
    handingOver: {
      description: 'RP2: wakes the next one.',
      on: { HANDED: { target: 'user', actions: 'leave', meta: cite('__wake_up_common') } },
    },
    copying: {
      description: 'Has a datagram. RUN.',
      on: {
        RETURN: { target: 'user', actions: 'leave', meta: cite('udp_recvmsg') },
        BAD: { target: 'top', actions: 'drop', meta: cite('udp_recvmsg', '__sk_queue_drop_skb') },
        FAULT: { target: 'user', actions: 'leave', meta: cite('udp_recvmsg') },
      },
    },
  },
});

/** TASK_INTERRUPTIBLE: a wakeup takes effect. */
export const isInterruptible = ({ woken }: WaiterContext, state: string): boolean =>
  state === 'asleep' || (['cError', 'cQueue', 'cShutdown', 'cSignal', 'committed', 'leaving'].includes(state) && !woken);

/** Nothing but a wakeup ends it. */
export const sleepsForGood = ({ way }: WaiterContext, state: string): boolean => state === 'asleep' && way !== 'timeout';
