/**
 * Arms of machines that fire in no suite at its bounds, and why. `machine: state EVENT`, and behind `#` which of several
 * guarded ones. A test fails for an arm that is missing here, and for one that fires after all.
 */

const ERROR = 'notices an error that a sound network does not make; planted bugs make it';
const BUG_ONLY = 'there for a planted bug, which opens its guard';
const NESTED = 'the stack hands packets to another CPU only while a ->poll() runs';

export const UNREACHED: Readonly<Record<string, string>> = {
  'ring: up DMA #2': ERROR,
  'counter: counting INC #2': ERROR,
  'counter: overflown INC': ERROR,
  'napi: scheduled DISABLED': BUG_ONLY,
  'rxList: owned ADD #2': ERROR,
  'softirq: idle OTHER': 'only where recorded traces are explained: the suites have no other softirqs',
  'softirq: serving ENTER': ERROR,
  'softirq: recheck ENTER': ERROR,
  'softirqLoop: idle STORE': BUG_ONLY,
  'softirqLoop: running STORE': BUG_ONLY,
  'softirqLoop: running ENTER': ERROR,
  'softirqLoop: recheck STORE': BUG_ONLY,
  'softirqLoop: recheck ENTER': ERROR,
  'ksoftirqdThread: top NOTHING': BUG_ONLY,
  'ksoftirqdThread: going SCHEDULE #1': BUG_ONLY,
  'ksoftirqdThread: serving WAKE': 'a pass that it hosts hands over to itself by its yield, and nobody else wakes it',
  'raiser: ready LOAD': BUG_ONLY,
  'raiser: loaded STORE': BUG_ONLY,
  'ksoftirqd: serving WAKE': 'a pass that it hosts hands over to itself by its yield, and nobody else wakes it',
  'softnet: idle ADD #2': ERROR,
  'softnet: idle PUSH_IPI #2': ERROR,
  'softnet: loop ADD #2': ERROR,
  'softnet: loop PUSH_IPI #1': NESTED,
  'softnet: loop PUSH_IPI #2': ERROR,
  'softnet: polling ADD #2': ERROR,
  'softnet: polling PUSH_IPI #2': ERROR,
  'softnet: polling REQUEUED #2': ERROR,
  'softnet: ending ADD #2': ERROR,
  'softnet: ending PUSH_IPI #1': NESTED,
  'softnet: ending PUSH_IPI #2': ERROR,
  'ledger: sound END #3': ERROR,
  'ledger: broken END': ERROR,
  'backlog: idle ENQUEUE #2': ERROR,
  'backlog: polling ENQUEUE #2': ERROR,
  'ip: delivering NO_PROTO': 'all protocols are there before IP is, and no packet of the suites has another one',
  'socket: free APPEND #2': ERROR,
  'socket: free UNCHARGE #2': ERROR,
  'socket: locked APPEND #2': ERROR,
  'socket: locked QUEUES_FULL': 'needs datagrams of more than one unit on two CPUs; that suite has one',
  'socket: owned APPEND #2': ERROR,
  'socket: owned SET_ERROR': 'no suite has both an ICMP error and a task that holds the socket',
  'socket: owned TAKE_ERROR': 'no suite has both an ICMP error and a task that holds the socket',
  'socket: owned BACKLOG #2': ERROR,
  'reader: copying BAD #1': 'where a checksum is verified before the lookup, none is bad in a reader: the datagrams are small',
  'reader: discarding FREE #1': BUG_ONLY,
  'emptiness: neverEmpty AGAIN': ERROR,
  'emptiness: lied EMPTIED': ERROR,
};
