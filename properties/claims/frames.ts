/** Frames: none is stuck, none is in two places, none vanishes, and each drop has its counter. */
import type { Observation, Ref, RefFamily } from '../../src/model/component.ts';
import { never, not, type Property, quiescent, sometimes } from '../../src/model/property.ts';
import { full, queued, queues, overflown } from '../../models/backlog/backlog.ts';
import { isRefused, type refusal } from '../../models/backlog/refusal.ts';
import { keepsFrame, type queue } from '../../models/drivers/queue.ts';
import { batched } from '../../models/gro/rxList.ts';
import { inIp } from '../../models/ip/ip.ts';
import { reads } from '../../models/kernel/counter.ts';
import { count, ended, open } from '../../models/kernel/ledger.ts';
import type { ledger } from '../../models/kernel/ledger.ts';
import { type Fate, type Packet, range } from '../../models/kernel/packet.ts';
import type { CounterName, Parts } from '../../models/networks/parts.ts';
import { hasFrame, holds } from '../../models/nic/ring.ts';
import { arrived } from '../../models/nic/wire.ts';
import { inReceive } from '../../models/socket/receive.ts';
import { keeps } from '../../models/socket/socket.ts';
import { inHand } from '../../models/task/reader.ts';
import { inUdp } from '../../models/udp/udp.ts';
import { BATCH_GOES_UP } from './gro.ts';

/** Where a packet can be, as far as a network has such places. */
export type Places = Pick<Parts, 'wire' | 'ledger'> &
  Partial<Pick<Parts, 'ring' | 'rxList' | 'backlog' | 'ip' | 'udp' | 'receive' | 'socket' | 'reader'>> & {
    readonly refusal?: RefFamily<typeof refusal>;
    readonly queue?: Ref<typeof queue>;
  };

export const NO_STUCK_FRAME = 'no frame is stuck in the ring';
export const RCVBUF_COUNTED = 'UdpRcvbufErrors counts exactly the datagrams that found the receive buffer full';
export const CONSERVATION = 'every packet is in exactly one place, or has ended once';

/** Q-RING: no quiescent state with a written-back descriptor, on an interface that is up. */
export function noStuckFrame(n: Pick<Parts, 'ring'>, where: readonly Observation[] = []): Property {
  const stuck = n.ring.is('holds a frame', hasFrame);
  return quiescent(NO_STUCK_FRAME, [[stuck, ...where]], [stuck]);
}

/** I4.4 at rest: a frame that GRO let pass goes up before the instance is left alone. */
export function noStuckBatch(n: Pick<Parts, 'rxList'>): Property {
  const waits = n.rxList.is('holds a frame', (context) => context.frames.length > 0);
  return quiescent('no frame waits in rx_list when all is at rest', [[waits]], [waits]);
}

/** 8.1: a whole batch goes up before the driver looks for the next frame. */
export function batchLeaves(n: Pick<Parts, 'rxList'>): Property {
  return never(
    BATCH_GOES_UP,
    [[n.rxList.is('has a whole batch that stays', ({ frames, batch }, state) => state === 'owned' && frames.length >= batch)]],
    [n.rxList.in('goingUp')],
  );
}

/** The same for the backlog of every CPU. */
export function noStuckBacklog(n: Pick<Parts, 'backlog'>, target = 0): Property {
  const stuck = (one: Parts['backlog']['all'][number]) => one.is('holds a packet', queued);
  return quiescent(
    'no packet is stuck in a backlog',
    n.backlog.all.map((one) => [stuck(one)]),
    [stuck(n.backlog(target))],
  );
}

/** I5.5: the limit test lets in at most one more than netdev_max_backlog. */
export function backlogBound(n: Pick<Parts, 'backlog'>, target = 0): Property {
  return never(
    'a backlog holds at most netdev_max_backlog + 1 packets',
    n.backlog.all.map((one) => [one.is('holds more', overflown)]),
    [n.backlog(target).is('holds a packet', queued)],
  );
}

/** Two oddities that are no fault (notes, section 12.8). */
export const spuriousInterrupt = (n: Pick<Parts, 'handler' | 'ring' | 'napi'>): Property =>
  sometimes('an interrupt finds nothing to do: the ring is empty, and nobody polls', [
    [n.handler(0).in('entered'), n.ring.is('is empty', (context) => !hasFrame(context)), n.napi.in('free')],
  ]);

export const oneTooMany = (n: Pick<Parts, 'backlog'>, target = 0): Property =>
  sometimes('a backlog holds one packet more than netdev_max_backlog', [
    [n.backlog(target).is('holds one more', ({ input, max }) => input.length === max + 1)],
  ]);

/** I-CONS: an arrived packet is in exactly one place, or it has ended and is in none. */
export function conservation(n: Places, packets: number): Property {
  const forbids = range(packets).flatMap((pkt) => {
    const places = placesOf(n, pkt);
    const nowhere = [
      n.wire.is(`packet ${pkt} has arrived`, arrived(pkt)),
      n.ledger.is(`packet ${pkt} has not ended`, open(pkt)),
      ...places.map(not),
    ];
    const twice = places.flatMap((one, index) => places.slice(index + 1).map((other) => [one, other]));
    const afterEnd = places.map((here) => [here, n.ledger.is(`packet ${pkt} has ended`, (context) => !open(pkt)(context))]);
    return [nowhere, ...twice, ...afterEnd];
  });
  return never(
    CONSERVATION,
    [...forbids, [n.ledger.in('broken')], ...brokenPlaces(n)],
    [n.ledger.is('packet 0 was delivered', ended(0, 'delivered'))],
  );
}

