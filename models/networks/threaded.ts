/** The slice of threaded NAPI: a thread polls, while a worker resets the instance and somebody writes `threaded`. */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { counter } from '../kernel/counter.ts';
import { PROFILE } from '../kernel/profile.ts';
import { igbPoll } from '../nic/igbPoll.ts';
import { resetTask, switchTask } from '../task/admin.ts';
import { napiThread } from '../task/napiThread.ts';
import { componentsOf } from './components.ts';
import { end } from './parts.ts';
import { keys, LATER_PROFILE } from './scenario.ts';
import { resetSteps, switchSteps } from './steps/admin.ts';
import { igbSteps } from './steps/igb.ts';
import { deviceSteps, endlessWatchdogStep, interruptSteps, powerOnStep } from './steps/nic.ts';
import { softirqSteps } from './steps/softirq.ts';
import { listed, threadBusySteps, threadSteps, wakeSteps } from './steps/threaded.ts';

export const threadedSlice = family({
  name: 'threaded',
  about: 'a thread polls the instance, which is reset and taken from it meanwhile',
  keys: {
    profile: LATER_PROFILE,
    ...keys('packets', 'cpus', 'ring', 'weight'),
    resets: int({ min: 0, max: 4, otherwise: 0, about: 'times a worker disables and enables the instance' }),
    enables: choice(['always', 'perhaps'], 'always', 'it does enable it again'),
    writes: int({ min: 0, max: 4, otherwise: 0, about: 'writes to `threaded`, off first' }),
    watchdog: choice(['off', 'on'], 'off', 'the driver writes EICS from time to time, for ever'),
    busy: choice(['off', 'on'], 'off', 'the mode is busy polling: THREADED_BUSY_POLL of 6.18'),
  },
  build: (s) => {
    const profile = PROFILE[s.profile];
    const { packets, cpus } = s;
    const device = { packets, cpus, irqCpus: cpus, kinds: ['matched'] as const, profile };
    const bounds = {
      ...s,
      marksRunningOnly: s.profile === '6.1',
      stops: s.profile === '6.18',
      batches: profile.rxList,
      defers: profile.defersToKsoftirqd,
    };
    const parts = componentsOf(s);
    const { wire, nic, ring, vector, cpu, handler, softirq, ksoftirqd, softnet, napi, poll, rxList, ledger, counters } = parts;
    return network('threaded', {
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
      rxList,
      ledger,
      // One per CPU, and the last one for the thread.
      poll: [...poll, component(igbPoll, { weight: s.weight, batches: profile.rxList })],
      thread: component(napiThread, { trustsWakeup: bounds.marksRunningOnly, busy: s.busy === 'on' }),
      reset: component(resetTask),
      admin: component(switchTask),
      resets: component(counter, { max: s.resets }),
      writes: component(counter, { max: s.writes }),
      rx_missed_errors: counters.rx_missed_errors,
    })
      .join((n) => [
        powerOnStep(n, [
          n.ring.on({ type: 'FILL' }),
          n.napi.on({ type: 'ENABLE_THREADED' }),
          n.thread.on({ type: 'CREATE' }),
          n.vector.on({ type: 'UNMASK' }),
        ]),
      ])
      .join((n) => deviceSteps(n, device))
      .join((n) => interruptSteps(n, { ...device, listed: listed(n) }))
      .join((n) => wakeSteps(n, bounds))
      .join((n) => softirqSteps(n, cpus))
      .join((n) =>
        igbSteps(
          n,
          { ...device, listed: listed(n) },
          (_, pkt) => ({ moves: end(n, pkt, 'delivered'), when: [] }),
          () => [],
        ),
      )
      .join((n) => threadSteps(n, bounds, (_, pkt) => ({ moves: end(n, pkt, 'delivered'), when: [] })))
      .join((n) => (s.busy === 'on' ? threadBusySteps(n) : []))
      .join((n) => (s.resets > 0 ? resetSteps(n, bounds) : []))
      .join((n) => (s.writes > 0 ? switchSteps(n, bounds) : []))
      .join((n) => (s.watchdog === 'on' ? [endlessWatchdogStep(n)] : []));
  },
});
