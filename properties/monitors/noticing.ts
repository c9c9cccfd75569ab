/** How much monitors notice: every change to a sample of lines of a trace, by kind of event; and what they cannot notice, and why. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { agrees, compare } from './truth.ts';
import { budgetOf, type Meta } from '../traces/recording.ts';
import { mutate, type Mutation, MUTATIONS } from './mutate.ts';
import { Watch } from './watch.ts';

/** Changes that break no rule, or none that the lines could show: by event, the changes and the reason. */
export const UNNOTICED: Readonly<Record<string, readonly [mutations: readonly Mutation[], why: string]>> = {
  consume_skb: [MUTATIONS, 'tells where a buffer goes that nobody waits for; 6.18 frees it later, on another CPU'],
  inet_sk_error_report: [MUTATIONS, 'who is told of an error has no further line, unless a reader sleeps'],
  icmp_send: [['drop', 'reorder', 'retarget'], 'the rate limit may silence any error'],
  kfree_skb: [['drop', 'retarget'], 'a packet without an end may be a fragment that is kept, or of another protocol'],
  napi_poll: [['drop', 'duplicate', 'result', 'retarget'], 'a poll that cleans transmissions says 0, and nothing else tells of it'],
  softirq_raise: [MUTATIONS, 'other devices raise NET_RX as well, and several raises make one pass'],
  sched_switch: [['drop', 'reorder', 'retarget'], 'some kernels do not show the switch from the idle task'],
  netif_rx_exit: [['drop', 'retarget'], 'the CPU of a task that does not read is not followed'],
  sys_recvfrom: [['drop'], 'the first call may have begun before the trace, the last one may end after it'],
  softirq_entry: [['drop'], 'the first pass may have begun before the trace'],
  softirq_exit: [['drop'], 'the last pass may end after the trace'],
  napi_gro_receive_entry: [['drop', 'retarget'], 'the first poll may have begun before the trace'],
  netif_receive_skb: [['retarget'], 'two packets of one list may trade places'],
  napi_schedule_prep_ret: [['swap'], 'the next line is that of another instance'],
};

/** Of one event and one change: how many were made, and how many noticed, by the lines alone and with the counters. */
export interface Noticed {
  readonly event: string;
  readonly mutation: Mutation;
  made: number;
  noticed: number;
  withCounters: number;
}

/** The change breaks a rule that the lines show. */
export const breaksRule = ({ event, mutation }: Pick<Noticed, 'event' | 'mutation'>): boolean =>
  UNNOTICED[event]?.[0].includes(mutation) !== true;

export interface Sample {
  readonly lines: readonly FtraceLine[];
  readonly meta: Meta | undefined;
  readonly recorded: ReadonlySet<string>;
}

/** Changes about `count` lines of the sample, drawn with `seed`, in every way; adds to `totals`. */
export function notice({ lines, meta, recorded }: Sample, totals: Map<string, Noticed>, count: number, seed: number): void {
  const budget = budgetOf(meta);
  const watched = (changed: readonly FtraceLine[]): Watch => {
    const watch = new Watch({ budget, recorded });
    for (const line of changed) watch.take(line);
    watch.end();
    return watch;
  };
  const names = new Set<string>();
  const used: number[] = [];
  const first = new Watch({ budget, recorded });
  lines.forEach((line, at) => {
    const before = first.used;
    first.take(line);
    if (first.used === before) return;
    used.push(at);
    names.add(`${line.kind} ${line.name}`);
  });
  const draw = generator(seed);
  for (const at of used.filter(() => draw() < count / used.length)) {
    for (const mutation of MUTATIONS) {
      const changed = mutate(lines, at, mutation, ({ kind, name }) => names.has(`${kind} ${name}`));
      if (changed === undefined) continue;
      const watch = watched(changed);
      const event = lines[at]!.name;
      const total = totals.get(`${event} ${mutation}`) ?? { event, mutation, made: 0, noticed: 0, withCounters: 0 };
      totals.set(`${event} ${mutation}`, total);
      const isRefused = watch.findings.refusals.length > 0;
      const isWrong =
        meta !== undefined && compare(watch, meta, (key) => watch.names.has(key) || recorded.has(key)).some((one) => !agrees(one));
      total.made++;
      if (isRefused) total.noticed++;
      if (isRefused || isWrong) total.withCounters++;
    }
  }
}

/** Numbers from 0 to 1; equal seeds, equal numbers. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}
