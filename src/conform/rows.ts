/** From rows to lines with fields, for traces of any length: no line is kept. */
import { UsageError } from '../model/error.ts';
import { type FtraceLine, lineOf } from './ftrace.ts';
import { rowsOf } from './source.ts';

/** What the header says of the buffer, and what was read. */
export interface RowCount {
  /** entries-in-buffer; undefined where there is no such header. */
  readonly entries: number | undefined;
  readonly lines: number;
}

/** `comm-pid 1d.h3. time: body` of trace-cmd, perhaps behind the name of an instance, as tracefs would have it. */
const LATENCY = /^(?:\S+:\s+|\s*)(.+)-(\d+)\s+(\d+)(\S{5,6})\s+(\d+(?:\.\d+)?):\s+(.*)$/;
/** The same without -l: what the CPU was doing is not there. */
const NO_FLAGS = /^.+-\d+\s+\[\d+\]\s+\d+(?:\.\d+)?:\s/;

/** Calls `take` with every line of the trace at `path`. Throws a UsageError for a file that is no whole trace. */
export async function eachLine(path: string, take: (line: FtraceLine) => void): Promise<RowCount> {
  const reader = new RowReader(path);
  for await (const rows of rowsOf(path)) for (const row of rows) reader.read(row, take);
  return reader.end();
}

class RowReader {
  readonly #path: string;
  #row = 0;
  #lines = 0;
  #entries: number | undefined;
  #isReport = false;
  /** A row that could not be read: cut off, if it is the last one. */
  #bad: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  read(raw: string, take: (line: FtraceLine) => void): void {
    const row = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    this.#row++;
    if (this.#bad !== undefined) throw this.#refusal(this.#row - 1, this.#bad, 'is no line of a trace');
    if (row === '') return;
    if (this.#row === 1) return this.#first(row);
    if (row.startsWith('#')) return this.#header(row);
    if (/\[LOST \d+ EVENTS\]|\[(\d+ )?EVENTS DROPPED\]/.test(row))
      throw this.#refusal(this.#row, row, 'says that events were lost; enlarge the buffer');
    const line = lineOf(this.#isReport ? this.#asTracefs(row) : row, this.#row);
    if (line === undefined) this.#bad = row;
    else {
      this.#lines++;
      take(line);
    }
  }

  end(): RowCount {
    if (this.#bad !== undefined) throw this.#refusal(this.#row, this.#bad, 'is cut off: the file is truncated');
    if (this.#row === 0) throw new UsageError(`${this.#path} is empty; record with tracing_on set to 1, then read \`trace\``, 65);
    if (this.#lines === 0)
      throw new UsageError(`${this.#path} has a header and no events; record with tracing_on set to 1 and the events enabled`, 65);
    return { entries: this.#entries, lines: this.#lines };
  }

  #first(row: string): void {
    this.#isReport = /^(cpus=\d+|version = \d+)$/.test(row);
    if (!this.#isReport && !row.startsWith('# tracer:'))
      throw this.#refusal(1, row, 'is neither "# tracer:" of tracefs nor "cpus=" of trace-cmd report');
  }

  #header(row: string): void {
    const counts = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/.exec(row);
    if (counts === null) return;
    const lost = Number(counts[2]) - Number(counts[1]);
    if (lost > 0)
      throw new UsageError(
        `${this.#path} lost ${lost} of ${counts[2]} events before it was read; enlarge buffer_size_kb, or trace fewer events`,
        65,
      );
    this.#entries = Number(counts[1]);
  }

  #asTracefs(row: string): string {
    const [, comm, pid, cpu, flags, time, body = ''] = LATENCY.exec(row) ?? [];
    if (comm === undefined) {
      if (NO_FLAGS.test(row))
        throw this.#refusal(this.#row, row, 'does not say what the CPU was doing; print it with: trace-cmd report -l -N');
      return row;
    }
    return `${comm}-${pid} [${cpu}] ${flags} ${time}: ${bodyAsTracefs(body)}`;
  }

  #refusal(row: number, text: string, why: string): UsageError {
    const shown = text
      .replace(/\p{Cc}/gu, '?')
      .trim()
      .slice(0, 120);
    return new UsageError(`${this.#path}:${row}: this line ${why}: "${shown}"`, 65);
  }
}

/** `function: a <-- b`, `sys_enter_x: fd: 0x3`, `sys_exit_x: 0x14` as tracefs prints them. */
function bodyAsTracefs(body: string): string {
  const [, name = '', rest = ''] = /^(\w+):\s*(.*)$/.exec(body) ?? [];
  if (name === 'function') return rest.replace(' <-- ', ' <-');
  if (name.startsWith('sys_enter_')) return `sys_${name.slice(10)}(${rest.replaceAll(/0x0*(?=[0-9a-f])/g, '0x')})`;
  if (name.startsWith('sys_exit_')) return `sys_${name.slice(9)} -> ${rest}`;
  return `${name}: ${rest}`;
}
