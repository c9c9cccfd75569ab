/**
 * The contract of a ->poll() routine, watched on one CPU.
 *
 * Source      Linux 6.12 net/core/dev.c (__napi_poll, napi_complete_done), Documentation/networking/napi.rst
 * Contract    less work than the weight: completed, and the queue not touched after that; the whole weight: not completed;
 *             never more; the interrupt is armed only if the completion returned true
 * Bounds      ContractBounds
 * Leaves out  drivers that return their weight for other reasons than frames: that is allowed, and not told apart
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface ContractBounds {
  readonly weight: number;
}

export type ContractEvent =
  | { readonly type: 'CALL' }
  | { readonly type: 'FRAME' } //    a frame is taken
  | { readonly type: 'TOUCH' } //    the queue is looked at, or refilled
  | { readonly type: 'COMPLETE' } // napi_complete_done() returned true
  | { readonly type: 'KEPT' } //     it returned false
  | { readonly type: 'ARM' } //      the interrupt is armed
  | { readonly type: 'SHORT' } //    ->poll() returns less than the weight
  | { readonly type: 'FULL' }; //    it returns the weight

export interface ContractContext extends ContractBounds {
  /** Frames taken in this call. 0..weight */
  readonly work: number;
}

export const contract = setup({
  types: { input: {} as ContractBounds, context: {} as ContractContext, events: {} as ContractEvent, meta: {} as Cite },
  guards: { weightLeft: ({ context }) => context.work < context.weight },
  actions: { reset: assign({ work: 0 }), count: assign({ work: ({ context }) => context.work + 1 }) },
}).createMachine({
  id: 'contract',
  context: ({ input }) => ({ ...input, work: 0 }),
  initial: 'idle',
  states: {
    idle: { description: '->poll() does not run on this CPU.', on: { CALL: { target: 'polling', actions: 'reset', meta: cite() } } },
    polling: {
      description: 'The driver owns the instance and its queue.',
      on: {
        FRAME: [
          { guard: 'weightLeft', target: 'polling', actions: 'count', meta: cite() },
          { target: 'overWeight', meta: cite() },
        ],
        TOUCH: { target: 'polling', meta: cite() },
        COMPLETE: { target: 'released', meta: cite() },
        KEPT: { target: 'kept', meta: cite() },
        ARM: { target: 'polling', meta: cite() },
        SHORT: { target: 'neverCompleted', meta: cite() },
        FULL: { target: 'idle', actions: 'reset', meta: cite() },
      },
    },
    released: {
      description: 'Completed: the instance may be polled elsewhere.',
      on: {
        FRAME: { target: 'touchedAfter', meta: cite() },
        TOUCH: { target: 'touchedAfter', meta: cite() },
        ARM: { target: 'released', meta: cite() },
        SHORT: { target: 'idle', actions: 'reset', meta: cite() },
        FULL: { target: 'completedAndFull', meta: cite() },
      },
    },
    kept: {
      description: 'Completed, and the core has queued the instance once more.',
      on: {
        FRAME: { target: 'touchedAfter', meta: cite() },
        TOUCH: { target: 'touchedAfter', meta: cite() },
        ARM: { target: 'armedAnyway', meta: cite() },
        SHORT: { target: 'idle', actions: 'reset', meta: cite() },
        FULL: { target: 'completedAndFull', meta: cite() },
      },
    },
    overWeight: { description: 'More frames than the weight.' },
    neverCompleted: { description: 'Less than the weight, and not completed.' },
    touchedAfter: { description: 'The queue was touched after the completion.' },
    completedAndFull: { description: 'Completed, and the weight returned.' },
    armedAnyway: { description: 'The interrupt was armed although the completion returned false.' },
  },
});

/** What each breach of the contract is, in words. */
export const BREACHES = {
  overWeight: 'a poll takes no more frames than its weight',
  neverCompleted: 'a poll that returns less than its weight has completed',
  touchedAfter: 'the queue is not touched after the completion',
  completedAndFull: 'a poll that returns its weight has not completed',
  armedAnyway: 'the interrupt is armed only if the completion returned true',
} as const;
