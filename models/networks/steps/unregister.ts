/** The device of the backlogs is unregistered: each CPU's worker drops what is left of it. */
import type { Ref } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { queued } from '../../backlog/backlog.ts';
import type { unregister } from '../../backlog/unregister.ts';
import { range } from '../../kernel/packet.ts';
import { end, type Parts } from '../parts.ts';
import { bhOnSteps } from './exit.ts';

export type UnregisterParts = Pick<Parts, 'cpu' | 'softirq' | 'ksoftirqd' | 'backlog' | 'ledger'> & {
  readonly unregister: Ref<typeof unregister>;
};

/** flush_all_backlogs(), one CPU after the other. */
export function unregisterSteps(
  n: UnregisterParts,
  s: { readonly packets: number; readonly cpus: number; readonly defers: boolean },
): StepTemplate[] {
  const cpu = range(s.cpus);
  const owner = (c: number) => `flush/${c}`;
  return [
    step('unregister', {}, () => ({ owner: 'ip link delete', environment: true, moves: [n.unregister.on({ type: 'CLOSE' })] })),
    step('flush_begin', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.unregister.on({ type: 'BEGIN', cpu: c }), n.cpu(c).on({ type: 'BH_OFF' })],
    })),
    step('flush_packet', { cpu, pkt: range(s.packets) }, ({ cpu: c, pkt }) => ({
      owner: owner(c),
      moves: [n.unregister.on({ type: 'PACKET', cpu: c }), n.backlog(c).on({ type: 'FLUSH', pkt }), ...end(n, pkt, 'flushed')],
      when: [n.cpu(c).in('bhOff')],
    })),
    ...bhOnSteps(n, {
      name: 'flush_end',
      cpu,
      owner,
      moves: (c) => [n.unregister.on({ type: 'END', cpu: c })],
      when: (c) => [n.backlog(c).is('is empty', (context) => !queued(context))],
      defers: s.defers,
    }),
  ];
}
