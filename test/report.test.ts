import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { stateGraph } from '../src/export/stategraph.ts';
import { check } from '../src/explore/check.ts';
import type { LocalState } from '../src/model/component.ts';
import { never, sometimes } from '../src/model/property.ts';
import { reportHtml } from '../src/report/html.ts';
import { type Report, reportBug, type ReportClaim, reportMachines, type ReportSuite, reportSuite } from '../src/report/model.ts';
import { HOSTILE, hostileNetwork, tangled } from './fixtures/reportHostile.ts';
import { textOf, unbalanced } from './fixtures/reportMarkup.ts';
import { FULL, nicSuite, STRANDED } from './fixtures/reportToys.ts';

function nicReport(): Report {
  const built = nicSuite.build();
  const bug = nicSuite.build({}, 'forget-missed');
  return {
    title: 'A small NIC',
    about: 'One ring, one vector, one NAPI instance.',
    suites: [reportSuite(nicSuite, built, check(built.network, built.properties))],
    bugs: [reportBug(nicSuite, 'forget-missed', bug, check(bug.network, bug.properties))],
    machines: [...reportMachines([built.network]), { name: 'tangled', machine: tangled }],
    graphs: [stateGraph(built.network)],
  };
}

/** Every text of the report is HOSTILE. */
function hostileReport(): Report {
  const network = hostileNetwork();
  const observation = { component: HOSTILE, label: HOSTILE, test: ({ value }: LocalState) => value === 'b</text>' };
  const { results, exploration } = check(network, [never(HOSTILE, [[observation]], []), sometimes(`${HOSTILE} too`, [[observation]])]);
  const claims = results.map((result): ReportClaim => ({ result, expected: 'holds', reason: HOSTILE }));
  const named = { id: HOSTILE, network: HOSTILE, about: HOSTILE, scenario: HOSTILE };
  return {
    title: HOSTILE,
    about: HOSTILE,
    suites: [{ ...named, claims, ...exploration }],
    bugs: [{ ...named, suite: HOSTILE, results }],
    machines: reportMachines([network]),
    graphs: [stateGraph(network)],
  };
}

