/** Small networks with claims of every kind and every verdict, for comparisons with other engines. */
import type { Network } from '../src/model/network.ts';
import { network } from '../src/model/network.ts';
import { component } from '../src/model/component.ts';
import { leadsTo, never, neverStep, type Property, quiescent, sometimes } from '../src/model/property.ts';
import { counter, factory, fuse, lamp, lamps, locks } from './toys.ts';

/** A lamp that anyone may press, and a clock that counts to 1 while it is on. */
export const tiny = network('tiny', { lamp: component(lamp), clock: [component(counter, { max: 1 })] })
  .step('press', {}, (_, n) => ({ owner: 'anyone', environment: true, moves: [n.lamp.on({ type: 'press' })] }))
  .step('tick', { c: [0] }, ({ c }, n) => ({
    owner: `clock ${c}`,
    moves: [n.clock(c).on({ type: 'up' })],
    when: [n.lamp.in('on')],
  }));

const [off, on] = [tiny.refs.lamp.in('off'), tiny.refs.lamp.in('on')];
const ticked = tiny.refs.clock(0).is('has ticked', (context) => context.count === 1);

/** Violated, violated, witnessed; and one that is about infinite runs. */
export const TINY_CLAIMS: readonly Property[] = [
  quiescent('the clock rests at 0', [[ticked]], [on]),
  neverStep('nothing ticks', [{ step: ({ name }) => name === 'tick', before: [], after: [ticked] }], []),
  sometimes('dark after a tick', [[off, ticked]]),
  leadsTo('it ticks', [[on]], [[ticked]]),
];

const counted = network('counted', { stock: component(counter, { max: 3 }) })
  .step('up', {}, (_, n) => ({ owner: 'supplier', moves: [n.stock.on({ type: 'up' })] }))
  .step('down', { by: [1, 2] }, ({ by }, n) => ({ owner: 'customer', moves: [n.stock.on({ type: 'down', by })] }));
const reads = (count: number) => counted.refs.stock.is(`reads ${count}`, (context) => context.count === count);

const opposite = locks('opposite');
const one = (p: number) => opposite.refs.process(p).in('one');

export const COMPARED: readonly (readonly [name: string, network: Network, claims: readonly Property[]])[] = [
  ['tiny', tiny, TINY_CLAIMS.filter(({ kind }) => kind !== 'leadsTo')],
  ['lamps, of which two are never on at once', lamps(4), [twoLamps()]],
  ['fuse', fuse(34), []],
  [
    'counted',
    counted,
    [
      neverStep('never from 3 to 1', [{ before: [reads(3)], after: [reads(1)] }], [reads(3)]),
      neverStep('never from 0 to 2', [{ before: [reads(0)], after: [reads(2)] }], [reads(3)]),
      neverStep('no step of that name', [{ step: () => false, before: [], after: [] }], []),
      never('never at 4', [[reads(4)]], [reads(3)]),
      never('never at 4 after 5', [[reads(4)]], [reads(5)]),
      sometimes('at 4', [[reads(4)]]),
    ],
  ],
  [
    'locks in opposite order',
    opposite,
    [quiescent('no deadlock', [[one(0), one(1)]], [one(0)]), never('at most one waits', [[one(0), one(1)]], [one(0)])],
  ],
  ['locks in the same order', locks('same'), []],
  ['factory', factory, [sometimes('the job is finished', [[factory.refs.job.in('finished')]])]],
];

function twoLamps(): Property {
  const { refs } = lamps(4);
  return never('two are on', [[refs.lamp(0).in('on'), refs.lamp(3).in('on')]], [refs.lamp(3).in('on')]);
}
