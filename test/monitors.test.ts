/** Machines by themselves against recordings: all are accepted with their figures, and what one wrong line makes of them. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LOST_WAKEUP } from '../properties/monitors/wakeups.ts';
import { breaksRule, notice, type Noticed } from '../properties/monitors/noticing.ts';
import { monitor, monitorText } from '../properties/monitors/report.ts';
import { conformanceTable } from '../properties/monitors/table.ts';
import { agrees } from '../properties/monitors/truth.ts';
import { besideTrace } from '../properties/traces/recording.ts';
import type { FtraceLine } from '../src/conform/ftrace.ts';
import { eachLine } from '../src/conform/rows.ts';
import { type Edit, edited, folder, linesOf, metaOf, pathOf, recounted } from './fixtures/traces/edit.ts';

afterAll(() => rmSync(folder, { recursive: true }));

const RECORDINGS = [
  ['igb-s01_blocking_one', 16, 1],
  ['local-s01_blocking_one', 16, 1],
  ['local-s03_queued_before_recv', 16, 3],
  ['local-s04a_icmp_unreach_connected', 16, 2],
  ['local-s05b_rcvbuf_min', 17, 6],
  ['local-s09b_dontwait', 15, 0],
] as const;

test.each(RECORDINGS)('%s: no line is refused, %d figures are those of the kernel, %d packets', async (name, figures, packets) => {
  const { kind, compared, watched } = await monitor(pathOf(name));
  expect(watched.findings.refusals).toEqual([]);
  expect(compared.length).toBe(figures);
  expect(compared.filter((one) => !agrees(one))).toEqual([]);
  expect(watched.packets).toBe(packets);
  expect(kind).toBe('accepted');
});

describe('K1 as recorded', () => {
  test('is accepted, and violates "no lost wakeup", with what must have happened', async () => {
    const monitored = await monitor(pathOf('local-k1_two_readers_lost_wakeup'));
    expect(monitored.kind).toBe('accepted');
    const [violation, ...others] = monitored.watched.findings.violations;
    expect(others).toEqual([]);
    expect(violation).toMatchObject({
      property: LOST_WAKEUP,
      what: expect.stringContaining('slept in recvfrom() since line 471') as string,
    });
    expect(violation?.inferred.join('\n')).toMatch(/splices all of sk_receive_queue to reader_queue[^]*looks at sk_receive_queue alone/);
    const text = monitorText(monitored);
    expect(text).toContain('This kernel violates');
    // The splice, and the look at one queue: no line shows them, and every run needs them.
    expect(text).toMatch(/inferred {2}take +reader\.0 .*rq \[0, 1\] -> \[\]; rdq \[\] -> \[1\]/);
    expect(text).toMatch(/inferred {2}recheck_none +reader\.1 cQueue -> cShutdown/);
    expect(text).toMatch(/line 168 {2}return/);
  });

  test('is no violation where the trace ends before the one that was woken has read', async () => {
    const lines = linesOf('local-k1_two_readers_lost_wakeup');
    const row = (pid: number, body: string): string => `          race1t-${pid}   [001] .....  6796.596050: ${body}`;
    // Whose socket it is, is known from an earlier call; the trace ends with both datagrams' reader woken, the other one asleep.
    const before = [
      row(20815, 'sys_recvfrom(fd: 3, ubuf: 0x0, size: 0x40, flags: 0x40, addr: 0, addr_len: 0)'),
      row(
        20815,
        'sock_recv_length: sk address = 000000008b2c5eda, family = AF_INET protocol = 0x11, length = 0, error = -11, flags = 0x40',
      ),
      row(20815, 'sys_recvfrom -> 0xfffffffffffffff5'),
    ];
    const asleep =
      '          race1t-20816   [000] d..2.  6796.596216: sched_switch: prev_comm=race1t prev_pid=20816 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120';
    const { watched } = await monitor(
      written('local-k1_two_readers_lost_wakeup', [...lines.slice(0, 12), ...before, ...lines.slice(12, 129), asleep, '']),
    );
    expect(watched.findings.violations).toEqual([]);
  });

  test('is no violation once the reader has been woken', async () => {
    const lines = linesOf('local-k1_two_readers_lost_wakeup').filter((line) => line !== '');
    const woken = lines[469]!.replace(
      /^.*$/,
      '          <idle>-0       [000] d.h3.  6796.846600: sched_waking: comm=race1t pid=20816 prio=120 target_cpu=000',
    );
    const { watched } = await monitor(written('local-k1_two_readers_lost_wakeup', [...lines, woken, '']));
    expect(watched.findings.violations).toEqual([]);
  });
});

/** By fixture: what is done to which line, which monitor refuses it, and in which words. */
const WRONG: readonly (readonly [name: string, edit: Edit, pattern: RegExp, monitor: RegExp, why: RegExp])[] = [
  ['local-s01_blocking_one', 'duplicate', /softirq_entry/, /^softirq|^calls/, /softirq/],
  ['local-s01_blocking_one', 'delete', /netif_receive_skb:/, /^packets/, /no packet in hand|were handed to the stack/],
  ['local-s01_blocking_one', 'duplicate', /netif_receive_skb:/, /^packets/, /handed to the stack in line/],
  ['local-s01_blocking_one', 'duplicate', /netif_rx:/, /^packets/, /is in the backlog still/],
  ['local-s01_blocking_one', 'duplicate', /sk_data_ready/, /^packets/, /no packet in hand/],
  ['local-s01_blocking_one', 'delete', /s4\. .*sched_waking/, /^wait queue|^reader/, /nobody was woken|returns a datagram/],
  ['local-s01_blocking_one', 'swap', /sk_data_ready/, /^wait queue/, /sk_data_ready did not come before/],
  ['local-s01_blocking_one', 'delete', /sock_recv_length/, /^socket/, /sock_recv_length did not come before/],
  ['local-s01_blocking_one', 'duplicate', /sys_recvfrom\(/, /^reader|^calls/, /calls|recvfrom/],
  ['local-s01_blocking_one', 'swap', /netif_rx:/, /^packets/, /did not pass|raises before/],
  ['local-s05b_rcvbuf_min', 'delete', /kfree_skb/, /^packets/, /could not be queued, and none was freed/],
  ['local-s05b_rcvbuf_min', 'delete', /udp_fail_queue/, /^packets/, /udp_fail_queue_rcv_skb did not say so/],
  ['local-s05b_rcvbuf_min', 'duplicate', /kfree_skb/, /^packets/, /was freed in line \d+ already/],
  ['local-s04a_icmp_unreach_connected', 'duplicate', /icmp_send/, /^packets/, /one error at most/],
  ['local-s04a_icmp_unreach_connected', 'delete', /kfree_skb.*NO_SOCKET/, /^packets/, /and is not freed/],
  ['igb-s01_blocking_one', 'delete', /napi_schedule_prep_ret: .*ret=1/, /^napi|^calls/, /napi/],
];

describe('one wrong line', () => {
  test.each(WRONG)('%s, %s %s: refused by %s', async (name, edit, pattern, who, why) => {
    const { lines } = edited(linesOf(name), edit, pattern);
    const { watched } = await monitor(written(name, recounted(lines)));
    const said = watched.findings.refusals.map((one) => `${one.monitor}: ${one.why}`);
    expect(said.filter((one) => who.test(one) && why.test(one))).not.toEqual([]);
  });

  test('a refusal names the states that were possible and what could have come instead', async () => {
    const { lines } = edited(linesOf('local-s01_blocking_one'), 'duplicate', /softirq_exit/);
    const monitored = await monitor(written('local-s01_blocking_one', recounted(lines)));
    expect(monitored.kind).toBe('rejected');
    const text = monitorText(monitored);
    expect(text).toMatch(/softirq\/0 refuses line 41: "softirq_exit" is possible in state serving of machine softirq/);
    expect(text).toMatch(/possible before it: .*idle/);
    expect(text).toMatch(/could have come instead: .*softirq_raise/);
  });

  test('figures that are not those of meta.json reject', async () => {
    const meta = metaOf('local-s05b_rcvbuf_min').replace(/"B.Udp.RcvbufErrors": 4/, '"B.Udp.RcvbufErrors": 5');
    const monitored = await monitor(written('local-s05b_rcvbuf_min', linesOf('local-s05b_rcvbuf_min'), meta));
    expect(monitored.kind).toBe('rejected');
    expect(monitorText(monitored)).toContain('Udp.RcvbufErrors: the lines give 4, meta.json 5');
  });
});

test('of single changes that break a rule, nine of ten are noticed', async () => {
  const totals = new Map<string, Noticed>();
  for (const [name] of RECORDINGS) {
    const lines: FtraceLine[] = [];
    await eachLine(pathOf(name), (line) => lines.push(line));
    const { meta, config } = besideTrace(pathOf(name));
    notice({ lines, meta, recorded: new Set(config ?? []) }, totals, 30, 1);
  }
  const rows = [...totals.values()].filter(breaksRule);
  const [made, noticed] = rows.reduce(([a, b], one) => [a + one.made, b + one.noticed], [0, 0]);
  expect(made).toBeGreaterThan(200);
  expect(noticed / made).toBeGreaterThan(0.9);
});

test('a folder of recordings is a table', async () => {
  const text = await conformanceTable(join(pathOf('local-s01_blocking_one'), '..', '..'), { changes: 0, seed: 1 });
  expect(text).toContain('12 recordings, ');
  expect(text).toMatch(/\| local-s05b_rcvbuf_min \| 168 \| \d+ \| 6 \| accepted \| 17\/17 \| accepted \| \d+ \| 2 read, 4 rcvbufFull/);
  expect(text).toMatch(/local-k1_two_readers_lost_wakeup .*\*\*violates "no reader sleeps while a datagram is readable"\*\*/);
  expect(text).toMatch(/\| rcvbuf_full \| {2}\| seen \|/);
});

/** A trace of these lines with the meta.json of fixture `name` beside it. */
function written(name: string, lines: readonly string[], meta = metaOf(name)): string {
  const path = join(folder, 'trace.txt');
  writeFileSync(path, lines.join('\n'));
  writeFileSync(join(folder, 'meta.json'), meta);
  expect(readFileSync(path, 'utf8').length).toBeGreaterThan(0);
  return path;
}
