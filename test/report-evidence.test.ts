/** What the page says of the checks themselves: the kill matrix, what is not planted, what fires. */
import { expect, test } from 'vitest';
import { armsHtml, matrixHtml, tableHtml, unplantedHtml } from '../src/report/evidenceHtml.ts';
import type { Mutant } from '../src/report/mutants.ts';

const mutant: Mutant = {
  suite: 'a/b',
  id: 'no-latch',
  row: 'M2.1',
  about: 'forgets <a cause>',
  properties: ['p', 'q <r>', 'never broken'],
  breaks: ['q <r>'],
  killed: [{ property: 'p', steps: 7 }, { property: 'q <r>' }],
};

test('the matrix has a column for what is broken, in bold what is planted to be, and escapes all', () => {
  const { text } = matrixHtml([mutant, { ...mutant, id: 'benign-one', breaks: [], killed: [] }]);
  expect(text).toContain('<li>p</li><li>q &lt;r&gt;</li>');
  expect(text).not.toContain('never broken');
  expect(text).toContain('title="forgets &lt;a cause&gt;"');
  expect(text).toContain('<td class="number">7</td><td class="number"><b>?</b></td>');
  expect(text).toMatch(/benign-one<\/code>.*benign<\/span>.*·<\/td><td class="number soft">·/);
});

test('a change that is not as expected stands out', () => {
  expect(matrixHtml([{ ...mutant, wrong: "does not break 'q'" }]).text).toContain('<tr class="alarm">');
});

test('rows that are not planted have their reason', () => {
  expect(unplantedHtml([{ row: 'M9.9', why: 'no <such> machine' }]).text).toContain(
    '<td class="mono">M9.9</td><td>no &lt;such&gt; machine</td>',
  );
});

test('transitions that do not fire are named, and the one without a reason is shown to have none', () => {
  const { text } = armsHtml([
    { machine: 'napi', arm: 'free PREP', fired: true },
    { machine: 'napi', arm: 'free GRAB', fired: false, why: 'nobody grabs' },
    { machine: 'ring', arm: 'up DMA', fired: false },
  ]);
  expect(text).toMatch(/<td>napi<\/td><td class="number">1<\/td><td class="number">2<\/td>.*free GRAB.*nobody grabs/);
  expect(text).toMatch(/<td>ring<\/td><td class="number">0<\/td><td class="number">1<\/td>.*up DMA.*NOT EXPLAINED/);
});

test('a table of facts is shown cell by cell, escaped', () => {
  expect(tableHtml({ head: ['end', 'counters'], rows: [['no <socket>', 'UdpNoPorts']] }).text).toContain(
    '<tr><td>no &lt;socket&gt;</td><td>UdpNoPorts</td></tr>',
  );
});
