/**
 * The driver contract as an interface: a driver brings his machines and steps, the core brings the device's frames, interrupts,
 * softirqs, NAPI, and everything that is claimed of them.
 *
 * The core is that of Linux 6.12: an instance is off every list while it is polled, and MISSED is recorded.
 */
import { component, type Move, type Observation } from '../../src/model/component.ts';
import { ModelError } from '../../src/model/error.ts';
import { type Components, network, type Network, type Refs, step, type StepTemplate } from '../../src/model/network.ts';
import { family } from '../../src/model/scenario.ts';
import { type Kind, type Packet, range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { inAction } from '../napi/softnet.ts';
import { componentsOf } from '../networks/components.ts';
import { end } from '../networks/parts.ts';
import { keys } from '../networks/scenario.ts';
import { exitSteps } from '../networks/steps/exit.ts';
import { powerOnStep } from '../networks/steps/nic.ts';
import { softirqSteps } from '../networks/steps/softirq.ts';
import { contract } from './contract.ts';
import { Core, type CoreRefs, type Stack } from './core.ts';
import { queue } from './queue.ts';

export interface DriverBounds {
  /** Frames that may arrive. */
  readonly packets: number;
  /** CPUs that may take the interrupt. */
  readonly cpus: number;
  /** Buffers of the queue. */
  readonly ring: number;
  /** Frames per poll. */
  readonly weight: number;
}

/** A driver: his own machines, and the steps in which they move together with the core. */
export interface Driver<C extends Components = Components> {
  readonly name: string;
  readonly about: string;
  /** His machines: a poll routine per CPU, his device's interrupt side. Names must differ from the core's. */
  components(s: DriverBounds): C;
  /** What his ->ndo_open() does to his machines, after napi_enable(): the interrupt is armed. */
  open(n: Refs<C>): readonly Move[];
  /** His steps: from the cause of an interrupt to its entry, and from the call of ->poll() to its return. */
  steps(n: Refs<C>, core: Core, s: DriverBounds): readonly StepTemplate[];
  /** What his handler does beside napi_schedule_prep(), which it `won` or not. */
  handled?(n: Refs<C>, won: boolean): readonly Move[];
  /** False where a sender takes the place of the interrupt. */
  readonly interrupts?: boolean;
  /** The device does not interrupt before it is armed again. */
  masked(n: Refs<C>): Observation;
  /** His poll routine on CPU `c` is done with the queue: about to complete, or to return its weight. What the whole path asks for. */
  done?(n: Refs<C>, c: number): Observation;
}

/** The core's machines. */
export function coreComponents(s: DriverBounds) {
  const { wire, nic, cpu, handler, softirq, ksoftirqd, softnet, napi, ledger, counters } = componentsOf({ ...s, profile: '6.12' });
  return {
    wire,
    nic,
    queue: component(queue, { size: s.ring }),
    contract: range(s.cpus).map(() => component(contract, { weight: s.weight })),
    cpu,
    handler,
    softirq,
    ksoftirqd,
    softnet,
    napi,
    ledger,
    rx_missed_errors: counters.rx_missed_errors,
  };
}

type CoreComponents = ReturnType<typeof coreComponents>;

/** The network in which a driver with the machines `C` runs. */
export type DriverNetwork<C extends Components> = Network<CoreComponents & C>;

/** Frames come and find a buffer or none. */
function deviceSteps(n: CoreRefs, packets: number, kinds: readonly Kind[]): StepTemplate[] {
  const domain = { pkt: range(packets), kind: kinds };
  const frame = (pkt: Packet, kind: Kind) => n.wire.on({ type: 'ARRIVE', pkt, kind });
  return [
    step('dma', domain, ({ pkt, kind }) => ({
      owner: 'device',
      environment: true,
      moves: [frame(pkt, kind), n.nic.on({ type: 'DMA' }), n.queue.on({ type: 'FILL', pkt })],
    })),
    step('overrun', domain, ({ pkt, kind }) => ({
      owner: 'device',
      environment: true,
      moves: [frame(pkt, kind), n.nic.on({ type: 'DROP' }), n.queue.on({ type: 'FULL' }), ...end(n, pkt, 'missed', n.rx_missed_errors)],
    })),
  ];
}

/** The handler on each CPU from napi_schedule_prep() on, and irq_exit(). */
function handlerSteps(n: CoreRefs, cpus: number, handled: (won: boolean) => readonly Move[]): StepTemplate[] {
  const cpu = range(cpus);
  const owner = (c: number) => `hardirq/${c}`;
  return [
    step('prep_won', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'PREP_WON' }), n.napi.on({ type: 'PREP' }), ...handled(true)],
      reveals: [{ event: 'napi_schedule_prep_ret', args: { cpu: c, ret: 1 } }],
    })),
    step('prep_lost', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'PREP_LOST' }), n.napi.on({ type: 'PREP_LOST' }), ...handled(false)],
      reveals: [{ event: 'napi_schedule_prep_ret', args: { cpu: c, ret: 0 } }],
    })),
    step('napi_queue', { cpu, inside: [false, true] }, ({ cpu: c, inside }) => ({
      owner: owner(c),
      moves: [
        n.handler(c).on({ type: 'QUEUE' }),
        n.softnet(c).on({ type: 'ADD', napi: 'driver' }),
        ...(inside ? [] : [n.softirq(c).on({ type: 'RAISE' })]),
      ],
      when: [n.softnet(c).is(inside ? 'is in net_rx_action()' : 'is not in net_rx_action()', (context) => inAction(context) === inside)],
      reveals: [
        { event: '__napi_schedule', args: { cpu: c, raised: !inside } },
        ...(inside ? [] : [{ event: 'softirq_raise', args: { cpu: c } }]),
      ],
    })),
    ...exitSteps(n, {
      name: 'irq_exit',
      cpu,
      owner,
      leave: (c) => n.handler(c).on({ type: 'EXIT' }),
      defers: PROFILE['6.12'].defersToKsoftirqd,
    }),
  ];
}

