/** The Promela text: exact where it is small. That it is the same system is for SPIN to say, in agree-spin.test.ts. */
import { expect, test } from 'vitest';
import { promela } from '../src/export/promela.ts';
import { component, ref } from '../src/model/component.ts';
import { network } from '../src/model/network.ts';
import { never } from '../src/model/property.ts';
import { tiny, TINY_CLAIMS } from './agree-toys.ts';
import { counter, factory, lamp } from './toys.ts';

test('is this, for a small network', async () => {
  const text = promela(tiny, TINY_CLAIMS, { bounds: 'max=1' });
  await expect(text).toMatchFileSnapshot('fixtures/tiny.pml');
  expect(promela(tiny, TINY_CLAIMS, { bounds: 'max=1' })).toBe(text);
});

test.each([
  [1, 'byte'],
  [255, 'byte'],
  [256, 'short'],
  [32_767, 'short'],
  [32_768, 'int'],
])('a component of 0 to %i is a %s', (max, type) => {
  const one = network('one', { stock: component(counter, { max }) }).step('up', {}, (_, n) => ({
    owner: 'x',
    moves: [n.stock.on({ type: 'up' })],
  }));
  expect(promela(one, [])).toContain(`\n${type} s0_stock = 0;\n`);
});

test('every component is a variable of its own, whatever its name', () => {
  const names = { 'a b': component(lamp), 'a*/b': component(lamp), a: [component(lamp)], goto: component(lamp) };
  const text = promela(network('names', names), []);
  expect([...text.matchAll(/^byte (\S+) = 0;$/gm)].map(([, name]) => name)).toEqual(['s0_a_b', 's1_a__b', 's2_a_0', 's3_goto']);
});

test('no name ends a comment or leaves a string', () => {
  const odd = network('x */ y', { lamp: component(lamp) }).step('say "%s" \\', { what: ['*/', '\n#define now', "'"] }, (_, n) => ({
    owner: '*/ assert(false) /*',
    moves: [n.lamp.on({ type: 'press' })],
  }));
  const text = promela(odd, [never('*/ }', [[odd.refs.lamp.in('on')]], [])]);
  const bare = text.replace(/\/\*[^]*?\*\//g, '');
  expect(bare).not.toMatch(/\*\/|\/\*|assert\(false\) \/|#|%s|'/);
  expect(bare.match(/printf\("[\w ().,:;=+<>-]*\\n"\)/g)).toHaveLength(3);
});

test('a claim about a component that is not there is refused', () => {
  const claim = never('nobody is on', [[ref<typeof lamp>('nobody').in('on')]], []);
  expect(() => promela(factory, [claim])).toThrow(
    /network factory: 'is on' is said of component 'nobody'.*; its components: queue, job, stock$/,
  );
});
