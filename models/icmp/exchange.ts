/**
 * A packet that goes to and fro between two hosts that both refuse it: each may answer with an ICMP error.
 *
 * Source      Linux 6.1 and 6.12 net/ipv4/icmp.c (__icmp_send)
 * Contract    an error is never answered with an error; what is quoted is freed afterwards
 * Bounds      none
 * Leaves out  rate limits: they would only slow it down
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type ExchangeEvent =
  | { readonly type: 'SEND' } //   a datagram
  | { readonly type: 'REFUSE' } // no socket, no route, REJECT: icmp_send()
  | { readonly type: 'RULE' } //   the rules about the packet that is answered
  | { readonly type: 'QUOTE' } //  the error is built
  | { readonly type: 'FREE' }; //  the packet that is answered

export interface ExchangeContext {
  /** On the wire, or with the host that refuses it: an ICMP error. */
  readonly isError: boolean;
  readonly freed: boolean;
}

export const exchange = setup({
  types: { context: {} as ExchangeContext, events: {} as ExchangeEvent, meta: {} as Cite },
  guards: {
    isError: ({ context: c }) => c.isError,
    freesFirst: () => false,
  },
  actions: {
    answer: assign({ isError: true, freed: false }),
    free: assign({ freed: true }),
    end: assign({ isError: false, freed: false }),
  },
}).createMachine({
  id: 'exchange',
  context: { isError: false, freed: false },
  initial: 'quiet',
  states: {
    quiet: { description: 'Nothing.', on: { SEND: { target: 'wire', meta: cite('udp_sendmsg') } } },
    wire: { description: 'A packet on the wire.', on: { REFUSE: { target: 'ruling', meta: cite('icmp_send') } } },
    ruling: {
      description: 'In icmp_send(): may it be answered?',
      on: {
        RULE: [
          { guard: 'isError', target: 'quiet', actions: 'end', meta: cite('icmp_send') },
          { target: 'answering', meta: cite('icmp_send') },
        ],
      },
    },
    answering: {
      description: 'About to build an error that quotes it.',
      on: {
        FREE: { guard: 'freesFirst', target: 'answering', actions: 'free', meta: cite('__udp4_lib_rcv') },
        QUOTE: { target: 'answered', meta: cite('icmp_push_reply') },
      },
    },
    answered: {
      description: 'The error is on its way; what it quotes is freed.',
      on: { FREE: { target: 'wire', actions: 'answer', meta: cite('__udp4_lib_rcv') } },
    },
  },
});
