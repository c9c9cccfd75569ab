/** What is told of a trace: the life of a packet, figures, a timeline. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { monitor } from '../properties/monitors/report.ts';
import { Story } from '../properties/monitors/story.ts';
import { Summary } from '../properties/monitors/summary.ts';
import { Timeline } from '../properties/monitors/timeline.ts';
import { pathOf } from './fixtures/traces/edit.ts';

const folder = mkdtempSync(join(tmpdir(), 'rxproof-told-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function story(name: string, number: number): Promise<string> {
  const told = new Story(number);
  await monitor(pathOf(name), { listeners: [told] });
  return told.text('s') ?? `there are ${told.packets}`;
}

test('a delivered packet: stages, waits, the longest one, who read it', async () => {
  const text = await story('local-s01_blocking_one', 1);
  expect(text).toMatch(
    /netif_rx\(\) puts it into the backlog[^]*hands it to IP[^]*sk_data_ready\(\)[^]*finds a sleeper[^]*returned by recvfrom\(\)/,
  );
  expect(text.match(/waited longest/g)?.length).toBe(1);
  expect(text).toContain('counters  IpInDelivers, UdpInDatagrams');
});

test('a dropped packet: counters, reason, and what decides', async () => {
  const text = await story('local-s05b_rcvbuf_min', 4);
  expect(text).toContain('dropped: the receive buffer is full');
  expect(text).toContain('reason    SOCKET_RCVBUFF');
  expect(text).toContain('decided by SO_RCVBUF');
});

test('an answered packet, and one that there is not', async () => {
  expect(await story('local-s04a_icmp_unreach_connected', 1)).toMatch(/an ICMP error is sent about it[^]*no socket, port-unreachable sent/);
  expect(await story('local-s04a_icmp_unreach_connected', 9)).toBe('there are 2');
});

test('figures: latencies, drops with their counters, polls', async () => {
  const summary = new Summary('s');
  const { watched } = await monitor(pathOf('local-s05b_rcvbuf_min'), { listeners: [summary] });
  const text = summary.text(watched.figures, 's');
  expect(text).toMatch(/arrival to IP +6 +\d/);
  expect(text).toMatch(/socket to recvfrom\(\) +2 /);
  expect(text).toMatch(/vb: the receive buffer is full +4 {2}IpInDelivers, UdpRcvbufErrors, UdpInErrors/);
  expect(text).toMatch(/\(no_device\) +6 +6 {2}1 x6/);
});

interface TraceEvent {
  readonly ph: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly id: number;
  readonly name: string;
  readonly args: { readonly name?: string };
}

test.each(['igb-s01_blocking_one', 'local-s05b_rcvbuf_min', 'local-k1_two_readers_lost_wakeup'])(
  'the timeline of %s is in the Chrome trace event format, and its slices nest',
  async (name) => {
    const path = join(folder, `${name}.json`);
    const timeline = new Timeline(path, 's');
    let last = 0;
    await monitor(pathOf(name), {
      listeners: [timeline],
      line: (line) => {
        last = line.time;
        timeline.line(line);
      },
    });
    timeline.close(last);
    const { traceEvents } = JSON.parse(readFileSync(path, 'utf8')) as { readonly traceEvents: readonly TraceEvent[] };
    const lanes = new Map(
      traceEvents.filter(({ ph, name: what }) => ph === 'M' && what === 'thread_name').map(({ tid, args }) => [tid, args.name]),
    );
    expect([...lanes.values()].some((lane) => /^CPU\d softirq$/.test(lane ?? ''))).toBe(true);
    expect([...lanes.values()].some((lane) => lane?.startsWith('device '))).toBe(true);
    const slices = traceEvents.filter(({ ph }) => ph === 'X');
    expect(slices.length).toBeGreaterThan(3);
    for (const { tid, ts, dur } of slices) {
      expect(lanes.has(tid)).toBe(true);
      expect(ts).toBeGreaterThanOrEqual(0);
      expect(dur).toBeGreaterThanOrEqual(0);
    }
    expect(slices.filter((one) => crossing(one, slices))).toEqual([]);
    const flows = traceEvents.filter(({ ph }) => ph === 'f');
    for (const { id } of flows) expect(traceEvents.some((one) => one.ph === 's' && one.id === id)).toBe(true);
  },
);

/** A slice that begins inside another one of its lane and ends outside. */
function crossing(one: TraceEvent, all: readonly TraceEvent[]): boolean {
  return all.some(
    (other) =>
      other !== one &&
      other.tid === one.tid &&
      other.ts < one.ts &&
      one.ts < other.ts + other.dur - 1e-6 &&
      one.ts + one.dur > other.ts + other.dur + 1e-6,
  );
}
