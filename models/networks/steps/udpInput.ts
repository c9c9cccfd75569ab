/** UDP input and the rules of icmp_send(), decision by decision: what each counts, and where the datagram ends. */
import type { Move, Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { type Fate, range } from '../../kernel/packet.ts';
import type { UdpInputEvent } from '../../udp/input.ts';
import { counts, inHand, type InputCounter, type InputParts } from '../inputParts.ts';
import { end } from '../parts.ts';
import { type InputScenario, RX } from './ipInput.ts';

interface Refusal {
  readonly fate: Fate;
  readonly counters: readonly InputCounter[];
}

const BAD: readonly Refusal[] = [
  { fate: 'udpHeader', counters: ['UdpInErrors'] },
  { fate: 'udpLength', counters: ['UdpInErrors'] },
  { fate: 'checksum', counters: ['UdpInCsumErrors', 'UdpInErrors'] },
];

const REFUSED: readonly Refusal[] = [
  { fate: 'policy', counters: ['UdpInErrors'] },
  { fate: 'socketFilter', counters: ['UdpInErrors'] },
  { fate: 'rcvbufFull', counters: ['UdpRcvbufErrors', 'UdpInErrors'] },
  { fate: 'protoMem', counters: ['UdpMemErrors', 'UdpInErrors'] },
];

export function udpInputSteps(n: InputParts, s: Pick<InputScenario, 'packets' | 'part'>): StepTemplate[] {
  const pkt = range(s.packets);
  const unicast = n.ip.is('has a unicast route', ({ broadcast }) => !broadcast);
  const broadcast = n.ip.is('has a broadcast route', (c) => c.broadcast);
  const go = (name: string, event: UdpInputEvent, when: readonly Observation[] = []): StepTemplate =>
    step(name, {}, () => ({ owner: RX, moves: [n.udp.on(event)], when }));
  /** The handler returns; what it was given counts as delivered. */
  const done = (): Move[] => [n.ip.on({ type: 'ACCEPT' }), ...counts(n, 'IpInDelivers')];
  const stop = (name: string, event: UdpInputEvent, { fate, counters }: Refusal, when: readonly Observation[] = []): StepTemplate =>
    step(name, { pkt }, ({ pkt: p }) => ({
      owner: RX,
      moves: [n.udp.on(event), ...end(n, p, fate), ...counts(n, ...counters), ...done()],
      when: [inHand(n, p), ...when],
    }));
  const noPort: Refusal = { fate: 'noPort', counters: ['UdpNoPorts'] };
  const takes = [
    go('udp_good', { type: 'GOOD' }),
    go('udp_found', { type: 'FOUND' }),
    stop('udp_queued', { type: 'QUEUED' }, { fate: 'delivered', counters: [] }),
  ];
  if (s.part === 'ip') return takes;
  return [
    ...takes,
    ...BAD.map((one) => stop(`udp_bad_${one.fate}`, { type: 'BAD' }, one, [n.udp.in('verifying')])),
    stop('udp_no_listener', { type: 'MULTI' }, { fate: 'ignored', counters: ['UdpIgnoredMulti'] }, [broadcast]),
    // A long datagram for nobody has its checksum verified now.
    stop('udp_nobody_bad_checksum', { type: 'BAD' }, BAD[2]!, [n.udp.in('looking'), unicast]),
    ...(['host', 'broadcast'] as const).map((from) => go(`udp_nobody_from_${from}`, { type: 'NO_SOCKET', from }, [unicast])),
    ...REFUSED.map((one) => stop(`udp_refuse_${one.fate}`, { type: 'REFUSED' }, one)),
    stop('icmp_forbidden', { type: 'SILENT' }, noPort, [n.udp.in('answering')]),
    go('icmp_allowed', { type: 'ALLOWED' }, [n.ip.in('udp')]),
    stop('icmp_limited', { type: 'LIMITED' }, noPort),
    stop('icmp_no_route', { type: 'SILENT' }, noPort, [n.udp.in('allowed')]),
    stop('icmp_host_limited', { type: 'HOST_LIMITED' }, noPort),
    stop('icmp_sent', { type: 'SENT' }, { fate: 'unreachable', counters: ['UdpNoPorts', 'IcmpOutDestUnreachs'] }),
  ];
}
