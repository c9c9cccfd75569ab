/**
 * The plain text of a trace buffer (`cat /sys/kernel/tracing/trace`) as lines with fields.
 *
 * A trace is evidence: a file that is cut off, lost events, or is something else is refused with the first bad line,
 * never read as far as it goes.
 */
import { UsageError } from '../model/error.ts';
import { bodyOf, type Body } from './body.ts';

/** What a CPU was doing when it wrote the line. The task of the line is only whoever was interrupted by the others. */
export type Level = 'task' | 'softirq' | 'hardirq';

export interface FtraceLine extends Body {
  /** In the file, from 1. */
  readonly line: number;
  readonly text: string;
  readonly comm: string;
  readonly pid: number;
  readonly cpu: number;
  readonly level: Level;
  /** Seconds, or ticks of a counter clock. */
  readonly time: number;
}

export interface Ftrace {
  readonly lines: readonly FtraceLine[];
  /** `entries-in-buffer` of the header; undefined if the header has none. */
  readonly entries: number | undefined;
}

/** A line of the kernel is at most a page long. */
const LINE_CHARACTERS_MAX = 16_384;
const SHOWN_CHARACTERS_MAX = 120;

/** `comm-pid (tgid) [cpu] flags time: body`. The comm may hold spaces and '-': the last `-digits` before `[cpu]` counts. */
const ENTRY = /^\s*(.+?)-(\d+)\s+(?:\(\s*[\d-]+\)\s+)?\[(\d+)\]\s+(\S{4,6})\s+(\d+(?:\.\d+)?):\s(.*)$/;

/** Parses `text`; `path` names the file in errors. Throws a UsageError (65) for anything that is not a whole trace. */
export function parseFtrace(text: string, path: string): Ftrace {
  if (text.trim() === '') throw bad(path, 'is empty', 'record with tracing_on set to 1, then `cat trace` into a file');
  refuseBinary(text, path);
  const rows = text.split('\n').map((row) => (row.endsWith('\r') ? row.slice(0, -1) : row));
  const first = rows.findIndex((row) => row.trim() !== '');
  if (!rows[first]!.startsWith('# tracer:')) throw badLine(path, first + 1, rows[first]!, 'does not begin with "# tracer:"');
  const counts = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/m.exec(text);
  const [entries, written] = counts ? [Number(counts[1]), Number(counts[2])] : [undefined, undefined];
  if (entries !== undefined && written !== undefined && written > entries) {
    throw bad(path, `lost ${written - entries} of ${written} events before it was read`, 'enlarge buffer_size_kb, or trace fewer events');
  }
  const isWhole = rows.at(-1) === '';
  const lines = rows.flatMap((row, index) => {
    if (row.trim() === '' || row.startsWith('#')) return [];
    const isLast = index === rows.length - 1 || (index === rows.length - 2 && isWhole);
    return [wholeLineOf(row, index + 1, path, isLast)];
  });
  if (lines.length === 0) throw bad(path, 'has a header and no events', 'record with tracing_on set to 1 and the events enabled');
  return { lines, entries };
}

function wholeLineOf(text: string, line: number, path: string, isLast: boolean): FtraceLine {
  if (text.length > LINE_CHARACTERS_MAX) throw badLine(path, line, text, `has ${text.length} characters, the kernel writes at most a page`);
  if (/\[LOST \d+ EVENTS\]/.test(text)) throw badLine(path, line, text, 'says that events were lost; enlarge buffer_size_kb');
  const read = lineOf(text, line);
  if (read === undefined) {
    throw badLine(path, line, text, isLast ? 'is cut off: the file is truncated' : 'is not "comm-pid [cpu] flags time: event"');
  }
  return read;
}

/** `text`, which is line `line` of its file, with its fields; undefined if it is no line of a trace. */
export function lineOf(text: string, line: number): FtraceLine | undefined {
  const [, comm, pid, cpu, flags, time, rest] = ENTRY.exec(text) ?? [];
  const body = rest === undefined ? undefined : bodyOf(rest);
  if (comm === undefined || flags === undefined || body === undefined) return undefined;
  return { line, text, comm, pid: Number(pid), cpu: Number(cpu), level: levelOf(flags), time: Number(time), ...body };
}

/** The third flag: h hardirq, s softirq, H a hardirq inside a softirq, z and Z an NMI. */
function levelOf(flags: string): Level {
  switch (flags[2]) {
    case 's':
      return 'softirq';
    case 'h':
    case 'H':
    case 'z':
    case 'Z':
      return 'hardirq';
    default:
      return 'task';
  }
}

function refuseBinary(text: string, path: string): void {
  if (text.startsWith('\u001f')) throw bad(path, 'is compressed', 'unpack it with gunzip first');
  if (text.startsWith('\u0017\b'))
    throw bad(path, 'is a binary trace.dat', 'the plain text is wanted: `cat trace` of the tracefs instance');
  if (/(?![\t\n\r])\p{Cc}/u.test(text.slice(0, 4096)) || text.includes('\0'))
    throw bad(path, 'is a binary file', 'the plain text is wanted: `cat trace` of tracefs');
}

function badLine(path: string, line: number, text: string, why: string): UsageError {
  return new UsageError(`${path}:${line}: this line ${why}: "${shown(text)}"; expected is the plain text of \`cat trace\``, 65);
}

function bad(path: string, what: string, instead: string): UsageError {
  return new UsageError(`${path} ${what}; ${instead}`, 65);
}

/** `text` on one line, without control characters, and not too long. */
function shown(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, '?').trim();
  return clean.length > SHOWN_CHARACTERS_MAX ? `${clean.slice(0, SHOWN_CHARACTERS_MAX)}...` : clean;
}
