/**
 * Two tasks that change how an instance is polled: one resets it, one writes the device's `threaded`.
 *
 * Source      Linux 6.1 drivers/net/virtio_net.c (refill_work), net/core/dev.c (dev_set_threaded); 6.18 (napi_stop_kthread)
 * Contract    an instance that is disabled is enabled by the same task, and scheduled, as an interrupt may have been lost
 * Bounds      none
 * Leaves out  what the reset is for; RTNL: the reset is a worker that does not take it
 */
import { setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export type ResetEvent =
  | { readonly type: 'DISABLE' } //   napi_disable() begins
  | { readonly type: 'DISABLED' } //  it has won SCHED
  | { readonly type: 'ENABLE' } //    napi_enable()
  | { readonly type: 'PREP_WON' }
  | { readonly type: 'PREP_LOST' }
  | { readonly type: 'QUEUE' };

export const resetTask = setup({ types: { events: {} as ResetEvent, meta: {} as Cite } }).createMachine({
  id: 'resetTask',
  initial: 'idle',
  states: {
    idle: { description: 'The instance is enabled.', on: { DISABLE: { target: 'waiting', meta: cite('napi_disable') } } },
    waiting: { description: 'Waits for SCHED.', on: { DISABLED: { target: 'down', meta: cite('napi_disable') } } },
    down: { description: 'The instance is its own.', on: { ENABLE: { target: 'enabled', meta: cite('napi_enable') } } },
    enabled: {
      description: 'About to schedule the instance.',
      on: {
        PREP_WON: { target: 'owner', meta: cite('napi_schedule_prep') },
        PREP_LOST: { target: 'idle', meta: cite('napi_schedule_prep') },
      },
    },
    owner: { description: 'Has SCHED.', on: { QUEUE: { target: 'idle', meta: cite('__napi_schedule') } } },
  },
});

export type SwitchEvent =
  | { readonly type: 'CREATE' } //  a thread
  | { readonly type: 'ON' } //      THREADED is set
  | { readonly type: 'OFF' } //     THREADED is cleared, up to 6.12
  | { readonly type: 'BEGIN' } //   the same by napi_stop_kthread(), 6.18: the thread is to be stopped
  | { readonly type: 'TRY' } //     the thread has the instance, or nobody
  | { readonly type: 'DRAINED' } // SCHED_THREADED is clear
  | { readonly type: 'STOPPED' }; // kthread_stop() returns

export const switchTask = setup({ types: { events: {} as SwitchEvent, meta: {} as Cite } }).createMachine({
  id: 'switchTask',
  initial: 'idle',
  states: {
    idle: {
      description: 'Nobody writes.',
      on: {
        CREATE: { target: 'created', meta: cite('dev_set_threaded', 'napi_kthread_create') },
        ON: { target: 'idle', meta: cite('dev_set_threaded') },
        OFF: { target: 'idle', meta: cite('dev_set_threaded') },
        BEGIN: { target: 'trying', meta: cite('dev_set_threaded', 'napi_stop_kthread') },
      },
    },
    trying: {
      description: 'Sleeps 20 ms at a time while somebody else than the thread has the instance.',
      on: { TRY: { target: 'draining', meta: cite('napi_stop_kthread') } },
    },
    created: { description: 'The thread is there.', on: { ON: { target: 'idle', meta: cite('dev_set_threaded') } } },
    draining: {
      description: 'THREADED is clear; waits for SCHED_THREADED.',
      on: { DRAINED: { target: 'stopping', meta: cite('napi_stop_kthread') } },
    },
    stopping: { description: 'In kthread_stop().', on: { STOPPED: { target: 'idle', meta: cite('napi_stop_kthread', 'kthread_stop') } } },
  },
});
