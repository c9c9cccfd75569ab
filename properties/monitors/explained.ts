/** A lost wakeup as recorded, explained by one run of the network of sleep and wakeup: which steps no line shows. */
import { wakeupSlice } from '../../models/networks/wakeup.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import { accept } from '../../src/conform/accept.ts';
import { pathTo } from '../../src/conform/closure.ts';
import type { Seen } from '../../src/conform/seen.ts';
import { scenarioOf } from '../../src/model/scenario.ts';
import { replay } from '../../src/trace/replay.ts';
import type { RunStep } from '../traces/result.ts';
import type { Violation } from './finding.ts';

/** Beyond, the search is too wide. */
const PACKETS_MAX = 4;
const READERS_MAX = 3;

/** Events that lines show; where a datagram is charged and taken, none does. */
const SHOWN = ['sk_data_ready', 'sys_enter_recvfrom', 'sys_exit_recvfrom', 'sched_waking'];

/** The run; undefined if the lines are too many, or the network has no run that shows them. */
export function explain({ recorded, reader }: Pick<Violation, 'recorded' | 'reader'>): readonly RunStep[] | undefined {
  const lines = recorded.filter(({ name, args }) => name !== 'sched_switch' || args['prev_state']?.[0] === 'S');
  const pids = [...new Set(lines.filter(({ kind }) => kind === 'enter').map(({ pid }) => pid))];
  const cpus = [...new Set(lines.filter(({ name }) => name === 'sk_data_ready').map(({ cpu }) => cpu))];
  const packets = lines.filter(({ name }) => name === 'sk_data_ready').length;
  if (packets === 0 || packets > PACKETS_MAX || pids.length > READERS_MAX) return undefined;
  const network = wakeupSlice.build(
    scenarioOf(wakeupSlice, { packets, readers: pids.length, cpus: cpus.length, ways: 'block', memory: 'sc' }),
  );
  const n = network.refs;
  const inCall = new Set<number>();
  const seen = lines.flatMap((line): Seen[] => {
    const at = { line: line.line, text: line.text };
    const shows = (event: string, args: Readonly<Record<string, number>>): Seen[] => [
      { ...at, kind: 'step', shows: { event, args }, when: [] },
    ];
    if (line.name === 'sk_data_ready') return shows('sk_data_ready', { cpu: cpus.indexOf(line.cpu) });
    const pid = Number(line.args['prev_pid'] ?? line.args['pid'] ?? line.pid);
    const index = pids.indexOf(pid);
    if (line.kind === 'enter') inCall.add(pid);
    else if (!inCall.has(pid)) return [];
    if (line.kind === 'exit') inCall.delete(pid);
    if (line.kind === 'enter') return shows('sys_enter_recvfrom', { reader: index });
    if (line.kind === 'exit') return shows('sys_exit_recvfrom', { reader: index });
    if (line.name === 'sched_waking') return shows('sched_waking', { reader: index });
    return [{ ...at, kind: 'state', when: [n.reader(index).in('asleep', 'returning')] }];
  });
  const answer = accept({
    network,
    seen,
    records: ({ event }) => SHOWN.includes(event),
    setup: [],
    atEnd: [n.reader(pids.indexOf(reader)).in('asleep')],
  });
  if (answer.kind !== 'accepted') return undefined;
  const path = pathTo(answer.node);
  const { steps } = replay(
    network,
    path.map(({ step }) => step),
  );
  return steps.map((step, index) => ({ ...step, line: path[index]!.line }));
}

/** The readers of the network by the names that the trace has for them. */
export const readersOf = (recorded: readonly FtraceLine[]): readonly string[] => [
  ...new Map(recorded.filter(({ kind }) => kind === 'enter').map(({ pid, comm }) => [pid, `${comm}-${pid}`])).values(),
];