/** The family of networks in which `driver` runs. */
export function driverFamily<const C extends Components>(driver: Driver<C>) {
  return family({
    name: driver.name,
    about: driver.about,
    keys: keys('packets', 'cpus', 'ring', 'weight'),
    build: (s: DriverBounds): DriverNetwork<C> => {
      const core = coreComponents(s);
      return network(driver.name, { ...core, ...ownComponents(driver, s, core) }).join((all) => driverSteps(driver, all, s));
    },
  });
}

/** The machines of `driver`. Throws a ModelError where one has the name of one of `others`. */
export function ownComponents<C extends Components>(driver: Driver<C>, s: DriverBounds, others: Components): C {
  const own = driver.components(s);
  const taken = Object.keys(own).filter((name) => Object.hasOwn(others, name));
  if (taken.length > 0)
    throw new ModelError(`driver ${driver.name}: its machines ${taken.join(', ')} have names of the core's; rename them`);
  return own;
}

/** What else there is than frames that a stub takes. */
export interface Surroundings {
  readonly stack?: Stack;
  readonly kinds?: readonly Kind[];
  /** What comes up together with the interface. */
  readonly on?: readonly Move[];
}

/** The core and `driver`, in a network whose references are `all`. */
export function driverSteps<C extends Components>(
  driver: Driver<C>,
  all: unknown,
  s: DriverBounds,
  { stack, kinds = ['matched'], on = [] }: Surroundings = {},
): StepTemplate[] {
  // What a mapped type over a parameter cannot say: the references are the core's and the driver's.
  const n = all as CoreRefs;
  const mine = all as Refs<C>;
  return [
    powerOnStep(n, [n.napi.on({ type: 'ENABLE' }), ...driver.open(mine), ...on]),
    ...deviceSteps(n, s.packets, kinds),
    ...handlerSteps(n, s.cpus, (won) => driver.handled?.(mine, won) ?? []),
    ...softirqSteps(n, s.cpus),
    ...driver.steps(mine, new Core(n, stack), s),
  ];
}
