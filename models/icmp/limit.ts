/**
 * The ICMP rate limit towards one peer: a bucket of tokens.
 *
 * Source      Linux 3.10 net/ipv4/inetpeer.c (inet_peer_xrlim_allow); the kernel's bucket holds 6
 * Contract    an error costs a token; no token, no error
 * Bounds      LimitBounds
 * Leaves out  refilling (one token a second: longer than any run considered here), the global bucket of later kernels
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface LimitBounds {
  readonly tokens: number;
}

export type LimitEvent = { readonly type: 'ALLOW' } | { readonly type: 'DENY' };

export const limit = setup({
  types: { input: {} as LimitBounds, context: {} as LimitBounds, events: {} as LimitEvent, meta: {} as Cite },
  guards: { hasToken: ({ context }) => context.tokens > 0, hasNone: ({ context }) => context.tokens === 0 },
  actions: { spend: assign({ tokens: ({ context }) => context.tokens - 1 }) },
}).createMachine({
  id: 'limit',
  context: ({ input }) => input,
  initial: 'bucket',
  states: {
    bucket: {
      description: 'Tokens left for this peer.',
      on: {
        ALLOW: { guard: 'hasToken', target: 'bucket', actions: 'spend', meta: cite('icmpv4_xrlim_allow') },
        DENY: { guard: 'hasNone', target: 'bucket', meta: cite('icmpv4_xrlim_allow') },
      },
    },
  },
});

/** A token is left. */
export const hasToken = (context: LimitBounds): boolean => context.tokens > 0;
