/** IP input, decision by decision: what each counts, and where the packet ends. */
import type { Move, Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import type { IpInputEvent } from '../../ip/input.ts';
import type { UdpInputEvent } from '../../udp/input.ts';
import { type Fate, type Packet, range } from '../../kernel/packet.ts';
import { counts, inHand, type InputCounter, type InputParts } from '../inputParts.ts';
import { end } from '../parts.ts';

export interface InputScenario {
  readonly packets: number;
  readonly part: 'both' | 'ip' | 'udp';
  readonly hooks: 'off' | 'on';
  readonly raw: 'off' | 'on';
  readonly fragments: 'off' | 'on';
  readonly tcp: 'off' | 'on';
}

export const RX = 'softirq/0';

/** ip_rcv_core(): in this order; the first test that fails decides. */
const REFUSED: readonly { readonly fate: Fate; readonly counters: readonly InputCounter[] }[] = [
  { fate: 'otherhost', counters: [] },
  { fate: 'discarded', counters: ['IpInReceives', 'IpInDiscards'] },
  { fate: 'ipHeader', counters: ['IpInReceives', 'IpInHdrErrors'] },
  { fate: 'ipChecksum', counters: ['IpInReceives', 'IpExtInCsumErrors', 'IpInHdrErrors'] },
  { fate: 'truncated', counters: ['IpInReceives', 'IpExtInTruncatedPkts'] },
];

const NO_ROUTE: readonly { readonly fate: Fate; readonly counters: readonly InputCounter[] }[] = [
  { fate: 'martian', counters: [] },
  { fate: 'rpFilter', counters: ['IpExtIPReversePathFilter'] },
  { fate: 'notLocal', counters: ['IpInAddrErrors'] },
  // What a router answers is not modelled.
  { fate: 'noRoute', counters: ['IpExtInNoRoutes'] },
  { fate: 'unreachableRoute', counters: [] },
];

/** tcp_v4_rcv(), as far as its ends go: state machines of connections are not modelled. */
const TCP: readonly { readonly fate: Fate; readonly counters: readonly InputCounter[] }[] = [
  { fate: 'tcpTaken', counters: ['TcpInSegs'] },
  { fate: 'tcpOther', counters: [] },
  { fate: 'tcpHeader', counters: ['TcpInSegs', 'TcpInErrs'] },
  { fate: 'tcpChecksum', counters: ['TcpInSegs', 'TcpInCsumErrors', 'TcpInErrs'] },
  { fate: 'tcpReset', counters: ['TcpInSegs', 'TcpOutRsts'] },
  { fate: 'tcpSilent', counters: ['TcpInSegs'] },
];

export function ipInputSteps(n: InputParts, s: InputScenario): StepTemplate[] {
  const pkt = range(s.packets);
  const idle = n.udp.in('idle');
  const go = (name: string, event: IpInputEvent, counted: readonly InputCounter[] = [], when: readonly Observation[] = []): StepTemplate =>
    step(name, {}, () => ({ owner: RX, moves: [n.ip.on(event), ...counts(n, ...counted)], when }));
  const stop = (name: string, event: IpInputEvent, fate: Fate, counted: readonly InputCounter[], when: readonly Observation[] = []) =>
    step(name, { pkt }, ({ pkt: p }) => ({
      owner: RX,
      moves: [n.ip.on(event), ...end(n, p, fate), ...counts(n, ...counted)],
      when: [inHand(n, p), ...when],
    }));
  const hooks = s.hooks === 'on' ? hookSteps(n, pkt) : [];
  const keeps = s.fragments === 'on' ? fragmentSteps(n, pkt) : [];
  const optionSteps = [
    stop('bad_option', { type: 'BAD_OPTION' }, 'ipOption', ['IpInHdrErrors']),
    stop(
      'unicast_in_l2_multicast',
      { type: 'BAD_OPTION' },
      'l2Multicast',
      [],
      [n.ip.is('has a unicast route', ({ broadcast }) => !broadcast)],
    ),
  ];
  const noHandlerSteps = [
    stop('raw_only', { type: 'NO_HANDLER' }, 'rawOnly', ['IpInDelivers'], [n.ip.is('was for a raw socket', ({ raw }) => raw)]),
    ...protocolSteps(n, pkt),
  ];
  return [
    step('ip_rcv', { pkt }, ({ pkt: p }) => ({
      owner: RX,
      environment: true,
      moves: [n.wire.on({ type: 'ARRIVE', pkt: p, kind: 'matched' }), n.ip.on({ type: 'RECEIVE', pkt: p })],
      when: [idle],
    })),
    ...(s.part === 'udp' ? [] : REFUSED).map(({ fate, counters }) => stop(`refuse_${fate}`, { type: 'REFUSE' }, fate, counters)),
    go('valid', { type: 'VALID' }, ['IpInReceives']),
    go('hook_accept', { type: 'ACCEPT' }, [], [n.ip.in('pre', 'in')]),
    ...hooks,
    ...(s.part === 'udp' ? [] : NO_ROUTE).map(({ fate, counters }) => stop(`no_route_${fate}`, { type: 'NO_ROUTE' }, fate, counters)),
    go('route_local', { type: 'ROUTE', to: 'local' }),
    go('route_broadcast', { type: 'ROUTE', to: 'broadcast' }),
    ...(s.part === 'udp' ? [] : optionSteps),
    go('options', { type: 'OPTIONS' }),
    go('whole', { type: 'WHOLE' }),
    ...keeps,
    go('raw_none', { type: 'RAW', matched: false }),
    ...(s.raw === 'on' ? [go('raw_matched', { type: 'RAW', matched: true })] : []),
    step('handler', {}, () => ({ owner: RX, moves: [n.ip.on({ type: 'HANDLER' }), n.udp.on({ type: 'RECEIVE' })] })),
    ...(s.part === 'udp' ? [] : noHandlerSteps),
    ...(s.tcp === 'off' ? [] : TCP).map(({ fate, counters }) =>
      stop(`tcp_${fate.slice(3).toLowerCase()}`, { type: 'TCP' }, fate, [...counters, 'IpInDelivers'], [idle]),
    ),
  ];
}

/** Protocol-unreachable, by the rules and the buckets of port-unreachable. */
function protocolSteps(n: InputParts, pkt: readonly Packet[]): StepTemplate[] {
  const ends = (name: string, event: UdpInputEvent, fate: Fate, counted: readonly InputCounter[], when: readonly Observation[] = []) =>
    step(name, { pkt }, ({ pkt: p }) => ({
      owner: RX,
      moves: [n.udp.on(event), n.ip.on({ type: 'NO_HANDLER' }), ...end(n, p, fate), ...counts(n, 'IpInUnknownProtos', ...counted)],
      when: [inHand(n, p), ...when],
    }));
  // The rules come before the buckets.
  const unicast = n.ip.is('has a unicast route', ({ broadcast }) => !broadcast);
  return [
    step('no_proto', {}, () => ({
      owner: RX,
      moves: [n.udp.on({ type: 'ANSWER' })],
      when: [n.ip.in('handler'), n.ip.is('was for no raw socket', ({ raw }) => !raw)],
    })),
    ends('proto_forbidden', { type: 'SILENT' }, 'noProto', [], [n.udp.in('answering')]),
    step('proto_allowed', {}, () => ({ owner: RX, moves: [n.udp.on({ type: 'ALLOWED' })], when: [n.ip.in('handler'), unicast] })),
    ends('proto_limited', { type: 'LIMITED' }, 'noProto', [], [unicast]),
    ends('proto_no_route', { type: 'SILENT' }, 'noProto', [], [n.udp.in('allowed')]),
    ends('proto_host_limited', { type: 'HOST_LIMITED' }, 'noProto', []),
    ends('proto_sent', { type: 'SENT' }, 'protoUnreachable', ['IcmpOutDestUnreachs']),
  ];
}

/** Verdicts other than ACCEPT, at both places. */
function hookSteps(n: InputParts, pkt: readonly Packet[]): StepTemplate[] {
  const at = ['pre', 'in'] as const;
  const here = (where: (typeof at)[number]) => n.ip.in(where);
  const stop = (name: string, event: IpInputEvent, fate: Fate): StepTemplate =>
    step(name, { pkt }, ({ pkt: p }) => ({ owner: RX, moves: [n.ip.on(event), ...end(n, p, fate)], when: [inHand(n, p)] }));
  return [
    stop('hook_drop', { type: 'DROP' }, 'netfilter'),
    // Nobody listens to the queue, and BYPASS is not set; with it, it is hook_accept.
    stop('hook_queue_nobody', { type: 'DROP' }, 'netfilter'),
    stop('hook_steal', { type: 'STEAL' }, 'stolen'),
    step('hook_queue', { pkt, at }, ({ pkt: p, at: where }) => ({
      owner: RX,
      moves: [n.ip.on({ type: 'QUEUE' }), n.nf.on({ type: 'KEEP', pkt: p, at: where })],
      when: [inHand(n, p), here(where)],
    })),
    // A task, with bottom halves off; user space may never answer.
    step('reinject_accept', { pkt, at }, ({ pkt: p, at: where }) => ({
      owner: 'nfqueue',
      environment: true,
      moves: [n.nf.on({ type: 'GIVE', pkt: p, at: where }), n.ip.on({ type: 'REINJECT', pkt: p, at: where })],
      when: [n.udp.in('idle')],
    })),
    step('reinject_drop', { pkt, at }, ({ pkt: p, at: where }) => ({
      owner: 'nfqueue',
      environment: true,
      moves: [n.nf.on({ type: 'GIVE', pkt: p, at: where }), ...end(n, p, 'netfilter')],
    })),
  ];
}

/** ip_defrag(): the first fragment is kept, the second completes, repeats or overlaps it; or none comes. */
function fragmentSteps(n: InputParts, pkt: readonly Packet[]): StepTemplate[] {
  const kept = (p: Packet): Move => n.fragments.on({ type: 'GIVE', pkt: p, at: 'in' });
  const some = n.fragments.is('keeps a fragment', (c) => c.pkt !== null && !c.killed);
  const second = (
    name: string,
    event: IpInputEvent,
    own: Fate | undefined,
    first: (p: Packet) => readonly Move[],
    counted: readonly InputCounter[],
  ) =>
    step(name, { pkt, first: pkt }, ({ pkt: p, first: f }) =>
      p === f
        ? undefined
        : {
            owner: RX,
            moves: [n.ip.on(event), ...(own ? end(n, p, own) : []), ...first(f), ...counts(n, ...counted)],
            when: [inHand(n, p), n.fragments.is(`keeps packet ${f}`, (c) => c.pkt === f && !c.killed)],
          },
    );
  return [
    step('fragment_held', { pkt }, ({ pkt: p }) => ({
      owner: RX,
      moves: [n.ip.on({ type: 'HOLD' }), n.fragments.on({ type: 'KEEP', pkt: p, at: 'in' })],
      when: [inHand(n, p)],
    })),
    second('fragment_completes', { type: 'WHOLE' }, undefined, (f) => [kept(f), ...end(n, f, 'reassembled')], []),
    second('fragment_duplicate', { type: 'FRAGMENT_DROP' }, 'fragDuplicate', () => [], []),
    second('fragment_overlaps', { type: 'FRAGMENT_DROP' }, 'fragOverlap', (f) => [n.fragments.on({ type: 'KILL', pkt: f, at: 'in' })], [
      'IpReasmFails',
    ]),
    step('fragment_killed', { pkt }, ({ pkt: p }) => ({
      owner: RX,
      moves: [kept(p), ...end(n, p, 'fragKilled')],
      when: [n.fragments.is('was killed', ({ killed }) => killed)],
    })),
    step('fragment_timeout', { pkt }, ({ pkt: p }) => ({
      owner: 'timer',
      environment: true,
      moves: [kept(p), ...end(n, p, 'fragTimeout'), ...counts(n, 'IpReasmFails', 'IpReasmTimeout')],
      when: [some],
    })),
  ];
}
