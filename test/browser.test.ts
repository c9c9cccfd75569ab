/** The report in a real browser. Needs chromium (`apt-get install chromium`, or CHROMIUM=path); skipped, and counted, without. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../src/explore/check.ts';
import { reportHtml } from '../src/report/html.ts';
import { reportBug, reportMachines, reportSuite } from '../src/report/model.ts';
import { SUITES } from '../properties/index.ts';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

describe.skipIf(!existsSync(EXECUTABLE))('the report in chromium', () => {
  let browser: Browser;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'rxproof-'));
  const problems: string[] = [];

  beforeAll(async () => {
    writeFileSync(join(folder, 'index.html'), await sample());
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox', '--disable-background-networking'] });
    page = await browser.newPage();
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) problems.push(`asks for ${request.url()}`);
    });
    await page.goto(`file://${join(folder, 'index.html')}`);
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test('loads without errors and asks for nothing', () => {
    expect(problems).toEqual([]);
  });

  test('shows every property with its verdict', async () => {
    const text = await page.innerText('#results');
    expect(text).toContain('no reader sleeps for ever on a readable socket');
    expect(text).toContain('violated');
    expect(text).toContain('4,696');
  });

  test('opens the counterexample that a link points to', async () => {
    const fold = page.locator('#violations details.fold').first();
    const id = await fold.getAttribute('id');
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = false; })');
    await page.evaluate(`location.hash = ${JSON.stringify(id)}`);
    await page.waitForFunction(`document.getElementById(${JSON.stringify(id)}).open`);
    expect(await fold.innerText()).toContain('recvfrom');
  });

  test('draws every machine', async () => {
    const drawn = await page.locator('#machines svg[role="img"]').count();
    expect(drawn).toBe(await page.locator('#machines details.fold').count());
    expect(drawn).toBeGreaterThan(5);
  });
});

/** A report of one suite with a violation, and one planted bug. */
async function sample(): Promise<string> {
  const suite = SUITES.find(({ id }) => id === 'socket/6.18-two-readers')!;
  const ring = SUITES.find(({ id }) => id === 'ring/article')!;
  const built = suite.build();
  const bug = ring.build({}, 'no-latch');
  return reportHtml({
    title: 'test',
    about: 'a report for the test',
    suites: [reportSuite(suite, built, check(built.network, built.properties))],
    bugs: [reportBug(ring, 'no-latch', bug, check(bug.network, bug.properties))],
    machines: reportMachines([built.network]),
  });
}
