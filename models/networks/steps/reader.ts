/** Tasks in recvfrom(): each step is the reader's own, on its CPU, in task context. */
import type { Observation } from '../../../src/model/component.ts';
import { step, type StepTemplate } from '../../../src/model/network.ts';
import { reads } from '../../kernel/counter.ts';
import { type Kind, range } from '../../kernel/packet.ts';
import { kindIs } from '../../nic/wire.ts';
import { lastOne, nothingToRead, readable } from '../../socket/socket.ts';
import { inHand } from '../../task/reader.ts';
import type { Mode } from '../../task/readerTypes.ts';
import { end, type Parts } from '../parts.ts';

type ReaderParts = Pick<
  Parts,
  | 'cpu'
  | 'wire'
  | 'socket'
  | 'waitQueue'
  | 'reader'
  | 'emptiness'
  | 'signals'
  | 'ledger'
  | 'UdpInDatagrams'
  | 'UdpInErrors'
  | 'UdpInCsumErrors'
>;

export interface ReaderScenario {
  readonly packets: number;
  readonly readers: number;
  readonly modes: readonly Mode[];
  /** The CPU that a reader is pinned to. */
  readonly home: (reader: number) => number;
  /** 3.10: the charge of a datagram is given back after the copy. */
  readonly unchargesLate: boolean;
  /** Signals to readers that sleep, or are about to. */
  readonly signals: number;
}

const readerOwner = (i: number): string => `reader/${i}`;

export function readerSteps(n: ReaderParts, s: ReaderScenario): StepTemplate[] {
  const reader = range(s.readers);
  const own = (i: number, ...when: readonly Observation[]) => ({ owner: readerOwner(i), when: [n.cpu(s.home(i)).in('task'), ...when] });
  return [
    ...callSteps(n, s, own),
    ...trySteps(n, s, own),
    ...waitSteps(n, reader, own),
    ...(s.signals > 0 ? signalSteps(n, reader, s.signals, own) : []),
    ...copySteps(n, s, own),
  ];
}

type Own = (reader: number, ...when: readonly Observation[]) => { readonly owner: string; readonly when: readonly Observation[] };

/** Entering the call, and the test of sk_err at its start. */
function callSteps(n: ReaderParts, s: ReaderScenario, own: Own): StepTemplate[] {
  const reader = range(s.readers);
  return [
    step('recvfrom', { reader, mode: s.modes, empty: [true, false] }, ({ reader: i, mode, empty }) => ({
      ...own(i, empty ? n.socket.is('has nothing to read', nothingToRead) : n.socket.is('has something to read', readable)),
      environment: true,
      moves: [n.reader(i).on({ type: 'CALL', mode }), n.emptiness(i).on({ type: empty ? 'CALL_EMPTY' : 'CALL_FULL' })],
      reveals: [{ event: 'sys_enter_recvfrom', args: { reader: i, mode } }],
    })),
    step('call_error', { reader }, ({ reader: i }) => ({
      ...own(i, n.reader(i).in('calling')),
      moves: [n.reader(i).on({ type: 'ERROR' }), n.socket.on({ type: 'TAKE_ERROR' }), n.emptiness(i).on({ type: 'RETURN' })],
      reveals: [{ event: 'sys_exit_recvfrom', args: { reader: i, result: 'ECONNREFUSED' } }],
    })),
    step('call_no_error', { reader }, ({ reader: i }) => ({
      ...own(i, n.reader(i).in('calling')),
      moves: [n.reader(i).on({ type: 'NO_ERROR' }), n.socket.on({ type: 'NO_ERROR' })],
    })),
  ];
}

