/** What the report has beside results: counterexamples with a page of their own, and the ledger of ends. */
import type { ReportTable, Story } from '../src/report/model.ts';
import { TERMINALS } from '../models/kernel/terminals.ts';
import { HIGHEST_SCORE } from './claims/demux.ts';
import { NOTHING_SKIPPED } from './claims/receive.ts';
import { NO_LOST_WAKEUP } from './claims/wakeup.ts';

export const STORIES: readonly Story[] = [
  {
    file: 'k1.html',
    title: 'K1: a lost wakeup in recvfrom(), Linux 4.13 and later',
    suite: 'wakeup/two-readers',
    property: NO_LOST_WAKEUP,
    about: [
      'Two threads block in recvfrom() on one UDP socket. Two datagrams arrive. One thread reads one of them; the other one sleeps, and goes on to sleep, with a datagram beside it that poll() and SIOCINQ would report. The next datagram, or the next call of anybody, sets it free.',
      'Since 4.13 a UDP socket has two queues. Softirq appends to sk_receive_queue; readers take from reader_queue, under a lock of its own, and when that is empty they splice all of sk_receive_queue to it in one go. A reader that finds nothing links itself to the wait queue, sets TASK_INTERRUPTIBLE, and looks once more, in __skb_wait_for_more_packets(), so that nothing that has come in between is missed. That look is at sk_receive_queue alone.',
      'So the window is this: the reader has found both queues empty and is not on the wait queue yet. Both datagrams are appended now, and wake nobody, as nobody waits. Another reader splices both to reader_queue and takes one. The first reader links itself, looks at sk_receive_queue, which is empty, and sleeps. The other datagram is in reader_queue, where it did not look, and no wakeup is owed to it any more.',
    ],
    after: [
      'Recorded on 6.18.44 with two threads and two datagrams on loopback: about once in 5,000 rounds one thread was still asleep after 250 ms while SIOCINQ said 2 bytes. It takes two CPUs, and RPS from one to the other widens the window. The trace is accepted by the model, with the splice and the look at one queue as its hidden steps.',
      'To see it: start two threads that call recv() on one socket, send two datagrams, wait, and ask SIOCINQ while a thread is in state S; repeat some thousand times.',
      'RP1 is the repair that the model suggests: look at sk_receive_queue and then at reader_queue before sleeping. With it, and with RP2 for the cases of a signal or an error (K2, K4), the property is proved below, under store buffers. A reader that peeks (K3) is helped by neither.',
    ],
    compare: [
      'wakeup/two-readers',
      'wakeup/signal',
      'wakeup/error',
      'wakeup/peek',
      'wakeup/one-reader',
      'wakeup/repaired',
      'wakeup/repaired-endings',
    ],
  },
  {
    file: 'peek-offset.html',
    title: 'SO_PEEK_OFF: a read that is cut short leaves the peek offset behind',
    suite: 'receive/offset',
    property: NOTHING_SKIPPED,
    about: [
      'With SO_PEEK_OFF, recv(MSG_PEEK) begins where the last peek has ended, over as many datagrams as there are; socket(7) promises that a read without MSG_PEEK moves the offset back by what it takes away, so that peeks go on where they were.',
      'skb_consume_udp() moves it back by the bytes that were copied. A read into a buffer that is too small takes the whole datagram away (MSG_TRUNC) and copies less: the offset stays ahead by the difference, and the next peek begins inside a datagram that nobody has peeked at. A read that meets EFAULT loses its datagram and does not move the offset at all.',
    ],
    after: [
      'Measured on 6.18.44: with AABB and CCDD queued, a peek of 4 bytes gives AABB, a read into 2 bytes gives AA, and the next peek gives DD. With MSG_TRUNC among the flags of the read the full length is returned and moved by, and the next peek gives CCDD.',
      'The repair is to move by the length of the datagram, also where the copy fails: with it the property is proved below. Of two peeks at once both may see the same bytes: the offset is read before the queue is locked.',
    ],
    compare: ['receive/offset', 'receive/offset-repaired', 'receive/offset-two-readers'],
  },
  {
    file: 'reuseport.html',
    title: 'SO_REUSEPORT: a group hides an older connected socket, 6.1 and 6.12',
    suite: 'demux/6.1-groups',
    property: HIGHEST_SCORE,
    about: [
      'A UDP lookup gives each socket of a port a score: 2 for the address, 8 more for a socket that is connected to the sender. The highest one is to win, the newest of equals.',
      'udp4_lib_lookup2() goes through the chain from the newest socket on. When the best one so far has SO_REUSEPORT and is not connected, its group chooses a member at once; and if no member of the group is connected, the choice is returned without a look at the rest of the chain. A connected socket outside of the group, bound before it, is behind it in the chain and is never scored: datagrams of its peer go to the group. Early demux does not help: it looks at the first socket of the chain only.',
    ],
    after: [
      'It takes sockets that share a port with SO_REUSEADDR, one of them connected, and a group that is bound later. 6.18 looks for connected sockets in a hash of addresses and ports first: there the connected one has its datagrams (measured on 6.18.44), and the property is proved.',
    ],
    compare: ['demux/6.1-groups', 'demux/6.18-groups', 'demux/6.1'],
  },
];

export const ENDS: ReportTable = {
  id: 'ends',
  title: 'Where packets end',
  about: 'Every end of a packet with all the counters that move, the reason of skb:kfree_skb, and what decides. Models count by it.',
  head: ['row', 'end', 'counters', 'reason in 6.1', 'reason from 6.18 on', 'decided by'],
  rows: Object.values(TERMINALS).map(({ row, what, counters, reason, later, governedBy }) => [
    row,
    what,
    counters.length === 0 ? 'none' : counters.join(', '),
    reason,
    later ?? reason,
    governedBy ?? '',
  ]),
};
