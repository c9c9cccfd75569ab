/**
 * Was the socket empty at some instant of this call? An observer, one per reader, for the promise of EAGAIN.
 *
 * Source      none; it watches calls, dequeues and returns
 * Contract    EAGAIN is returned only if the answer is yes
 * Bounds      none
 * Leaves out  everything else
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type EmptinessEvent =
  | { readonly type: 'CALL_EMPTY' } // the call starts, nothing to read
  | { readonly type: 'CALL_FULL' } //  the call starts, something to read
  | { readonly type: 'EMPTIED' } //    somebody took the last datagram
  | { readonly type: 'AGAIN' } //      the call returns EAGAIN
  | { readonly type: 'RETURN' }; //    the call returns something else

export const emptiness = setup({ types: { events: {} as EmptinessEvent, meta: {} as Cite } }).createMachine({
  id: 'emptiness',
  initial: 'outside',
  states: {
    outside: {
      description: 'Not in a call.',
      on: {
        CALL_EMPTY: { target: 'wasEmpty', meta: cite() },
        CALL_FULL: { target: 'neverEmpty', meta: cite() },
        EMPTIED: { target: 'outside', meta: cite() },
      },
    },
    neverEmpty: {
      description: 'At every instant of the call so far there was something to read.',
      on: {
        EMPTIED: { target: 'wasEmpty', meta: cite() },
        AGAIN: { target: 'lied', meta: cite() },
        RETURN: { target: 'outside', meta: cite() },
      },
    },
    wasEmpty: {
      description: 'At some instant of the call there was nothing to read.',
      on: {
        EMPTIED: { target: 'wasEmpty', meta: cite() },
        AGAIN: { target: 'outside', meta: cite() },
        RETURN: { target: 'outside', meta: cite() },
      },
    },
    lied: { description: 'EAGAIN although there always was something to read.', on: { EMPTIED: { target: 'lied', meta: cite() } } },
  },
});
