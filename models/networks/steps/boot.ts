/** Boot, open and close: each step of the boot machine with what it brings to life. */
import { step, type StepTemplate } from '../../../src/model/network.ts';
import type { Parts } from '../parts.ts';

type BootParts = Pick<Parts, 'cpu' | 'boot' | 'protocols' | 'ksoftirqd' | 'nic' | 'ring' | 'napi' | 'vector' | 'handler' | 'poll'>;

/** The states of `boot` in which __IGB_DOWN is set. */
export const DOWN = ['stopping', 'silent', 'synchronized', 'disabling', 'disabled', 'masked', 'empty'] as const;

/** A task on CPU 0 does all of this. */
const by = (n: Pick<BootParts, 'cpu'>, owner: string) => ({ owner, when: [n.cpu(0).in('task')] });

/** From early boot to an interface that is up. */
export function bootSteps(n: Pick<BootParts, 'cpu' | 'boot' | 'protocols' | 'ksoftirqd'>): StepTemplate[] {
  const own = by(n, 'boot');
  return [
    step('spawn_ksoftirqd', {}, () => ({
      ...own,
      moves: [n.boot.on({ type: 'SPAWN_KSOFTIRQD' }), ...n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' }))],
    })),
    step('net_dev_init', {}, () => ({ ...own, moves: [n.boot.on({ type: 'NET_DEV_INIT' }), n.protocols.on({ type: 'OPEN_SOFTIRQ' })] })),
    step('add_icmp', {}, () => ({ ...own, moves: [n.boot.on({ type: 'ADD_ICMP' }), n.protocols.on({ type: 'ADD_ICMP' })] })),
    step('add_udp', {}, () => ({ ...own, moves: [n.boot.on({ type: 'ADD_UDP' }), n.protocols.on({ type: 'ADD_UDP' })] })),
    step('add_ip', {}, () => ({ ...own, moves: [n.boot.on({ type: 'ADD_IP' }), n.protocols.on({ type: 'ADD_IP' })] })),
  ];
}

/** __igb_open(), with frames arriving as soon as the NIC is on. */
export function openSteps(n: Pick<BootParts, 'cpu' | 'boot' | 'nic' | 'ring' | 'napi' | 'vector'>): StepTemplate[] {
  const own = by(n, 'ip link up');
  return [
    step('igb_probe', {}, () => ({ ...own, moves: [n.boot.on({ type: 'PROBE' })] })),
    step('igb_configure', {}, () => ({
      ...own,
      moves: [n.boot.on({ type: 'CONFIGURE' }), n.nic.on({ type: 'ENABLE' }), n.ring.on({ type: 'FILL' })],
    })),
    step('igb_request_irq', {}, () => ({ ...own, moves: [n.boot.on({ type: 'REQUEST_IRQ' })] })),
    step('napi_enable', {}, () => ({ ...own, moves: [n.boot.on({ type: 'NAPI_ENABLE' }), n.napi.on({ type: 'ENABLE' })] })),
    step('igb_irq_enable', {}, () => ({ ...own, moves: [n.boot.on({ type: 'IRQ_ENABLE' }), n.vector.on({ type: 'UNMASK' })] })),
  ];
}

/** igb_down(): no more frames; no poll, no interrupt (3.10), or the other way round (`masksFirst`); no buffers. */
export function closeSteps(n: BootParts, masksFirst: boolean): StepTemplate[] {
  const own = by(n, 'ip link down');
  return [
    step('igb_down', {}, () => ({ ...own, environment: true, moves: [n.boot.on({ type: 'STOP_NIC' }), n.nic.on({ type: 'DISABLE' })] })),
    step('napi_disable', {}, () => ({ ...own, moves: [n.boot.on({ type: 'NAPI_DISABLE' }), n.napi.on({ type: 'DISABLE' })] })),
    step('napi_disabled', {}, () => ({ ...own, moves: [n.boot.on({ type: 'NAPI_DISABLED' }), n.napi.on({ type: 'DISABLED' })] })),
    // Its synchronize_irq() misses the last queue vector, the only one here: the wait for handlers is free_irq()'s.
    step('igb_irq_disable', {}, () => ({ ...own, moves: [n.boot.on({ type: 'IRQ_DISABLE' }), n.vector.on({ type: 'MASK' })] })),
    step('napi_synchronize', {}, () =>
      masksFirst ? { ...own, moves: [n.boot.on({ type: 'SYNCHRONIZED' })], when: [...own.when, n.napi.in('free')] } : undefined,
    ),
    step('igb_free_rings', {}, () => ({ ...own, moves: [n.boot.on({ type: 'FREE_RINGS' }), n.ring.on({ type: 'CLEAN' })] })),
    step('free_irq', {}, () => ({
      ...own,
      moves: [n.boot.on({ type: 'FREE_IRQ' }), n.vector.on({ type: 'FREE' })],
      when: [...own.when, ...n.handler.all.map((one) => one.in('idle'))],
    })),
  ];
}
