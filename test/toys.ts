/**
 * Small machines and networks on which the engine's answers are known by hand.
 *
 * Together the machines use everything a component may have: nested and final states, always, raise, entry and exit
 * actions, parameters, composed guards, guards on payloads, and contexts of numbers, booleans, strings and arrays.
 */
import { and, assign, not, or, raise, setup, stateIn } from 'xstate';
import { component } from '../src/model/component.ts';
import { network } from '../src/model/network.ts';

/** On or off. */
export const lamp = setup({ types: { events: {} as { type: 'press' } | { type: 'look' } } }).createMachine({
  initial: 'off',
  states: {
    off: { on: { press: 'on' } },
    // `look` is a test without change: it is accepted and moves nothing.
    on: { on: { press: 'off', look: 'on' } },
  },
});

/** Counts from 0 to `max`, by steps of 1, and down by any payload that leaves at least 0. */
export const counter = setup({
  types: {
    input: {} as { max: number },
    context: {} as { max: number; count: number },
    events: {} as { type: 'up' } | { type: 'down'; by: number } | { type: 'reset' },
  },
  guards: {
    room: ({ context }) => context.count < context.max,
    enough: ({ context, event }) => event.type === 'down' && event.by <= context.count,
    full: ({ context }) => context.count === context.max,
  },
  actions: {
    add: assign({ count: ({ context }) => context.count + 1 }),
    subtract: assign({ count: ({ context, event }) => (event.type === 'down' ? context.count - event.by : context.count) }),
    clear: assign({ count: 0 }),
  },
}).createMachine({
  context: ({ input }) => ({ max: input.max, count: 0 }),
  initial: 'counting',
  states: {
    counting: {
      on: {
        up: { guard: 'room', actions: 'add' },
        down: { guard: 'enough', actions: 'subtract' },
        reset: { guard: or(['full', and(['room', not('full')])]), actions: 'clear' },
      },
    },
  },
});

/** A queue of labels, first in first out; it refuses what is not at its head. */
export const queue = setup({
  types: {
    input: {} as { capacity: number },
    context: {} as { capacity: number; items: readonly string[]; wasFull: boolean },
    events: {} as { type: 'put' | 'get'; item: string },
  },
  guards: {
    room: ({ context }) => context.items.length < context.capacity,
    head: ({ context, event }) => context.items[0] === event.item,
  },
  actions: {
    append: assign({ items: ({ context, event }) => [...context.items, event.item] }),
    drop: assign({ items: ({ context }) => context.items.slice(1) }),
    mark: assign({ wasFull: ({ context }) => context.wasFull || context.items.length === context.capacity }),
  },
}).createMachine({
  context: ({ input }) => ({ capacity: input.capacity, items: [], wasFull: false }),
  initial: 'open',
  states: {
    open: {
      on: {
        put: { guard: 'room', actions: ['append', 'mark'] },
        get: { guard: 'head', actions: 'drop' },
      },
    },
  },
});

/** A job in nested states: `start` runs through raised events and always-transitions, `finish` ends it for good. */
export const job = setup({
  types: {
    context: {} as { tries: number; entries: number },
    events: {} as { type: 'start' | 'fail' | 'work' | 'finish' | 'checked' | 'kick' | 'note' },
  },
  guards: {
    triedTwice: ({ context }) => context.tries >= 2,
    working: stateIn({ running: 'working' }),
    fewEntries: ({ context }, { limit }: { limit: number }) => context.entries < limit,
  },
  actions: {
    tryOnce: assign({ tries: ({ context }) => context.tries + 1 }),
    enter: assign({ entries: ({ context }, { by }: { by: number }) => Math.min(context.entries + by, 3) }),
    check: raise({ type: 'checked' }),
  },
}).createMachine({
  context: { tries: 0, entries: 0 },
  initial: 'waiting',
  // On the root: every state accepts it, but a finished job accepts nothing.
  on: { note: { guard: { type: 'fewEntries', params: { limit: 2 } }, actions: { type: 'enter', params: { by: 1 } } } },
  states: {
    waiting: {
      always: { guard: 'triedTwice', target: 'givenUp' },
      on: { start: { target: 'running', actions: 'tryOnce' } },
    },
    running: {
      initial: 'checking',
      entry: { type: 'enter', params: { by: 2 } },
      on: { fail: 'waiting', kick: { guard: 'working', target: '.checking' } },
      states: {
        checking: { entry: 'check', on: { checked: 'working' } },
        working: { on: { work: 'done' } },
        done: { type: 'final' },
      },
      onDone: 'collecting',
    },
    collecting: { on: { finish: 'finished', fail: 'waiting' } },
    givenUp: { on: { start: { target: 'givenUp' } } },
    finished: { type: 'final' },
  },
});

