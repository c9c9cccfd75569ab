/** The scenario of the model that a trace asks for: as large as what the trace shows, with the sizes that it prints. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { UsageError } from '../../src/model/error.ts';
import type { Value } from '../../src/model/network.ts';
import type { Placement } from '../../models/networks/receive-path.ts';
import type { IpEnd } from '../../models/networks/steps/stack.ts';
import { fateOf } from '../monitors/fates.ts';
import type { Recording } from './recording.ts';
import { isUnreachable } from './stack.ts';
import { isRpsIpi } from './steering.ts';
import { isBadAtCopy, isElsewhere, isPeek, type Survey } from './survey.ts';

/** sk_rcvbuf unless set: net.core.rmem_default. */
const RCVBUF_DEFAULT = 212_992;
/** Descriptors of an igb ring unless set: IGB_DEFAULT_RXD. */
const RING_DEFAULT = 256;
/** Tokens of a full bucket: XRLIM_BURST_FACTOR. */
const TOKENS = 6;

export interface Bounds {
  readonly scenario: Readonly<Record<string, Value>>;
  readonly placement: Placement;
  readonly notes: readonly string[];
}

/** `asked` is the profile that the user named, if any. */
export function boundsOf(recording: Recording, survey: Survey, asked?: string): Bounds {
  const { lines, meta } = recording;
  const { profile, note } = asked === undefined ? profileOf(meta?.kernel) : { profile: asked, note: undefined };
  const numbers = (name: string, key: string): number[] =>
    lines.flatMap((line) => (line.name === name && line.args[key] !== undefined ? [Number(line.args[key])] : []));
  const rcvbuf = meta ? socketBuffer(recording, survey) : numbers('__udp_enqueue_schedule_skb', 'rcvbuf')[0];
  const sizes = [...new Set(truesizes(recording, survey))];
  const charged = survey.packets.filter((_, packet) => !isElsewhere(survey, packet)).length;
  const packets = survey.packets.length;
  const arrivals = survey.arrivals.map((cpu) => survey.cpus.indexOf(cpu));
  const interrupts = lines.filter(({ name, args }) => name === 'irq_handler_entry' && survey.vectors.includes(args['name'] ?? '')).length;
  const errors = survey.errors.map((cpu) => survey.cpus.indexOf(cpu));
  const unheard = survey.device === 'veth' && hasUnheard(recording);
  const steered = steeringOf(recording, survey);
  const home = (reader: number): number => homeOf(survey, reader);
  return {
    scenario: {
      profile,
      packets,
      kinds: kindsOf(lines, unheard),
      rps: steered === undefined ? 'off' : 'on',
      cpus: Math.max(survey.cpus.length, 1),
      ring: numbers('igb_alloc_rx_buffers', 'size')[0] ?? RING_DEFAULT,
      weight: 64,
      backlogMax: Number(meta?.sysctls?.['net.core.netdev_max_backlog'] ?? 1000),
      rcvbuf: rcvbuf ?? RCVBUF_DEFAULT,
      size: sizeOf(recording.path, sizes, rcvbuf ?? RCVBUF_DEFAULT, charged),
      // Where nobody reads, there is one who never calls.
      readers: Math.max(survey.readers.length, 1),
      // SO_RCVTIMEO and O_NONBLOCK cannot be seen.
      modes: 'all',
      signals: survey.wakings.length,
      tokens: tokensOf(lines),
      // Any interrupt may be the watchdog's: the fewest inferred steps have it so only where no frame explains one.
      kicks: interrupts,
    },
    placement: {
      senders: arrivals,
      home,
      ipEnds: [...ipEndsOf(recording), ...(survey.kept.size > 0 ? [{ fate: 'reassembled', packets: survey.kept } as const] : [])],
      unheard,
      ...steered,
      ...(survey.socket && { elsewhere: (packet: number) => isElsewhere(survey, packet) }),
      peeks: lines.some(isPeek),
      ...(survey.device === 'igb' && { otherSoftirqs: [...new Set([...arrivals, ...errors])], errorsElsewhere: errors }),
    },
    notes: [
      ...(note === undefined ? [] : [note]),
      ...(rcvbuf === undefined ? [`SO_RCVBUF is not known: taken to be ${RCVBUF_DEFAULT}`] : []),
    ],
  };
}

