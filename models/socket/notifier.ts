/**
 * Whoever brings something to a socket and wakes those who wait for it: softirq with a datagram or an ICMP error, shutdown().
 *
 * Source      Linux 6.1 net/ipv4/udp.c (__udp_enqueue_schedule_skb), net/core/sock.c (sock_def_readable, sock_def_error_report,
 *             sock_def_wakeup), include/net/sock.h (skwq_has_sleeper); 6.12 and 6.18 the same
 * Contract    what is brought is visible before the wait queue is looked at: a full barrier stands between the two
 * Bounds      none
 * Leaves out  the charge; SIGIO
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type NotifierEvent =
  | { readonly type: 'DATA' } //      stored: appended behind the lock of the queue
  | { readonly type: 'ERROR' } //     sk_err
  | { readonly type: 'SHUTDOWN' } //  sk_shutdown
  | { readonly type: 'FENCE' } //     skwq_has_sleeper(): full barrier
  | { readonly type: 'NO_SLEEPER' }
  | { readonly type: 'SLEEPER' }
  | { readonly type: 'WALK' } //      has the lock of the wait queue
  | { readonly type: 'END' };

export const notifier = setup({ types: { events: {} as NotifierEvent, meta: {} as Cite } }).createMachine({
  id: 'notifier',
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing in hand.',
      on: {
        DATA: { target: 'stored', meta: cite('__udp_enqueue_schedule_skb') },
        ERROR: { target: 'stored', meta: cite('__udp4_lib_err') },
        SHUTDOWN: { target: 'stored', meta: cite('inet_shutdown') },
      },
    },
    stored: {
      description: 'Before the barrier.',
      on: { FENCE: { target: 'testing', meta: cite('sock_def_readable', 'sock_def_error_report', 'sock_def_wakeup', 'wq_has_sleeper') } },
    },
    testing: {
      description: 'About to look whether anybody waits.',
      on: {
        NO_SLEEPER: { target: 'idle', meta: cite('wq_has_sleeper') },
        SLEEPER: { target: 'waking', meta: cite('wq_has_sleeper') },
      },
    },
    waking: {
      description: 'About to take the lock of the wait queue.',
      on: { WALK: { target: 'walking', meta: cite('__wake_up_sync_key', '__wake_up') } },
    },
    walking: { description: 'Walks it.', on: { END: { target: 'idle', meta: cite('__wake_up_common') } } },
  },
});