/** The look into the queue, under its lock. Taking the last datagram is told to every observer of emptiness. */
function trySteps(n: ReaderParts, s: ReaderScenario, own: Own): StepTemplate[] {
  const reader = range(s.readers);
  return [
    step('dequeue', { reader, pkt: range(s.packets), last: [false, true] }, ({ reader: i, pkt, last }) => ({
      ...own(
        i,
        n.socket.is(last ? 'has one datagram' : 'has several datagrams', (context) => lastOne(context) === last),
      ),
      moves: [
        n.reader(i).on({ type: 'TAKE', pkt }),
        n.socket.on({ type: 'TAKE', pkt }),
        ...(last ? n.emptiness.all.map((one) => one.on({ type: 'EMPTIED' })) : []),
      ],
    })),
    step('again', { reader }, ({ reader: i }) => ({
      ...own(i),
      moves: [n.reader(i).on({ type: 'AGAIN' }), n.socket.on({ type: 'NONE' }), n.emptiness(i).on({ type: 'AGAIN' })],
      reveals: [{ event: 'sys_exit_recvfrom', args: { reader: i, result: 'EAGAIN' } }],
    })),
    step('will_wait', { reader }, ({ reader: i }) => ({
      ...own(i),
      moves: [n.reader(i).on({ type: 'WAIT' }), n.socket.on({ type: 'NONE' })],
    })),
  ];
}

/** prepare_to_wait_exclusive(), the two checks, schedule(), finish_wait(). */
function waitSteps(n: ReaderParts, reader: readonly number[], own: Own): StepTemplate[] {
  return [
    step('prepare_to_wait', { reader }, ({ reader: i }) => ({
      ...own(i),
      moves: [n.reader(i).on({ type: 'PREPARE' }), n.waitQueue.on({ type: 'LINK', reader: i })],
    })),
    step('wait_error', { reader }, ({ reader: i }) => ({
      ...own(i, n.reader(i).in('checkError')),
      moves: [n.reader(i).on({ type: 'ERROR' }), n.socket.on({ type: 'TAKE_ERROR' })],
    })),
    step('wait_no_error', { reader }, ({ reader: i }) => ({
      ...own(i, n.reader(i).in('checkError')),
      moves: [n.reader(i).on({ type: 'NO_ERROR' }), n.socket.on({ type: 'NO_ERROR' })],
    })),
    step('recheck_data', { reader }, ({ reader: i }) => ({
      ...own(i),
      moves: [n.reader(i).on({ type: 'SEES_DATA' }), n.socket.on({ type: 'SEES_DATA' })],
    })),
    step('recheck_none', { reader }, ({ reader: i }) => ({
      ...own(i),
      moves: [n.reader(i).on({ type: 'SEES_NONE' }), n.socket.on({ type: 'SEES_NONE' })],
    })),
    step('schedule', { reader, woken: [false, true] }, ({ reader: i, woken }) => ({
      ...own(
        i,
        n.reader(i).is(woken ? 'was woken' : 'was not woken', (context) => (context.woken || context.signal) === woken),
      ),
      moves: [n.reader(i).on({ type: 'SCHEDULE' })],
      reveals: woken ? [] : [{ event: 'sched_switch_out', args: { reader: i, state: 'S' } }],
    })),
    step('timeout', { reader }, ({ reader: i }) => ({
      owner: `timer/${i}`,
      moves: [n.reader(i).on({ type: 'EXPIRE' })],
      reveals: [{ event: 'timer_waking', args: { reader: i } }],
    })),
    step('set_running', { reader }, ({ reader: i }) => ({
      ...own(i),
      moves: [n.reader(i).on({ type: 'RUNNING' })],
    })),
    ...finishSteps(n, reader, own),
  ];
}

/** A signal, which wakes a reader but leaves it linked; and the look for one, after that at the queue. */
function signalSteps(n: ReaderParts, reader: readonly number[], signals: number, own: Own): StepTemplate[] {
  return [
    step('signal', { reader, signal: range(signals) }, ({ reader: i, signal }) => ({
      owner: 'signal',
      environment: true,
      moves: [n.reader(i).on({ type: 'SIGNAL' }), n.signals.on({ type: 'INC' })],
      when: [n.signals.is(`reads ${signal}`, reads(signal))],
      reveals: [{ event: 'signal_waking', args: { reader: i } }],
    })),
    step('wait_signal', { reader }, ({ reader: i }) => ({ ...own(i), moves: [n.reader(i).on({ type: 'SIGNALLED' })] })),
    step('wait_no_signal', { reader }, ({ reader: i }) => ({ ...own(i), moves: [n.reader(i).on({ type: 'NO_SIGNAL' })] })),
    finishStep(n, 'finish_wait_signal', { reader, found: 'signal', result: 'EINTR' }, own),
  ];
}

