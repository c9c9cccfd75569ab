/**
 * Systematic changes to a recorded trace, one line at a time: what the kernel did not do, and a monitor should notice.
 *
 * A changed line keeps the time of the place that it comes to, so that no clock gives it away.
 */
import { contextOf } from '../../src/conform/frames.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';

export const MUTATIONS = ['drop', 'duplicate', 'swap', 'reorder', 'retarget', 'result'] as const;

/**
 * drop: the line is missing. duplicate: it is there twice. swap: with the next one of its context. reorder: with the next
 * one of another CPU. retarget: another packet, task or CPU. result: another return value, count or reason.
 */
export type Mutation = (typeof MUTATIONS)[number];

/** `lines` with the line at `at` changed; undefined where the change makes no sense. `counts` says which lines matter. */
export function mutate(
  lines: readonly FtraceLine[],
  at: number,
  mutation: Mutation,
  counts: (line: FtraceLine) => boolean,
): readonly FtraceLine[] | undefined {
  const line = lines[at]!;
  const next = (is: (other: FtraceLine) => boolean): number => lines.findIndex((other, i) => i > at && counts(other) && is(other));
  switch (mutation) {
    case 'drop':
      return lines.filter((_, i) => i !== at);
    case 'duplicate':
      return [...lines.slice(0, at + 1), line, ...lines.slice(at + 1)];
    case 'swap':
      return exchanged(
        lines,
        at,
        next((other) => contextOf(other) === contextOf(line)),
      );
    case 'reorder':
      return exchanged(
        lines,
        at,
        next((other) => other.cpu !== line.cpu),
      );
    case 'retarget':
      return replaced(lines, at, retargeted(lines, line));
    case 'result':
      return replaced(lines, at, withResult(line));
  }
}

function exchanged(lines: readonly FtraceLine[], at: number, other: number): readonly FtraceLine[] | undefined {
  if (other < 0) return undefined;
  const [a, b] = [lines[at]!, lines[other]!];
  if (a.text.replace(/^.*?: /, '') === b.text.replace(/^.*?: /, '')) return undefined;
  return lines.map((one, i) =>
    i === at ? { ...b, time: a.time, line: a.line } : i === other ? { ...a, time: b.time, line: b.line } : one,
  );
}

function replaced(lines: readonly FtraceLine[], at: number, by: FtraceLine | undefined): readonly FtraceLine[] | undefined {
  return by && lines.map((one, i) => (i === at ? by : one));
}

/** The same for another packet, for another task, or on another CPU. */
function retargeted(lines: readonly FtraceLine[], line: FtraceLine): FtraceLine | undefined {
  const { args } = line;
  const other = (key: string, is: (one: FtraceLine) => boolean = () => true): string | undefined =>
    lines.find((one) => one.args[key] !== undefined && one.args[key] !== args[key] && is(one))?.args[key];
  if (args['skbaddr'] !== undefined) return withArg(line, 'skbaddr', other('skbaddr'));
  if (line.name === 'sched_waking') return withArg(line, 'pid', other('pid'));
  if (line.name === 'sched_switch') return withArg(line, 'prev_pid', other('prev_pid'));
  const cpu = lines.find((one) => one.cpu !== line.cpu)?.cpu;
  if (line.kind === 'enter' || line.kind === 'exit') {
    const pid = lines.find((one) => one.kind === line.kind && one.name === line.name && one.pid !== line.pid)?.pid;
    return pid === undefined ? undefined : { ...line, pid };
  }
  return cpu === undefined ? undefined : { ...line, cpu };
}

/** Return values, counts, reasons: the ones that matter. */
function withResult(line: FtraceLine): FtraceLine | undefined {
  const { name, args, kind } = line;
  if (name === 'napi_poll') {
    const rest = line.rest.replace(/work (\d+)/, (_, work: string) => `work ${Number(work) + 1}`);
    return { ...line, rest };
  }
  if (name === 'kfree_skb') return withArg(line, 'reason', args['reason'] === 'NO_SOCKET' ? 'SOCKET_RCVBUFF' : 'NO_SOCKET');
  if (name === 'netif_rx_exit') return withArg(line, 'ret', args['ret'] === '0' ? '1' : '0');
  if (kind === 'return' && args['ret'] !== undefined) return withArg(line, 'ret', /^(0x)?0$/.test(args['ret']) ? '1' : '0');
  if (kind === 'exit' && name === 'sys_recvfrom') return withArg(line, 'ret', Number(args['ret']) >= 0 ? '-11' : '20');
  return undefined;
}

function withArg(line: FtraceLine, key: string, value: string | undefined): FtraceLine | undefined {
  return value === undefined ? undefined : { ...line, args: { ...line.args, [key]: value } };
}
