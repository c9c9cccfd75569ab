/** SPIN on small networks. Needs spin and gcc (`apt-get install spin gcc libc6-dev`); skipped, and counted, without. */
import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Agreement, agreementWith } from '../src/agree/agreement.ts';
import { runSpin, type SpinOptions } from '../src/agree/spin.ts';
import { check } from '../src/explore/check.ts';
import { guarded } from '../src/export/guarded.ts';
import { promelaText } from '../src/export/promela.ts';
import { component } from '../src/model/component.ts';
import { type Network, network } from '../src/model/network.ts';
import { never, type Property, quiescent, sometimes } from '../src/model/property.ts';
import { COMPARED, tiny, TINY_CLAIMS } from './agree-toys.ts';
import { build, networkShape } from './random.ts';
import { counter } from './toys.ts';

/** Holds SPIN against our own search. `wrong` changes the text that SPIN gets. */
function agreement(
  net: Network,
  claims: readonly Property[],
  options: SpinOptions = {},
  wrong?: (text: string) => string,
): Promise<Agreement> {
  const model = guarded(net, claims);
  const text = promelaText(model);
  const changed = wrong?.(text) ?? text;
  if (wrong && changed === text) throw new Error('the text was not changed');
  const engine = { name: 'SPIN', run: () => runSpin(model, { ...options, text: changed }) };
  return agreementWith(engine, model, check(net, claims));
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

describe.skipIf(!isInstalled('spin') || !isInstalled('gcc'))('SPIN', () => {
  test.each(COMPARED)('agrees on %s', async (_, net, claims) => {
    expect(await agreement(net, claims)).toMatchObject({ tag: 'agreed' });
  });

  test('tells states, transitions, depth, verdicts and shortest lengths', async () => {
    const claims = TINY_CLAIMS.filter(({ kind }) => kind !== 'leadsTo');
    const { answer } = (await agreement(tiny, claims)) as Extract<Agreement, { readonly tag: 'agreed' }>;
    expect(answer).toMatchObject({ states: 4, transitions: 5, depth: 3, quiescent: 3, deadlocks: 0 });
    expect(answer.claims.map(({ reached, premise, length }) => [reached, premise, length])).toEqual([
      [true, true, 2],
      [true, true, 2],
      [true, true, 3],
    ]);
  });

  test('agrees on random networks', async () => {
    const worth = networkShape.map(build).filter(({ network: net }) => check(net, []).exploration.states > 20);
    for (const { network: net, goal } of fc.sample(worth, 6)) {
      const claims = [never('avoided', [goal], goal), quiescent('not left', [goal], []), sometimes('reached', [goal])];
      expect(await agreement(net, claims)).toMatchObject({ tag: 'agreed' });
    }
  });

  test('agrees on a component whose tables need more than one block', async () => {
    const net = network('tower', { counter: component(counter, { max: 9_000 }) })
      .step('up', {}, (_, n) => ({ owner: 'x', moves: [n.counter.on({ type: 'up' })] }))
      .step('jump', {}, (_, n) => ({ owner: 'x', moves: [n.counter.on({ type: 'down', by: 8_500 })] }));
    const top = net.refs.counter.is('is at the top', ({ count }) => count === 9_000);
    expect(promelaText(guarded(net, []))).toContain('next0_0_1[] = {8193,');
    expect(await agreement(net, [sometimes('the top', [[top]])])).toMatchObject({ tag: 'agreed', answer: { states: 9_001 } });
  });

  const [, , counted, claims] = ['', '', ...named('counted')] as const;
  test.each<[what: string, wrong: (text: string) => string, differences: RegExp]>([
    ['a guard', (text) => text.replace(/(can_step1\(void\) { return .*?) >= 0/, '$1 >= 1'), /^transitions: /],
    ['an effect', (text) => text.replace(/{1,2,3,-1}/, '{1,2,2,-1}'), /^states: 4 here, 3 there/],
    ['a start', (text) => text.replace('s0_stock = 0', 's0_stock = 1'), /^depth: /],
    ['a target', (text) => text.replace(/(target_3\(int quiescent\) { return) .*?;/, '$1 1;'), /^'never at 4': holds here, violated there/],
    [
      'a premise',
      (text) => text.replace(/(premise_3_0\(int quiescent\) { return) .*?;/, '$1 0;'),
      /^'never at 4': holds here, vacuous there/,
    ],
    ['where a step is', (text) => text.replace(/(target_0\(.*?)can_step2/, '$1!can_step2'), /never from 3 to 1/],
    ['who rests', (text) => text.replace(/int quiescent = .*/, 'int quiescent = 1;'), /^quiescent: /],
  ])('disagrees about a text that is wrong in %s', async (_, wrong, differences) => {
    const outcome = await agreement(counted, claims, {}, wrong);
    expect(outcome.tag).toBe('disagrees');
    expect(outcome.tag === 'disagrees' && outcome.differences.join('\n')).toMatch(differences);
  });

  test.each<[limit: string, options: SpinOptions, why: RegExp]>([
    ['depth', { limits: { depthMax: 3 } }, /max search depth too small/],
    ['memory', { limits: { megabytesMax: 1 }, statesExpected: 2 ** 20 }, /MEMLIM|memory/],
    ['time', { limits: { millisecondsMax: 1 } }, /did not end in time/],
  ])('at its limit of %s is not said to agree', async (_, options, why) => {
    const [net, all] = named('factory');
    const outcome = await agreement(net, all, options);
    expect(outcome.tag).toBe('incomplete');
    expect(outcome.tag === 'incomplete' && outcome.why).toMatch(why);
  });

  test('that cannot read the text says what it cannot read', async () => {
    const outcome = await agreement(tiny, [], {}, (text) => text.replace('active', 'actve'));
    expect(outcome).toMatchObject({ tag: 'incomplete' });
    expect(outcome.tag === 'incomplete' && outcome.why).toMatch(/^spin failed: .*syntax error/);
  });
});

function named(wanted: string): readonly [net: Network, claims: readonly Property[]] {
  const [, net, claims] = COMPARED.find(([name]) => name === wanted) ?? [];
  if (net === undefined || claims === undefined) throw new Error(`no network ${wanted}`);
  return [net, claims];
}
