/** The life of one packet, as text: when, where, how long, and how it ended. */
import { TERMINALS } from '../../models/kernel/terminals.ts';
import { plain, type Style } from '../../src/trace/explain.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { End, Packet, PacketListener } from './life.ts';

/** What a line says of a packet, by the stage that it comes to. */
const STAGES: Readonly<Record<string, string>> = {
  backlog: 'netif_rx() puts it into the backlog of a CPU',
  GRO: 'the poll of its device hands it to GRO',
  stack: '__netif_receive_skb_core() hands it to IP',
  icmp_send: 'an ICMP error is sent about it',
  socket: 'in the receive queue of a socket: sk_data_ready()',
  wakes: 'the wakeup for it finds a sleeper',
};

/** Follows packet `number`. */
export class Story implements PacketListener {
  readonly #number: number;
  #packet: Packet | undefined;
  #end: { readonly end: End; readonly line: FtraceLine } | undefined;
  #last = 0;

  constructor(number: number) {
    this.#number = number;
  }

  came({ number }: Packet): void {
    this.#last = number;
  }

  moved(packet: Packet): void {
    if (packet.number === this.#number) this.#packet = packet;
  }

  ended(packet: Packet, end: End, line: FtraceLine): void {
    if (packet.number !== this.#number) return;
    this.#packet = packet;
    this.#end = { end, line };
  }

  /** The story; undefined if the trace has no such packet. `unit` is that of its clock. */
  text(unit: string, style: Style = plain): string | undefined {
    const packet = this.#packet;
    if (packet === undefined) return undefined;
    const stops = packet.seen.map(({ stage, line }) => ({ what: STAGES[stage] ?? stage, line }));
    if (this.#end !== undefined) stops.push({ what: endText(this.#end.end), line: this.#end.line });
    const waits = stops.slice(1).map(({ line }, i) => line.time - stops[i]!.line.time);
    const longest = waits.indexOf(Math.max(...waits));
    const rows = stops.map(({ what, line }, i) => {
      const waited = i === 0 ? '' : `+${durationText(waits[i - 1]!, unit)}`;
      const mark = waits.length > 1 && i - 1 === longest ? style('yellow', '  <- waited longest') : '';
      const where = `CPU ${line.cpu} ${line.level === 'task' ? `${line.comm}-${line.pid}` : line.level}`;
      return `  ${String(line.line).padStart(7)} ${String(line.time).padStart(16)} ${waited.padStart(12)}  ${where.padEnd(24)} ${what}${mark}`;
    });
    return [
      style('bold', `packet ${packet.number} of ${packet.dev}, skb ${packet.skb}`),
      style('dim', `  ${'line'.padStart(7)} ${'time'.padStart(16)} ${'waited'.padStart(12)}  ${'where'.padEnd(24)} what`),
      ...rows,
      ...fateLines(this.#end?.end),
      '',
    ].join('\n');
  }

  /** How many packets there were. */
  get packets(): number {
    return this.#last;
  }
}

function endText(end: End): string {
  if (end === 'silent') return 'the last that is seen of it: kept (a fragment), consumed, or queued by another CPU';
  return end === 'delivered' ? 'returned by recvfrom()' : `dropped: ${TERMINALS[end].what}`;
}

function fateLines(end: End | undefined): string[] {
  if (end === undefined) return ['', 'fate      still under way where the trace ends'];
  if (end === 'silent') return ['', 'fate      not told by the trace'];
  const { row, what, counters, reason, later, governedBy } = TERMINALS[end];
  return [
    '',
    `fate      ${what} (${row})`,
    `counters  ${counters.length === 0 ? 'none: nobody who reads counters learns of it' : counters.join(', ')}`,
    `reason    ${reason}${later === undefined ? '' : `; later kernels ${later}`}`,
    ...(governedBy === undefined ? [] : [`decided by ${governedBy}`]),
  ];
}

/** `time` in the unit of the clock: seconds are shown as microseconds. */
function durationText(time: number, unit: string): string {
  return unit === 's' ? `${Math.round(time * 1e6).toLocaleString('en-US')} us` : `${time} ${unit}`;
}
