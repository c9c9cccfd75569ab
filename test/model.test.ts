/** What a modeller writes: the compiler refuses what is misspelt, and what only running can show has a message that helps. */
import { describe, expect, test } from 'vitest';
import { component, ref, stateName } from '../src/model/component.ts';
import { ModelError } from '../src/model/error.ts';
import { network, step } from '../src/model/network.ts';
import { always, never, not } from '../src/model/property.ts';
import { family, int } from '../src/model/scenario.ts';
import { expectedTag, suite } from '../src/model/suite.ts';
import { counter, factory, type job, lamp, lamps, queue } from './toys.ts';

const house = network('house', {
  lamps: [component(lamp), component(lamp)],
  stock: component(counter, { max: 2 }),
  queue: component(queue, { capacity: 1 }),
});

/** Compiled, and never run: each line after the marker must be an error. */
export function doesNotCompile(): void {
  // @ts-expect-error 2345: the machine needs its input, a component without bounds has none
  component(counter);
  // @ts-expect-error 2353: `maximum` is no field of the input
  component(counter, { maximum: 2 });
  // @ts-expect-error 2322: the input is a number
  component(counter, { max: 'two' });

  const { stock, queue, lamps } = house.refs;
  // @ts-expect-error 2339: misspelt component
  void house.refs.lamp;
  // @ts-expect-error 2322: misspelt event
  stock.on({ type: 'upp' });
  // @ts-expect-error 2345: the payload is missing
  stock.on({ type: 'down' });
  // @ts-expect-error 2322: the payload is a number
  stock.on({ type: 'down', by: 'one' });
  // @ts-expect-error 2353: misspelt payload
  queue.on({ type: 'put', itme: 'a' });
  // @ts-expect-error 2345: misspelt state
  stock.in('countign');
  // @ts-expect-error 2345: misspelt state
  lamps(0).out('offf');
  // @ts-expect-error 2345: `working` is a nested state; the top-level one is `running`
  factory.refs.job.in('working');
  // @ts-expect-error 2339: misspelt context field
  stock.is('is full', (context) => context.cuont === 2);
  // @ts-expect-error 2367: the state is compared with a name it does not have
  stock.is('is counting', (_, state) => state === 'idle');
  // @ts-expect-error 2339: a family is called with an index
  lamps.in('on');
  // @ts-expect-error 2349: a single component is not
  stock(0).in('counting');

  // @ts-expect-error 2339: misspelt parameter
  house.step('press', { i: [0, 1] }, ({ j }, { lamps }) => ({ owner: 'x', moves: [lamps(j).on({ type: 'press' })] }));
  // @ts-expect-error 2345: the parameter is a text, the index a number
  house.step('press', { i: ['0', '1'] }, ({ i }, { lamps }) => ({ owner: 'x', moves: [lamps(i).on({ type: 'press' })] }));
  // @ts-expect-error 2741: a step has an owner
  house.step('press', {}, (_, { lamps }) => ({ moves: [lamps(0).on({ type: 'press' })] }));
  // @ts-expect-error 2345: misspelt component
  house.replaceMachine('stok', (machine) => machine);
  // @ts-expect-error 2322: another machine in its place
  house.replaceMachine('stock', () => lamp);
}

describe('a reference', () => {
  const { stock, lamps } = house.refs;

  test('names its component, by index for a family', () => {
    expect([stock.name, lamps(1).name, ...lamps.all.map(({ name }) => name)]).toEqual(['stock', 'lamps.1', 'lamps.0', 'lamps.1']);
    expect(lamps(0).on({ type: 'press' })).toEqual({ component: 'lamps.0', event: { type: 'press' } });
  });

  test('says in words what it observes', () => {
    const labels = [lamps(0).in('on', 'off'), lamps(0).out('on', 'off'), stock.is('is full', () => true), not(lamps(0).in('on'))];
    expect(labels.map(({ label }) => label)).toEqual(['is on or off', 'is not on nor off', 'is full', 'not: is on']);
  });

  test('sees the top of a nested state', () => {
    const running = ref<typeof job>('job');
    const nested = { value: { running: 'working' }, context: { tries: 1, entries: 2 } };
    expect(running.in('running').test(nested)).toBe(true);
    expect(running.out('running', 'waiting').test(nested)).toBe(false);
    expect(running.is('is running twice', ({ tries }, state) => tries === 1 && state === 'running').test(nested)).toBe(true);
  });

  test('out of range is a mistake in the model', () => {
    expect(() => lamps(2)).toThrow(
      new ModelError('lamps(2): the network has 2 of them, numbered from 0; check the domain of the parameter'),
    );
    expect(() => lamps(-1)).toThrow(ModelError);
  });

  test('to a parallel state has no single name', () => {
    expect(() => stateName({ a: 'x', b: 'y' })).toThrow(
      new ModelError('state value {"a":"x","b":"y"} is parallel at the top: name its regions in one compound state'),
    );
  });
});

