/** The core's parts of a driver's steps: what the kernel around him does, to be taken together with his own moves. */
import type { Move, Observation, Ref, RefFamily } from '../../src/model/component.ts';
import type { StepSpec } from '../../src/model/network.ts';
import type { cpu as cpuMachine } from '../cpu/cpu.ts';
import type { Packet } from '../kernel/packet.ts';
import { end, type Parts } from '../networks/parts.ts';
import { serving, softirqOn } from '../networks/steps/softirq.ts';
import { pending } from '../softirq/softirq.ts';
import type { contract } from './contract.ts';
import type { queue } from './queue.ts';

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

  /** ->poll() runs on CPU `c`, and does something of its own. */
  runs(c: number): Part {
    return this.#polling(c);
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
