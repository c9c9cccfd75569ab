/** Toy networks with a bug planted in each, and the same without. Every factory returns the network and what is claimed of it. */
import { assign, setup } from 'xstate';
import { component } from '../src/model/component.ts';
import { type Network, network } from '../src/model/network.ts';
import { always, never, type Property, quiescent, sometimes } from '../src/model/property.ts';

export interface Toy {
  readonly network: Network;
  readonly properties: readonly Property[];
}

/** A semaphore: taken by one at a time. */
const semaphore = setup({ types: { events: {} as { type: 'down' | 'up' } } }).createMachine({
  initial: 'free',
  states: { free: { on: { down: 'taken' } }, taken: { on: { up: 'free' } } },
});

/** A process that needs two semaphores, once. */
const process = setup({ types: { events: {} as { type: 'first' | 'second' | 'finish' } } }).createMachine({
  initial: 'none',
  states: { none: { on: { first: 'one' } }, one: { on: { second: 'both' } }, both: { on: { finish: 'done' } }, done: {} },
});

/** Two processes and two semaphores; `order` says which one each process takes first. */
export function semaphores(order: readonly [number, number]) {
  const built = network('semaphores', {
    semaphore: [component(semaphore), component(semaphore)],
    process: [component(process), component(process)],
  })
    .step('first', { who: [0, 1] }, ({ who }, c) => ({
      owner: `process${who}`,
      moves: [c.process(who).on({ type: 'first' }), c.semaphore(order[who]).on({ type: 'down' })],
    }))
    .step('second', { who: [0, 1] }, ({ who }, c) => ({
      owner: `process${who}`,
      moves: [c.process(who).on({ type: 'second' }), c.semaphore(1 - order[who]).on({ type: 'down' })],
    }))
    .step('finish', { who: [0, 1] }, ({ who }, c) => ({
      owner: `process${who}`,
      moves: [c.process(who).on({ type: 'finish' }), c.semaphore(0).on({ type: 'up' }), c.semaphore(1).on({ type: 'up' })],
    }));
  const { process: p } = built.refs;
  const properties = [
    quiescent('both processes finish', [[p(0).out('done')], [p(1).out('done')]], [p(0).in('done')]),
    sometimes('both have finished', [[p(0).in('done'), p(1).in('done')]]),
    sometimes('both hold both', [[p(0).in('both'), p(1).in('both')]]),
  ];
  return { network: built, properties };
}

type Count = { type: 'put' | 'take' };

/** Frames the NIC has left to send, or that wait in the ring. */
const counter = setup({
  types: { input: {} as { from: number; max: number }, context: {} as { count: number; max: number }, events: {} as Count },
  guards: { some: ({ context }) => context.count > 0, room: ({ context }) => context.count < context.max },
  actions: { add: assign({ count: ({ context }) => context.count + 1 }), drop: assign({ count: ({ context }) => context.count - 1 }) },
}).createMachine({
  context: ({ input }) => ({ count: input.from, max: input.max }),
  initial: 'counting',
  states: { counting: { on: { put: { guard: 'room', actions: 'add' }, take: { guard: 'some', actions: 'drop' } } } },
});

/** NAPI: a frame that comes while the instance is owned must be remembered. */
const napi = setup({
  types: { context: {} as { missed: boolean }, events: {} as { type: 'frame' | 'softirq' | 'clean' | 'drained' | 'complete' } },
  guards: { missed: ({ context }) => context.missed },
  actions: { setMissed: assign({ missed: true }), clearMissed: assign({ missed: false }) },
}).createMachine({
  context: { missed: false },
  initial: 'idle',
  states: {
    idle: { on: { frame: 'scheduled' } },
    scheduled: { on: { frame: { target: 'scheduled', actions: 'setMissed' }, softirq: 'polling' } },
    polling: { on: { frame: { target: 'polling', actions: 'setMissed' }, clean: 'polling', drained: 'completing' } },
    completing: {
      on: {
        frame: { target: 'completing', actions: 'setMissed' },
        complete: [{ guard: 'missed', target: 'scheduled', actions: 'clearMissed' }, { target: 'idle' }],
      },
    },
  },
});

/** A NIC with `frames` to send, a ring, NAPI. */
export function receive(frames: number, forget: boolean) {
  const sound = network('receive', {
    nic: component(counter, { from: frames, max: frames }),
    ring: component(counter, { from: 0, max: frames }),
    napi: component(napi),
  })
    .step('frame', {}, (_, c) => ({
      owner: 'nic',
      environment: true,
      moves: [c.nic.on({ type: 'take' }), c.ring.on({ type: 'put' }), c.napi.on({ type: 'frame' })],
    }))
    .step('softirq', {}, (_, c) => ({ owner: 'softirq', moves: [c.napi.on({ type: 'softirq' })] }))
    .step('clean', {}, (_, c) => ({ owner: 'softirq', moves: [c.napi.on({ type: 'clean' }), c.ring.on({ type: 'take' })] }))
    .step('drained', {}, (_, c) => ({
      owner: 'softirq',
      moves: [c.napi.on({ type: 'drained' })],
      when: [c.ring.is('is empty', ({ count }) => count === 0)],
    }))
    .step('complete', {}, (_, c) => ({ owner: 'softirq', moves: [c.napi.on({ type: 'complete' })] }));
  const built = forget ? sound.replaceMachine('napi', (machine) => machine.provide({ actions: { setMissed: assign({}) } })) : sound;
  const { ring, napi: n } = built.refs;
  const waits = ring.is('holds a frame', ({ count }) => count > 0);
  const properties = [
    quiescent('no frame is stranded', [[waits]], [waits]),
    sometimes('a frame waits while NAPI is idle', [[waits, n.in('idle')]]),
  ];
  return { network: built, properties };
}

