/** The slice of demultiplexing: any sockets of one port, any datagram; each is looked for, or copied to all. */
import { component, type Ref } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { range } from '../kernel/packet.ts';
import { demux } from '../udp/demux.ts';
import { original } from '../udp/original.ts';
import { type From, isConnected, isGrouped, type Kind, KINDS, portTable, type To } from '../udp/portTable.ts';

export interface DemuxParts {
  readonly table: Ref<typeof portTable>;
  readonly demux: Ref<typeof demux>;
  readonly original: Ref<typeof original>;
}

const RX = 'softirq/0';
const FROM: readonly From[] = ['A', 'stranger'];
const TO: readonly To[] = ['own', 'other', 'broadcast'];

const hasConns = (socks: readonly Kind[]): boolean => socks.some((kind) => isGrouped(kind) && isConnected(kind));

function demuxSteps(n: DemuxParts, sockets: number): StepTemplate[] {
  const index = range(sockets);
  const isAt = (i: number) => n.demux.is(`stands on socket ${i}`, ({ at }) => at === i);
  const isKind = (i: number, kind: Kind) => n.table.is(`socket ${i} is ${kind}`, ({ socks }) => socks[i] === kind);
  return [
    step('bind', { kind: KINDS }, ({ kind }) => ({
      owner: 'task',
      environment: true,
      moves: [n.table.on({ type: 'BIND', kind })],
      when: [n.demux.in('idle')],
    })),
    step('udp_rcv', { from: FROM, to: TO, count: range(sockets + 1) }, ({ from, to, count }) => ({
      owner: RX,
      environment: true,
      moves: [n.demux.on({ type: 'RECEIVE', from, to, count }), n.original.on({ type: 'RECEIVE' })],
      when: [n.table.is(`has ${count} sockets`, ({ socks }) => socks.length === count)],
    })),
    step('meet', { index, kind: KINDS }, ({ index: i, kind }) => ({
      owner: RX,
      moves: [n.demux.on({ type: 'MEET', kind })],
      when: [isAt(i), isKind(i, kind)],
    })),
    step('end_of_chain', {}, () => ({ owner: RX, moves: [n.demux.on({ type: 'END_OF_CHAIN' })] })),
    step('choose', { index, kind: KINDS.filter(isGrouped), conns: [false, true] }, ({ index: i, kind, conns }) => ({
      owner: RX,
      moves: [n.demux.on({ type: 'CHOOSE', index: i, kind, hasConns: conns })],
      when: [
        isKind(i, kind),
        n.table.is(conns ? 'has a connected one in the group' : 'has no connected one in the group', (c) => hasConns(c.socks) === conns),
      ],
    })),
    step('clone', {}, () => ({ owner: RX, moves: [n.demux.on({ type: 'CLONED' })] })),
    step('clone_fails', {}, () => ({ owner: RX, moves: [n.demux.on({ type: 'CLONE_FAILS' })] })),
    step('original', {}, () => ({
      owner: RX,
      moves: [n.demux.on({ type: 'LAST' }), n.original.on({ type: 'QUEUE' })],
    })),
    step('recv', {}, () => ({ owner: 'reader', moves: [n.original.on({ type: 'READ' })] })),
    step('done', {}, () => ({
      owner: RX,
      moves: [n.demux.on({ type: 'DONE' }), n.original.on({ type: 'DONE' })],
      when: [n.demux.in('found', 'copied', 'missing')],
    })),
  ];
}

export const demuxSlice = family({
  name: 'demux',
  about: 'which sockets of one port get a datagram: scores, early demux, the hash of four, reuseport groups, broadcasts',
  keys: {
    sockets: int({ min: 1, max: 4, otherwise: 3, about: 'sockets that may be bound' }),
    groups: choice(['no', 'yes'], 'no', 'some have SO_REUSEPORT'),
    early: choice(['off', 'on'], 'off', 'net.ipv4.udp_early_demux'),
    hash4: choice(['off', 'on'], 'off', '6.18: connected sockets are found by addresses and ports first'),
  },
  build: (s) =>
    network('demux', {
      table: component(portTable, { size: s.sockets, kinds: KINDS.filter((kind) => s.groups === 'yes' || !isGrouped(kind)) }),
      demux: component(demux, { early: s.early === 'on', hash4: s.hash4 === 'on' }),
      original: component(original),
    }).join((n) => demuxSteps(n, s.sockets)),
});
