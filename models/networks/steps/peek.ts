/** MSG_PEEK in recvfrom(), for recorded traces: the networks leave it out, the family `wakeup` has what comes of it. */
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { range } from '../../kernel/packet.ts';
import { kindIs } from '../../nic/wire.ts';
import { nothingToRead, readable } from '../../socket/socket.ts';
import { inHand } from '../../task/reader.ts';
import type { Parts } from '../parts.ts';
import type { ReaderScenario } from './reader.ts';

type PeekParts = Pick<Parts, 'cpu' | 'wire' | 'socket' | 'reader' | 'emptiness'>;

/** The call, the look into the queue, the return; the waiting in between is that of any call. */
export function peekSteps(n: PeekParts, s: Pick<ReaderScenario, 'packets' | 'readers' | 'modes' | 'home'>): StepTemplate[] {
  const reader = range(s.readers);
  const shared = { reader, pkt: range(s.packets) };
  const own = (i: number) => ({ owner: `reader/${i}`, task: n.cpu(s.home(i)).in('task') });
  return [
    step('recvfrom_peek', { reader, mode: s.modes, empty: [true, false] }, ({ reader: i, mode, empty }) => ({
      owner: own(i).owner,
      environment: true,
      moves: [n.reader(i).on({ type: 'CALL_PEEK', mode }), n.emptiness(i).on({ type: empty ? 'CALL_EMPTY' : 'CALL_FULL' })],
      when: [own(i).task, empty ? n.socket.is('has nothing to read', nothingToRead) : n.socket.is('has something to read', readable)],
      reveals: [{ event: 'sys_enter_recvfrom_peek', args: { reader: i, mode } }],
    })),
    step('peek', shared, ({ reader: i, pkt }) => ({
      owner: own(i).owner,
      moves: [n.reader(i).on({ type: 'PEEK', pkt }), n.socket.on({ type: 'PEEK', pkt })],
      when: [own(i).task],
    })),
    step('peeked', shared, ({ reader: i, pkt }) => ({
      owner: own(i).owner,
      moves: [n.reader(i).on({ type: 'PEEKED' }), n.emptiness(i).on({ type: 'RETURN' })],
      when: [own(i).task, n.reader(i).is(`has packet ${pkt}`, inHand(pkt)), n.wire.is(`packet ${pkt} is matched`, kindIs(pkt, 'matched'))],
      reveals: [{ event: 'sys_exit_recvfrom', args: { reader: i, result: 'ok', pkt } }],
    })),
  ];
}