/** Every place where `pkt` can be. */
function placesOf(n: Places, pkt: Packet): Observation[] {
  const has = `has packet ${pkt}`;
  return [
    ...(n.ring ? [n.ring.is(has, holds(pkt))] : []),
    ...(n.queue ? [n.queue.is(has, keepsFrame(pkt))] : []),
    ...(n.rxList ? [n.rxList.is(has, batched(pkt))] : []),
    ...all(n.backlog).map((one) => one.is(has, queues(pkt))),
    ...all(n.refusal).map((one) => one.is(has, isRefused(pkt))),
    ...all(n.ip).map((one) => one.is(has, inIp(pkt))),
    ...all(n.udp).map((one) => one.is(has, inUdp(pkt))),
    ...all(n.receive).map((one) => one.is(has, inReceive(pkt))),
    ...(n.socket ? [n.socket.is(has, keeps(pkt))] : []),
    ...all(n.reader).map((one) => one.is(has, inHand(pkt))),
  ];
}

function all<R>(family: { readonly all: readonly R[] } | undefined): readonly R[] {
  return family?.all ?? [];
}

/** Queues that noticed a packet twice. */
function brokenPlaces(n: Places): Observation[][] {
  return [
    ...(n.ring ? [[n.ring.in('broken')]] : []),
    ...(n.rxList ? [[n.rxList.in('broken')]] : []),
    ...(n.socket ? [[n.socket.in('broken')]] : []),
    ...all(n.backlog).map((one) => [one.in('broken')]),
  ];
}

/** Enough datagrams that one of them may find the receive buffer full. */
export const mayFill = (s: { readonly packets: number; readonly size: number; readonly rcvbuf: number }): boolean =>
  (s.packets - 1) * s.size >= s.rcvbuf;

/** What each counter counts: the ends of packets, and the words for them. UdpInErrors is the sum of its parts: upper-half CL3. */
const COUNTED: Readonly<Record<CounterName, { readonly fates: readonly Fate[]; readonly words: string }>> = {
  rx_missed_errors: { fates: ['missed'], words: 'frames that found no descriptor' },
  rx_dropped: {
    fates: ['unhandled', 'reserve', 'backlogFull', 'flowLimited', 'notRunning'],
    words: 'packets that no handler or no backlog takes',
  },
  rx_nohandler: { fates: ['nohandler'], words: 'frames of an inactive slave that no exact handler takes' },
  softnet_dropped: { fates: ['backlogFull', 'flowLimited'], words: 'packets that a backlog has no room for' },
  flow_limit_count: { fates: ['flowLimited'], words: 'packets of a flow that has most of a backlog' },
  IpInUnknownProtos: { fates: ['noProto'], words: 'packets of an unknown protocol' },
  UdpInDatagrams: { fates: ['delivered'], words: 'delivered datagrams' },
  UdpNoPorts: { fates: ['noPort', 'unreachable'], words: 'datagrams without a socket' },
  UdpInErrors: { fates: ['checksum', 'rcvbufFull', 'queuesFull'], words: 'datagrams dropped by UDP' },
  UdpInCsumErrors: { fates: ['checksum'], words: 'datagrams with a bad checksum' },
  UdpRcvbufErrors: { fates: ['rcvbufFull', 'queuesFull'], words: 'datagrams that found the receive buffer full' },
  UdpIgnoredMulti: { fates: ['ignored'], words: 'broadcasts without a listener' },
  IcmpInDestUnreachs: { fates: ['icmpIn'], words: 'ICMP errors received' },
  IcmpOutDestUnreachs: { fates: ['unreachable'], words: 'port-unreachables sent' },
};

/** 10, a difference of 6.12: the look without the lock is not repeated. */
export const droppedWithRoom = (n: Pick<Parts, 'backlog'> & { readonly refusal: RefFamily<typeof refusal> }, target: number): Property =>
  sometimes('a packet is dropped though the backlog has room by then', [
    [n.refusal(0).in('refused'), n.backlog(target).is('has room', (context) => !full(context))],
  ]);

/** The counter named `name` is always exactly the number of packets that ended as it says, or in a way that its kernel counts `also`. */
export function accounted(
  n: { readonly ledger: Ref<typeof ledger> } & { readonly [K in CounterName]?: Parts[K] },
  name: CounterName,
  packets: number,
  also: readonly Fate[] = [],
): Property {
  const { fates: own, words } = COUNTED[name];
  const fates = [...own, ...also];
  const counter = n[name];
  const forbids = range(packets + 1).map((value) => [
    n.ledger.is(`says there were ${value} ${words}`, (context) => count(context, ...fates) === value),
    ...(counter ? [counter.is(`does not read ${value}`, (context) => !reads(value)(context))] : []),
  ]);
  return never(`${name} counts exactly the ${words}`, forbids, [
    n.ledger.is(`says there were ${words}`, (context) => count(context, ...fates) > 0),
  ]);
}
