/** Bugs planted in the socket, the wakeup and recvfrom(). */
import { assign } from 'xstate';
import type { Bug } from '../../src/model/suite.ts';
import { range } from '../kernel/packet.ts';
import type { socketSlice } from '../networks/socket.ts';
import { lastOne } from '../socket/socket.ts';

type SocketNetwork = ReturnType<typeof socketSlice.build>;

const NO_LOST_WAKEUP = 'no reader sleeps for ever on a readable socket';

/** The readers that the parameter `linked` of wake_nobody names: "0>1", or none. */
const readersOf = (linked: unknown): number[] =>
  String(linked)
    .split('>')
    .filter((part) => part !== '')
    .map(Number);

export const SOCKET_BUGS: readonly Bug<SocketNetwork>[] = [
  {
    id: 'no-recheck',
    about: 'wait_for_more_packets() goes to sleep without looking at the queue again',
    breaks: [
      'a reader asleep on a readable socket is woken in the end, or another one reads',
      'a queued datagram is read in the end, if the readers keep calling',
      NO_LOST_WAKEUP,
    ],
    plant: (net) =>
      net.replaceStep('recheck_none', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'socket') })),
  },
  {
    id: 'skip-wakeup-nonempty',
    about: 'sock_def_readable() is called only when the queue was empty (6.12, reverted by 3d501f562f63)',
    breaks: [NO_LOST_WAKEUP],
    plant: (net) =>
      net
        .replaceStep('sleeper', (spec, n) => ({ ...spec, when: [...(spec.when ?? []), n.socket.is('was empty before', lastOne)] }))
        .step('wakeup_skipped', { by: range(net.components.cpu.length) }, ({ by }, n) => ({
          owner: `softirq/${by}`,
          moves: [n.receive(by).on({ type: 'NO_SLEEPER' })],
          when: [n.cpu(by).in('softirq'), n.receive(by).in('testing'), n.socket.is('was not empty before', (context) => !lastOne(context))],
        })),
  },
  {
    id: 'state-after-check',
    row: 'M48',
    about: 'the task state is set after the condition is checked, so a wakeup in between does nothing',
    breaks: [NO_LOST_WAKEUP],
    plant: (net) =>
      net.replaceStep('wake_nobody', (spec, n, { linked }) => ({
        ...spec,
        when: [
          ...(spec.when ?? []).filter((observation) => !observation.component.startsWith('reader')),
          ...readersOf(linked).map((i) => n.reader(i).out('asleep')),
        ],
      })),
  },
  {
    id: 'again-without-looking',
    about: 'a non-blocking recvfrom() returns EAGAIN without looking into the queue',
    breaks: ['EAGAIN only if the socket was empty at some instant of the call'],
    plant: (net) => net.replaceStep('again', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'socket') })),
  },
  {
    id: 'again-after-bad-checksum',
    row: 'M71',
    about: '3.10.0: a bad checksum ends a non-blocking recvfrom() with EAGAIN, whatever else is queued (fixed by beb39db59d14)',
    breaks: ['EAGAIN only if the socket was empty at some instant of the call'],
    plant: (net) =>
      net
        .replaceMachine('reader', (machine) =>
          machine.provide({ guards: { givesUpAfterBad: ({ context }) => context.mode === 'dontwait' } }),
        )
        .replaceStep('free_bad', (spec, n, { reader }) => ({
          ...spec,
          when: [...(spec.when ?? []), n.reader(Number(reader)).is('may wait', (context) => context.mode !== 'dontwait')],
        }))
        .step('free_bad_again', { reader: range(net.components.reader.length) }, ({ reader: i }, n) => ({
          owner: `reader/${i}`,
          moves: [n.reader(i).on({ type: 'FREE' }), n.socket.on({ type: 'UNCHARGE' }), n.emptiness(i).on({ type: 'AGAIN' })],
          when: [n.reader(i).in('discarding'), n.reader(i).is('may not wait', (context) => context.mode === 'dontwait')],
        })),
  },
  {
    id: 'rcvbuf-off-by-one',
    about: 'sock_queue_rcv_skb() drops only when the charge exceeds the buffer',
    breaks: ['sk_rmem_alloc stays within sk_rcvbuf plus one datagram'],
    plant: (net) =>
      net.replaceMachine('socket', (machine) =>
        machine.provide({
          guards: {
            fits: ({ context: c }) => (c.queue.length + c.deficit) * c.size <= c.rcvbuf,
            isFull: ({ context: c }) => (c.queue.length + c.deficit) * c.size > c.rcvbuf,
          },
        }),
      ),
  },
  {
    id: 'charge-leaked',
    about: 'a datagram is freed without giving its charge back: the socket goes deaf',
    breaks: ['an empty socket has no charge'],
    plant: (net) => net.replaceStep('free', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'socket') })),
  },
  {
    id: 'rcvbuf-drop-uncounted',
    about: 'a datagram dropped for a full buffer is not counted in RcvbufErrors (compare 820990d66577)',
    breaks: ['UdpRcvbufErrors counts exactly the datagrams that found the receive buffer full'],
    plant: (net) =>
      net.replaceStep('rcvbuf_full', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'UdpRcvbufErrors') })),
  },
  {
    id: 'finish-wait-hangs',
    about: 'finish_wait() waits for a waker that has unlinked the entry already',
    breaks: ['a call to recvfrom() returns or sleeps in the end', 'a call to recvfrom() returns or sleeps'],
    plant: (net) => net.replaceStep('finish_wait', (spec, _, { linked }) => (linked === true ? spec : undefined)),
  },
  {
    id: 'delivery-uncounted',
    about: 'udp_recvmsg() copies a datagram and does not count InDatagrams',
    breaks: ['UdpInDatagrams counts exactly the delivered datagrams'],
    plant: (net) =>
      net.replaceStep('copy', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'UdpInDatagrams') })),
  },
  {
    id: 'error-uncounted',
    about: 'a drop for a full receive buffer counts RcvbufErrors but not InErrors',
    breaks: ['UdpInErrors counts exactly the datagrams dropped by UDP'],
    plant: (net) =>
      net.replaceStep('rcvbuf_full', (spec) => ({ ...spec, moves: spec.moves.filter((move) => move.component !== 'UdpInErrors') })),
  },
  {
    id: 'bad-checksum-delivered',
    about: 'udp_recvmsg() copies a datagram whose checksum it did not verify',
    breaks: ['a bad checksum is dropped as such: no delivery, no NoPorts, no ICMP'],
    plant: (net) =>
      net.step('copy_unverified', { reader: range(net.components.reader.length), pkt: range(3) }, ({ reader: i, pkt }, n) => ({
        owner: `reader/${i}`,
        moves: [
          n.reader(i).on({ type: 'COPIED' }),
          n.ledger.on({ type: 'END', pkt, fate: 'delivered' }),
          n.UdpInDatagrams.on({ type: 'INC' }),
        ],
        when: [n.reader(i).is(`has packet ${pkt}`, (context) => context.pkt === pkt)],
      })),
  },
];

/**
 * The look for a signal in schedule() alone may go: the wakeup that comes with the signal, and the look before, make up for it.
 */
export const SIGNAL_BUGS: readonly Bug<SocketNetwork>[] = [
  {
    id: 'signal-sleeps',
    about: 'a signal leaves a task that is on its way to sleep in TASK_INTERRUPTIBLE, and schedule() does not look for one',
    breaks: ['no reader sleeps with a signal pending'],
    plant: (net) =>
      net.replaceMachine('reader', (machine) =>
        machine.provide({
          guards: { staysAwake: ({ context }) => context.woken },
          actions: { wake: assign(({ event }) => ({ woken: event.type === 'WAKE' })) },
        }),
      ),
  },
  {
    id: 'signal-not-tested',
    about: '__skb_wait_for_more_packets() does not test signal_pending(): schedule() lets nobody sleep, and the call goes round for ever',
    breaks: ['a call to recvfrom() returns or sleeps in the end'],
    plant: (net) =>
      net.replaceMachine('reader', (machine) => machine.provide({ guards: { signalled: () => false, notSignalled: () => true } })),
  },
];
