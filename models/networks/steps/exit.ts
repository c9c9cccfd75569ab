/** Where softirqs may start, or are left to ksoftirqd: the end of an interrupt, and local_bh_enable(). */
import type { Move, Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { inInterrupt } from '../../cpu/cpu.ts';
import { pending } from '../../softirq/softirq.ts';
import type { Parts } from '../parts.ts';

type ExitParts = Pick<Parts, 'cpu' | 'softirq' | 'ksoftirqd'>;

/** What an interrupt does as it ends. */
export interface Exit {
  readonly name: string;
  readonly cpu: readonly number[];
  readonly owner: (cpu: number) => string;
  readonly leave: (cpu: number) => Move;
  /** Softirqs are left to a runnable ksoftirqd. */
  readonly defers: boolean;
}

/** irq_exit(): back to what was interrupted, or into softirqs if something is pending and nothing forbids it. */
export function exitSteps(n: ExitParts, { name, cpu, owner, leave, defers }: Exit): StepTemplate[] {
  return [
    ...(defers ? [deferredStep(n, { name: `${name}_deferred`, cpu, owner, moves: (c) => [leave(c), n.cpu(c).on({ type: 'IRET' })] })] : []),
    step(`${name}_idle`, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [leave(c), n.cpu(c).on({ type: 'IRET' })],
      when: [n.softirq(c).is('has nothing pending', (context) => !pending(context))],
    })),
    step(`${name}_nested`, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [leave(c), n.cpu(c).on({ type: 'IRET' })],
      when: [n.softirq(c).is('has NET_RX pending', pending), n.cpu(c).is('is in_interrupt()', inInterrupt)],
    })),
    step(`${name}_softirq`, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [leave(c), n.cpu(c).on({ type: 'IRET_SOFTIRQ' }), n.softirq(c).on({ type: 'ENTER' })],
      when: defers ? [n.ksoftirqd(c).out('runnable')] : [],
      reveals: [{ event: 'softirq_entry', args: { cpu: c } }],
    })),
  ];
}

/** A task that turns bottom halves on. */
export interface Enable {
  readonly name: string;
  readonly cpu: readonly number[];
  readonly owner: (cpu: number) => string;
  /** What the task does with it. */
  readonly moves: (cpu: number) => readonly Move[];
  readonly when?: (cpu: number) => readonly Observation[];
  /** Softirqs are left to a runnable ksoftirqd. */
  readonly defers: boolean;
}

/** local_bh_enable(): back to the task, or into softirqs if something was raised meanwhile and nothing forbids it. */
export function bhOnSteps(n: ExitParts, { name, cpu, owner, moves, when = () => [], defers }: Enable): StepTemplate[] {
  const on = (c: number): Move[] => [...moves(c), n.cpu(c).on({ type: 'BH_ON' })];
  return [
    step(name, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: on(c),
      when: [n.softirq(c).is('has nothing pending', (context) => !pending(context)), ...when(c)],
    })),
    step(`${name}_softirq`, { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [...moves(c), n.cpu(c).on({ type: 'BH_ON_SOFTIRQ' }), n.softirq(c).on({ type: 'ENTER' })],
      when: [...(defers ? [n.ksoftirqd(c).out('runnable')] : []), ...when(c)],
      reveals: [{ event: 'softirq_entry', args: { cpu: c } }],
    })),
    ...(defers ? [deferredStep(n, { name: `${name}_deferred`, cpu, owner, moves: on, when })] : []),
  ];
}

/** ksoftirqd_running(): what is pending is left to a thread that is about to run. */
function deferredStep(n: ExitParts, { name, cpu, owner, moves, when = () => [] }: Omit<Enable, 'defers'>): StepTemplate {
  return step(name, { cpu }, ({ cpu: c }) => ({
    owner: owner(c),
    moves: moves(c),
    when: [
      n.softirq(c).is('has NET_RX pending', pending),
      n.cpu(c).is('is not in_interrupt()', (context) => !inInterrupt(context)),
      n.ksoftirqd(c).in('runnable'),
      ...when(c),
    ],
    cite: ['ksoftirqd_running'],
  }));
}
