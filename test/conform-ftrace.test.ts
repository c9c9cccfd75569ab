/** The parser of ftrace text: what the lines say, and what is no trace. */
import { describe, expect, test } from 'vitest';
import { type FtraceLine, parseFtrace } from '../src/conform/ftrace.ts';
import { UsageError } from '../src/model/error.ts';

const header = (inBuffer: number, written = inBuffer): string => `# tracer: nop
#
# entries-in-buffer/entries-written: ${inBuffer}/${written}   #P:2
#
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
`;

const prefixed = (body: string): string => `           tn_rx-42      [001] ..s1.  2441.525122: ${body}`;

const one = (line: string): FtraceLine => parseFtrace(`${header(1)}${line}\n`, 'trace.txt').lines[0]!;

describe('a line', () => {
  test.each([
    ['a comm with spaces and dashes', ' Web Co-7 x-3634    [000] d..3.  2.5: a: b=1', 'Web Co-7 x', 3634],
    ['the idle task', '          <idle>-0       [000] d..3.  2.5: a: b=1', '<idle>', 0],
    ['a comm with a slash', '     ksoftirqd/1-27      [000] d..3.  2.5: a: b=1', 'ksoftirqd/1', 27],
    ['a thread group', '  tn_rx-42  (   40) [000] d..3.  2.5: a: b=1', 'tn_rx', 42],
    ['brackets in the body', '  tn_rx-42  [000] d..3.  2.5: a: b=x-1 [002] ..... 1.0: c', 'tn_rx', 42],
  ])('with %s has its task', (_, text, comm, pid) => {
    expect(one(text)).toMatchObject({ comm, pid, cpu: 0, time: 2.5 });
  });

  test.each([
    ['.....', 'task'],
    ['b....', 'task'],
    ['..s1.', 'softirq'],
    ['d.h1.', 'hardirq'],
    ['d.H1.', 'hardirq'],
    ['..s1', 'softirq'],
  ])('with flags %s is at its level', (flags, level) => {
    expect(one(`  a-1  [000] ${flags}  2.5: a: b=1`).level).toBe(level);
  });

  test.each([
    ['netif_rx: dev=vb skbaddr=00000000e0754e48 len=48', 'event', 'netif_rx', { dev: 'vb', skbaddr: '00000000e0754e48', len: '48' }],
    ['softirq_entry: vec=3 [action=NET_RX]', 'event', 'softirq_entry', { vec: '3' }],
    ['kfree_skb: skbaddr=0 location=f+0x4/0x50 reason: NO_SOCKET', 'event', 'kfree_skb', { location: 'f+0x4/0x50', reason: 'NO_SOCKET' }],
    [
      'sock_recv_length: sk address = 0ab, length = 0, error = -11, flags = 0x40',
      'event',
      'sock_recv_length',
      { length: '0', error: '-11' },
    ],
    [
      'sched_switch: prev_comm=a b prev_state=S ==> next_comm=tn_rx next_pid=7',
      'event',
      'sched_switch',
      { prev_comm: 'a b', prev_state: 'S', next_pid: '7' },
    ],
    ['sys_recvfrom(fd: 3, ubuf: 0x4ce360, flags: 0x40, addr: 0)', 'enter', 'sys_recvfrom', { fd: '3', flags: '0x40' }],
    ['sys_recvfrom -> 0x14', 'exit', 'sys_recvfrom', { ret: '20' }],
    ['sys_recvfrom -> 0xfffffffffffffff5', 'exit', 'sys_recvfrom', { ret: '-11' }],
    ['ip_rcv_finish_core.isra.0 <-ip_sublist_rcv', 'function', 'ip_rcv_finish_core', {}],
    ["autoremove_wake_function <-[unknown/kretprobe'd]", 'function', 'autoremove_wake_function', {}],
    ['igb_poll: (igb_poll+0x4/0x14a0 [igb]) napi=0xff budget=64 state=17', 'probe', 'igb_poll', { napi: '0xff', state: '17' }],
    ['ttwu: (try_to_wake_up+0x4/0x680) pid=300 comm="tn_rx" state=1', 'probe', 'ttwu', { pid: '300', comm: 'tn_rx' }],
    ['igb_poll_ret: (__napi_poll+0x28/0x160 <- igb_poll) ret=1', 'return', 'igb_poll_ret', { ret: '1' }],
  ])('%s is read', (body, kind, name, args) => {
    const line = one(prefixed(body));
    expect(line).toMatchObject({ kind, name, args });
  });

  test('names the symbol and the caller of a function', () => {
    expect(one(prefixed('ttwu_ret: (autoremove_wake_function+0x15/0x60 <- try_to_wake_up) ret=1'))).toMatchObject({
      symbol: 'try_to_wake_up',
      parent: 'autoremove_wake_function',
    });
  });
});

describe('a file that is no whole trace', () => {
  const refusal = (text: string): string => {
    try {
      parseFtrace(text, 'trace.txt');
    } catch (error) {
      if (error instanceof UsageError) return `${error.exitCode} ${error.message}`;
      throw error;
    }
    return 'accepted';
  };
  const good = prefixed('netif_rx: dev=vb len=48');

  test.each([
    ['empty', '', '65 trace.txt is empty'],
    ['blank', ' \n\n', '65 trace.txt is empty'],
    ['only a header', header(0), '65 trace.txt has a header and no events'],
    ['a binary trace.dat', '\u0017\bDtracing6', '65 trace.txt is a binary trace.dat'],
    ['compressed', '\u001f\ufffd\b', '65 trace.txt is compressed'],
    ['binary', `${header(1)}${good}\n\0\0`, '65 trace.txt is a binary file'],
    [
      'trace-cmd report',
      'cpus=2\n tn_rx-42 [001] 2441.5: netif_rx: dev=vb\n',
      '65 trace.txt:1: this line does not begin with "# tracer:": "cpus=2"',
    ],
    [
      'a line of something else',
      `${header(2)}${good}\nhello\n${good}\n`,
      '65 trace.txt:8: this line is not "comm-pid [cpu] flags time: event": "hello"',
    ],
    ['a last line cut off', `${header(2)}${good}\n${good.slice(0, 30)}`, '65 trace.txt:8: this line is cut off: the file is truncated'],
    ['lost events', `${header(5, 9)}${good}\n`, '65 trace.txt lost 4 of 9 events before it was read; enlarge buffer_size_kb'],
    ['lost events in the middle', `${header(1)}${good}\nCPU:1 [LOST 12 EVENTS]\n`, '65 trace.txt:8: this line says that events were lost'],
    ['a huge line', `${header(1)}${'x'.repeat(100_000)}\n`, '65 trace.txt:7: this line has 100000 characters'],
    ['an escape', `${header(1)}a\u001b[2Jb\n`, '65 trace.txt is a binary file'],
    [
      'an escape further down',
      `${header(1)}${'#\n'.repeat(3000)}a\u001b[2Jb\n`,
      '65 trace.txt:3007: this line is cut off: the file is truncated: "a?[2Jb"',
    ],
  ])('%s is refused', (_, text, message) => {
    expect(refusal(text)).toContain(message);
    expect(refusal(text).length).toBeLessThan(400);
  });

  test('is told from one with DOS line ends and without a last newline', () => {
    expect(refusal(`${header(1)}${good}`.replaceAll('\n', '\r\n'))).toBe('accepted');
  });
});
