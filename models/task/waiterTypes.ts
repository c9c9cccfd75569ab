/** What a task in recvfrom() takes and remembers: see waiter.ts. */
import type { Packet } from '../kernel/packet.ts';

export const WAYS = ['block', 'timeout', 'peek'] as const;

/** SO_RCVTIMEO, MSG_PEEK of a call that waits; MSG_DONTWAIT, which only recorded traces have. */
export type Way = (typeof WAYS)[number] | 'dontwait';

export interface WaiterBounds {
  /** RP2: who leaves with an error or a signal hands the wakeup on that he may have absorbed. No kernel does. */
  readonly handsOn: boolean;
  /** SO_BUSY_POLL: spins before it waits. */
  readonly spins: boolean;
}

export type WaiterEvent =
  | { readonly type: 'CALL'; readonly way: Way }
  | { readonly type: 'TAKE'; readonly pkt: Packet }
  | { readonly type: 'RETURN' } //                    with the datagram
  | { readonly type: 'BAD' } //                       its checksum is wrong: dropped, and the next one is looked for
  | { readonly type: 'FAULT' } //                     EFAULT
  // What it looks at, at the top and in the wait.
  | { readonly type: 'ERROR' | 'NO_ERROR' } //        sk_err, exchanged
  | { readonly type: 'NONE' } //                      neither queue has anything
  | { readonly type: 'SPUN' | 'SPUN_TRY' } //         busy polled long enough: nothing in sk_receive_queue, or something
  | { readonly type: 'SEES_DATA' | 'SEES_NONE' } //   the look before sleeping
  | { readonly type: 'SHUTDOWN' | 'NO_SHUTDOWN' } //  RCV_SHUTDOWN: the call returns 0
  | { readonly type: 'SIGNALLED' | 'NO_SIGNAL' } //   signal_pending(): EINTR, or ERESTARTSYS
  | { readonly type: 'PREPARE' } //                   linked, INT
  | { readonly type: 'SCHEDULE' }
  | { readonly type: 'WAKE' } //                      try_to_wake_up() finds INT
  | { readonly type: 'EXPIRE' } //                    the timer does
  | { readonly type: 'SIGNAL' } //                    TIF_SIGPENDING
  | { readonly type: 'RUN' | 'UNLINK' | 'UNLINKED' } // finish_wait(): RUN; unlinks its entry, or finds it gone
  | { readonly type: 'HAND' | 'HANDED' } //           RP2: wakes the next one
  // A bug's: PREPARE in the store buffer; checks before it is linked; leaves its entry; dequeued by preemption.
  | { readonly type: 'STORE' | 'LOOK' | 'LEAVE_LINKED' | 'PREEMPT' };

export interface WaiterContext extends WaiterBounds {
  readonly way: Way;
  readonly woken: boolean;
  /** SO_RCVTIMEO is used up. */
  readonly expired: boolean;
  /** TIF_SIGPENDING. */
  readonly signal: boolean;
  /** The wait has ended with an error, a signal, or shutdown: no further try. */
  readonly failed: 'no' | 'error' | 'signal' | 'shutdown';
  readonly pkt: Packet | null;
}
