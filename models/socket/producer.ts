/**
 * Softirq on one CPU in __udp_enqueue_schedule_skb(): the look at the charge, the charge, the append.
 *
 * Source      Linux 6.1 (add_return and a second look), 6.12 (without it), 6.18 (producer queue) net/ipv4/udp.c
 * Contract    whoever is refused leaves no charge behind; in 6.18 whoever finds the list empty appends for all that come meanwhile
 * Bounds      ProducerBounds
 * Leaves out  the wakeup, see the family `wakeup`; skb_condense()
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import type { ProfileName } from '../kernel/profile.ts';

export interface ProducerBounds {
  readonly profile: Exclude<ProfileName, 'article'>;
  readonly rcvbuf: number;
}

export type ProducerEvent =
  | { readonly type: 'BEGIN' } //                            a datagram
  | { readonly type: 'READ'; readonly value: number } //     sk_rmem_alloc
  | { readonly type: 'READ_PROD'; readonly value: number } // 6.18: and that of the producer queue
  | { readonly type: 'BUSY' } //                             more than half full: busylock
  | { readonly type: 'CHARGED'; readonly value: number } //  the charge after it
  | { readonly type: 'UNCHARGE' } //                         6.1: it exceeds the buffer after all
  | { readonly type: 'NO_MEMORY' } //                        the protocol has none left
  | { readonly type: 'APPEND' }
  | { readonly type: 'CHARGE_PROD' }
  | { readonly type: 'LEAD' }
  | { readonly type: 'FOLLOW' }
  | { readonly type: 'FLUSH'; readonly taken: number }
  | { readonly type: 'SETTLE'; readonly taken: number }
  | { readonly type: 'DROP' }
  | { readonly type: 'UNBUSY' }
  | { readonly type: 'END' };

export interface ProducerContext extends ProducerBounds {
  /** What it has read or charged. */
  readonly seen: number;
  readonly busy: boolean;
  /** 6.18: what the leader has taken. */
  readonly taken: number;
}

const refuses = ({ profile, rcvbuf, seen }: ProducerContext): boolean =>
  profile === '6.18' ? seen + 1 > rcvbuf && seen !== 0 : profile === '6.12' ? seen + 1 > rcvbuf && seen > rcvbuf : seen > rcvbuf;

const value = (event: ProducerEvent): number => ('value' in event ? event.value : -1);
const UDP = cite('__udp_enqueue_schedule_skb');

export const producer = setup({
  types: { input: {} as ProducerBounds, context: {} as ProducerContext, events: {} as ProducerEvent, meta: {} as Cite },
  guards: {
    hasProd: ({ context: c }) => c.profile === '6.18',
    refuses: ({ context: c }) => refuses(c),
    // Half full: busylock, 6.1 and 6.12.
    needsBusy: ({ context: c }) => !refuses(c) && c.profile !== '6.18' && 2 * c.seen > c.rcvbuf,
    goesOn: ({ context: c }) => !refuses(c) && c.profile !== '6.18' && 2 * c.seen <= c.rcvbuf,
    goesToProd: ({ context: c }) => !refuses(c) && c.profile === '6.18',
    exceeds: ({ context: c, event }) => c.profile === '6.1' && value(event) > 1 + c.rcvbuf,
    exceedsSoon: ({ context: c, event }) => c.profile === '6.1' && !refuses(c) && 2 * c.seen <= c.rcvbuf && value(event) > 1 + c.rcvbuf,
    isBusy: ({ context: c }) => c.busy,
    tookThat: ({ context: c, event }) => event.type === 'SETTLE' && event.taken === c.taken,
  },
  actions: {
    see: assign({ seen: ({ event }) => value(event) }),
    seeMore: assign({ seen: ({ context: c, event }) => c.seen + value(event) }),
    setBusy: assign({ busy: true }),
    took: assign({
      taken: ({ event }) => {
        assertEvent(event, 'FLUSH');
        return event.taken;
      },
    }),
    reset: assign({ seen: 0, busy: false, taken: 0 }),
    forget: assign({ seen: 0 }),
  },
}).createMachine({
  id: 'producer',
  context: ({ input }) => ({ ...input, seen: 0, busy: false, taken: 0 }),
  initial: 'idle',
  states: {
    idle: { description: 'No datagram in hand.', on: { BEGIN: { target: 'reading', meta: UDP } } },
    reading: {
      description: 'About to read sk_rmem_alloc.',
      on: {
        READ: [
          { guard: 'hasProd', target: 'readingProd', actions: 'see', meta: UDP },
          { target: 'deciding', actions: 'see', meta: UDP },
        ],
      },
    },
    readingProd: {
      description: '6.18: about to read the charge of the producer queue.',
      on: { READ_PROD: { target: 'deciding', actions: 'seeMore', meta: UDP } },
    },
    deciding: {
      description: 'Knows what it has read.',
      on: {
        DROP: { guard: 'refuses', target: 'idle', actions: 'reset', meta: UDP },
        BUSY: { guard: 'needsBusy', target: 'charging', actions: ['setBusy', 'forget'], meta: UDP },
        CHARGED: [
          { guard: 'exceedsSoon', target: 'returning', actions: 'forget', meta: UDP },
          { guard: 'goesOn', target: 'appending', actions: 'forget', meta: UDP },
        ],
        CHARGE_PROD: { guard: 'goesToProd', target: 'listing', actions: 'forget', meta: UDP },
      },
    },
    charging: {
      description: 'Has busylock.',
      on: {
        CHARGED: [
          { guard: 'exceeds', target: 'returning', meta: UDP },
          { target: 'appending', meta: UDP },
        ],
      },
    },
    returning: {
      description: '6.1: charged, and about to take that back.',
      on: { UNCHARGE: { target: 'ending', meta: UDP } },
    },
    appending: {
      description: 'Charged, about to append.',
      on: {
        APPEND: { target: 'ending', meta: UDP },
        NO_MEMORY: { target: 'returning', meta: UDP },
      },
    },
    listing: {
      description: '6.18: charged to the producer queue.',
      on: {
        LEAD: { target: 'leading', meta: UDP },
        FOLLOW: { target: 'idle', actions: 'reset', meta: UDP },
      },
    },
    leading: {
      description: '6.18: the list is its to append.',
      on: { FLUSH: { target: 'settling', actions: 'took', meta: UDP } },
    },
    settling: {
      description: '6.18: appended; the producer queue is still charged.',
      on: { SETTLE: { guard: 'tookThat', target: 'idle', actions: 'reset', meta: UDP } },
    },
    ending: {
      description: 'About to let busylock go, if it has it.',
      on: {
        UNBUSY: { guard: 'isBusy', target: 'idle', actions: 'reset', meta: UDP },
        END: { target: 'idle', actions: 'reset', meta: UDP },
      },
    },
  },
});
