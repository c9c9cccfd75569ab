/**
 * What the handlers of one CPU have to do: an instance on the poll list, a tasklet on its list.
 *
 * Source      Linux 6.1 net/core/dev.c (____napi_schedule), kernel/softirq.c (__tasklet_schedule_common)
 * Contract    work is queued before its vector is raised, and a handler takes all that it finds
 * Bounds      none
 * Leaves out  how much there is of it
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import { VECTORS, type Vector } from './loop.ts';

export type WorkEvent =
  | { readonly type: 'QUEUE'; readonly vec: Vector } // for the handler of `vec`
  | { readonly type: 'TAKE'; readonly vec: Vector }; // the handler has run

export interface WorkContext {
  readonly waiting: readonly Vector[];
}

export const work = setup({
  types: { context: {} as WorkContext, events: {} as WorkEvent, meta: {} as Cite },
  actions: {
    queue: assign({
      waiting: ({ context, event }) => {
        assertEvent(event, 'QUEUE');
        return VECTORS.filter((one) => one === event.vec || context.waiting.includes(one));
      },
    }),
    take: assign({
      waiting: ({ context, event }) => {
        assertEvent(event, 'TAKE');
        return context.waiting.filter((one) => one !== event.vec);
      },
    }),
  },
}).createMachine({
  id: 'work',
  context: { waiting: [] },
  initial: 'counting',
  states: {
    counting: {
      description: 'What waits.',
      on: {
        QUEUE: { target: 'counting', actions: 'queue', meta: cite('____napi_schedule', '__tasklet_schedule_common') },
        TAKE: { target: 'counting', actions: 'take', meta: cite('net_rx_action', 'tasklet_action') },
      },
    },
  },
});

/** There is work for the handler of `vec`. */
export const waits =
  (vec: Vector) =>
  ({ waiting }: WorkContext): boolean =>
    waiting.includes(vec);
