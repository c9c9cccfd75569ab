/**
 * A task in poll(): links an entry, looks, sleeps, looks again.
 *
 * Source      Linux 6.1 fs/select.c (do_poll, poll_schedule_timeout, pollwake), net/ipv4/udp.c (udp_poll), include/net/sock.h
 *             (sock_poll_wait); 6.12 and 6.18 the same
 * Contract    the entry is linked once, before the first look, and stays; `triggered` tells whether a wakeup came since the last one
 * Bounds      none
 * Leaves out  timeouts and signals; several descriptors; the look for a bad checksum
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type PollerEvent =
  | { readonly type: 'POLL' } //      enters
  | { readonly type: 'LINK' } //      add_wait_queue()
  | { readonly type: 'FENCE' } //     sock_poll_wait(): full barrier
  | { readonly type: 'READY' } //     what it looks at is there
  | { readonly type: 'NOTHING' } //   it is not: the next one
  | { readonly type: 'SET' } //       TASK_INTERRUPTIBLE
  | { readonly type: 'SCHEDULE' } //  sleeps, unless triggered
  | { readonly type: 'WAKE' } //      pollwake(): triggered, and try_to_wake_up() finds INT
  | { readonly type: 'TRIGGER' } //   pollwake(): triggered, and it does not
  | { readonly type: 'CLEAR' } //     triggered := 0, full barrier
  | { readonly type: 'UNLINK' } //    remove_wait_queue(): poll() returns
  | { readonly type: 'TOLD' } //      the same, and a call that does not wait follows
  | { readonly type: 'READ' } //      which finds something
  | { readonly type: 'FIND_NONE' }; // or not: EAGAIN

export interface PollerContext {
  readonly triggered: boolean;
  /** A wakeup set the state to TASK_RUNNING before schedule(). */
  readonly woken: boolean;
}

type Linked = 'fencing' | 'lookError' | 'lookRq' | 'lookRdq' | 'setting' | 'clearing' | 'ready';

const TRIGGER = (state: Linked | 'going') =>
  ({ TRIGGER: { target: state, actions: 'trigger', meta: cite('pollwake', 'try_to_wake_up') } }) as const;

export const poller = setup({
  types: { context: {} as PollerContext, events: {} as PollerEvent, meta: {} as Cite },
  guards: {
    triggered: ({ context: c }) => c.triggered,
    woken: ({ context: c }) => c.woken,
    notWoken: ({ context: c }) => !c.woken,
    // The queues are looked at in the order in which datagrams move.
    looksBackwards: () => false,
  },
  actions: {
    trigger: assign({ triggered: true }),
    wake: assign({ triggered: true, woken: true }),
    clear: assign({ triggered: false, woken: false }),
    reset: assign({ triggered: false, woken: false }),
    settle: assign({ woken: false }),
  },
}).createMachine({
  id: 'poller',
  context: { triggered: false, woken: false },
  initial: 'user',
  states: {
    user: { description: 'In user space.', on: { POLL: { target: 'linking', meta: cite('do_poll') } } },
    linking: {
      description: 'About to link its entry.',
      on: { LINK: { target: 'fencing', meta: cite('sock_poll_wait', 'add_wait_queue') } },
    },
    fencing: {
      description: 'About to pass the barrier of sock_poll_wait().',
      on: { ...TRIGGER('fencing'), FENCE: { target: 'lookError', meta: cite('sock_poll_wait') } },
    },
    lookError: {
      description: 'About to look at sk_err.',
      on: {
        ...TRIGGER('lookError'),
        READY: { target: 'ready', meta: cite('datagram_poll') },
        NOTHING: [
          { guard: 'looksBackwards', target: 'lookRdq', meta: cite('datagram_poll') },
          { target: 'lookRq', meta: cite('datagram_poll') },
        ],
      },
    },
    lookRq: {
      description: 'About to look at sk_receive_queue.',
      on: {
        ...TRIGGER('lookRq'),
        READY: { target: 'ready', meta: cite('datagram_poll') },
        NOTHING: [
          { guard: 'looksBackwards', target: 'setting', meta: cite('datagram_poll') },
          { target: 'lookRdq', meta: cite('datagram_poll') },
        ],
      },
    },
    lookRdq: {
      description: 'About to look at reader_queue.',
      on: {
        ...TRIGGER('lookRdq'),
        READY: { target: 'ready', meta: cite('udp_poll') },
        NOTHING: [
          { guard: 'looksBackwards', target: 'lookRq', meta: cite('udp_poll') },
          { target: 'setting', meta: cite('udp_poll') },
        ],
      },
    },
    setting: {
      description: 'Found nothing; about to set TASK_INTERRUPTIBLE.',
      on: { ...TRIGGER('setting'), SET: { target: 'going', meta: cite('poll_schedule_timeout') } },
    },
    going: {
      description: 'INT unless woken; about to look at `triggered` and to sleep.',
      on: {
        ...TRIGGER('going'),
        WAKE: { guard: 'notWoken', target: 'going', actions: 'wake', meta: cite('pollwake', 'try_to_wake_up') },
        SCHEDULE: [
          { guard: 'triggered', target: 'clearing', actions: 'settle', meta: cite('poll_schedule_timeout') },
          { guard: 'woken', target: 'clearing', actions: 'settle', meta: cite('poll_schedule_timeout', 'schedule') },
          { target: 'asleep', meta: cite('poll_schedule_timeout', 'schedule') },
        ],
      },
    },
    asleep: {
      description: 'Off the CPU.',
      on: { WAKE: { target: 'clearing', actions: 'trigger', meta: cite('pollwake', 'try_to_wake_up') } },
    },
    clearing: {
      description: 'About to clear `triggered`, with a full barrier.',
      on: { ...TRIGGER('clearing'), CLEAR: { target: 'lookError', actions: 'clear', meta: cite('poll_schedule_timeout') } },
    },
    ready: {
      description: 'Has found something.',
      on: {
        ...TRIGGER('ready'),
        UNLINK: { target: 'user', actions: 'reset', meta: cite('poll_freewait', 'remove_wait_queue') },
        TOLD: { target: 'told', actions: 'reset', meta: cite('poll_freewait', 'remove_wait_queue') },
      },
    },
    told: {
      description: 'Was told that it may read, and reads, without being willing to wait.',
      on: { READ: { target: 'user', meta: cite('udp_recvmsg') }, FIND_NONE: { target: 'disappointed', meta: cite('udp_recvmsg') } },
    },
    disappointed: { description: 'EAGAIN after poll() said that there was something.' },
  },
});

/** TASK_INTERRUPTIBLE. */
export const pollerSleeps = ({ woken }: PollerContext, state: string): boolean => state === 'asleep' || (state === 'going' && !woken);
