/**
 * The slice of busy polling: a task that takes the instance from interrupts and softirqs, deferred interrupts, and the timer
 * of the instance. The stack takes every frame at once.
 */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { PROFILE } from '../kernel/profile.ts';
import { deferral } from '../napi/deferral.ts';
import { napiTimer } from '../napi/timer.ts';
import { igbPoll } from '../nic/igbPoll.ts';
import { busyPoller } from '../task/busyPoller.ts';
import { componentsOf } from './components.ts';
import { end } from './parts.ts';
import { keys, LATER_PROFILE } from './scenario.ts';
import { busyTaskSteps, softirqPollSteps, suspendSteps } from './steps/busyPoll.ts';
import { timerSteps } from './steps/napiTimer.ts';
import { deviceSteps, endlessWatchdogStep, interruptSteps, powerOnStep } from './steps/nic.ts';
import { softirqSteps } from './steps/softirq.ts';

const SWITCH = ['off', 'on'] as const;

export const busyPollSlice = family({
  name: 'busy-poll',
  about: 'a task busy polls; interrupts deferred by napi_defer_hard_irqs; the timer of the instance',
  keys: {
    profile: LATER_PROFILE,
    ...keys('packets', 'cpus', 'ring', 'weight'),
    budget: int({ min: 1, max: 64, otherwise: 1, about: 'frames per poll by the task' }),
    prefer: choice(SWITCH, 'off', 'SO_PREFER_BUSY_POLL'),
    defer: int({ min: 0, max: 8, otherwise: 1, about: 'napi_defer_hard_irqs' }),
    timeout: choice(SWITCH, 'on', 'gro_flush_timeout is not zero'),
    watchdog: choice(SWITCH, 'off', 'the driver writes EICS from time to time, for ever'),
    suspend: choice(SWITCH, 'off', 'irq_suspend_timeout: epoll_wait() suspends and resumes interrupts, 6.13 and later'),
    fix: choice(SWITCH, 'off', '58e2330bd455: the timer is armed after SCHED is cleared'),
  },
  build: (s) => {
    const profile = PROFILE[s.profile];
    const prefer = s.prefer === 'on';
    const bounds = { packets: s.packets, cpus: s.cpus, irqCpus: s.cpus, kinds: ['matched'] as const, profile, prefer };
    const timeout = s.timeout === 'on';
    const parts = componentsOf(s);
    const { wire, nic, ring, vector, cpu, handler, softirq, ksoftirqd, softnet, napi, poll, ledger, counters } = parts;
    const batches = profile.rxList;
    return network('busy-poll', {
      wire,
      nic,
      ring,
      vector,
      cpu,
      handler,
      softirq,
      ksoftirqd,
      softnet,
      napi,
      // One per CPU, and the last one for the task.
      poll: [...poll, component(igbPoll, { weight: s.budget, batches })],
      rxList: parts.rxList,
      task: component(busyPoller, { skips: prefer && s.defer > 0 && timeout, armsLate: s.fix === 'on' }),
      deferral: component(deferral, { defer: s.defer, timeout }),
      timer: component(napiTimer),
      ledger,
      rx_missed_errors: counters.rx_missed_errors,
    })
      .join((n) => [powerOnStep(n, [n.ring.on({ type: 'FILL' }), n.napi.on({ type: 'ENABLE' }), n.vector.on({ type: 'UNMASK' })])])
      .join((n) => deviceSteps(n, bounds))
      .join((n) => interruptSteps(n, bounds))
      .join((n) => softirqSteps(n, s.cpus))
      .join((n) => softirqPollSteps(n, bounds, (_, pkt) => ({ moves: end(n, pkt, 'delivered'), when: [] })))
      .join((n) => busyTaskSteps(n, bounds, (_, pkt) => ({ moves: end(n, pkt, 'delivered'), when: [] })))
      .join((n) => (s.suspend === 'on' ? suspendSteps(n) : []))
      .join((n) => timerSteps(n, bounds))
      .join((n) => (s.watchdog === 'on' ? [endlessWatchdogStep(n)] : []));
  },
});
