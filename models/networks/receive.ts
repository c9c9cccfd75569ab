/** The slice of reading and peeking: tasks share one socket with whole, bad and empty datagrams. */
import { component, type Observation, type Ref, type RefFamily } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { choice, family } from '../../src/model/scenario.ts';
import { counter } from '../kernel/counter.ts';
import { range } from '../kernel/packet.ts';
import { CONTENTS, lengthOf, peekedAt, readQueue, taken } from '../socket/readQueue.ts';
import { skb } from '../socket/skb.ts';
import { copied, FLAGS, receiver, ROOMS } from '../task/receiver.ts';
import { keys } from './scenario.ts';

export interface ReceiveParts {
  readonly queue: Ref<typeof readQueue>;
  readonly skb: RefFamily<typeof skb>;
  readonly receiver: RefFamily<typeof receiver>;
  readonly lost: Ref<typeof counter>;
}

/** Softirq appends, and each reader calls and looks. */
function lookSteps(n: ReceiveParts, packets: number, readers: number): StepTemplate[] {
  const reader = range(readers);
  const pkt = range(packets);
  const off = range(2 * packets + 1);
  const hasOffset = (o: number) => n.queue.is(`has the peek offset ${o}`, (c) => c.off === o);
  return [
    step('enqueue', { pkt, content: CONTENTS }, ({ pkt: p, content }) => ({
      owner: 'softirq/0',
      environment: true,
      moves: [n.queue.on({ type: 'ENQUEUE', pkt: p, content }), n.skb(p).on({ type: 'ENQUEUE' })],
    })),
    step('recvfrom', { reader, flags: FLAGS, room: ROOMS, off }, ({ reader: r, flags, room, off: o }) => ({
      owner: `reader/${r}`,
      environment: true,
      moves: [n.receiver(r).on({ type: 'CALL', flags, room, off: o })],
      when: [hasOffset(o)],
    })),
    step('take', { reader, pkt, content: CONTENTS }, ({ reader: r, pkt: p, content }) => ({
      owner: `reader/${r}`,
      moves: [
        n.receiver(r).on({ type: 'FIND', pkt: p, content, from: 0 }),
        n.queue.on({ type: 'UNLINK', pkt: p }),
        n.skb(p).on({ type: 'TAKE' }),
      ],
      when: [
        n.receiver(r).is('reads', ({ flags }) => flags === 'read'),
        n.queue.is(`has ${content} ${p} first`, (c) => taken(c) === p && c.items[0]?.content === content),
      ],
    })),
    step('peek', { reader, pkt, content: CONTENTS, off, from: [0, 1, 2] }, ({ reader: r, pkt: p, content, off: o, from }) => ({
      owner: `reader/${r}`,
      moves: [
        n.receiver(r).on({ type: 'FIND', pkt: p, content, from }),
        n.queue.on({ type: 'PEEK', pkt: p }),
        n.skb(p).on({ type: 'PEEK', marks: content === 'empty' }),
      ],
      when: [
        n.receiver(r).is(`peeks at ${o}`, (c) => c.flags === 'peek' && c.off === o),
        n.queue.is(`gives ${content} ${p} from ${from} at ${o}`, (c) => {
          const at = peekedAt(c, o);
          return at?.pkt === p && at.from === from && c.items.find((item) => item.pkt === p)?.content === content;
        }),
      ],
    })),
    step('nothing', { reader, flags: FLAGS, off }, ({ reader: r, flags, off: o }) => ({
      owner: `reader/${r}`,
      moves: [n.receiver(r).on({ type: 'NOTHING' })],
      when: [
        n.receiver(r).is(`looks at ${o} to ${flags}`, (c) => c.flags === flags && c.off === o),
        n.queue.is(`has nothing to ${flags} at ${o}`, (c) => (flags === 'read' ? taken(c) : peekedAt(c, o)) === null),
      ],
    })),
  ];
}

