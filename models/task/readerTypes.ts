/** What a task in recvfrom() is told, what may happen to it, and what it remembers: for reader.ts. */
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
  | { readonly type: 'CALL_PEEK'; readonly mode: Mode } // the same with MSG_PEEK
  | { readonly type: 'ERROR' } //                      sock_error() found one: the call returns it
  | { readonly type: 'NO_ERROR' }
  | { readonly type: 'TAKE'; readonly pkt: Packet } // dequeues a datagram
  | { readonly type: 'PEEK'; readonly pkt: Packet } // takes hold of a datagram, which stays where it is
  | { readonly type: 'PEEKED' } //                     that one is in user memory: the call returns
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
  /** MSG_PEEK. */
  readonly peeks: boolean;
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
