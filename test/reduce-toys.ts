/** Networks in which something may trade places. */
import { assign, setup } from 'xstate';
import { component } from '../src/model/component.ts';
import { type Network, network } from '../src/model/network.ts';
import { exchanged } from '../src/model/symmetry.ts';
import { lock, locker } from './toys.ts';

/** Waiters in a line, named by number: what the wait queue of the kernel is to its readers. */
const line = setup({
  types: { context: {} as { waiting: readonly number[] }, events: {} as { type: 'join' | 'leave'; who: number } },
  guards: {
    absent: ({ context, event }) => !context.waiting.includes(event.who),
    first: ({ context, event }) => context.waiting[0] === event.who,
  },
  actions: {
    append: assign({ waiting: ({ context, event }) => [...context.waiting, event.who] }),
    drop: assign({ waiting: ({ context }) => context.waiting.slice(1) }),
  },
}).createMachine({
  context: { waiting: [] },
  initial: 'open',
  states: { open: { on: { join: { guard: 'absent', actions: 'append' }, leave: { guard: 'first', actions: 'drop' } } } },
});

/** Two instances have the same local states, wherever they start. */
export const toggle = setup({
  types: { input: {} as { start: number }, context: {} as { at: number }, events: {} as { type: 'flip' } },
  actions: { flip: assign({ at: ({ context }) => 1 - context.at }) },
}).createMachine({ context: ({ input }) => ({ at: input.start }), initial: 'on', states: { on: { on: { flip: { actions: 'flip' } } } } });

/** `count` processes that take two locks in one order, or wait in a line for the first. */
export function queue(count: number) {
  const who = Array.from({ length: count }, (_, index) => index);
  return network('queue', { process: who.map(() => component(locker)), lock: component(lock), line: component(line) })
    .step('first', { p: who }, ({ p }, { process, line: l }) => ({
      owner: `process ${p}`,
      environment: true,
      moves: [process(p).on({ type: 'first' }), l.on({ type: 'join', who: p })],
    }))
    .step('second', { p: who }, ({ p }, { process, line: l, lock: k }) => ({
      owner: `process ${p}`,
      moves: [process(p).on({ type: 'second' }), l.on({ type: 'leave', who: p }), k.on({ type: 'take' })],
    }))
    .step('release', { p: who }, ({ p }, { process, lock: k }) => ({
      owner: `process ${p}`,
      moves: [process(p).on({ type: 'release' }), k.on({ type: 'drop' })],
    }));
}

export function symmetricQueue(count: number) {
  const plain = queue(count);
  return plain.symmetric(
    Array.from({ length: count - 1 }, (_, one) => {
      const to = exchanged(count, one, one + 1);
      const rename = (who: number): number => to[who] ?? who;
      return {
        name: `processes ${one} and ${one + 1}`,
        families: { process: to },
        contexts: { line: (context) => ({ waiting: context.waiting.map(rename) }) },
      };
    }),
  );
}

/** Two copies of `part` side by side: each of its components becomes a family of two, each step one per half. */
export function doubled(part: Network, environment: boolean, observes: boolean) {
  const components = Object.fromEntries([...part.parts()].map(([name, one]) => [name, [one, one]]));
  return part.instances().reduce(
    (partial, { label, moves, when = [] }) =>
      partial.step(label, { half: [0, 1] }, ({ half }) => ({
        owner: `half ${half}`,
        environment: environment && label.length % 2 === 0,
        moves: moves.map((move) => ({ ...move, component: `${move.component}.${half}` })),
        // What a half looks at may be the other half's.
        when: when.map((one) => ({ ...one, component: `${one.component}.${observes ? 1 - half : half}` })),
      })),
    network('doubled', components),
  );
}

export function swappedFamilies(part: Network): Record<string, number[]> {
  return Object.fromEntries([...part.parts().keys()].map((name) => [name, [1, 0]]));
}
