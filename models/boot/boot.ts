/**
 * Boot, probe, open, close: in which order does the receive path come to life?
 *
 * Source      Linux 3.10 init/main.c, kernel/softirq.c, net/core/dev.c, net/ipv4/af_inet.c, igb_main.c (__igb_open, igb_down);
 *             6.12 igb_main.c (igb_down)
 * Contract    handlers before raises; upper tables before the IP handler; NAPI enabled before the device may interrupt
 * Bounds      BootBounds
 * Leaves out  the other CPUs' bring-up, allocation failures, link state, the 10 ms sleep of igb_down() (it is a state)
 */
import { assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';

export interface BootBounds {
  /** How often the interface may be closed again. */
  readonly closes: number;
  /** igb_down() calls igb_irq_disable() first, then napi_synchronize() and napi_disable(); 3.10 napi_disable() first. */
  readonly masksFirst: boolean;
}

export type BootEvent =
  | { readonly type: 'SPAWN_KSOFTIRQD' }
  | { readonly type: 'NET_DEV_INIT' }
  | { readonly type: 'ADD_ICMP' }
  | { readonly type: 'ADD_UDP' }
  | { readonly type: 'ADD_IP' }
  | { readonly type: 'PROBE' }
  | { readonly type: 'CONFIGURE' } //    RCTL.EN, queues on, buffers given
  | { readonly type: 'REQUEST_IRQ' }
  | { readonly type: 'NAPI_ENABLE' }
  | { readonly type: 'IRQ_ENABLE' } //   EIAC, EIAM, EIMS
  | { readonly type: 'STOP_NIC' } //     RCTL.EN off
  | { readonly type: 'SYNCHRONIZED' } // napi_synchronize() has seen SCHED clear
  | { readonly type: 'NAPI_DISABLE' } // sets DISABLE
  | { readonly type: 'NAPI_DISABLED' } // wins SCHED
  | { readonly type: 'IRQ_DISABLE' }
  | { readonly type: 'FREE_RINGS' }
  | { readonly type: 'FREE_IRQ' };

export interface BootContext extends BootBounds {
  /** Closes so far. 0..closes */
  readonly closed: number;
}

export const boot = setup({
  types: { input: {} as BootBounds, context: {} as BootContext, events: {} as BootEvent, meta: {} as Cite },
  guards: {
    mayClose: ({ context }) => context.closed < context.closes,
    masksFirst: ({ context }) => context.masksFirst,
    masksLast: ({ context }) => !context.masksFirst,
  },
  actions: { countClose: assign({ closed: ({ context }) => context.closed + 1 }) },
}).createMachine({
  id: 'boot',
  context: ({ input }) => ({ ...input, closed: 0 }),
  initial: 'early',
  states: {
    early: {
      description: 'Interrupts on, no thread yet.',
      on: { SPAWN_KSOFTIRQD: { target: 'ksoftirqd', meta: cite('spawn_ksoftirqd') } },
    },
    ksoftirqd: { description: 'early_initcall done.', on: { NET_DEV_INIT: { target: 'netDev', meta: cite('net_dev_init') } } },
    netDev: { description: 'softnet_data ready, NET_RX has its handler.', on: { ADD_ICMP: { target: 'icmp', meta: cite('inet_init') } } },
    icmp: { description: 'inet_protos has ICMP.', on: { ADD_UDP: { target: 'udp', meta: cite('inet_init') } } },
    udp: { description: 'inet_protos has UDP.', on: { ADD_IP: { target: 'inet', meta: cite('inet_init') } } },
    inet: {
      description: 'ptype_base has IP: inet_init() is over.',
      on: { PROBE: { target: 'probed', meta: cite('igb_probe', 'netif_napi_add', 'register_netdev') } },
    },
    probed: {
      description: 'The device is registered, down, masked; its NAPI is born owned.',
      on: { CONFIGURE: { target: 'configured', meta: cite('__dev_open', 'igb_open', 'igb_configure') } },
    },
    configured: {
      description: 'The NIC receives; nobody listens.',
      on: { REQUEST_IRQ: { target: 'requested', meta: cite('igb_request_irq') } },
    },
    requested: { description: 'The handler is installed.', on: { NAPI_ENABLE: { target: 'enabled', meta: cite('napi_enable') } } },
    enabled: { description: 'NAPI can be scheduled.', on: { IRQ_ENABLE: { target: 'up', meta: cite('igb_irq_enable') } } },
    up: {
      description: 'The interface is up.',
      on: { STOP_NIC: { guard: 'mayClose', target: 'stopping', actions: 'countClose', meta: cite('igb_close', 'igb_down') } },
    },
    stopping: {
      description: '__IGB_DOWN set, no more frames.',
      on: {
        NAPI_DISABLE: { guard: 'masksLast', target: 'disabling', meta: cite('napi_disable') },
        IRQ_DISABLE: { guard: 'masksFirst', target: 'silent', meta: cite('igb_irq_disable') },
      },
    },
    silent: {
      description: 'Masked; a message or a poll may be on its way.',
      on: { SYNCHRONIZED: { target: 'synchronized', meta: cite('napi_synchronize') } },
    },
    synchronized: {
      description: 'SCHED was clear at some instant since.',
      on: { NAPI_DISABLE: { target: 'disabling', meta: cite('napi_disable') } },
    },
    disabling: {
      description: 'Waits for SCHED.',
      on: {
        NAPI_DISABLED: [
          { guard: 'masksFirst', target: 'masked', meta: cite('napi_disable') },
          { target: 'disabled', meta: cite('napi_disable') },
        ],
      },
    },
    disabled: { description: 'Owns SCHED: no poll runs.', on: { IRQ_DISABLE: { target: 'masked', meta: cite('igb_irq_disable') } } },
    masked: {
      description: 'Owns SCHED, and the vector is masked.',
      on: { FREE_RINGS: { target: 'empty', meta: cite('igb_down', 'igb_clean_all_rx_rings') } },
    },
    empty: {
      description: 'No buffers; the handler is still installed.',
      on: { FREE_IRQ: { target: 'probed', meta: cite('igb_close', 'free_irq') } },
    },
  },
});
