/** Bounds as a user gives them: completed, checked, and refused with the range. */
import { describe, expect, test } from 'vitest';
import { UsageError } from '../src/model/error.ts';
import { choice, family, int, type Scenario, scenarioOf, scenarioText } from '../src/model/scenario.ts';
import { suite } from '../src/model/suite.ts';
import { lamps } from './toys.ts';

const rx = family({
  name: 'rx',
  about: 'a toy',
  keys: {
    packets: int({ min: 1, max: 8, otherwise: 2, about: 'frames that the NIC may receive' }),
    irq: choice(['msix', 'intx'], 'msix', 'interrupt kind'),
  },
  build: ({ packets }) => lamps(packets),
});

/** Compiled, and never run: each line after the marker must be an error. */
export function doesNotCompile(scenario: Scenario<typeof rx.keys>): void {
  // @ts-expect-error 2551: misspelt key
  void scenario.packet;
  // @ts-expect-error 2367: `legacy` is none of the choices
  void (scenario.irq === 'legacy');
  // @ts-expect-error 2322: the default is none of the values
  choice(['msix', 'intx'], 'legacy', 'interrupt kind');
  // @ts-expect-error 2345: a range says what it is about
  int({ min: 1, max: 8, otherwise: 2 });
  // @ts-expect-error 2353: misspelt key
  suite({ id: 'x', family: rx, scenario: { pakets: 1 }, walk: {}, properties: () => [], bugs: [] });
  // @ts-expect-error 2322: a choice outside its values
  suite({ id: 'x', family: rx, scenario: { irq: 'legacy' }, walk: {}, properties: () => [], bugs: [] });
}

describe('a scenario', () => {
  test('is completed with what the user does not say', () => {
    expect(scenarioOf(rx, {})).toEqual({ packets: 2, irq: 'msix' });
  });

  test('takes values as text, as a command line has them', () => {
    expect(scenarioOf(rx, { packets: '8', irq: 'intx' })).toEqual({ packets: 8, irq: 'intx' });
  });

  test('is written in the order of its declaration', () => {
    expect(scenarioText(scenarioOf(rx, { irq: 'intx', packets: 3 }))).toBe('packets=3 irq=intx');
  });
});

describe('a scenario is refused', () => {
  const range = (value: string): string =>
    `network 'rx': scenario key 'packets' is '${value}', but it must be a whole number from 1 to 8 (frames that the NIC may receive)`;

  test.each([0, 9, 1.5, '0', '9', '2.5', 'two', '', ' ', '0x', true])('a number out of range: %j', (packets) => {
    expect(() => scenarioOf(rx, { packets })).toThrow(new UsageError(range(String(packets))));
  });

  test('no text, where 0 would be in range', () => {
    const owner = { name: 'rx', keys: { lost: int({ min: 0, max: 1, otherwise: 0, about: 'frames that the wire loses' }) } };
    expect(scenarioOf(owner, { lost: '0' })).toEqual({ lost: 0 });
    expect(() => scenarioOf(owner, { lost: ' ' })).toThrow(UsageError);
  });

  test('a choice that there is not', () => {
    expect(() => scenarioOf(rx, { irq: 'legacy' })).toThrow(
      new UsageError("network 'rx': scenario key 'irq' is 'legacy', but it must be one of msix, intx (interrupt kind)"),
    );
  });

  test('a key that there is not', () => {
    expect(() => scenarioOf(rx, { packet: 1 })).toThrow(
      new UsageError("network 'rx' has no scenario key 'packet'; its keys: packets, irq"),
    );
    expect(() => scenarioOf(rx, { toString: 1 })).toThrow(UsageError);
  });

  test('with the exit code of bad use', () => {
    const error = new UsageError('x');
    expect([error.name, error.exitCode, new UsageError('x', 66).exitCode]).toEqual(['UsageError', 64, 66]);
  });
});
