/**
 * Two slices of the lower half: `ring` (ring, interrupt, softirq, NAPI, on an interface that is up) and `boot` (the same
 * while the interface comes up and goes down). The stack above is a stub that takes every frame at once.
 */
import { component } from '../../src/model/component.ts';
import { network } from '../../src/model/network.ts';
import { family, type Scenario } from '../../src/model/scenario.ts';
import { boot } from '../boot/boot.ts';
import { protocols } from '../boot/protocols.ts';
import { cpu } from '../cpu/cpu.ts';
import { rxList } from '../gro/rxList.ts';
import { handler } from '../irq/handler.ts';
import { vector } from '../irq/vector.ts';
import { counter } from '../kernel/counter.ts';
import { ledger } from '../kernel/ledger.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { napi } from '../napi/napi.ts';
import { softnet } from '../napi/softnet.ts';
import { igbPoll } from '../nic/igbPoll.ts';
import { nic } from '../nic/nic.ts';
import { ring } from '../nic/ring.ts';
import { wire } from '../nic/wire.ts';
import { ksoftirqd } from '../softirq/ksoftirqd.ts';
import { softirq } from '../softirq/softirq.ts';
import { end, type Parts, type ToStack } from './parts.ts';
import { keys } from './scenario.ts';
import { bootSteps, closeSteps, DOWN, openSteps } from './steps/boot.ts';
import { igbSteps } from './steps/igb.ts';
import { deviceSteps, interruptSteps, watchdogStep } from './steps/nic.ts';
import { softirqSteps } from './steps/softirq.ts';
import { unhandledSteps } from './steps/stack.ts';

const RING_KEYS = keys('profile', 'packets', 'cpus', 'ring', 'weight', 'kicks');
const BOOT_KEYS = { ...RING_KEYS, ...keys('closes') };

/** The machines of the lower half. */
function lowerHalf(name: string, s: Scenario<typeof BOOT_KEYS>) {
  const profile = PROFILE[s.profile];
  const per = <T>(one: T): T[] => range(s.cpus).map(() => one);
  return network(name, {
    boot: component(boot, { closes: s.closes }),
    protocols: component(protocols),
    wire: component(wire, { packets: s.packets }),
    nic: component(nic),
    ring: component(ring, { size: s.ring }),
    vector: component(vector),
    watchdog: component(counter, { max: s.kicks }),
    cpu: per(component(cpu)),
    handler: per(component(handler)),
    softirq: per(component(softirq)),
    ksoftirqd: per(component(ksoftirqd)),
    softnet: per(component(softnet, { inPlace: profile.pollInPlace })),
    napi: component(napi, { hasMissed: profile.missed }),
    poll: per(component(igbPoll, { weight: s.weight, batches: profile.rxList })),
    rxList: component(rxList, { size: s.weight }),
    ledger: component(ledger, { packets: s.packets }),
    rx_missed_errors: component(counter, { max: s.packets }),
    rx_dropped: component(counter, { max: s.packets }),
  });
}

/** The stub: a frame that reaches complete protocol tables is delivered. */
const deliver =
  (n: Pick<Parts, 'ledger' | 'protocols'>): ToStack =>
  (_, pkt) => ({
    moves: end(n, pkt, 'delivered'),
    when: [n.protocols.is('has an IP handler', (context) => context.ip)],
  });

export const ringSlice = family({
  name: 'ring',
  about: 'NIC ring, interrupt vector, softirq, NAPI; the stack takes every frame',
  keys: RING_KEYS,
  build: (s) => {
    const bounds = { ...s, closes: 0, irqCpus: s.cpus, kinds: ['matched'] as const, profile: PROFILE[s.profile] };
    return lowerHalf('ring', { ...s, closes: 0 })
      .step('power_on', {}, (_, n) => ({
        owner: 'boot',
        moves: [
          n.nic.on({ type: 'ENABLE' }),
          n.ring.on({ type: 'FILL' }),
          n.napi.on({ type: 'ENABLE' }),
          n.vector.on({ type: 'UNMASK' }),
          n.protocols.on({ type: 'ALL' }),
          ...n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' })),
        ],
      }))
      .join((n) => deviceSteps(n, bounds))
      .join((n) => watchdogStep(n, s.kicks))
      .join((n) => interruptSteps(n, bounds))
      .join((n) => softirqSteps(n, s.cpus))
      .join((n) => igbSteps(n, bounds, deliver(n), () => []));
  },
});

export const bootSlice = family({
  name: 'boot',
  about: 'boot, probe, open and close of the interface, with frames arriving all the while',
  keys: BOOT_KEYS,
  build: (s) => {
    const bounds = { ...s, irqCpus: s.cpus, kinds: ['matched'] as const, profile: PROFILE[s.profile] };
    return lowerHalf('boot', s)
      .join(bootSteps)
      .join(openSteps)
      .join((n) => (s.closes > 0 ? closeSteps(n) : []))
      .join((n) => deviceSteps(n, bounds))
      .join((n) => watchdogStep(n, s.kicks))
      .join((n) => interruptSteps(n, bounds))
      .join((n) => softirqSteps(n, s.cpus))
      .join((n) => igbSteps(n, { ...bounds, link: { up: n.boot.out(...DOWN), down: n.boot.in(...DOWN) } }, deliver(n), () => []))
      .join((n) =>
        unhandledSteps(n, 'unhandled', { cpu: range(s.cpus), pkt: range(s.packets) }, (c, pkt) => [
          n.poll(c).on({ type: 'TAKE' }),
          n.ring.on({ type: 'TAKE', pkt }),
        ]),
      );
  },
});
