/** The device of the backlogs comes and goes; each CPU's worker drops what is left of it. */
import type { Ref } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { queued } from '../../backlog/backlog.ts';
import type { netdev } from '../../backlog/netdev.ts';
import { range } from '../../kernel/packet.ts';
import { end, type Parts } from '../parts.ts';
import { bhOnSteps } from './exit.ts';

export type NetdevParts = Pick<Parts, 'cpu' | 'softirq' | 'ksoftirqd' | 'backlog' | 'ledger'> & {
  readonly netdev: Ref<typeof netdev>;
};

/** Open, close, and flush_all_backlogs(), one CPU after the other. */
export function netdevSteps(
  n: NetdevParts,
  s: { readonly packets: number; readonly cpus: number; readonly defers: boolean },
): StepTemplate[] {
  const cpu = range(s.cpus);
  const owner = (c: number) => `flush/${c}`;
  const admin = 'ip link';
  return [
    step('dev_start', {}, () => ({ owner: admin, moves: [n.netdev.on({ type: 'START' })] })),
    step('dev_opened', {}, () => ({ owner: admin, moves: [n.netdev.on({ type: 'OPEN' })] })),
    step('dev_stop', {}, () => ({ owner: admin, environment: true, moves: [n.netdev.on({ type: 'STOP' })] })),
    step('unregister', {}, () => ({ owner: admin, moves: [n.netdev.on({ type: 'CLOSE' })] })),
    step('flush_begin', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.netdev.on({ type: 'BEGIN', cpu: c }), n.cpu(c).on({ type: 'BH_OFF' })],
    })),
    step('flush_packet', { cpu, pkt: range(s.packets) }, ({ cpu: c, pkt }) => ({
      owner: owner(c),
      moves: [n.netdev.on({ type: 'PACKET', cpu: c }), n.backlog(c).on({ type: 'FLUSH', pkt }), ...end(n, pkt, 'flushed')],
      when: [n.cpu(c).in('bhOff')],
    })),
    ...bhOnSteps(n, {
      name: 'flush_end',
      cpu,
      owner,
      moves: (c) => [n.netdev.on({ type: 'END', cpu: c })],
      when: (c) => [n.backlog(c).is('is empty', (context) => !queued(context))],
      defers: s.defers,
    }),
  ];
}
