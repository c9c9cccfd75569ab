import { stripVTControlCharacters, styleText } from 'node:util';
import { expect, test } from 'vitest';
import { check } from '../src/explore/check.ts';
import type { Tag } from '../src/model/suite.ts';
import { type ReportSuite, reportSuite } from '../src/report/model.ts';
import { resultTable } from '../src/report/table.ts';
import { FULL, nicSuite } from './fixtures/reportToys.ts';

function suiteWith(values: Record<string, number>, expected: Readonly<Record<string, Tag>> = {}): ReportSuite {
  const built = nicSuite.build(values);
  const suite = reportSuite(nicSuite, built, check(built.network, built.properties));
  return {
    ...suite,
    claims: suite.claims.map((claim) => ({ ...claim, expected: expected[claim.result.property.name] ?? claim.expected })),
  };
}

test('a table has a block per suite, aligned, with a summary', () => {
  expect(resultTable([suiteWith({}), suiteWith({ frames: 8, size: 4 })])).toBe(`\
property                          network    bounds                    verdict  states  transitions  depth
----------------------------------------------------------------------------------------------------------
no frame is stranded in the ring  nic/small  frames=2 size=1 weight=2  holds        37           51     10
the ring can fill up                                                   holds
----------------------------------------------------------------------------------------------------------
no frame is stranded in the ring  nic/small  frames=8 size=4 weight=2  holds       655        1,441     31
the ring can fill up                                                   holds
----------------------------------------------------------------------------------------------------------
4 properties, every verdict as expected
`);
});

test('a verdict that is not expected is shouted, and counted below', () => {
  const table = resultTable([suiteWith({}, { [FULL]: 'violated' })]);
  expect(table).toMatch(/the ring can fill up .* HOLDS! expected violated$/m);
  expect(table).toMatch(/^2 properties, 1 verdict NOT AS EXPECTED$/m);
});

test('a verdict other than holds that is expected says so', () => {
  const built = nicSuite.build({}, 'forget-missed');
  const suite = reportSuite(
    { ...nicSuite, violates: { 'no frame is stranded in the ring': 'because' } },
    built,
    check(built.network, built.properties),
  );
  expect(resultTable([suite])).toContain('violated, expected');
});

test('long properties and bounds fold into the width', () => {
  const [first] = [suiteWith({})];
  const scenario =
    'packets=3 classes=ok,drop ring=2 weight=1 budget=2 cpus=2 readers=2 rcvbuf=2 backlog=1 irq=msix profile=6.18 memory=tso';
  const name = 'a reader that sleeps while a datagram waits in reader_queue is woken by the next arrival, or was interrupted by a signal';
  const claims = first.claims.map((claim) => ({ ...claim, result: { ...claim.result, property: { ...claim.result.property, name } } }));
  const lines = resultTable([{ ...first, scenario, claims }]).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('memory=tso');
  const narrow = resultTable([{ ...first, scenario, claims }], { columnsMax: 80 }).split('\n');
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('colour comes only from the style, and changes no text', () => {
  const suites = [suiteWith({}, { [FULL]: 'violated' })];
  const coloured = resultTable(suites, { style: (format, text) => styleText(format, text, { validateStream: false }) });
  expect(coloured).toContain('\u001b[');
  expect(stripVTControlCharacters(coloured)).toBe(resultTable(suites));
});
