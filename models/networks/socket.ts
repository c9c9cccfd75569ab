/**
 * The slice of the socket: softirqs on every CPU queue datagrams and wake readers, tasks call recvfrom(), another task may
 * own the socket lock. What is below is a stub: a softirq begins with a datagram in hand and ends when it is queued.
 */
import { network, step } from '../../src/model/network.ts';
import { family } from '../../src/model/scenario.ts';
import { type Kind, range } from '../kernel/packet.ts';
import { PROFILE } from '../kernel/profile.ts';
import { componentsOf } from './components.ts';
import { keys, kindsOf, modesOf } from './scenario.ts';
import { readerSteps } from './steps/reader.ts';
import { socketSteps, toError, toReceive } from './steps/socket.ts';
import { softirqOn } from './steps/softirq.ts';
import { cpusInTurn, readersOnOneCpu } from './symmetry.ts';

export const socketSlice = family({
  name: 'socket',
  about: 'socket queue, wait queue and tasks in recvfrom(); softirqs bring datagrams',
  keys: keys('profile', 'packets', 'kinds', 'cpus', 'rcvbuf', 'size', 'readers', 'modes', 'signals', 'holds'),
  build: (s) => {
    const profile = PROFILE[s.profile];
    // A datagram without a socket never gets here, nor does a short one whose checksum was verified before the lookup.
    const reaches: readonly Kind[] = ['matched', 'badLong', 'icmpError', ...(profile.checksumFirst ? [] : (['badMatched'] as const))];
    const kinds = kindsOf(s.kinds).filter((kind) => reaches.includes(kind));
    const bounds = { ...s, profile };
    const home = (reader: number): number => (reader + s.cpus - 1) % s.cpus;
    // Without the socket lock `receive` is exact for one receiving CPU only; readers are on all of them.
    const receivers = profile.socketLock ? range(s.cpus) : [0];
    const { wire, cpu, socket, receive, waitQueue, reader, emptiness, signals, holder, ledger, counters } = componentsOf(s);
    return network('socket', { wire, cpu, socket, receive, waitQueue, reader, emptiness, signals, holder, ledger, ...counters })
      .join((n) => [
        step('softirq_begin', { cpu: receivers, pkt: range(s.packets), kind: kinds }, ({ cpu: c, pkt, kind }) => ({
          owner: softirqOn(c),
          environment: true,
          moves: [
            n.wire.on({ type: 'ARRIVE', pkt, kind }),
            n.cpu(c).on({ type: 'SOFTIRQ' }),
            ...(kind === 'icmpError' ? toError(n)(c, pkt) : toReceive(n)(c, pkt)),
          ],
        })),
        step('softirq_end', { cpu: range(s.cpus) }, ({ cpu: c }) => ({
          owner: softirqOn(c),
          moves: [n.cpu(c).on({ type: 'LEAVE' })],
          when: [n.receive(c).in('idle')],
        })),
      ])
      .join((n) => socketSteps(n, bounds))
      .join((n) => readerSteps(n, { ...bounds, modes: modesOf(s.modes), home, unchargesLate: !profile.readerQueue }))
      .symmetric((parts) => [
        ...readersOnOneCpu(parts, { ...s, home }),
        // The holder of the socket lock is on one CPU, and so is the only receiver of 6.x.
        ...(s.holds === 0 && profile.socketLock ? cpusInTurn(parts, { ...s, home }) : []),
      ]);
  },
});
