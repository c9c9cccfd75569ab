/**
 * handle_softirqs() on one CPU, vector by vector: the mask, the snapshot of a pass, and the limit on passes.
 *
 * Source      Linux 6.1 kernel/softirq.c (handle_softirqs; __do_softirq in 3.10 is the same loop)
 * Contract    the mask is read and cleared with interrupts off, before the handlers run; what is raised meanwhile waits for
 *             the next pass; passes are limited, and then ksoftirqd is woken
 * Bounds      LoopBounds; the kernel makes 10 passes
 * Leaves out  eight of the ten vectors. NET_RX stands for those that wait for a runnable ksoftirqd, TASKLET for the two that
 *             do not (HI is the other one). The 2 ms and need_resched are a choice: any look at the mask may find time up.
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

/** In the order in which they are served: bits 3 and 6 of the mask. */
export const VECTORS = ['NET_RX', 'TASKLET'] as const;

export type Vector = (typeof VECTORS)[number];

export interface LoopBounds {
  /** MAX_SOFTIRQ_RESTART: passes before ksoftirqd has to go on. */
  readonly passes: number;
}

export type LoopEvent =
  | { readonly type: 'RAISE'; readonly vec: Vector } // the bit is set; interrupts are off
  | { readonly type: 'STORE'; readonly vec: Vector; readonly rest: boolean } // the same as a store of what was read before
  | { readonly type: 'ENTER' } //    snapshot and clear the mask, then interrupts on
  | { readonly type: 'RUN'; readonly vec: Vector } //       the handler of the lowest bit of the snapshot
  | { readonly type: 'RUN_AGAIN'; readonly vec: Vector } // the same, and it raises its own vector: work is left
  | { readonly type: 'RESTART' } //  pending again, passes left
  | { readonly type: 'LEAVE' } //    nothing pending
  | { readonly type: 'HANDOVER' }; // pending, and no passes or no time left: leave the rest to ksoftirqd

export interface LoopContext extends LoopBounds {
  /** __softirq_pending. */
  readonly pending: readonly Vector[];
  /** What this pass has still to run. */
  readonly snapshot: readonly Vector[];
  /** Passes begun since ENTER. */
  readonly begun: number;
}

const raised = (mask: readonly Vector[], vec: Vector): readonly Vector[] => VECTORS.filter((one) => one === vec || mask.includes(one));

const RAISE = (state: 'idle' | 'running' | 'recheck') =>
  ({
    RAISE: { target: state, actions: 'raise', meta: cite('__raise_softirq_irqoff') },
    STORE: { guard: 'isPlain', target: state, actions: 'store', meta: cite('__raise_softirq_irqoff') },
  }) as const;

const AGAIN = { guard: 'pending', target: 'nested', meta: cite('__do_softirq') } as const;

export const softirqLoop = setup({
  types: { input: {} as LoopBounds, context: {} as LoopContext, events: {} as LoopEvent, meta: {} as Cite },
  guards: {
    pending: ({ context: c }) => c.pending.length > 0,
    notPending: ({ context: c }) => c.pending.length === 0,
    passesLeft: ({ context: c }) => c.pending.length > 0 && c.begun < c.passes,
    isNext: ({ context: c, event }) => 'vec' in event && c.snapshot[0] === event.vec,
    isLast: ({ context: c, event }) => 'vec' in event && c.snapshot[0] === event.vec && c.snapshot.length === 1,
    // A raise reads, changes and writes the mask with interrupts off.
    isPlain: () => false,
  },
  actions: {
    raise: assign({
      pending: ({ context: c, event }) => {
        assertEvent(event, ['RAISE', 'RUN_AGAIN']);
        return raised(c.pending, event.vec);
      },
    }),
    store: assign({
      pending: ({ event }) => {
        assertEvent(event, 'STORE');
        return VECTORS.filter((one) => one === event.vec || event.rest);
      },
    }),
    snapshot: assign(({ context: c }) => ({ snapshot: c.pending, pending: [] })),
    countFirst: assign({ begun: 1 }),
    countNext: assign({ begun: ({ context: c }) => Math.min(c.begun + 1, c.passes) }),
    ran: assign({ snapshot: ({ context: c }) => c.snapshot.slice(1) }),
    // There for a planted bug, which clears the mask here.
    passOver: assign({}),
    reset: assign({ begun: 0 }),
  },
}).createMachine({
  id: 'softirqLoop',
  context: ({ input }) => ({ ...input, pending: [], snapshot: [], begun: 0 }),
  initial: 'idle',
  states: {
    idle: {
      description: 'Not serving.',
      on: {
        ...RAISE('idle'),
        ENTER: { guard: 'pending', target: 'running', actions: ['snapshot', 'countFirst'], meta: cite('__do_softirq') },
      },
    },
    running: {
      description: 'Interrupts on; the handlers of the snapshot run, lowest bit first.',
      on: {
        ...RAISE('running'),
        RUN: [
          { guard: 'isLast', target: 'recheck', actions: ['ran', 'passOver'], meta: cite('__do_softirq') },
          { guard: 'isNext', target: 'running', actions: 'ran', meta: cite('__do_softirq') },
        ],
        RUN_AGAIN: [
          { guard: 'isLast', target: 'recheck', actions: ['raise', 'ran', 'passOver'], meta: cite('__do_softirq', 'net_rx_action') },
          { guard: 'isNext', target: 'running', actions: ['raise', 'ran'], meta: cite('__do_softirq', 'net_rx_action') },
        ],
        ENTER: AGAIN,
      },
    },
    recheck: {
      description: 'The last handler has returned; the mask is about to be read again, interrupts off.',
      on: {
        ...RAISE('recheck'),
        RESTART: { guard: 'passesLeft', target: 'running', actions: ['snapshot', 'countNext'], meta: cite('__do_softirq') },
        HANDOVER: { guard: 'pending', target: 'idle', actions: 'reset', meta: cite('__do_softirq', 'wakeup_softirqd') },
        LEAVE: { guard: 'notPending', target: 'idle', actions: 'reset', meta: cite('__do_softirq') },
        ENTER: AGAIN,
      },
    },
    nested: { description: 'Entered twice on this CPU: a handler would run inside itself.' },
  },
});

/** The bit of `vec` is set. */
export const isRaised =
  (vec: Vector) =>
  ({ pending }: LoopContext): boolean =>
    pending.includes(vec);

/** The mask is not zero. */
export const anyRaised = ({ pending }: LoopContext): boolean => pending.length > 0;

/** Neither raised nor in the snapshot: nobody will run the handler of `vec`. */
export const forgets =
  (vec: Vector) =>
  ({ pending, snapshot }: LoopContext): boolean =>
    !pending.includes(vec) && !snapshot.includes(vec);
