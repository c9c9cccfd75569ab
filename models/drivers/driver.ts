/**
 * The driver contract as an interface: a driver brings his machines and steps, the core brings the device's frames, interrupts,
 * softirqs, NAPI, and everything that is claimed of them.
 *
 * The core is that of Linux 6.12: an instance is off every list while it is polled, and MISSED is recorded.
 */
import { component, type Move, type Observation, type Ref, type RefFamily } from '../../src/model/component.ts';
import { type Components, network, type Network, type Refs, type StepSpec, step, type StepTemplate } from '../../src/model/network.ts';
import { family } from '../../src/model/scenario.ts';
import type { cpu as cpuMachine } from '../cpu/cpu.ts';
import { range, type Packet } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { inAction } from '../napi/softnet.ts';
import { componentsOf } from '../networks/components.ts';
import { end, type Parts } from '../networks/parts.ts';
import { keys } from '../networks/scenario.ts';
import { exitSteps } from '../networks/steps/nic.ts';
import { serving, softirqOn, softirqSteps } from '../networks/steps/softirq.ts';
import { pending } from '../softirq/softirq.ts';
import { contract } from './contract.ts';
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

/** The core's machines, as a driver and the claims see them. */
export interface CoreRefs {
  readonly wire: Parts['wire'];
  readonly nic: Parts['nic'];
  readonly queue: Ref<typeof queue>;
  readonly contract: RefFamily<typeof contract>;
  readonly cpu: RefFamily<typeof cpuMachine>;
  readonly handler: Parts['handler'];
  readonly softirq: Parts['softirq'];
  readonly ksoftirqd: Parts['ksoftirqd'];
  readonly softnet: Parts['softnet'];
  readonly napi: Parts['napi'];
  readonly ledger: Parts['ledger'];
  readonly rx_missed_errors: Parts['rx_missed_errors'];
}

/** What a step of the core contributes to a step of the driver. */
export interface Part {
  readonly owner?: string;
  readonly moves: readonly Move[];
  readonly when?: readonly Observation[];
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
  /** The device does not interrupt before it is armed again. */
  masked(n: Refs<C>): Observation;
}

/** The core's parts of a driver's steps. `c` is a CPU. */
export class Core {
  readonly n: CoreRefs;

  constructor(n: CoreRefs) {
    this.n = n;
  }

  /** The device tells that a frame is in memory. */
  cause(): Part {
    return { owner: 'device', moves: [this.n.nic.on({ type: 'CAUSE' })] };
  }

  /** CPU `c` takes the interrupt and enters the driver's handler; one handler at a time, wherever. */
  interrupt(c: number): Part {
    const { cpu, handler } = this.n;
    return {
      owner: `hardirq/${c}`,
      moves: [cpu(c).on({ type: 'IRQ' }), handler(c).on({ type: 'ENTER' })],
      when: handler.all.map((one) => one.in('idle')),
    };
  }

  /** net_rx_action() calls ->poll(). */
  call(c: number): Part {
    return this.#polling(c, this.n.softnet(c).on({ type: 'PICK', napi: 'driver' }), this.n.contract(c).on({ type: 'CALL' }));
  }

  /** The first frame leaves the queue, and goes up. */
  take(c: number, pkt: Packet): Part {
    const { queue: rx, contract: watch } = this.n;
    return this.#polling(c, rx.on({ type: 'TAKE', pkt }), watch(c).on({ type: 'FRAME' }), ...end(this.n, pkt, 'delivered'));
  }

  /** ->poll() looks at the queue: there is a frame, or none. */
  look(c: number, more: boolean): Part {
    return this.#polling(c, this.n.queue.on({ type: more ? 'MORE' : 'EMPTY' }), this.n.contract(c).on({ type: 'TOUCH' }));
  }

  /** A look that a driver may take after its completion, to see whether it must ask for the instance again. */
  recheck(c: number, more: boolean): Part {
    return this.#polling(c, this.n.queue.on({ type: more ? 'MORE' : 'EMPTY' }));
  }

  /** New buffers. */
  refill(c: number): Part {
    return this.#polling(c, this.n.queue.on({ type: 'REFILL' }), this.n.contract(c).on({ type: 'TOUCH' }));
  }

  /** napi_complete_done() returns true. */
  complete(c: number): Part {
    return this.#polling(c, this.n.napi.on({ type: 'COMPLETE' }), this.n.contract(c).on({ type: 'COMPLETE' }));
  }

  /** napi_complete_done() returns false: MISSED was set, the instance is queued once more. */
  kept(c: number): Part {
    const { napi, softnet, contract: watch } = this.n;
    return this.#polling(
      c,
      napi.on({ type: 'COMPLETE_MISSED' }),
      softnet(c).on({ type: 'ADD', napi: 'driver' }),
      watch(c).on({ type: 'KEPT' }),
    );
  }

  /** The interrupt is armed by ->poll(). */
  arm(c: number): Part {
    return this.#polling(c, this.n.contract(c).on({ type: 'ARM' }));
  }

  /** napi_schedule() by ->poll() itself: it wins the instance and queues it on this CPU, where net_rx_action() will look. */
  rescheduled(c: number): Part {
    return this.#polling(c, this.n.napi.on({ type: 'PREP' }), this.n.softnet(c).on({ type: 'ADD', napi: 'driver' }));
  }

  /** napi_schedule() by ->poll() itself: somebody else has the instance. */
  notRescheduled(c: number): Part {
    return this.#polling(c, this.n.napi.on({ type: 'PREP_LOST' }));
  }

  /** ->poll() returns less than its weight, or its weight. */
  return(c: number, result: 'short' | 'full'): Part {
    const type = result === 'short' ? 'SHORT' : 'FULL';
    return this.#polling(c, this.n.softnet(c).on({ type }), this.n.contract(c).on({ type }));
  }

  #polling(c: number, ...moves: readonly Move[]): Part {
    return { owner: softirqOn(c), moves, when: [serving(this.n.cpu(c))] };
  }
}

