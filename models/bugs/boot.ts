/** Bugs planted in the order of boot, open and close. */
import type { Bug } from '../../src/model/suite.ts';
import type { bootSlice } from '../networks/ring.ts';

type BootBug = Bug<ReturnType<typeof bootSlice.build>>;

export const BOOT_BUGS: readonly BootBug[] = [
  {
    id: 'ip-before-icmp',
    row: 'M0.5',
    about: 'inet_init() calls dev_add_pack(IP) first',
    breaks: ['the protocol tables are complete before IP is visible'],
    plant: (net) =>
      net
        .replaceStep('add_icmp', (spec, n) => ({ ...spec, moves: [n.boot.on({ type: 'ADD_ICMP' }), n.protocols.on({ type: 'ADD_IP' })] }))
        .replaceStep('add_ip', (spec, n) => ({ ...spec, moves: [n.boot.on({ type: 'ADD_IP' }), n.protocols.on({ type: 'ADD_ICMP' })] })),
  },
  {
    id: 'no-softirq-handler',
    about: 'net_dev_init() forgets open_softirq(NET_RX_SOFTIRQ)',
    breaks: ['NET_RX has a handler before it runs'],
    plant: (net) => net.replaceStep('net_dev_init', (spec, n) => ({ ...spec, moves: [n.boot.on({ type: 'NET_DEV_INIT' })] })),
  },
  {
    id: 'unmask-before-enable',
    row: 'M0.1',
    about: 'the driver opens the vector before napi_enable()',
    breaks: ['no frame is stuck in the ring', 'the vector is not left masked with its instance idle'],
    plant: (net) =>
      net
        .replaceStep('napi_enable', (spec, n) => ({
          ...spec,
          moves: [n.boot.on({ type: 'NAPI_ENABLE' }), n.vector.on({ type: 'UNMASK' })],
        }))
        .replaceStep('igb_irq_enable', (spec, n) => ({
          ...spec,
          moves: [n.boot.on({ type: 'IRQ_ENABLE' }), n.napi.on({ type: 'ENABLE' })],
        })),
  },
  {
    id: 'free-before-disable',
    about: 'igb_down() frees the ring before napi_disable(), while a poll may run',
    breaks: ['no poll touches a ring that is down'],
    plant: (net) =>
      net
        .replaceStep('igb_down', (spec, n) => ({ ...spec, moves: [...spec.moves, n.ring.on({ type: 'CLEAN' })] }))
        .replaceStep('igb_free_rings', (spec, n) => ({ ...spec, moves: [n.boot.on({ type: 'FREE_RINGS' })] })),
  },
  {
    id: 'disable-does-not-wait',
    about: 'napi_disable() takes the instance without waiting for SCHED',
    breaks: ['a disabled NAPI instance is not polled'],
    scenario: { cpus: 2 },
    plant: (net) => net.replaceMachine('napi', (machine) => machine.provide({ guards: { doesNotWait: () => true } })),
  },
  {
    id: 'missed-not-requeued',
    about: 'a full poll ends while napi_disable() waits, napi_complete_done() keeps SCHED for MISSED, and nobody queues the instance',
    breaks: ['a masked vector is opened in the end', 'a scheduled NAPI instance is with somebody who will poll it'],
    scenario: { profile: '6.12', packets: 2, ring: 2, weight: 1, kicks: 1, cpus: 2 },
    plant: (net) =>
      net.replaceStep('poll_full_disabled_missed', (spec, n, { cpu }) => ({
        ...spec,
        moves: spec.moves.map((move) => (move.component === `softnet.${cpu}` ? n.softnet(Number(cpu)).on({ type: 'COMPLETED' }) : move)),
      })),
  },
];
