/**
 * Two slices of the lower half: `ring` (ring, interrupt, softirq, NAPI, on an interface that is up) and `boot` (the same
 * while the interface comes up and goes down). The stack above is a stub that takes every frame at once.
 */
import { network } from '../../src/model/network.ts';
import { family, type Scenario } from '../../src/model/scenario.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { componentsOf } from './components.ts';
import { end, type Parts, type ToStack } from './parts.ts';
import { keys } from './scenario.ts';
import { bootSteps, closeSteps, DOWN, openSteps } from './steps/boot.ts';
import { igbSteps } from './steps/igb.ts';
import { deviceSteps, interruptSteps, powerOnStep, watchdogStep } from './steps/nic.ts';
import { softirqSteps } from './steps/softirq.ts';
import { unhandledSteps } from './steps/stack.ts';
import { cpusInTurn } from './symmetry.ts';

const RING_KEYS = keys('profile', 'packets', 'cpus', 'ring', 'weight', 'batch', 'refill', 'kicks');
const BOOT_KEYS = { ...RING_KEYS, ...keys('closes') };

/** The machines of the lower half. */
function lowerHalf(name: string, s: Scenario<typeof BOOT_KEYS>) {
  const {
    boot,
    protocols,
    wire,
    nic,
    ring,
    vector,
    watchdog,
    cpu,
    handler,
    softirq,
    ksoftirqd,
    softnet,
    napi,
    poll,
    rxList,
    ledger,
    counters,
  } = componentsOf(s);
  const { rx_missed_errors, rx_dropped } = counters;
  const driver = { boot, protocols, nic, ring, vector, watchdog, handler, napi, poll, rxList };
  return network(name, { ...driver, wire, cpu, softirq, ksoftirqd, softnet, ledger, rx_missed_errors, rx_dropped });
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
      .join((n) => [
        powerOnStep(n, [
          n.ring.on({ type: 'FILL' }),
          n.napi.on({ type: 'ENABLE' }),
          n.vector.on({ type: 'UNMASK' }),
          n.protocols.on({ type: 'ALL' }),
        ]),
      ])
      .join((n) => deviceSteps(n, bounds))
      .join((n) => watchdogStep(n, s.kicks))
      .join((n) => interruptSteps(n, bounds))
      .join((n) => softirqSteps(n, s.cpus))
      .join((n) => igbSteps(n, bounds, deliver(n), () => []))
      .symmetric((parts) => cpusInTurn(parts, { cpus: s.cpus }));
  },
});

/** Its CPUs may not trade places: the task that opens and closes the interface is on CPU 0. */
export const bootSlice = family({
  name: 'boot',
  about: 'boot, probe, open and close of the interface, with frames arriving all the while',
  keys: BOOT_KEYS,
  build: (s) => {
    const bounds = { ...s, irqCpus: s.cpus, kinds: ['matched'] as const, profile: PROFILE[s.profile] };
    return lowerHalf('boot', s)
      .join(bootSteps)
      .join(openSteps)
      .join((n) => (s.closes > 0 ? closeSteps(n, bounds.profile.masksFirst) : []))
      .join((n) => deviceSteps(n, bounds))
      .join((n) => watchdogStep(n, s.kicks, [n.boot.in('up')]))
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
