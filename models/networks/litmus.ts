/** Two CPUs and their memory: a litmus test, under one of three memory models. */
import { component, type Move, type Ref, type RefFamily } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { choice, family } from '../../src/model/scenario.ts';
import { memory } from '../memory/memory.ts';
import { drains, type LitmusTest, MEMORIES, type Memory, type Op } from '../memory/program.ts';
import { storeBuffer } from '../memory/storeBuffer.ts';
import { TEST_NAMES, testOf } from '../memory/tests.ts';
import { thread } from '../memory/thread.ts';

export interface LitmusParts {
  readonly thread: RefFamily<typeof thread>;
  readonly memory: Ref<typeof memory>;
  readonly buffer: RefFamily<typeof storeBuffer>;
}

const VALUES = [0, 1, 2] as const;

/** The steps of one program, operation by operation. */
function programSteps(n: LitmusParts, t: number, program: readonly Op[], model: Memory): StepTemplate[] {
  const buffered = model === 'tso';
  const owner = `cpu/${t}`;
  const empty = (op: Op) => (buffered && drains(op) ? [n.buffer(t).on({ type: 'EMPTY' })] : []);
  const miss = (at: string) => (buffered ? [n.buffer(t).on({ type: 'MISS', at })] : []);
  return program.flatMap((op, index): StepTemplate[] => {
    const name = `${op.do}_${t}_${index}`;
    const done = n.thread(t).on({ type: 'DO', op: index });
    const read = (value: number) => n.thread(t).on({ type: 'READ', op: index, value });
    const one = (moves: readonly Move[]) => step(name, {}, () => ({ owner, moves }));
    switch (op.do) {
      case 'write':
      case 'unlock': {
        const store = { at: op.at, value: op.do === 'write' ? op.value : 0 };
        return [one([done, buffered ? n.buffer(t).on({ type: 'PUSH', ...store }) : n.memory.on({ type: 'WRITE', ...store })])];
      }
      case 'fence':
        return [one([done, ...empty(op)])];
      case 'lock':
        return [one([done, n.memory.on({ type: 'LOCK', at: op.at }), ...empty(op)])];
      case 'swap':
        return [
          step(name, { old: VALUES }, ({ old }) => ({
            owner,
            moves: [read(old), n.memory.on({ type: 'SWAP', at: op.at, old, value: op.value }), ...empty(op)],
          })),
        ];
      case 'read':
        return [
          step(name, { value: VALUES }, ({ value }) => ({
            owner,
            moves: [read(value), n.memory.on({ type: 'READ', at: op.at, value }), ...miss(op.at)],
          })),
          step(`${name}_forwarded`, { value: VALUES }, ({ value }) =>
            buffered ? { owner, moves: [read(value), n.buffer(t).on({ type: 'FORWARD', at: op.at, value })] } : undefined,
          ),
        ];
    }
  });
}

/** A store leaves its buffer. */
function drainSteps(n: LitmusParts, locations: readonly string[]): StepTemplate[] {
  return [
    step('drain', { cpu: [0, 1], at: locations, value: VALUES }, ({ cpu, at, value }) => ({
      owner: `buffer/${cpu}`,
      moves: [n.buffer(cpu).on({ type: 'DRAIN', at, value }), n.memory.on({ type: 'WRITE', at, value })],
    })),
  ];
}

/** Every location of a test, with what it holds at first. */
function locations({ initially = {}, left, right }: LitmusTest): Record<string, number> {
  const named = [...left, ...right].flatMap((op) => ('at' in op ? [[op.at, 0] as const] : []));
  return { ...Object.fromEntries(named), ...initially };
}

export const litmus = family({
  name: 'litmus',
  about: 'two CPUs and the order of their memory operations',
  keys: {
    test: choice(TEST_NAMES, 'L1', 'the pair of programs'),
    memory: choice(MEMORIES, 'tso', 'in which order stores and loads take effect'),
  },
  build: (s) => {
    const test = testOf(s.test);
    const values = locations(test);
    const programs = [test.left, test.right];
    return network('litmus', {
      thread: programs.map((program) => component(thread, { program, memory: s.memory })),
      memory: component(memory, { values }),
      buffer: programs.map((program) => component(storeBuffer, { size: program.length })),
    })
      .join((n) => programs.flatMap((program, t) => programSteps(n, t, program, s.memory)))
      .join((n) => (s.memory === 'tso' ? drainSteps(n, Object.keys(values)) : []));
  },
});