describe('a network', () => {
  const press = house.step('press', { i: [0, 1], hard: [true, false] }, ({ i, hard }, { lamps }) =>
    hard && i === 1 ? undefined : { owner: 'finger', moves: [lamps(i).on({ type: 'press' })] },
  );

  test('spells out its steps, and leaves out the choices that do not exist', () => {
    expect(press.instances().map(({ label }) => label)).toEqual([
      'press(i=0, hard=true)',
      'press(i=0, hard=false)',
      'press(i=1, hard=false)',
    ]);
    expect(press.instances()[2]).toMatchObject({ name: 'press', params: { i: 1, hard: false }, owner: 'finger' });
  });

  test('is not changed by what is added to it', () => {
    expect(house.steps).toEqual([]);
    expect(press.components).toBe(house.components);
  });

  test('spells out its components', () => {
    expect([...house.parts().keys()]).toEqual(['lamps.0', 'lamps.1', 'stock', 'queue']);
  });

  test('refuses two steps of one name', () => {
    const message = "network house: two steps are named 'press'; rename one, reports tell steps apart by name";
    expect(() => press.step('press', {}, () => undefined)).toThrow(new ModelError(message));
    expect(() => house.join(() => [step('press', {}, () => undefined), step('press', {}, () => undefined)])).toThrow(
      new ModelError(message),
    );
  });

  test('refuses a step that moves nobody', () => {
    expect(() => house.step('rest', { i: [0] }, () => ({ owner: 'x', moves: [] })).instances()).toThrow(
      new ModelError('network house: step rest(i=0) moves no component; give it a move, or drop it'),
    );
  });

  test('refuses a step that sends two events to one component', () => {
    const twice = house.step('twice', {}, (_, { stock }) => ({ owner: 'x', moves: [stock.on({ type: 'up' }), stock.on({ type: 'up' })] }));
    expect(() => twice.instances()).toThrow(
      new ModelError('network house: step twice sends two events to stock; one step is one event per component'),
    );
  });

  test('refuses to replace a step that it does not have', () => {
    expect(() => press.replaceStep('pres', (spec) => spec)).toThrow(
      new ModelError("network house: no step is named 'pres', so it cannot be replaced; steps: press"),
    );
  });

  test('replaces a step, or one choice of its parameters', () => {
    const only0 = press.replaceStep('press', (spec, _, { i }) => (i === 0 ? { ...spec, owner: 'elbow' } : undefined));
    expect(only0.instances().map(({ label, owner }) => `${owner}: ${label}`)).toEqual([
      'elbow: press(i=0, hard=true)',
      'elbow: press(i=0, hard=false)',
    ]);
  });

  test('replaces a machine in all its instances, and keeps their input', () => {
    const broken = lamp.provide({});
    const replaced = house
      .replaceMachine('lamps', () => broken)
      .replaceMachine('stock', (machine) => machine.provide({ guards: { room: () => true } }));
    expect([...replaced.parts().values()].map(({ machine }) => machine === broken)).toEqual([true, true, false, false]);
    expect(replaced.components.stock.input).toEqual({ max: 2 });
    expect(house.components.stock.machine).toBe(counter);
  });
});

describe('a property', () => {
  const { lamp } = lamps(2).refs;

  test('that holds always forbids its premise with each negation', () => {
    const property = always('lit together', [lamp(0).in('on')], [lamp(1).in('on'), lamp(1).out('off')]);
    const forbids =
      property.kind === 'never' ? property.forbids.map((all) => all.map(({ component, label }) => `${component} ${label}`)) : [];
    expect(forbids).toEqual([
      ['lamp.0 is on', 'lamp.1 not: is on'],
      ['lamp.0 is on', 'lamp.1 not: is not off'],
    ]);
  });
});

describe('a suite', () => {
  const lampFamily = family({
    name: 'lamps',
    about: 'lamps that nothing connects',
    keys: { lamps: int({ min: 1, max: 4, otherwise: 2, about: 'lamps' }) },
    build: (scenario) => lamps(scenario.lamps),
  });
  const dark = suite({
    id: 'lamps/small',
    family: lampFamily,
    scenario: { lamps: 1 },
    walk: { lamps: 4 },
    properties: ({ refs }) => [never('it stays dark', [[refs.lamp(0).in('on')]], [])],
    violates: { 'it stays dark': 'a lamp is a lamp' },
    bugs: [
      { id: 'dead', about: 'no finger', breaks: [], scenario: { lamps: 3 }, plant: (sound) => sound.replaceStep('press', () => undefined) },
    ],
  });

  test('builds at its scenario, and with values on top', () => {
    expect(dark.build().network.parts().size).toBe(1);
    expect(dark.build({ lamps: 2 })).toMatchObject({ scenario: { lamps: 2 }, properties: [{ name: 'it stays dark' }] });
  });

  test('plants a bug at the scenario of the bug', () => {
    const { network, scenario } = dark.build({}, 'dead');
    expect([network.parts().size, network.instances().length, scenario]).toEqual([3, 0, { lamps: 3 }]);
  });

  test('refuses a bug that it does not have', () => {
    expect(() => dark.build({}, 'deaf')).toThrow(new ModelError("suite lamps/small has no bug 'deaf'; its bugs: dead"));
  });

  test('expects violations where it says so', () => {
    expect([expectedTag(dark, 'it stays dark'), expectedTag(dark, 'anything else')]).toEqual(['violated', 'holds']);
  });
});
