/** Softirq processing on each CPU: net_rx_action(), the decision after it, ksoftirqd. */
import { not } from '../../../src/model/property.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import type { Ref } from '../../../src/model/component.ts';
import type { cpu as cpuMachine } from '../../cpu/cpu.ts';
import { range } from '../../kernel/packet.ts';
import { pending } from '../../softirq/softirq.ts';
import type { Parts } from '../parts.ts';

type SoftirqParts = Pick<Parts, 'cpu' | 'softirq' | 'ksoftirqd' | 'softnet'>;

/** The owner of everything that NET_RX does on a CPU. */
export const softirqOn = (c: number): string => `softirq/${c}`;

/** The CPU is serving softirqs, not interrupted. */
export const serving = (cpu: Ref<typeof cpuMachine>) => cpu.in('softirq');

/** Entry from a task, net_rx_action() and the end of a pass. */
export function softirqSteps(n: SoftirqParts, cpus: number): StepTemplate[] {
  const cpu = range(cpus);
  return [...actionSteps(n, cpu), ...passSteps(n, cpu), ...ksoftirqdSteps(n, cpu)];
}

/** Another vector is served, at any time: interrupts that come meanwhile do not start NET_RX, the pass that follows does. */
export function otherSoftirqSteps(n: Pick<SoftirqParts, 'cpu' | 'softirq'>, cpu: readonly number[]): StepTemplate[] {
  return [
    step('other_softirq', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      environment: true,
      moves: [n.cpu(c).on({ type: 'SOFTIRQ' }), n.softirq(c).on({ type: 'OTHER' })],
    })),
  ];
}

function actionSteps(n: SoftirqParts, cpu: readonly number[]): StepTemplate[] {
  return [
    step('net_rx_start', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'START' })],
      when: [serving(n.cpu(c)), n.softirq(c).in('serving')],
      reveals: [{ event: 'net_rx_action', args: { cpu: c } }],
    })),
    step('net_rx_restart', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'RESTART' })],
      when: [serving(n.cpu(c))],
    })),
    step('net_rx_exit', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'EXIT' })],
      when: [serving(n.cpu(c))],
    })),
    step('net_rx_break', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'BREAK' }), n.softirq(c).on({ type: 'RAISE' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'softirq_raise', args: { cpu: c } }],
    })),
    step('net_rx_done', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softnet(c).on({ type: 'DONE' }), n.softirq(c).on({ type: 'DONE' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'softirq_exit', args: { cpu: c } }],
    })),
  ];
}

/** After the handler: another pass, ksoftirqd, or the end. A pass that ksoftirqd hosts ends with its yield. */
function passSteps(n: SoftirqParts, cpu: readonly number[]): StepTemplate[] {
  const hosted = [false, true] as const;
  const host = (c: number, isHosted: boolean) => {
    const serves = n.ksoftirqd(c).in('serving');
    return isHosted ? serves : not(serves);
  };
  const ends = (c: number, isHosted: boolean) => (isHosted ? [n.ksoftirqd(c).on({ type: 'YIELD' })] : []);
  return [
    step('softirq_restart', { cpu }, ({ cpu: c }) => ({
      owner: softirqOn(c),
      moves: [n.softirq(c).on({ type: 'RESTART' })],
      when: [serving(n.cpu(c))],
      reveals: [{ event: 'softirq_entry', args: { cpu: c } }],
    })),
    step('softirq_leave', { cpu, ksoftirqd: hosted }, ({ cpu: c, ksoftirqd: isHosted }) => ({
      owner: softirqOn(c),
      moves: [n.softirq(c).on({ type: 'LEAVE' }), n.cpu(c).on({ type: 'LEAVE' }), ...ends(c, isHosted)],
      when: [host(c, isHosted)],
    })),
    // To a thread that hosts this very pass the wakeup means nothing; it looks again after its yield.
    step('softirq_handover', { cpu, ksoftirqd: hosted }, ({ cpu: c, ksoftirqd: isHosted }) => ({
      owner: softirqOn(c),
      moves: [
        n.softirq(c).on({ type: 'HANDOVER' }),
        n.cpu(c).on({ type: 'LEAVE' }),
        n.ksoftirqd(c).on({ type: isHosted ? 'YIELD' : 'WAKE' }),
      ],
      when: [host(c, isHosted)],
      reveals: isHosted ? [] : [{ event: 'sched_waking', args: { cpu: c, comm: `ksoftirqd/${c}` } }],
    })),
  ];
}

function ksoftirqdSteps(n: SoftirqParts, cpu: readonly number[]): StepTemplate[] {
  return [
    step('ksoftirqd_run', { cpu }, ({ cpu: c }) => ({
      owner: `ksoftirqd/${c}`,
      moves: [n.ksoftirqd(c).on({ type: 'RUN' }), n.cpu(c).on({ type: 'SOFTIRQ' }), n.softirq(c).on({ type: 'ENTER' })],
      reveals: [{ event: 'softirq_entry', args: { cpu: c } }],
    })),
    step('ksoftirqd_sleep', { cpu }, ({ cpu: c }) => ({
      owner: `ksoftirqd/${c}`,
      moves: [n.ksoftirqd(c).on({ type: 'SLEEP' })],
      when: [n.cpu(c).in('task'), n.softirq(c).is('has nothing pending', (context) => !pending(context))],
    })),
  ];
}
