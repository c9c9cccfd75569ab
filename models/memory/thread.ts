/**
 * A CPU that runs a short program.
 *
 * Source      none; what it stands for is said by the test that has the program
 * Contract    an operation takes effect when every earlier one that it is ordered after has
 * Bounds      ThreadBounds
 * Leaves out  branches: what happens only after a certain value was read is judged by that value at the end
 */
import { assertEvent, assign, setup } from 'xstate';
import { cite, type Cite } from '../kernel/cite.ts';
import { isOrdered, type Memory, type Op, type Register } from './program.ts';

export interface ThreadBounds {
  readonly program: readonly Op[];
  readonly memory: Memory;
}

export type ThreadEvent =
  | { readonly type: 'DO'; readonly op: number } //                           no value is read
  | { readonly type: 'READ'; readonly op: number; readonly value: number }; // one is

export interface ThreadContext extends ThreadBounds {
  readonly done: readonly boolean[];
  readonly registers: Readonly<Record<Register, number>>;
}

/** The program of `context` may go on with operation `op`. */
const isNext = ({ program, memory, done }: ThreadContext, op: number): boolean =>
  done[op] === false && program.slice(0, op).every((earlier, index) => done[index] === true || !isOrdered(memory, earlier, program[op]!));

export const thread = setup({
  types: { input: {} as ThreadBounds, context: {} as ThreadContext, events: {} as ThreadEvent, meta: {} as Cite },
  guards: {
    isNext: ({ context: c, event }) => isNext(c, event.op),
  },
  actions: {
    tick: assign({ done: ({ context: c, event }) => c.done.with(event.op, true) }),
    load: assign({
      registers: ({ context: c, event }) => {
        assertEvent(event, 'READ');
        const op = c.program[event.op]!;
        return 'into' in op ? { ...c.registers, [op.into]: event.value } : c.registers;
      },
    }),
  },
}).createMachine({
  id: 'thread',
  context: ({ input }) => ({
    ...input,
    done: input.program.map(() => false),
    registers: Object.fromEntries(input.program.flatMap((op) => ('into' in op ? [[op.into, -1]] : []))),
  }),
  initial: 'running',
  states: {
    running: {
      description: 'In its program.',
      on: {
        DO: { guard: 'isNext', target: 'running', actions: 'tick', meta: cite() },
        READ: { guard: 'isNext', target: 'running', actions: ['tick', 'load'], meta: cite() },
      },
    },
  },
});

/** The program has ended. */
export const ended = ({ done }: ThreadContext): boolean => done.every(Boolean);

/** Register by register, the values are `wanted`. */
export const hasRead =
  (wanted: Readonly<Record<Register, number>>) =>
  (context: ThreadContext): boolean =>
    ended(context) && Object.entries(wanted).every(([name, value]) => context.registers[name] === value);
