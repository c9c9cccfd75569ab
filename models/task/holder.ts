/**
 * A task that owns the socket lock for a while: setsockopt(), connect() or ioctl() on the same socket.
 *
 * Source      Linux 3.10 net/core/sock.c (lock_sock, release_sock, __release_sock)
 * Contract    what softirq left in the backlog is queued before the lock is given up
 * Bounds      HolderBounds
 * Leaves out  what the call does; sleeping for the lock (one holder)
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface HolderBounds {
  /** How often it takes the lock. */
  readonly holds: number;
}

export type HolderEvent =
  | { readonly type: 'LOCK' }
  | { readonly type: 'FLUSH' } //   takes a datagram from the backlog
  | { readonly type: 'RELEASE' }; // the backlog is empty

export interface HolderContext extends HolderBounds {
  /** How often it has taken the lock. 0..holds */
  readonly held: number;
}

export const holder = setup({
  types: { input: {} as HolderBounds, context: {} as HolderContext, events: {} as HolderEvent, meta: {} as Cite },
  guards: { mayHold: ({ context }) => context.held < context.holds },
  actions: { count: assign({ held: ({ context }) => context.held + 1 }) },
}).createMachine({
  id: 'holder',
  context: ({ input }) => ({ ...input, held: 0 }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Elsewhere.',
      on: { LOCK: { guard: 'mayHold', target: 'owning', actions: 'count', meta: cite('lock_sock') } },
    },
    owning: {
      description: 'Owns the socket, or is releasing it.',
      on: {
        FLUSH: { target: 'owning', meta: cite('release_sock', '__release_sock') },
        RELEASE: { target: 'idle', meta: cite('release_sock') },
      },
    },
  },
});