/**
 * RPS, where a packet of the trace goes to the backlog of another CPU; one that is not handed up, where the packet before it
 * goes that came on the same CPU.
 */
function steeringOf(
  { lines }: Recording,
  { device, packets, byBacklog, handedUp, cpus }: Survey,
): Pick<Placement, 'target' | 'idleIpis' | 'steersNic'> | undefined {
  const isSteered = (device === 'igb' && byBacklog) || packets.some(({ cpu }, packet) => (handedUp[packet] ?? cpu) !== cpu);
  if (!isSteered) return undefined;
  const idle = lines.filter((line) => line.name === 'csd_function_entry' && isRpsIpi(line) && line.level === 'task');
  const idleIpis = [...new Set(idle.map(({ cpu }) => cpus.indexOf(cpu)))].filter((cpu) => cpu >= 0);
  const last = new Map<number, number>();
  const targets = packets.map(({ cpu }, packet) => {
    const to = handedUp[packet] ?? last.get(cpu) ?? cpu;
    last.set(cpu, to);
    return cpus.indexOf(to);
  });
  const target = (cpu: number, packet: number): number => targets[packet] ?? cpu;
  return { target, idleIpis, steersNic: device === 'igb' };
}

/** Where IP ends a packet, what for. */
const IP_FUNCTIONS = /^(ip_rcv|nft_do_chain|nf_hook_slow|ip_error|ip_local_deliver)/;

/** More ICMP errors came in than were reported to a socket. */
function hasUnheard({ lines }: Recording): boolean {
  const taken = lines.filter(
    ({ kind, name, args }) => kind === 'event' && name === 'consume_skb' && /^icmp_rcv\b/.test(args['location'] ?? ''),
  );
  return taken.length > lines.filter(({ name }) => name === 'inet_sk_error_report').length;
}

/** The ends in IP that the trace shows. */
function ipEndsOf({ lines }: Recording): IpEnd[] {
  const ends = new Map<string, IpEnd>();
  for (const { kind, name, args } of lines) {
    const [reason = '', location = ''] = [args['reason'], args['location']];
    if (kind !== 'event' || name !== 'kfree_skb' || !IP_FUNCTIONS.test(location)) continue;
    const fate = reason === 'IP_NOPROTO' ? 'protoUnreachable' : fateOf(reason, location, { answered: false });
    if (fate !== 'silent') ends.set(reason, { fate, reason });
  }
  return [...ends.values()];
}

/** The nearest profile to a kernel release. */
function profileOf(kernel: string | undefined): { readonly profile: string; readonly note?: string } {
  if (kernel === undefined) return { profile: '6.18', note: 'the kernel is not known: checked against profile 6.18, say --profile' };
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  const number = major * 1000 + minor;
  if (number === 6001 || number === 6012 || number === 6018) return { profile: `${major}.${minor}` };
  const profile = number >= 6018 ? '6.18' : number >= 6004 ? '6.12' : number >= 4013 ? '6.1' : 'article';
  return { profile, note: `there is no profile for kernel ${kernel}: checked against ${profile}, the nearest below it` };
}

function socketBuffer({ meta }: Recording, { readers }: Survey): number | undefined {
  const processes = Object.values(meta?.ground_truth?.processes ?? {});
  // Readers may be threads of the process that meta.json names.
  const own =
    processes.find(({ pid }) => readers.some((reader) => reader.pid === pid)) ??
    processes.find(({ name }) => readers[0]?.comm.startsWith(name));
  return own?.so_rcvbuf;
}

