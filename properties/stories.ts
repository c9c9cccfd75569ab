/** What the report has beside results: counterexamples with a page of their own, and the ledger of ends. */
import type { ReportTable, Story } from '../src/report/model.ts';
import { TERMINALS } from '../models/kernel/terminals.ts';
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
