/**
 * The NIC's receive engine: when does a frame in memory become an interrupt cause?
 *
 * Source      Intel I210 data sheet (RCTL, RXDCTL); Linux igb_main.c for who switches it on and off
 * Contract    a descriptor is written back before its cause is set, never after
 * Bounds      none
 * Leaves out  several queues, RSS, flow control, partial frames
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type NicEvent =
  | { readonly type: 'ENABLE' } //  driver: RCTL.EN and RXDCTL.ENABLE
  | { readonly type: 'DISABLE' } // driver: RCTL.EN off, then waits 10 ms: no write-back after this
  | { readonly type: 'DMA' } //     a frame is in memory, its descriptor written back
  | { readonly type: 'DROP' } //    a frame arrives and there is no descriptor
  | { readonly type: 'CAUSE' }; //  the vector's cause bit is set

export const nic = setup({ types: { events: {} as NicEvent, meta: {} as Cite } }).createMachine({
  id: 'nic',
  initial: 'off',
  states: {
    off: {
      description: 'RCTL.EN clear: frames on the wire are not seen.',
      on: { ENABLE: { target: 'ready', meta: cite('igb_configure') } },
    },
    ready: {
      description: 'RCTL.EN set.',
      on: {
        DMA: { target: 'wrote', meta: cite() },
        DROP: { target: 'ready', meta: cite() },
        DISABLE: { target: 'off', meta: cite('igb_down') },
      },
    },
    wrote: {
      description: 'A descriptor is written back; its cause is not set yet.',
      on: { CAUSE: { target: 'ready', meta: cite() } },
    },
  },
});
