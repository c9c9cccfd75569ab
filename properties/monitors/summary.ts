/** Latency between stages, drops by cause, wakeups, batch sizes: of a whole trace, in memory that does not grow with it. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { TERMINALS } from '../../models/kernel/terminals.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { plain, type Style } from '../../src/trace/explain.ts';
import type { Figures } from './figures.ts';
import type { End, Packet, PacketListener } from './life.ts';

const LEGS = ['arrival to IP', 'IP to socket', 'socket to recvfrom()', 'arrival to recvfrom()', 'datagram to wakeup'] as const;
type Leg = (typeof LEGS)[number];

export class Summary implements PacketListener {
  /** Of each leg, in a thousandth of the clock's microsecond, or in its ticks. */
  readonly #legs = new Map<Leg, RecordableHistogram>();
  /** Ticks of one unit of the clock's text. */
  readonly #scale: number;

  /** `unit` is that of the clock: `s` or `ticks`. */
  constructor(unit: string) {
    this.#scale = unit === 's' ? 1e9 : 1;
  }

  moved(packet: Packet, stage: string, line: FtraceLine): void {
    const before = packet.seen.at(-2)?.line;
    if (before === undefined) return;
    if (stage === 'stack') this.#note('arrival to IP', line.time - before.time);
    else if (stage === 'socket') this.#note('IP to socket', line.time - before.time);
    else if (stage === 'wakes') this.#note('datagram to wakeup', line.time - before.time);
  }

  ended(packet: Packet, end: End, line: FtraceLine): void {
    const queued = packet.seen.find(({ stage }) => stage === 'socket');
    if (end !== 'delivered' || queued === undefined || !line.name.startsWith('sys_')) return;
    this.#note('socket to recvfrom()', line.time - queued.line.time);
    this.#note('arrival to recvfrom()', line.time - packet.arrival.time);
  }

  text(figures: Figures, unit: string, style: Style = plain): string {
    const show = (value: number): string => (unit === 's' ? (value / 1000).toFixed(1) : String(value));
    const legs = LEGS.flatMap((leg) => {
      const histogram = this.#legs.get(leg);
      if (histogram === undefined) return [];
      const figures3 = [histogram.percentile(50), histogram.percentile(99), histogram.max]
        .map((value) => show(value).padStart(12))
        .join('');
      return [`  ${leg.padEnd(26)}${String(histogram.count).padStart(10)}${figures3}`];
    });
    const drops = [...figures.ends].filter(([key]) => !/ (delivered|silent|icmpIn)$/.test(key)).sort(([, a], [, b]) => b - a);
    const head = (first: string, ...rest: readonly string[]): string =>
      style('bold', `  ${first.padEnd(26)}${rest.map((one) => one.padStart(12)).join('')}`);
    return [
      style(
        'bold',
        `  ${`latency, ${unit === 's' ? 'us' : unit}`.padEnd(26)}${'packets'.padStart(10)}${['median', 'p99', 'largest'].map((one) => one.padStart(12)).join('')}`,
      ),
      ...(legs.length > 0 ? legs : ['  none: no packet was seen at two stages']),
      '',
      head('dropped', 'packets') + style('bold', '  counters'),
      ...(drops.length > 0 ? drops.map(([key, times]) => dropText(key, times)) : ['  none']),
      '',
      head('polls', 'polls', 'packets') + style('bold', '  packets by poll'),
      ...[...figures.polls].map(([device, works]) => pollText(device, works)),
      '',
      `  wakeups of readers ${figures.wakeups}, napi_complete_done() that found MISSED ${figures.missed}, time_squeeze ${squeezeText(figures.squeezes)}`,
      '',
    ].join('\n');
  }

  #note(leg: Leg, time: number): void {
    const known = this.#legs.get(leg) ?? createHistogram({ figures: 3 });
    this.#legs.set(leg, known);
    known.record(Math.max(1, Math.round(time * this.#scale)));
  }
}

export const squeezeText = ({ least, most }: Figures['squeezes']): string => (least === most ? String(least) : `${least} to ${most}`);

function dropText(key: string, times: number): string {
  const [, dev = '', end = ''] = /^(.*) (\w+)$/.exec(key) ?? [];
  const terminal = TERMINALS[end as keyof typeof TERMINALS];
  const counters = terminal.counters.length === 0 ? 'no counter' : terminal.counters.join(', ');
  return `  ${`${dev}: ${terminal.what}`.padEnd(38)}${String(times)}  ${counters}`;
}

function pollText(device: string, works: ReadonlyMap<number, number>): string {
  const rows = [...works].sort(([a], [b]) => a - b);
  const [polls, packets] = rows.reduce(([n, sum], [work, times]) => [n + times, sum + work * times], [0, 0]);
  const shown = rows.slice(0, 8).map(([work, times]) => (times === 1 ? String(work) : `${work} x${times}`));
  return `  ${device.padEnd(26)}${String(polls).padStart(12)}${String(packets).padStart(12)}  ${shown.join(', ')}${rows.length > 8 ? ', ...' : ''}`;
}
