/** Boot, open and close: each step of the boot machine with what it brings to life. */
import { step, type StepTemplate } from '../../../src/model/network.ts';
import type { Parts } from '../parts.ts';

type BootParts = Pick<Parts, 'boot' | 'protocols' | 'ksoftirqd' | 'nic' | 'ring' | 'napi' | 'vector' | 'handler' | 'poll'>;

/** From early boot to an interface that is up. */
export function bootSteps(n: Pick<BootParts, 'boot' | 'protocols' | 'ksoftirqd'>): StepTemplate[] {
  const owner = 'boot';
  return [
    step('spawn_ksoftirqd', {}, () => ({
      owner,
      moves: [n.boot.on({ type: 'SPAWN_KSOFTIRQD' }), ...n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' }))],
    })),
    step('net_dev_init', {}, () => ({ owner, moves: [n.boot.on({ type: 'NET_DEV_INIT' }), n.protocols.on({ type: 'OPEN_SOFTIRQ' })] })),
    step('add_icmp', {}, () => ({ owner, moves: [n.boot.on({ type: 'ADD_ICMP' }), n.protocols.on({ type: 'ADD_ICMP' })] })),
    step('add_udp', {}, () => ({ owner, moves: [n.boot.on({ type: 'ADD_UDP' }), n.protocols.on({ type: 'ADD_UDP' })] })),
    step('add_ip', {}, () => ({ owner, moves: [n.boot.on({ type: 'ADD_IP' }), n.protocols.on({ type: 'ADD_IP' })] })),
  ];
}

/** __igb_open(), with frames arriving as soon as the NIC is on. */
export function openSteps(n: Pick<BootParts, 'boot' | 'nic' | 'ring' | 'napi' | 'vector'>): StepTemplate[] {
  const owner = 'ip link up';
  return [
    step('igb_probe', {}, () => ({ owner, moves: [n.boot.on({ type: 'PROBE' })] })),
    step('igb_configure', {}, () => ({
      owner,
      moves: [n.boot.on({ type: 'CONFIGURE' }), n.nic.on({ type: 'ENABLE' }), n.ring.on({ type: 'FILL' })],
    })),
    step('igb_request_irq', {}, () => ({ owner, moves: [n.boot.on({ type: 'REQUEST_IRQ' })] })),
    step('napi_enable', {}, () => ({ owner, moves: [n.boot.on({ type: 'NAPI_ENABLE' }), n.napi.on({ type: 'ENABLE' })] })),
    step('igb_irq_enable', {}, () => ({ owner, moves: [n.boot.on({ type: 'IRQ_ENABLE' }), n.vector.on({ type: 'UNMASK' })] })),
  ];
}

/** igb_down(): no more frames, no poll, no interrupt, no buffers; in this order. */
export function closeSteps(n: BootParts): StepTemplate[] {
  const owner = 'ip link down';
  return [
    step('igb_down', {}, () => ({ owner, environment: true, moves: [n.boot.on({ type: 'STOP_NIC' }), n.nic.on({ type: 'DISABLE' })] })),
    step('napi_disable', {}, () => ({ owner, moves: [n.boot.on({ type: 'NAPI_DISABLE' }), n.napi.on({ type: 'DISABLE' })] })),
    step('napi_disabled', {}, () => ({ owner, moves: [n.boot.on({ type: 'NAPI_DISABLED' }), n.napi.on({ type: 'DISABLED' })] })),
    // synchronize_irq(): returns when no handler of the vector runs.
    step('igb_irq_disable', {}, () => ({
      owner,
      moves: [n.boot.on({ type: 'IRQ_DISABLE' }), n.vector.on({ type: 'MASK' })],
      when: n.handler.all.map((one) => one.in('idle')),
    })),
    step('igb_free_rings', {}, () => ({ owner, moves: [n.boot.on({ type: 'FREE_RINGS' }), n.ring.on({ type: 'CLEAN' })] })),
  ];
}
