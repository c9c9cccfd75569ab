/** The core's parts of a driver's steps: what the kernel around him does, to be taken together with his own moves. */
import type { Move, Observation, Ref, RefFamily } from '../../src/model/component.ts';
import type { Revealed, StepSpec } from '../../src/model/network.ts';
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
  /** How a trace would show it. */
  readonly reveals?: readonly Revealed[];
}

/** What is above a driver. */
export interface Stack {
  /** napi_gro_receive() takes a frame. */
  receive(c: number, pkt: Packet): Part;
  /** What must be over before napi_complete_done() decides, and before a full poll is accounted for. */
  flushed(c: number): Part;
}

/** A stack that takes every frame at once. */
const taker = (n: Pick<CoreRefs, 'ledger'>): Stack => ({
  receive: (_, pkt) => ({ moves: end(n, pkt, 'delivered') }),
  flushed: () => ({ moves: [] }),
});

/** The core's parts of a driver's steps. `c` is a CPU. */
export class Core {
  readonly n: CoreRefs;
  readonly #stack: Stack;

  constructor(n: CoreRefs, stack: Stack = taker(n)) {
    this.n = n;
    this.#stack = stack;
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
      reveals: [{ event: 'irq_handler_entry', args: { cpu: c } }],
    };
  }

  /** ->poll() runs on CPU `c`, and does something of its own. */
  runs(c: number): Part {
    return this.#polling(c);
  }

  /** net_rx_action() calls ->poll(). */
  call(c: number): Part {
    const part = this.#polling(c, this.n.softnet(c).on({ type: 'PICK', napi: 'driver' }), this.n.contract(c).on({ type: 'CALL' }));
    return { ...part, reveals: [{ event: 'poll', args: { cpu: c } }] };
  }

  /** The first frame leaves the queue, and goes up. */
  take(c: number, pkt: Packet): Part {
    const { queue: rx, contract: watch } = this.n;
    const part = this.#polling(c, rx.on({ type: 'TAKE', pkt }), watch(c).on({ type: 'FRAME' }));
    const reveals = [{ event: 'napi_gro_receive_entry', args: { cpu: c, pkt } }];
    return { ...joined(part, this.#stack.receive(c, pkt)), reveals };
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
    const part = this.#polling(c, this.n.napi.on({ type: 'COMPLETE' }), this.n.contract(c).on({ type: 'COMPLETE' }));
    return { ...joined(part, this.#stack.flushed(c)), reveals: [{ event: 'napi_complete_done_ret', args: { cpu: c, ret: 1 } }] };
  }

  /** napi_complete_done() returns false: MISSED was set, the instance is queued once more. */
  kept(c: number): Part {
    const { napi, softnet, contract: watch } = this.n;
    const part = this.#polling(
      c,
      napi.on({ type: 'COMPLETE_MISSED' }),
      softnet(c).on({ type: 'ADD', napi: 'driver' }),
      watch(c).on({ type: 'KEPT' }),
    );
    return { ...joined(part, this.#stack.flushed(c)), reveals: [{ event: 'napi_complete_done_ret', args: { cpu: c, ret: 0 } }] };
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
    const part = this.#polling(c, this.n.softnet(c).on({ type }), this.n.contract(c).on({ type }));
    return { ...joined(part, this.#stack.flushed(c)), reveals: [{ event: 'napi_poll', args: { cpu: c, dev: 'driver' } }] };
  }

  #polling(c: number, ...moves: readonly Move[]): Part {
    return { owner: softirqOn(c), moves, when: [serving(this.n.cpu(c))] };
  }
}

/** A step of parts: of the core's and of the driver's own moves. The owner is the core's. */
export function together(...parts: readonly Part[]): StepSpec {
  return { owner: 'device', ...joined(...parts) };
}

/** Parts as one. */
function joined(...parts: readonly Part[]): Required<Omit<Part, 'owner'>> & Pick<Part, 'owner'> {
  const owner = parts.find((part) => part.owner !== undefined)?.owner;
  return {
    ...(owner !== undefined && { owner }),
    moves: parts.flatMap(({ moves }) => moves),
    when: parts.flatMap(({ when }) => when ?? []),
    reveals: parts.flatMap(({ reveals }) => reveals ?? []),
  };
}

/** A task that sends on CPU `c`, for devices without interrupts: bottom halves off, and on again. */
export function senderParts(core: Core, c: number) {
  const { cpu, softirq, softnet, napi } = core.n;
  const owner = `task/${c}`;
  const within = [cpu(c).in('bhOff')];
  return {
    enter: { owner, moves: [cpu(c).on({ type: 'BH_OFF' })] },
    won: {
      owner,
      moves: [napi.on({ type: 'PREP' })],
      when: within,
      reveals: [{ event: 'napi_schedule_prep_ret', args: { cpu: c, ret: 1 } }],
    },
    lost: {
      owner,
      moves: [napi.on({ type: 'PREP_LOST' })],
      when: within,
      reveals: [{ event: 'napi_schedule_prep_ret', args: { cpu: c, ret: 0 } }],
    },
    within: { owner, moves: [], when: within },
    queue: {
      owner,
      moves: [softnet(c).on({ type: 'ADD', napi: 'driver' }), softirq(c).on({ type: 'RAISE' })],
      when: within,
      reveals: [
        { event: '__napi_schedule', args: { cpu: c, raised: true } },
        { event: 'softirq_raise', args: { cpu: c } },
      ],
    },
    leave: {
      owner,
      moves: [cpu(c).on({ type: 'BH_ON' })],
      when: [softirq(c).is('has nothing pending', (context) => !pending(context))],
    },
    leaveServing: {
      owner,
      moves: [cpu(c).on({ type: 'BH_ON_SOFTIRQ' }), softirq(c).on({ type: 'ENTER' })],
      reveals: [{ event: 'softirq_entry', args: { cpu: c } }],
    },
  } satisfies Record<string, Part>;
}