describe('the page', () => {
  test('is the same on every run', async () => {
    expect(await reportHtml(nicReport())).toBe(await reportHtml(nicReport()));
  });

  test('loads nothing, and says so in its policy', async () => {
    const page = await reportHtml(nicReport());
    expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-`);
    expect(page.match(/\b(src|href|srcset|action|poster)="[^"#][^"]*"/g)).toBeNull();
    expect(page).not.toMatch(/url\(|@import|\son\w+="/);
    expect(page.match(/https?:\/\/[^"]*/g)?.filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([]);
  });

  test('shows verdict, expectation, bounds and counts of each property', async () => {
    const text = textOf(await reportHtml(nicReport())).replace(/\s+/g, ' ');
    expect(text).toContain(`${STRANDED} when quiescent ✓ holds holds`);
    expect(text).toContain(
      'nic/small A NIC with one ring, one MSI-X vector and one NAPI instance. states 37 transitions 51 depth 10 quiescent 3 frames=2 size=1 weight=2',
    );
    expect(text).toContain('2 of 2 verdicts as expected');
    expect(text).toContain(`1 of 1 properties broken by planted bugs`);
    expect(text).toContain(`${STRANDED} ✓ found violated, as it must be 8 steps`);
  });

  test('shows the counterexample in lanes, and as text', async () => {
    const page = await reportHtml(nicReport());
    expect(page).toContain('style="grid-column: 4">softirq CPU0</span>');
    expect(page.match(/<li><span class="count">8<\/span>.*/)?.[0]).toContain(
      'style="grid-column: 4 / span 1"><span class="label">complete</span>',
    );
    expect(textOf(page)).toContain('However  after step 8 no step of the system itself is enabled, and');
  });

  test('has every link lead somewhere, and every identifier once', async () => {
    for (const report of [nicReport(), hostileReport()]) {
      const page = await reportHtml(report);
      const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(links.filter((link) => !ids.includes(link))).toEqual([]);
      expect(links.length).toBeGreaterThan(5);
    }
  });

  test('lists every transition of every machine with its kernel functions', async () => {
    const text = textOf(await reportHtml(nicReport())).replace(/\s+/g, ' ');
    expect(text).toContain('owned.completing complete missed clearMissed, resetWork owned.scheduled napi_complete_done, __napi_schedule');
    expect(text).toContain('plain GO the long way a and not b and (a or b) x both do_softirq');
    expect(text).toContain('tangled INSIDE x stays');
  });

  test('is well-formed', async () => {
    expect(unbalanced(await reportHtml(nicReport()))).toEqual([]);
  });

  test('shows hostile names as text', async () => {
    const page = await reportHtml(hostileReport());
    expect(unbalanced(page)).toEqual([]);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain('alert("1")');
    expect(textOf(page)).toContain(HOSTILE);
  });

  test('shouts a verdict that is not the expected one, and a bug that was not found', async () => {
    const report = nicReport();
    const [first] = report.suites;
    const suites = [{ ...first!, claims: first!.claims.map((claim): ReportClaim => ({ ...claim, expected: 'violated' })) }];
    const bugs = report.bugs.map((bug) => ({ ...bug, results: first!.claims.slice(0, 1).map(({ result }) => result) }));
    const text = textOf(await reportHtml({ ...report, suites, bugs })).replace(/\s+/g, ' ');
    expect(text).toContain('2 of 2 verdicts NOT as expected');
    expect(text).toContain('✓ holds NOT EXPECTED');
    expect(text).toContain('0 of 1 properties broken by planted bugs');
    expect(text).toContain('✓ holds NOT FOUND');
    const none = textOf(await reportHtml({ ...report, bugs: report.bugs.map((bug) => ({ ...bug, results: [] })) }));
    expect(none).toContain('BREAKS NOTHING');
  });

  test('says which limit ended a search, and which premise was never met', async () => {
    const { network, properties } = nicSuite.build();
    const cut = check(network, properties, { limits: { statesMax: 0 } });
    const claims = cut.results.map((result): ReportClaim => ({ result, expected: 'holds' }));
    const vacuous = check(network, [
      never(
        'p',
        [[{ component: 'irq', label: 'is gone', test: () => false }]],
        [{ component: 'irq', label: 'is on fire', test: () => false }],
      ),
    ]);
    const suite: ReportSuite = { ...nicReport().suites[0]!, claims: [...claims, { result: vacuous.results[0]!, expected: 'holds' }] };
    const text = textOf(await reportHtml({ ...nicReport(), suites: [suite] })).replace(/\s+/g, ' ');
    expect(text).toContain('? unknown NOT EXPECTED the search ended early, by its limit on states');
    expect(text).toContain('∅ vacuous NOT EXPECTED its premise is never reached: irq is on fire');
  });
});

test('a bug that makes a situation unreachable is found without a trace', async () => {
  const { network } = nicSuite.build();
  const { results } = check(network, [sometimes('it burns', [[{ component: 'irq', label: 'is on fire', test: () => false }]])]);
  const report = nicReport();
  const text = textOf(await reportHtml({ ...report, bugs: report.bugs.map((bug) => ({ ...bug, results })) })).replace(/\s+/g, ' ');
  expect(text).toContain('it burns ✓ found violated, as it must be none: never reached');
});

describe('what a report is made from', () => {
  test('has each machine once, and tells two apart that share a name', () => {
    const small = nicSuite.build().network;
    const other = nicSuite.build({}, 'forget-missed').network;
    expect(reportMachines([small, other]).map(({ name }) => name)).toEqual(['irq', 'napi', 'ring']);
    const changed = small.replaceMachine(
      'irq',
      () => setup({}).createMachine({ id: 'irq', initial: 'other', states: { other: {} } }) as never,
    );
    expect(reportMachines([small, changed]).map(({ name }) => name)).toEqual(['irq', 'irq (nic)', 'napi', 'ring']);
  });

  test('has the counts of the exploration and the expectations of the suite', () => {
    const [suite] = nicReport().suites;
    expect(suite).toMatchObject({
      id: 'nic/small',
      network: 'nic',
      scenario: 'frames=2 size=1 weight=2',
      states: 37,
      transitions: 51,
      depth: 10,
      quiescent: 3,
    });
    expect(suite?.claims.map(({ result, expected }) => `${result.property.name}: ${expected}`)).toEqual([
      `${STRANDED}: holds`,
      `${FULL}: holds`,
    ]);
  });

  test('refuses a bug that the suite does not have', () => {
    const built = nicSuite.build();
    expect(() => reportBug(nicSuite, 'no-such', built, check(built.network, []))).toThrow(
      /suite nic\/small has no bug 'no-such'; its bugs: forget-missed/,
    );
  });
});
