/**
 * The slice of sleep and wakeup: softirqs on several CPUs bring datagrams and errors to one socket, tasks wait for them in
 * recvfrom() and poll(); every CPU has a store buffer.
 */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { counter } from '../kernel/counter.ts';
import { range } from '../kernel/packet.ts';
import { storeBuffer } from '../memory/storeBuffer.ts';
import { wire } from '../nic/wire.ts';
import { notifier } from '../socket/notifier.ts';
import { udpQueues } from '../socket/udpQueues.ts';
import { waitList } from '../socket/waitList.ts';
import { poller } from '../task/poller.ts';
import { waiter } from '../task/waiter.ts';
import { WAYS } from '../task/waiterTypes.ts';
import { keys } from './scenario.ts';
import { notifierSteps, wakeSteps } from './steps/notify.ts';
import { pollerBuffer, pollerSteps, readerSteps, type WakeupScenario } from './steps/waiting.ts';

const REPAIRS = ['none', 'RP1', 'RP2', 'RP1+RP2'] as const;

export const wakeupSlice = family({
  name: 'wakeup',
  about: 'sleep and wakeup on one UDP socket, under store buffers; 4.13 to 6.18',
  keys: {
    ...keys('packets', 'cpus', 'readers'),
    ways: choice(['block+timeout', 'all', ...WAYS] as const, 'block', 'how the readers call'),
    polls: choice(['no', 'yes', 'and reads'], 'no', 'another task polls the socket, and reads when it may'),
    signals: int({ min: 0, max: 2, otherwise: 0, about: 'signals to a reader' }),
    errors: int({ min: 0, max: 2, otherwise: 0, about: 'ICMP errors for the socket' }),
    shutdowns: int({ min: 0, max: 1, otherwise: 0, about: 'shutdown() by another task' }),
    busy: choice(['off', 'on'], 'off', 'SO_BUSY_POLL: readers spin before they wait'),
    memory: choice(['sc', 'tso'], 'tso', 'whether stores wait in a buffer, as on x86'),
    repairs: choice(REPAIRS, 'none', 'RP1: the look before sleeping is at both queues; RP2: a wakeup that is not used is handed on'),
  },
  build: (s) => {
    const bounds: WakeupScenario = {
      packets: s.packets,
      cpus: s.cpus,
      readers: s.readers,
      ways: s.ways === 'all' ? WAYS : s.ways === 'block+timeout' ? ['block', 'timeout'] : [s.ways],
      poller: s.polls !== 'no',
      pollerReads: s.polls === 'and reads',
      buffered: s.memory === 'tso',
      handsOn: s.repairs.includes('RP2'),
    };
    return network('wakeup', {
      wire: component(wire, { packets: s.packets }),
      queues: component(udpQueues, { looksAtBoth: s.repairs.includes('RP1') }),
      waitList: component(waitList, { poller: s.readers }),
      notifier: range(s.cpus + 1).map(() => component(notifier)),
      reader: range(s.readers).map(() => component(waiter, { handsOn: bounds.handsOn, spins: s.busy === 'on' })),
      poller: component(poller),
      buffer: range(pollerBuffer(bounds) + 1).map(() => component(storeBuffer, { size: 1 })),
      errors: component(counter, { max: s.errors }),
      reported: component(counter, { max: s.errors }),
      signals: component(counter, { max: s.signals }),
      shutdowns: component(counter, { max: s.shutdowns }),
    })
      .join((n) => notifierSteps(n, bounds))
      .join((n) => wakeSteps(n, bounds))
      .join((n) => readerSteps(n, bounds))
      .join((n) => (bounds.poller ? pollerSteps(n, bounds) : []));
  },
});
