/** What a trace may be kept in: all give the same lines, and what is no whole trace is refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import type { FtraceLine } from '../src/conform/ftrace.ts';
import { eachLine } from '../src/conform/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'rxproof-rows-'));
const PLAIN = 'test/fixtures/traces/igb-s01_blocking_one/trace.txt';

afterAll(() => rmSync(folder, { recursive: true }));

async function linesOf(path: string): Promise<FtraceLine[]> {
  const lines: FtraceLine[] = [];
  await eachLine(path, (line) => lines.push(line));
  return lines;
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** As `trace-cmd report -l -N` would print it: an instance before, CPU and flags in one word, its own names. */
function asReport(text: string): string {
  const rows = text.split('\n').filter((row) => row !== '' && !row.startsWith('#'));
  const report = rows.map((row) => {
    const [, comm, pid, cpu, flags, time, body = ''] = /^\s*(.+?)-(\d+)\s+\[(\d+)\]\s+(\S+)\s+([\d.]+): (.*)$/.exec(row)!;
    const call = /^(\S+) <-(.*)$/.exec(body);
    const enter = /^sys_(\w+)\((.*)\)$/.exec(body);
    const exit = /^sys_(\w+) -> (.*)$/.exec(body);
    const said = call
      ? `function:             ${call[1]} <-- ${call[2]}`
      : enter
        ? `sys_enter_${enter[1]}: ${enter[2]!.replaceAll(/: (?=\d)/g, ': 0x000')}`
        : exit
          ? `sys_exit_${exit[1]}: ${exit[2]}`
          : body.replace(/^(\w+): /, '$1:          ');
    return `tr_one:  ${comm}-${pid}    ${Number(cpu)}${flags}  ${time}: ${said}`;
  });
  return `cpus=3\n${report.join('\n')}\n`;
}

const told = ({ comm, pid, cpu, level, time, kind, name, args }: FtraceLine): unknown => ({
  comm,
  pid,
  cpu,
  level,
  time,
  kind,
  name,
  ret: args['ret'],
});

test('gzip gives the lines of the plain text', async () => {
  const plain = await linesOf(PLAIN);
  expect(plain.length).toBe(315);
  expect(await linesOf(file('trace.txt.gz', gzipSync(readFileSync(PLAIN))))).toEqual(plain);
});

test('what trace-cmd report -l -N prints gives the same lines', async () => {
  const plain = await linesOf(PLAIN);
  const report = await linesOf(file('report.txt', asReport(readFileSync(PLAIN, 'utf8'))));
  expect(report.map(told)).toEqual(plain.map(told));
});

test.each([
  ['empty', '', /is empty/],
  ['something else', 'hello\n', /neither "# tracer:" of tracefs nor "cpus="/],
  ['a report without flags', 'cpus=2\n  tn_rx-12  [001]  12.5: softirq_entry: vec=3\n', /print it with: trace-cmd report -l -N/],
  ['a gap', '# tracer: nop\nCPU:1 [LOST 12 EVENTS]\n', /says that events were lost/],
  ['a cut', `# tracer: nop\n  a-1 [000] ..... 1.0: softirq_entry: vec=3\n  a-1 [0`, /is cut off/],
  ['rubbish inside', `# tracer: nop\nwhat\n  a-1 [000] ..... 1.0: softirq_entry: vec=3\n`, /:2: this line is no line of a trace/],
  ['no events', '# tracer: nop\n#\n', /no events/],
  ['a binary', new Uint8Array([1, 2, 0, 3]), /is a binary file/],
  ['a broken archive', new Uint8Array([0x1f, 0x8b, 8, 0, 1, 2, 3]), /cannot read .* to its end/],
])('%s is refused', async (name, content, why) => {
  await expect(linesOf(file(name, content))).rejects.toThrow(why);
});

test('a buffer that was overwritten is refused: each CPU has lost another time', async () => {
  const text = `# tracer: nop\n# entries-in-buffer/entries-written: 1/9   #P:2\n  a-1 [000] ..... 1.0: softirq_entry: vec=3\n`;
  await expect(linesOf(file('overwritten', text))).rejects.toThrow(/lost 8 of 9/);
});

test('a trace.dat without trace-cmd says what to install', async () => {
  const path = file('trace.dat', new Uint8Array([0x17, 0x08, 0x44, 0x74, 0x72]));
  vi.stubEnv('PATH', folder);
  await expect(linesOf(path)).rejects.toThrow(/trace-cmd is not installed; install it/);
  vi.unstubAllEnvs();
});

test('there is no such file', async () => {
  await expect(linesOf(join(folder, 'nowhere'))).rejects.toThrow(/cannot read .*ENOENT/);
});
