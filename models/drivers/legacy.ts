/**
 * The interrupt side of a device whose causes the handler reads and clears: by MSI, and by a shared INTx line.
 *
 * Source      Linux 6.12 drivers/net/ethernet/intel/igb/igb_main.c (igb_intr_msi), e1000e/netdev.c (e1000_intr); I210 data sheet (ICR, IMS, IAM)
 * Contract    reading ICR returns and clears the causes and, under IAM, masks; a cause that comes later is latched again
 * Bounds      none
 * Leaves out  interrupt moderation, causes that are not of the queue
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface LegacyContext {
  /** ICR */
  readonly cause: boolean;
  /** IMS */
  readonly open: boolean;
}

export type MsiEvent =
  | { readonly type: 'CAUSE' } //  device: ICR
  | { readonly type: 'EMIT' } //   device: the message
  | { readonly type: 'ACCEPT' } // handler: reads ICR
  | { readonly type: 'UNMASK' }; // driver: IMS

export const msi = setup({
  types: { context: {} as LegacyContext, events: {} as MsiEvent, meta: {} as Cite },
  guards: { mayEmit: ({ context }) => context.cause && context.open },
  actions: {
    latch: assign({ cause: true }),
    read: assign({ cause: false, open: false }),
    open: assign({ open: true }),
  },
}).createMachine({
  id: 'msi',
  context: { cause: false, open: false },
  initial: 'quiet',
  states: {
    quiet: {
      description: 'No message since ICR was read.',
      on: {
        CAUSE: { target: 'quiet', actions: 'latch', meta: cite() },
        EMIT: { guard: 'mayEmit', target: 'posted', meta: cite() },
        UNMASK: { target: 'quiet', actions: 'open', meta: cite('igb_irq_enable') },
      },
    },
    posted: {
      description: 'The message is on its way; there is no second one before ICR is read.',
      on: {
        CAUSE: { target: 'posted', actions: 'latch', meta: cite() },
        ACCEPT: { target: 'quiet', actions: 'read', meta: cite('handle_edge_irq', 'igb_intr_msi') },
        UNMASK: { target: 'posted', actions: 'open', meta: cite('igb_irq_enable') },
      },
    },
  },
});

/** No message comes before IMS is written. */
export const msiMasked = (context: LegacyContext, state: string): boolean => !context.open && state === 'quiet';

export type IntxEvent =
  | { readonly type: 'CAUSE' } //    device: ICR
  | { readonly type: 'READ_ICR' } // handler: the line is asserted, and it was this device
  | { readonly type: 'OTHER' } //    handler: the line is asserted by another device
  | { readonly type: 'UNMASK' }; //  driver: IMS

export const intx = setup({
  types: { context: {} as LegacyContext, events: {} as IntxEvent, meta: {} as Cite },
  guards: { asserted: ({ context }) => context.cause && context.open, isNotOurs: ({ context }) => !(context.cause && context.open) },
  actions: {
    latch: assign({ cause: true }),
    read: assign({ cause: false, open: false }),
    open: assign({ open: true }),
  },
}).createMachine({
  id: 'intx',
  context: { cause: false, open: false },
  initial: 'line',
  states: {
    line: {
      description: 'Asserted while a cause is latched and its mask bit is open.',
      on: {
        CAUSE: { target: 'line', actions: 'latch', meta: cite() },
        READ_ICR: { guard: 'asserted', target: 'line', actions: 'read', meta: cite('handle_fasteoi_irq', 'e1000_intr') },
        OTHER: { guard: 'isNotOurs', target: 'line', meta: cite('handle_fasteoi_irq', 'e1000_intr') },
        UNMASK: { target: 'line', actions: 'open', meta: cite('e1000_irq_enable', 'e1000e_poll') },
      },
    },
  },
});

/** The device does not assert the line before IMS is written. */
export const intxMasked = (context: LegacyContext): boolean => !context.open;
