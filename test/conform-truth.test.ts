/** A trace against its ground truth, and files that are no evidence. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { conform } from '../properties/traces/conform.ts';
import { conformText } from '../properties/traces/text.ts';
import { check, checkAlone, edited, folder, linesOf, metaOf, pathOf, recounted, refusal } from './fixtures/traces/edit.ts';

afterAll(() => rmSync(folder, { recursive: true }));

const name = 'local-s01_blocking_one';

describe('the ground truth', () => {
  const meta = metaOf(name);

  test('with another counter is a disagreement at the end', () => {
    const result = check(name, linesOf(name), meta.replace('"B.Udp.InDatagrams": 1', '"B.Udp.InDatagrams": 2'));
    expect(result).toMatchObject({ kind: 'rejected', line: undefined, why: 'The counters disagree with meta.json once all is done.' });
    expect(conformText(result)).toContain('UdpInDatagrams reads 2, as B.Udp.InDatagrams in meta.json');
  });

  test.each([
    ['a counter that did not move', '"B.Udp.InDatagrams": 1,', '"B.Udp.InDatagrams": 1, "B.Udp.RcvbufErrors": 1,', /counters disagree/],
    ['a counter that is not there', '"B.Udp.InDatagrams": 1,', '', /counters disagree/],
    [
      'another result of a call',
      '"recvfrom:ok": 1',
      '"recvfrom:EAGAIN": 1',
      /meta.json counts 0 recvfrom\(\) of tn_rx with result ok, .* shows 1/,
    ],
    ['one more call', '"recvfrom:ok": 1', '"recvfrom:ok": 2', /counts 2 .* shows 1/],
  ])('with %s too', (_, from, to, why) => {
    const result = check(name, linesOf(name), meta.replace(from, to));
    expect(result.kind === 'rejected' ? result.why : result.kind).toMatch(why);
  });

  test('is not needed: without meta.json the events that occur are those recorded', () => {
    const result = checkAlone(linesOf(name));
    expect(result.kind).toBe('accepted');
    expect(result.subject.notes).toEqual([
      'no meta.json beside the trace: there is no ground truth to compare with',
      'the list of recorded events is not known: taken to be those that occur',
      'the kernel is not known: checked against profile 6.18, say --profile',
      'SO_RCVBUF is not known: taken to be 212992',
    ]);
  });
});

describe('a file that is no evidence is refused', () => {
  test('if it is not there', () => {
    expect(refusal(() => conform(join(folder, 'nowhere.txt')))).toMatch(/^66 cannot read .*nowhere.txt \(ENOENT\)/);
  });

  test('if it was cut off after a line, and nothing before speaks against it', () => {
    expect(refusal(() => check(name, linesOf(name).slice(0, 36)))).toMatch(
      /^65 .* is truncated, or lines were deleted: its header says 38 entries, it has 24/,
    );
  });

  test('if lines were added that mean nothing', () => {
    const { lines } = edited(linesOf(name), 'duplicate', /fib_table_lookup/);
    expect(refusal(() => check(name, lines))).toMatch(/^65 .* is edited: lines were added/);
    expect(check(name, recounted(lines)).kind).toBe('accepted');
  });

  test('if the events without which nothing can be said were not recorded', () => {
    const lines = recounted(linesOf(name).filter((line) => !line.includes('sys_recvfrom')));
    expect(refusal(() => checkAlone(lines))).toMatch(/^65 .* has no enter sys_recvfrom and no exit sys_recvfrom lines.*echo 1 > events/);
  });

  test.each([
    ['is not JSON', '{', /^65 .*meta.json is not JSON/],
    ['is something else', '{"kernel": 6}', /^65 .*meta.json: kernel: /],
    [
      'tells of another driver',
      '{"kernel": "6.12.1", "driver": ["driver: e1000e"]}',
      /^65 .* driver e1000e; the model has igb, e1000 and veth/,
    ],
  ])('if its meta.json %s', (_, meta, message) => {
    expect(refusal(() => check(name, linesOf(name), meta))).toMatch(message);
  });

  test('if the user asks for bounds that do not exist', () => {
    expect(refusal(() => conform(pathOf(name), { scenario: { packet: 1 } }))).toMatch(
      /^64 network 'receive-path' has no scenario key 'packet'/,
    );
  });
});

test('a limit ends in unknown', () => {
  const result = conform(pathOf('igb-s01_blocking_one'), { limits: { statesPerLineMax: 10 } });
  expect(result).toMatchObject({ kind: 'unknown', limit: '10 states between two lines', line: 26 });
  expect(conformText(result)).toContain(
    'The search ended at line 26 at its limit of 10 states between two lines: nothing is said of the trace.',
  );
});
