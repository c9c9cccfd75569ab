/** Everything that is claimed: the suites, in the order of the path. */
import type { Suite } from '../src/model/suite.ts';
import { ACCOUNTING_SUITES } from './suites/accounting.ts';
import { BUSY_POLL_SUITES } from './suites/busy-poll.ts';
import { DEMUX_SUITES } from './suites/demux.ts';
import { DESCRIPTOR_SUITES } from './suites/descriptors.ts';
import { DISPATCH_SUITES } from './suites/dispatch.ts';
import { DRIVER_SUITES } from './suites/drivers.ts';
import { EPOLL_SUITES } from './suites/epoll.ts';
import { ERROR_SUITES } from './suites/errors.ts';
import { GRO_SUITES } from './suites/gro.ts';
import { INPUT_SUITES } from './suites/input.ts';
import { LITMUS_SUITES } from './suites/litmus.ts';
import { LOOKUP_SUITES } from './suites/lookup.ts';
import { NET_RX_SUITES } from './suites/net-rx.ts';
import { PATH_SUITES } from './suites/path.ts';
import { RECEIVE_SUITES } from './suites/receive.ts';
import { BOOT_SUITES, RING_SUITES } from './suites/ring.ts';
import { SOCKET_SUITES } from './suites/socket.ts';
import { SOFTIRQ_SUITES } from './suites/softirq.ts';
import { THREADED_SUITES } from './suites/threaded.ts';
import { WAKEUP_SUITES } from './suites/wakeup.ts';
import { BACKLOG_SUITES, STACK_SUITES } from './suites/upper.ts';

export const SUITES: readonly Suite[] = [
  ...BOOT_SUITES,
  ...RING_SUITES,
  ...DESCRIPTOR_SUITES,
  ...SOFTIRQ_SUITES,
  ...NET_RX_SUITES,
  ...BUSY_POLL_SUITES,
  ...THREADED_SUITES,
  ...DRIVER_SUITES,
  ...GRO_SUITES,
  ...DISPATCH_SUITES,
  ...BACKLOG_SUITES,
  ...STACK_SUITES,
  ...INPUT_SUITES,
  ...EPOLL_SUITES,
  ...LOOKUP_SUITES,
  ...DEMUX_SUITES,
  ...ERROR_SUITES,
  ...SOCKET_SUITES,
  ...ACCOUNTING_SUITES,
  ...RECEIVE_SUITES,
  ...WAKEUP_SUITES,
  ...PATH_SUITES,
  ...LITMUS_SUITES,
];

export { CALIBRATION, NOT_PLANTED } from '../models/bugs/rows.ts';
export { ENDS, STORIES } from './stories.ts';
export { UNREACHED } from './unreached.ts';
export { monitor, monitorText, unitOf } from './monitors/report.ts';
export { Story } from './monitors/story.ts';
export { Summary } from './monitors/summary.ts';
export { conformanceTable } from './monitors/table.ts';
export { Timeline } from './monitors/timeline.ts';
export { conform } from './traces/conform.ts';
export { conformText } from './traces/text.ts';
