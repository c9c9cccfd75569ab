/** A recorded trace of several UDP sockets: the model has one, and is asked once for each. */
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { conform } from '../properties/traces/conform.ts';
import { conformText } from '../properties/traces/text.ts';
import { check, edited, folder, linesOf, metaOf, pathOf, recounted, refusal } from './fixtures/traces/edit.ts';

afterAll(() => rmSync(folder, { recursive: true }));

const NAME = 'local-s20_mix_04';

test('it is accepted for each of its sockets, and what their readers count is summed', () => {
  const result = conform(pathOf(NAME));
  if (result.kind !== 'accepted') throw new Error(conformText(result));
  const moved = result.counters.filter(({ value }) => value > 0);
  expect(Object.fromEntries(moved.map(({ name, value }) => [name, value]))).toEqual({
    UdpInDatagrams: 21,
    UdpNoPorts: 2,
    UdpInErrors: 1,
    UdpRcvbufErrors: 1,
    IcmpInDestUnreachs: 2,
    IcmpOutDestUnreachs: 2,
  });
  expect(moved.every(({ operator }) => operator !== undefined)).toBe(true);
  expect(result.subject.notes).toContain('accepted for each of 3 UDP sockets; this is the run for the first');
  expect(result.subject.roles).toContain('socket 00000000099d72bc is that of the model, 16 of 26 packets are for others');
});

describe('one wrong line is noticed, whichever socket it is about', () => {
  test.each([
    ['the first', /s1\. .*731403: sk_data_ready/, /can show/],
    ['the second', /s1\. .*732086: sk_data_ready/, /can show/],
    ['the third', /sys_recvfrom -> 0xffffffffffffff91/, /recvfrom\(\) of tn_tx3 with result ECONNREFUSED/],
    ['the second, of its reader', /tn_rx1-.*sys_recvfrom ->/, /contradicts itself/],
    ['the first, whose buffer is full', /udp_fail_queue_rcv_skb/, /no udp_fail_queue_rcv_skb came before/],
  ])('%s', (_, pattern, why) => {
    const result = check(NAME, recounted(edited(linesOf(NAME), 'delete', pattern).lines));
    if (result.kind !== 'rejected') throw new Error(conformText(result));
    expect(result.why).toMatch(why);
  });

  test('and so is a wrong sum', () => {
    const meta = metaOf(NAME).replace(/"B\.Udp\.InDatagrams": \d+/, '"B.Udp.InDatagrams": 20');
    expect(check(NAME, linesOf(NAME), meta)).toMatchObject({
      kind: 'rejected',
      why: 'UdpInDatagrams of all sockets is 21, and B.Udp.InDatagrams in meta.json 20.',
    });
  });
});

test('it is refused where nothing says which socket a packet is for', () => {
  const lines = linesOf(NAME).filter((line) => !line.includes('fib_table_lookup'));
  expect(refusal(() => check(NAME, recounted(lines)))).toMatch(/^65 .* nothing says which socket line \d+ is about/);
});