/** Takes a first lock, then a second, then lets both go. */
export const locker = setup({ types: { events: {} as { type: 'first' | 'second' | 'release' } } }).createMachine({
  initial: 'idle',
  states: {
    idle: { on: { first: 'one' } },
    one: { on: { second: 'both' } },
    both: { on: { release: 'idle' } },
  },
});

/** A lock. */
export const lock = setup({ types: { events: {} as { type: 'take' | 'drop' } } }).createMachine({
  initial: 'free',
  states: { free: { on: { take: 'taken' } }, taken: { on: { drop: 'free' } } },
});

/** `count` lamps that nothing connects: 2^count states, count * 2^count transitions. */
export function lamps(count: number) {
  const indices = Array.from({ length: count }, (_, index) => index);
  return network('lamps', { lamp: indices.map(() => component(lamp)) }).step('press', { i: indices }, ({ i }, { lamp }) => ({
    owner: `finger ${i}`,
    moves: [lamp(i).on({ type: 'press' })],
  }));
}

/** `count` lamps, each lit for good after the one before it: count + 1 states in one line. */
export function fuse(count: number) {
  const indices = Array.from({ length: count }, (_, index) => index);
  return network('fuse', { lamp: indices.map(() => component(lamp)) }).step('light', { i: indices }, ({ i }, { lamp }) => ({
    owner: 'flame',
    moves: [lamp(i).on({ type: 'press' })],
    when: [lamp(i).in('off'), ...(i === 0 ? [] : [lamp(i - 1).in('on')])],
  }));
}

/**
 * Two processes and two locks. In opposite order they can block each other: 6 states, 8 transitions, 1 deadlock.
 * In the same order they cannot: 5 states, 6 transitions.
 */
export function locks(order: 'same' | 'opposite') {
  const lockOf = (process: number, nth: number): number => (order === 'opposite' && process === 1 ? 1 - nth : nth);
  return network('locks', { process: [component(locker), component(locker)], lock: [component(lock), component(lock)] })
    .step('first', { p: [0, 1] }, ({ p }, { process, lock }) => ({
      owner: `process ${p}`,
      environment: true,
      moves: [process(p).on({ type: 'first' }), lock(lockOf(p, 0)).on({ type: 'take' })],
    }))
    .step('second', { p: [0, 1] }, ({ p }, { process, lock }) => ({
      owner: `process ${p}`,
      moves: [process(p).on({ type: 'second' }), lock(lockOf(p, 1)).on({ type: 'take' })],
    }))
    .step('release', { p: [0, 1] }, ({ p }, { process, lock }) => ({
      owner: `process ${p}`,
      moves: [process(p).on({ type: 'release' }), lock(0).on({ type: 'drop' }), lock(1).on({ type: 'drop' })],
    }));
}

/** Everything at once, for comparisons with other engines: a producer, a queue, a job and a counter. */
export const factory = network('factory', {
  queue: component(queue, { capacity: 2 }),
  job: component(job),
  stock: component(counter, { max: 2 }),
})
  .step('order', { item: ['a', 'b'] }, ({ item }, { queue }) => ({
    owner: 'customer',
    environment: true,
    moves: [queue.on({ type: 'put', item })],
  }))
  .step('begin', { item: ['a', 'b'] }, ({ item }, { queue, job }) => ({
    owner: 'worker',
    moves: [queue.on({ type: 'get', item }), job.on({ type: 'start' })],
  }))
  .step('work', {}, (_, { job, stock }) => ({
    owner: 'worker',
    moves: [job.on({ type: 'work' }), stock.on({ type: 'up' })],
  }))
  .step('fail', {}, (_, { job }) => ({ owner: 'worker', environment: true, moves: [job.on({ type: 'fail' })] }))
  .step('ship', { by: [1, 2] }, ({ by }, { job, stock }) => ({
    owner: 'truck',
    moves: [stock.on({ type: 'down', by })],
    when: [job.out('running')],
  }))
  .step('close', {}, (_, { job, queue }) => ({
    owner: 'boss',
    moves: [job.on({ type: 'finish' })],
    when: [queue.is('is empty', (context) => context.items.length === 0)],
  }));
