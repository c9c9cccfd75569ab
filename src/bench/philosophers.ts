/**
 * A model for measuring that can be made as large as one likes: philosophers round a table, a fork between each two.
 *
 * Each picks up one fork, then the other, eats, and puts both down. If all reach for the fork on their right first, all can
 * be left with one fork in hand; if the last one reaches to the left first, they cannot.
 */
import { setup } from 'xstate';
import { component } from '../model/component.ts';
import { network } from '../model/network.ts';
import { never } from '../model/property.ts';

const philosopher = setup({ types: { events: {} as { type: 'first' | 'second' | 'release' } } }).createMachine({
  initial: 'thinking',
  states: {
    thinking: { on: { first: 'holding' } },
    holding: { on: { second: 'eating' } },
    eating: { on: { release: 'thinking' } },
  },
});

const fork = setup({ types: { events: {} as { type: 'take' | 'drop' } } }).createMachine({
  initial: 'free',
  states: { free: { on: { take: 'taken' } }, taken: { on: { drop: 'free' } } },
});

/** `count` philosophers; with the bug, none of them reaches to the left first. */
export function philosophers(count: number, bug = false) {
  const all = Array.from({ length: count }, (_, i) => i);
  const right = (i: number): number => i;
  const left = (i: number): number => (i + 1) % count;
  const turned = (i: number): boolean => !bug && i === count - 1;
  const table = network('philosophers', { philosopher: all.map(() => component(philosopher)), fork: all.map(() => component(fork)) })
    .step('first', { i: all }, ({ i }, { philosopher, fork }) => ({
      owner: `philosopher ${i}`,
      moves: [philosopher(i).on({ type: 'first' }), fork(turned(i) ? left(i) : right(i)).on({ type: 'take' })],
    }))
    .step('second', { i: all }, ({ i }, { philosopher, fork }) => ({
      owner: `philosopher ${i}`,
      moves: [philosopher(i).on({ type: 'second' }), fork(turned(i) ? right(i) : left(i)).on({ type: 'take' })],
    }))
    .step('release', { i: all }, ({ i }, { philosopher, fork }) => ({
      owner: `philosopher ${i}`,
      moves: [philosopher(i).on({ type: 'release' }), fork(right(i)).on({ type: 'drop' }), fork(left(i)).on({ type: 'drop' })],
    }));
  const one = table.refs.philosopher;
  const stuck = never(
    'the philosophers are not left with one fork each',
    [one.all.map((each) => each.in('holding'))],
    [one(0).in('holding')],
  );
  return { network: table, properties: [stuck] };
}