/** A thread that adds one to a shared number by a load and a store. */
const thread = setup({
  types: { context: {} as { register: number }, events: {} as { type: 'load' | 'store'; value: number } },
  guards: { holds: ({ context, event }) => event.value === context.register + 1 },
  actions: { keep: assign({ register: ({ event }) => event.value }) },
}).createMachine({
  context: { register: 0 },
  initial: 'start',
  states: {
    start: { on: { load: { target: 'loaded', actions: 'keep' } } },
    loaded: { on: { store: { guard: 'holds', target: 'done' } } },
    done: {},
  },
});

const memory = setup({
  types: { context: {} as { value: number }, events: {} as { type: 'read' | 'write'; value: number } },
  guards: { same: ({ context, event }) => event.value === context.value },
  actions: { set: assign({ value: ({ event }) => event.value }) },
}).createMachine({
  context: { value: 0 },
  initial: 'cell',
  states: { cell: { on: { read: { guard: 'same', target: 'cell' }, write: { target: 'cell', actions: 'set' } } } },
});

const clock = setup({ types: { events: {} as { type: 'tick' } } }).createMachine({
  initial: 'tick',
  states: { tick: { on: { tick: 'tock' } }, tock: { on: { tick: 'tick' } } },
});

/** Three threads, and `noise` clocks that never stop. */
export function threads(noise: number) {
  const all = [0, 1, 2] as const;
  const built = network('threads', {
    thread: all.map(() => component(thread)),
    memory: component(memory),
    clock: Array.from({ length: noise }, () => component(clock)),
  })
    .step('load', { who: all, value: all }, ({ who, value }, c) => ({
      owner: `thread${who}`,
      moves: [c.thread(who).on({ type: 'load', value }), c.memory.on({ type: 'read', value })],
    }))
    .step('store', { who: all, value: [1, 2, 3] }, ({ who, value }, c) => ({
      owner: `thread${who}`,
      moves: [c.thread(who).on({ type: 'store', value }), c.memory.on({ type: 'write', value })],
    }))
    .step('tick', { which: Array.from({ length: noise }, (_, which) => which) }, ({ which }, c) => ({
      owner: `clock${which}`,
      moves: [c.clock(which).on({ type: 'tick' })],
    }));
  const { thread: t, memory: m } = built.refs;
  const done = all.map((who) => t(who).in('done'));
  const value = (label: string, wanted: (value: number) => boolean) => m.is(label, (context) => wanted(context.value));
  const properties = [
    always('one of three is never all that is counted', done, [value('is above one', (v) => v > 1)]),
    never('the number stays within its range', [[value('is above three', (v) => v > 3)]], [value('is three', (v) => v === 3)]),
  ];
  return { network: built, properties };
}

/** A line that carries one packet at a time, in order of their numbers. */
const line = setup({
  types: {
    input: {} as { packets: number },
    context: {} as { packets: number; next: number; lost: boolean },
    events: {} as { type: 'send' | 'deliver' | 'lose'; pkt: number },
  },
  guards: {
    next: ({ context, event }) => event.pkt === context.next && event.pkt < context.packets,
    sent: ({ context, event }) => event.pkt === context.next - 1,
  },
  actions: { count: assign({ next: ({ context }) => context.next + 1 }), lose: assign({ lost: true }) },
}).createMachine({
  context: ({ input }) => ({ packets: input.packets, next: 0, lost: false }),
  initial: 'empty',
  states: {
    empty: { on: { send: { guard: 'next', target: 'full', actions: 'count' } } },
    full: { on: { deliver: { guard: 'sent', target: 'empty' }, lose: { guard: 'sent', target: 'empty', actions: 'lose' } } },
  },
});

/** A line of `packets` packets that loses one in transit when someone has switched it over: after that, `switch`, `lose`. */
export function lossyLine(packets: number) {
  const all = Array.from({ length: packets }, (_, pkt) => pkt);
  const built = network('line', { line: component(line, { packets }), lever: component(clock) })
    .step('send', { pkt: all }, ({ pkt }, c) => ({ owner: 'sender', environment: true, moves: [c.line.on({ type: 'send', pkt })] }))
    .step('switch', {}, (_, c) => ({
      owner: 'operator',
      environment: true,
      moves: [c.lever.on({ type: 'tick' })],
      when: [c.lever.in('tick')],
    }))
    .step('deliver', { pkt: all }, ({ pkt }, c) => ({
      owner: 'line',
      moves: [c.line.on({ type: 'deliver', pkt })],
      when: [c.lever.in('tick')],
    }))
    .step('lose', { pkt: all }, ({ pkt }, c) => ({ owner: 'line', moves: [c.line.on({ type: 'lose', pkt })], when: [c.lever.in('tock')] }));
  const { line: l } = built.refs;
  const properties = [
    never('no packet is lost', [[l.is('has lost one', ({ lost }) => lost)]], [l.in('full')]),
    sometimes('it is full', [[l.in('full')]]),
  ];
  return { network: built, properties };
}

/** One producer, three consumers, and a ring that must not fill up: as long as any consumer gets its turn, it does not. */
export function overflow(size: number) {
  const built = network('overflow', { ring: component(counter, { from: 0, max: size }) })
    .step('produce', {}, (_, c) => ({ owner: 'producer', moves: [c.ring.on({ type: 'put' })] }))
    .step('consume', { by: [0, 1, 2] }, ({ by }, c) => ({ owner: `consumer${by}`, moves: [c.ring.on({ type: 'take' })] }));
  const { ring } = built.refs;
  const properties = [
    never(
      'the ring does not fill up',
      [[ring.is('is full', ({ count, max }) => count === max)]],
      [ring.is('is in use', ({ count }) => count > 0)],
    ),
  ];
  return { network: built, properties };
}