/** What comes of a datagram that a reader has. */
function copySteps(n: ReceiveParts, packets: number, readers: number, repaired: boolean): StepTemplate[] {
  const reader = range(readers);
  const pkt = range(packets);
  const off = range(2 * packets + 1);
  const has = (r: number, p: number): Observation => n.receiver(r).is(`has ${p}`, (c) => c.pkt === p);
  const by = (r: number, flags: string): Observation => n.receiver(r).is(`is to ${flags}`, (c) => c.flags === flags);
  const bytes = [0, 1, 2];
  return [
    step('copy', { reader }, ({ reader: r }) => ({ owner: `reader/${r}`, moves: [n.receiver(r).on({ type: 'COPIED' })] })),
    step('return_read', { reader, pkt, bytes }, ({ reader: r, pkt: p, bytes: length }) => ({
      owner: `reader/${r}`,
      moves: [n.receiver(r).on({ type: 'RETURN' }), n.queue.on({ type: 'BACKWARD', bytes: length }), n.skb(p).on({ type: 'RETURN' })],
      when: [
        has(r, p),
        by(r, 'read'),
        // What was copied, not what is gone: of a datagram that is cut, less.
        n.receiver(r).is(`has taken ${length}`, (c) => (repaired ? lengthOf(c.content) : copied(c)) === length),
      ],
    })),
    step('return_peek', { reader, pkt, bytes }, ({ reader: r, pkt: p, bytes: length }) => ({
      owner: `reader/${r}`,
      moves: [
        n.receiver(r).on({ type: 'RETURN' }),
        n.queue.on({ type: 'FORWARD', bytes: length }),
        n.skb(p).on({ type: 'PUT', seen: Math.max(1, length) }),
      ],
      when: [has(r, p), by(r, 'peek'), n.receiver(r).is(`has copied ${length}`, (c) => copied(c) === length)],
    })),
    // EFAULT: what was read is lost, what was peeked at stays.
    step('fault', { reader, pkt, flags: FLAGS, bytes: repaired ? [0, 2] : [0] }, ({ reader: r, pkt: p, flags, bytes: length }) => ({
      owner: `reader/${r}`,
      moves: [
        n.receiver(r).on({ type: 'FAULT' }),
        n.skb(p).on({ type: 'PUT', seen: 0 }),
        ...(flags === 'read' ? [n.lost.on({ type: 'INC' })] : []),
        ...(flags === 'read' && repaired ? [n.queue.on({ type: 'BACKWARD', bytes: length })] : []),
      ],
      when: [
        has(r, p),
        by(r, flags),
        ...(repaired ? [n.receiver(r).is(`has ${length} bytes`, (c) => lengthOf(c.content) === length)] : []),
      ],
    })),
    step('bad_read', { reader, pkt }, ({ reader: r, pkt: p }) => ({
      owner: `reader/${r}`,
      moves: [n.receiver(r).on({ type: 'BAD' }), n.skb(p).on({ type: 'COUNT' })],
      when: [has(r, p), by(r, 'read')],
    })),
    // A peek takes it out of the queue, unless somebody else has meanwhile: who has taken it counts it.
    step('bad_peek', { reader, pkt }, ({ reader: r, pkt: p }) => ({
      owner: `reader/${r}`,
      moves: [n.receiver(r).on({ type: 'BAD' }), n.queue.on({ type: 'UNLINK', pkt: p }), n.skb(p).on({ type: 'DROP' })],
      when: [has(r, p), by(r, 'peek')],
    })),
    step('bad_peek_gone', { reader, pkt }, ({ reader: r, pkt: p }) => ({
      owner: `reader/${r}`,
      moves: [n.receiver(r).on({ type: 'BAD' })],
      when: [has(r, p), by(r, 'peek'), n.queue.is(`has not ${p}`, ({ items }) => items.every((item) => item.pkt !== p))],
    })),
    step('again', { reader, pkt, off }, ({ reader: r, pkt: p, off: o }) => ({
      owner: `reader/${r}`,
      moves: [n.receiver(r).on({ type: 'AGAIN', off: o }), n.skb(p).on({ type: 'PUT', seen: 0 })],
      when: [has(r, p), n.queue.is(`has the peek offset ${o}`, (c) => c.off === o)],
    })),
  ];
}

export const receiveSlice = family({
  name: 'receive',
  about: 'reads and peeks of one socket: references, peek offset, truncation, bad checksums, faults, datagrams of length zero',
  keys: {
    ...keys('packets', 'readers'),
    offset: choice(['off', 'on'], 'off', 'SO_PEEK_OFF'),
    repair: choice(['off', 'on'], 'off', 'a read moves the peek offset back by the datagram that it took, not by what it copied'),
  },
  build: (s) =>
    network('receive', {
      queue: component(readQueue, { packets: s.packets, offset: s.offset === 'on' }),
      skb: range(s.packets).map(() => component(skb)),
      receiver: range(s.readers).map(() => component(receiver)),
      lost: component(counter, { max: s.packets }),
    })
      .join((n) => lookSteps(n, s.packets, s.readers))
      .join((n) => copySteps(n, s.packets, s.readers, s.repair === 'on')),
});