/** What each datagram is charged, as far as the trace prints it. */
function truesizes({ lines }: Recording, survey: Survey): number[] {
  if (survey.socket !== undefined) return ownTruesizes(lines, survey, survey.socket);
  const { device, devices } = survey;
  const charged = lines.filter(({ kind, name }) => kind === 'probe' && name === '__udp_enqueue_schedule_skb');
  const arrived = lines.filter(({ name, args }) => name === ENTRY[device] && devices.includes(args['dev'] ?? ''));
  return (charged.length > 0 ? charged : arrived).flatMap(({ args }) => (args['truesize'] === undefined ? [] : [Number(args['truesize'])]));
}

/** The event that prints the truesize of a packet as it arrives. */
const ENTRY = {
  igb: 'napi_gro_receive_entry',
  e1000: 'napi_gro_receive_entry',
  veth: 'netif_rx_entry',
  'veth-napi': 'napi_gro_receive_entry',
} as const;

/** The same of the datagrams that were given to the socket of the model. */
function ownTruesizes(lines: readonly FtraceLine[], { device, packets }: Survey, { of, address }: NonNullable<Survey['socket']>): number[] {
  const arrivals = new Map(packets.map(({ line }, packet) => [line, packet]));
  const sizes = new Map<string, number>();
  const own: number[] = [];
  for (const { line, name, args } of lines) {
    const skb = args['skbaddr'] ?? '';
    if (name === ENTRY[device] && args['truesize'] !== undefined) sizes.set(skb, Number(args['truesize']));
    const [packet, size] = [arrivals.get(line), sizes.get(skb)];
    if (packet !== undefined && size !== undefined && of[packet] === address) own.push(size);
  }
  return own;
}

/** One size for all; where they differ, it must not matter. */
function sizeOf(path: string, sizes: readonly number[], rcvbuf: number, packets: number): number {
  const largest = Math.max(1, ...sizes);
  if (sizes.length > 1 && largest * packets > rcvbuf) {
    throw new UsageError(
      `${path} has datagrams of truesize ${sizes.join(', ')} and a buffer of ${rcvbuf}; the model charges one size, send equal ones`,
      65,
    );
  }
  return largest;
}

/** The smallest mixture that has every kind of packet that left a mark. */
function kindsOf(lines: readonly FtraceLine[], unheard: boolean): string {
  const reasons = new Set(lines.flatMap(({ name, args }) => (name === 'kfree_skb' ? [args['reason']] : [])));
  const unmatched =
    reasons.has('NO_SOCKET') || lines.some(({ kind, name, args }) => kind === 'event' && name === 'icmp_send' && isUnreachable(args, 3));
  const error = unheard || lines.some(({ name }) => name === 'inet_sk_error_report');
  const long = lines.some(isBadAtCopy);
  const checksum = lines.some((line) => line.args['reason'] === 'UDP_CSUM' && !isBadAtCopy(line));
  if ([unmatched, error, checksum, long].filter(Boolean).length > 1) return long ? 'all+long checksum' : 'all';
  if (unmatched) return 'matched+unmatched';
  if (checksum) return 'matched+checksum';
  if (long) return 'matched+long checksum';
  return error ? 'matched+error' : 'matched';
}

/** The bucket may have been used before: then it holds what is sent until the first silence. */
function tokensOf(lines: readonly FtraceLine[]): number {
  let sent = 0;
  let answered: string | undefined;
  for (const { kind, name, args } of lines) {
    if (kind === 'event' && name === 'icmp_send') {
      sent++;
      answered = args['skbaddr'];
    }
    if (name !== 'kfree_skb' || args['reason'] !== 'NO_SOCKET') continue;
    if (args['skbaddr'] !== answered) return Math.min(sent, TOKENS);
    answered = undefined;
  }
  return TOKENS;
}

/** The CPU of the model that a reader runs on. */
function homeOf({ readers, cpus }: Survey, reader: number): number {
  const one = readers[reader];
  if (one === undefined) return 0;
  const { moves, cpu } = one;
  if (!moves) return cpus.indexOf(cpu);
  const nth = readers.slice(0, reader).filter((one) => one.moves).length;
  return cpus.indexOf(undefined) + nth;
}
