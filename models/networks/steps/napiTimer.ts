/** The timer of a NAPI instance expires: napi_watchdog(). */
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { range } from '../../kernel/packet.ts';
import { type BusyParts, type BusyScenario, queueing } from './busyPoll.ts';
import { exitSteps } from './exit.ts';

/** The timer expires on any CPU. */
export function timerSteps(n: BusyParts, s: BusyScenario): StepTemplate[] {
  const cpu = range(s.cpus);
  const owner = () => 'timer';
  return [
    step('timer_expire', { cpu }, ({ cpu: c }) => ({
      owner: owner(),
      moves: [n.timer.on({ type: 'EXPIRE', cpu: c }), n.cpu(c).on({ type: 'IRQ' })],
    })),
    step('timer_won', {}, () => ({ owner: owner(), moves: [n.timer.on({ type: 'WON' }), n.napi.on({ type: 'TIMER' })] })),
    step('timer_lost', {}, () => ({ owner: owner(), moves: [n.timer.on({ type: 'LOST' }), n.napi.on({ type: 'TIMER_LOST' })] })),
    step('timer_queue', { cpu, inside: [false, true] }, ({ cpu: c, inside }) => ({
      owner: owner(),
      moves: [n.timer.on({ type: 'QUEUE', cpu: c }), ...queueing(n, c, inside).moves],
      when: queueing(n, c, inside).when,
    })),
    ...exitSteps(n, {
      name: 'timer_exit',
      cpu,
      owner,
      leave: (c) => n.timer.on({ type: 'EXIT', cpu: c }),
      defers: s.profile.defersToKsoftirqd,
    }),
  ];
}
