/** A recorded trace with what is known of its making: meta.json beside it, and what the user says. */
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { type Ftrace, type FtraceLine, parseFtrace } from '../../src/conform/ftrace.ts';
import { UsageError } from '../../src/model/error.ts';

const processShape = z.object({
  name: z.string(),
  pid: z.number(),
  so_rcvbuf: z.number().optional(),
  ok: z.number().optional(),
  err: z.number().optional(),
  by_result: z.record(z.string(), z.number()).optional(),
  calls: z.array(z.object({ t_out: z.number().optional() })).optional(),
});

const metaShape = z.object({
  kernel: z.string(),
  topology: z.string().optional(),
  driver: z.array(z.string()).optional(),
  dev_tx: z.string().optional(),
  dev_rx: z.string().optional(),
  trace_clock: z.string().optional(),
  sysctls: z.record(z.string(), z.string()).optional(),
  config: z.string().optional(),
  ground_truth: z
    .object({
      processes: z.record(z.string(), processShape).optional(),
      counter_delta: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
});

const configShape = z.object({ event_names: z.array(z.string()), functions: z.array(z.string()) });

export type Meta = z.infer<typeof metaShape>;

export interface Recording {
  readonly path: string;
  readonly lines: readonly FtraceLine[];
  readonly meta: Meta | undefined;
  /** The file is not what the kernel wrote, if it is not. */
  readonly damage: string | undefined;
  /** The trace would show lines of this kind and name: `event netif_rx`, `function net_rx_action`. */
  readonly records: (key: string) => boolean;
  readonly notes: readonly string[];
}

const FILE_BYTES_MAX = 64 * 2 ** 20;

/** Reads the trace at `path` and what lies beside it. Throws a UsageError: 66 without a file, 65 for bad data. */
export function readRecording(path: string): Recording {
  const trace = parseFtrace(readText(path), path);
  const { meta, config } = besideTrace(path);
  const notes = meta ? [] : ['no meta.json beside the trace: there is no ground truth to compare with'];
  if (config === undefined) notes.push('the list of recorded events is not known: taken to be those that occur');
  const recorded = new Set([...trace.lines.map(keyOf), ...(config ?? [])]);
  return { path, lines: trace.lines, meta, damage: damageOf(trace, path), records: (key) => recorded.has(key), notes };
}

/** net.core.netdev_budget, where meta.json tells it. */
export function budgetOf(meta: Meta | undefined): number | undefined {
  const told = meta?.sysctls?.['net.core.netdev_budget'];
  return told === undefined ? undefined : Number(told);
}

/** What lies beside the trace at `path`: meta.json, and the list of recorded events that it names. */
export function besideTrace(path: string): { readonly meta: Meta | undefined; readonly config: readonly string[] | undefined } {
  const folder = dirname(path);
  const metaText = readIfThere(join(folder, 'meta.json'));
  const meta = metaText === undefined ? undefined : parsed(metaShape, metaText, join(folder, 'meta.json'));
  return { meta, config: meta?.config === undefined ? undefined : configOf(folder, meta.config) };
}

/** `event netif_rx`: the kind of a line and its name. */
export function keyOf({ kind, name }: FtraceLine): string {
  return `${kind} ${name}`;
}

/** The kernel counts its entries in the header: a line more or less was not the kernel's doing. */
function damageOf({ entries, lines }: Ftrace, path: string): string | undefined {
  if (entries === undefined || entries === lines.length) return undefined;
  const what = lines.length < entries ? 'truncated, or lines were deleted' : 'edited: lines were added';
  return `${path} is ${what}: its header says ${entries} entries, it has ${lines.length}; record it again`;
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > FILE_BYTES_MAX) {
      throw new UsageError(`${path} has ${size} bytes, the limit is ${FILE_BYTES_MAX}; record a shorter time, or fewer events`, 65);
    }
    const bytes = readFileSync(path);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isGzip ? gunzipSync(bytes, { maxOutputLength: FILE_BYTES_MAX }) : bytes).toString('utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`cannot read ${path} (${why}); give the path of the plain text of a trace`, 66);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The keys of the events that were switched on, from the list that meta.json names; undefined if there is no such file. */
function configOf(folder: string, name: string): string[] | undefined {
  for (const place of ['.', '..', '../..']) {
    const path = join(folder, place, 'configs', basename(name));
    const text = readIfThere(path);
    if (text === undefined) continue;
    const { event_names, functions } = parsed(configShape, text, path);
    return [...event_names.map(recordedKey), ...functions.map((one) => `function ${one.replace(/\..*$/, '')}`)];
  }
  return undefined;
}

/** The key of `net:netif_rx`, `syscalls:sys_enter_recvfrom`, `fn:igb_poll_ret`. */
function recordedKey(event: string): string {
  const [group, name = ''] = event.split(':');
  const [, edge, call] = /^sys_(enter|exit)_(\w+)$/.exec(name) ?? [];
  if (group === 'syscalls' && call !== undefined) return `${edge} sys_${call}`;
  if (group === 'fn') return `${name.endsWith('_ret') ? 'return' : 'probe'} ${name}`;
  return `event ${name}`;
}

function parsed<T>(shape: z.ZodType<T>, text: string, path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON (${error instanceof Error ? error.message : String(error)}); repair it or move it away`, 65);
  }
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const { path: where, message } = result.error.issues[0] ?? { path: [], message: 'unknown' };
  throw new UsageError(`${path}: ${where.join('.')}: ${message}; repair it or move it away`, 65);
}
