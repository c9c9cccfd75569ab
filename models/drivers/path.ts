/**
 * The whole receive path over a driver of the contract: his frames go through GRO's rx_list to IP, UDP, the socket and its
 * readers.
 */
import { type Components, network, step } from '../../src/model/network.ts';
import { family, type Scenario } from '../../src/model/scenario.ts';
import { range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { componentsOf } from '../networks/components.ts';
import type { Parts } from '../networks/parts.ts';
import { keys, kindsOf, LATER_PROFILE, modesOf } from '../networks/scenario.ts';
import { readerSteps } from '../networks/steps/reader.ts';
import { serving, softirqOn } from '../networks/steps/softirq.ts';
import { socketSteps, toError, toReceive } from '../networks/steps/socket.ts';
import { stackIdle, stackSteps, toIp, type TracedEnds, tracedSteps } from '../networks/steps/stack.ts';
import type { CoreRefs, Stack } from './core.ts';
import { coreComponents, type Driver, driverSteps, ownComponents } from './driver.ts';

const KEYS = {
  profile: LATER_PROFILE,
  ...keys('packets', 'kinds', 'cpus', 'ring', 'weight', 'batch', 'rcvbuf', 'size', 'readers', 'modes', 'tokens', 'signals'),
} as const;

export type DriverPathScenario = Scenario<typeof KEYS>;

/** Where readers run; and what recorded traces show besides. */
export interface DriverPlacement extends TracedEnds {
  readonly home: (reader: number) => number;
}

type PathRefs = Parts & CoreRefs;

/** The family of networks in which `driver` brings the packets. He must say when his poll routine is `done`. */
export function driverPath<const C extends Components>(driver: Driver<C>) {
  return family({
    name: `path-${driver.name}`,
    about: `${driver.about}; then GRO's list, IP, UDP, ICMP, socket, recvfrom`,
    keys: KEYS,
    // Readers are pinned, the first one away from CPU 0.
    build: (s) => driverPathOn(driver, s, { home: (i) => (i + s.cpus - 1) % s.cpus }),
  });
}

/** The same with readers on given CPUs. */
export function driverPathOn<const C extends Components>(driver: Driver<C>, s: DriverPathScenario, { home, ...traced }: DriverPlacement) {
  const profile = PROFILE[s.profile];
  const kinds = kindsOf(s.kinds);
  const bounds = { ...s, profile, kinds, modes: modesOf(s.modes), holds: 0 };
  const { protocols, rxList, ip, udp, icmp, limit, socket, receive, waitQueue, reader, emptiness, holder, signals, counters } =
    componentsOf(s);
  const core = coreComponents(s);
  const upper = { protocols, rxList, ip, udp, icmp, limit, socket, receive, waitQueue, reader, emptiness, holder, signals, ...counters };
  return network(`path-${driver.name}`, { ...core, ...upper, ...ownComponents(driver, s, { ...core, ...upper }) }).join((all) => {
    // As in driverSteps().
    const n = all as unknown as PathRefs;
    const stack = listed(n);
    return [
      ...driverSteps(driver, n, s, { stack, kinds, on: [n.protocols.on({ type: 'ALL' })] }),
      ...flushSteps(n, s, (c) => driver.done?.(all, c)),
      ...stackSteps(n, { ...bounds, checksumFirst: profile.checksumFirst, countsIgnored: !profile.socketLock }, toReceive(n), toError(n)),
      ...tracedSteps(n, s, traced),
      ...socketSteps(n, bounds),
      ...readerSteps(n, { ...bounds, home, unchargesLate: !profile.readerQueue }),
    ];
  });
}

/** Frames wait in rx_list; it is empty before napi_complete_done() decides. */
const listed = (n: PathRefs): Stack => ({
  receive: (c, pkt) => ({ moves: [n.rxList.on({ type: 'ADD', pkt })], when: stackIdle(n)(c) }),
  flushed: (c) => ({ moves: [n.rxList.on({ type: 'EMPTY' })], when: stackIdle(n)(c) }),
});

/** rx_list goes up, frame by frame: as a whole batch, or once the driver is done with the queue. */
function flushSteps(n: PathRefs, s: DriverPathScenario, done: (c: number) => ReturnType<PathRefs['rxList']['in']> | undefined) {
  const domain = { cpu: range(s.cpus), pkt: range(s.packets) };
  const goesUp = (name: string, when: (c: number) => ReturnType<typeof done>) =>
    step(name, domain, ({ cpu: c, pkt }) => {
      const ready = when(c);
      if (ready === undefined) return undefined;
      const up = toIp(n)(c, pkt);
      return {
        owner: softirqOn(c),
        moves: [n.rxList.on({ type: 'NEXT', pkt }), ...up.moves],
        // Revealed by nothing: netif_receive_skb comes for every frame of the list before IP sees the first.
        when: [serving(n.cpu(c)), n.contract(c).in('polling'), ready, ...stackIdle(n)(c), ...up.when],
      };
    });
  return [goesUp('gro_batch', () => n.rxList.in('goingUp')), goesUp('gro_flush', done)];
}