/** finish_wait(): still linked or not, and the call goes on or fails. */
function finishSteps(n: ReaderParts, reader: readonly number[], own: Own): StepTemplate[] {
  return [
    step('finish_wait', { reader, linked: [false, true] }, ({ reader: i, linked }) => ({
      ...own(
        i,
        n.reader(i).is('has no error to return', (context) => context.failed === 'no'),
      ),
      moves: [n.reader(i).on({ type: 'FINISHED' }), n.waitQueue.on({ type: linked ? 'UNLINK' : 'UNLINKED', reader: i })],
    })),
    finishStep(n, 'finish_wait_error', { reader, found: 'error', result: 'ECONNREFUSED' }, own),
  ];
}

/** What the wait has found ends the call. */
function finishStep(
  n: ReaderParts,
  name: string,
  { reader, found, result }: { readonly reader: readonly number[]; readonly found: 'error' | 'signal'; readonly result: string },
  own: Own,
): StepTemplate {
  return step(name, { reader, linked: [false, true] }, ({ reader: i, linked }) => ({
    ...own(
      i,
      n.reader(i).is(`has ${found === 'error' ? 'an error' : 'a signal'} to return`, (context) => context.failed === found),
    ),
    moves: [
      n.reader(i).on({ type: 'FINISHED' }),
      n.waitQueue.on({ type: linked ? 'UNLINK' : 'UNLINKED', reader: i }),
      n.emptiness(i).on({ type: 'RETURN' }),
    ],
    reveals: [{ event: 'sys_exit_recvfrom', args: { reader: i, result } }],
  }));
}

/** The copy to user memory, the checksum found bad there, and the charge given back. */
function copySteps(n: ReaderParts, s: ReaderScenario, own: Own): StepTemplate[] {
  const domain = { reader: range(s.readers), pkt: range(s.packets) };
  const kind = (pkt: number, ...kinds: readonly Kind[]): Observation =>
    n.wire.is(`packet ${pkt} is ${kinds.join(' or ')}`, kindIs(pkt, ...kinds));
  const has = (i: number, pkt: number): Observation => n.reader(i).is(`has packet ${pkt}`, inHand(pkt));
  const returned = (i: number, pkt = {}) => [{ event: 'sys_exit_recvfrom', args: { reader: i, result: 'ok', ...pkt } }];
  const steps = [
    step('copy', domain, ({ reader: i, pkt }) => ({
      ...own(i, has(i, pkt), kind(pkt, 'matched')),
      moves: [
        n.reader(i).on({ type: 'COPIED' }),
        ...end(n, pkt, 'delivered', n.UdpInDatagrams),
        ...(s.unchargesLate ? [] : [n.emptiness(i).on({ type: 'RETURN' })]),
      ],
      reveals: s.unchargesLate ? [] : returned(i, { pkt }),
    })),
    // Blocking or not, the call starts over: 3.10.y after commit beb39db59d14.
    step('copy_bad_checksum', domain, ({ reader: i, pkt }) => ({
      ...own(i, has(i, pkt), kind(pkt, 'badMatched', 'badLong')),
      moves: [n.reader(i).on({ type: 'BAD' }), ...end(n, pkt, 'checksum', n.UdpInCsumErrors, n.UdpInErrors)],
      reveals: [{ event: 'kfree_skb', args: { reader: i, pkt, reason: 'UDP_CSUM' } }],
    })),
  ];
  if (!s.unchargesLate) return steps;
  const reader = domain.reader;
  return [
    ...steps,
    step('free', { reader }, ({ reader: i }) => ({
      ...own(i, n.reader(i).in('freeing')),
      moves: [n.reader(i).on({ type: 'FREE' }), n.socket.on({ type: 'UNCHARGE' }), n.emptiness(i).on({ type: 'RETURN' })],
      reveals: returned(i),
    })),
    step('free_bad', { reader }, ({ reader: i }) => ({
      ...own(i, n.reader(i).in('discarding')),
      moves: [n.reader(i).on({ type: 'FREE' }), n.socket.on({ type: 'UNCHARGE' })],
    })),
  ];
}