/** A step of parts: of the core's and of the driver's own moves. The owner is the core's. */
export function together(...parts: readonly Part[]): StepSpec {
  return {
    owner: parts.find(({ owner }) => owner !== undefined)?.owner ?? 'device',
    moves: parts.flatMap(({ moves }) => moves),
    when: parts.flatMap(({ when }) => when ?? []),
  };
}

/** The core's machines. */
function coreComponents(s: DriverBounds) {
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
function deviceSteps(n: CoreRefs, packets: number): StepTemplate[] {
  const frame = (pkt: Packet) => n.wire.on({ type: 'ARRIVE', pkt, kind: 'matched' });
  return [
    step('dma', { pkt: range(packets) }, ({ pkt }) => ({
      owner: 'device',
      environment: true,
      moves: [frame(pkt), n.nic.on({ type: 'DMA' }), n.queue.on({ type: 'FILL', pkt })],
    })),
    step('overrun', { pkt: range(packets) }, ({ pkt }) => ({
      owner: 'device',
      environment: true,
      moves: [frame(pkt), n.nic.on({ type: 'DROP' }), n.queue.on({ type: 'FULL' }), ...end(n, pkt, 'missed', n.rx_missed_errors)],
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
    })),
    step('prep_lost', { cpu }, ({ cpu: c }) => ({
      owner: owner(c),
      moves: [n.handler(c).on({ type: 'PREP_LOST' }), n.napi.on({ type: 'PREP_LOST' }), ...handled(false)],
    })),
    step('napi_queue', { cpu, inside: [false, true] }, ({ cpu: c, inside }) => ({
      owner: owner(c),
      moves: [
        n.handler(c).on({ type: 'QUEUE' }),
        n.softnet(c).on({ type: 'ADD', napi: 'driver' }),
        ...(inside ? [] : [n.softirq(c).on({ type: 'RAISE' })]),
      ],
      when: [n.softnet(c).is(inside ? 'is in net_rx_action()' : 'is not in net_rx_action()', (context) => inAction(context) === inside)],
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

/** A task that sends on CPU `c`, for devices without interrupts: bottom halves off, and on again. */
export function senderParts(core: Core, c: number) {
  const { cpu, softirq, softnet, napi } = core.n;
  const owner = `task/${c}`;
  const within = [cpu(c).in('bhOff')];
  return {
    enter: { owner, moves: [cpu(c).on({ type: 'BH_OFF' })] },
    won: { owner, moves: [napi.on({ type: 'PREP' })], when: within },
    lost: { owner, moves: [napi.on({ type: 'PREP_LOST' })], when: within },
    within: { owner, moves: [], when: within },
    queue: {
      owner,
      moves: [softnet(c).on({ type: 'ADD', napi: 'driver' }), softirq(c).on({ type: 'RAISE' })],
      when: within,
    },
    leave: {
      owner,
      moves: [cpu(c).on({ type: 'BH_ON' })],
      when: [softirq(c).is('has nothing pending', (context) => !pending(context))],
    },
    leaveServing: { owner, moves: [cpu(c).on({ type: 'BH_ON_SOFTIRQ' }), softirq(c).on({ type: 'ENTER' })] },
  } satisfies Record<string, Part>;
}

/** The family of networks in which `driver` runs. */
export function driverFamily<const C extends Components>(driver: Driver<C>) {
  return family({
    name: driver.name,
    about: driver.about,
    keys: keys('packets', 'cpus', 'ring', 'weight'),
    build: (s: DriverBounds): DriverNetwork<C> => {
      const own = driver.components(s);
      const taken = Object.keys(own).filter((name) => Object.hasOwn(coreComponents(s), name));
      if (taken.length > 0) throw new Error(`driver ${driver.name}: its machines ${taken.join(', ')} have names of the core's`);
      return network(driver.name, { ...coreComponents(s), ...own } as CoreComponents & C).join((all) => {
        // What a mapped type over a parameter cannot say: the references are the core's and the driver's.
        const n = all as unknown as CoreRefs;
        const mine = all as unknown as Refs<C>;
        const power = step('power_on', {}, () => ({
          owner: 'boot',
          moves: [
            n.nic.on({ type: 'ENABLE' }),
            n.napi.on({ type: 'ENABLE' }),
            ...n.ksoftirqd.all.map((one) => one.on({ type: 'CREATE' })),
            ...driver.open(mine),
          ],
        }));
        return [
          power,
          ...deviceSteps(n, s.packets),
          ...handlerSteps(n, s.cpus, (won) => driver.handled?.(mine, won) ?? []),
          ...softirqSteps(n, s.cpus),
          ...driver.steps(mine, new Core(n), s),
        ];
      });
    },
  });
}
