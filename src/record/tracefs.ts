/**
 * A private tracefs instance: what is switched on there nobody else sees, and nothing of it is left behind.
 *
 * Tracepoints only: kernel lockdown forbids the function tracer, and every event that monitors need is a tracepoint.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../model/error.ts';

/** Events, each with a filter or none; TASKS stands for the names of tasks that are asked for. */
const EVENTS: readonly (readonly [event: string, filter?: string])[] = [
  ['irq/irq_handler_entry'],
  ['irq/irq_handler_exit'],
  ['irq/softirq_raise', 'vec == 3'],
  ['irq/softirq_entry', 'vec == 3'],
  ['irq/softirq_exit', 'vec == 3'],
  ['napi/napi_poll'],
  ['net/netif_rx_entry'],
  ['net/netif_rx'],
  ['net/netif_rx_exit'],
  ['net/napi_gro_receive_entry'],
  ['net/napi_gro_receive_exit'],
  ['net/netif_receive_skb'],
  ['skb/kfree_skb'],
  ['skb/consume_skb'],
  ['udp/udp_fail_queue_rcv_skb'],
  ['icmp/icmp_send'],
  ['sock/sk_data_ready'],
  ['sock/inet_sk_error_report'],
  ['sock/sock_recv_length'],
  ['syscalls/sys_enter_recvfrom'],
  ['syscalls/sys_exit_recvfrom'],
  ['sched/sched_switch', 'prev_comm ~ TASKS || next_comm ~ TASKS'],
  ['sched/sched_waking', 'comm ~ TASKS'],
];

/** Where tracefs is mounted by custom. */
const PLACE = '/sys/kernel/tracing';

const BUFFER_KB = 32_768;

/** Throws a UsageError (77) for anybody else. */
export function requireRoot(): void {
  if (process.getuid?.() !== 0) throw new UsageError('recording needs root: tracefs is only for root; run it with sudo', 77);
}

export interface TracefsOptions {
  /** Names of tasks whose scheduling is recorded, with `*`: all if undefined. */
  readonly tasks?: string | undefined;
  /** KiB for each CPU. */
  readonly bufferKb?: number;
}

export class Tracefs {
  /** Events that this kernel does not have. */
  readonly missing: readonly string[];
  readonly #folder: string;
  /** Whoever reads our output may stop reading. */
  readonly #atExit = (): void => this.close();
  /** What was mounted for this, if it was. */
  readonly #mounted: string | undefined;

  /** Makes an instance and switches its events on. Throws a UsageError (77) without root, (69) without tracefs. */
  constructor({ tasks, bufferKb = BUFFER_KB }: TracefsOptions = {}) {
    requireRoot();
    this.#mounted = existsSync(join(PLACE, 'instances')) ? undefined : mount();
    this.#folder = join(this.#mounted ?? PLACE, 'instances', `rxproof-${process.pid}`);
    mkdirSync(this.#folder);
    process.once('exit', this.#atExit);
    try {
      this.#write('tracing_on', '0');
      this.#write('trace_clock', 'mono');
      this.#write('buffer_size_kb', String(bufferKb));
      this.missing = EVENTS.flatMap(([event, filter]) => (this.#enable(event, filter, tasks) ? [] : [event]));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  start(): void {
    this.#write('trace', '');
    this.#write('tracing_on', '1');
  }

  /** The folder of the instance: for a program that knows when to stop. */
  get folder(): string {
    return this.#folder;
  }

  /** Stops, and writes what was recorded to `path`. */
  save(path: string): void {
    this.#write('tracing_on', '0');
    copyFileSync(join(this.#folder, 'trace'), path);
    // procfs has no sizes: the copy may be empty where the kernel copies by size.
    if (readFileSync(path, 'utf8') === '') writeFileSync(path, readFileSync(join(this.#folder, 'trace'), 'utf8'));
  }

  /** Events that did not fit, on all CPUs. */
  get lost(): number {
    const counts = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/m.exec(
      readFileSync(join(this.#folder, 'trace'), 'utf8').slice(0, 4096),
    );
    return counts === null ? 0 : Number(counts[2]) - Number(counts[1]);
  }

  /** Takes the instance away, and the mount if it was ours. */
  close(): void {
    process.off('exit', this.#atExit);
    rmdirSync(this.#folder);
    if (this.#mounted === undefined) return;
    spawnSync('umount', [this.#mounted]);
    rmdirSync(this.#mounted);
  }

  #enable(event: string, filter: string | undefined, tasks: string | undefined): boolean {
    const folder = join('events', event);
    if (!existsSync(join(this.#folder, folder))) return false;
    if (filter !== undefined && !(filter.includes('TASKS') && tasks === undefined)) {
      this.#write(join(folder, 'filter'), filter.replaceAll('TASKS', JSON.stringify(tasks ?? '')));
    }
    this.#write(join(folder, 'enable'), '1');
    return true;
  }

  #write(name: string, value: string): void {
    writeFileSync(join(this.#folder, name), value);
  }
}

function mount(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rxproof-tracefs-'));
  if (spawnSync('mount', ['-t', 'tracefs', 'nodev', folder]).status === 0 && existsSync(join(folder, 'instances'))) return folder;
  rmdirSync(folder);
  throw new UsageError(
    `there is no tracefs at ${PLACE}, and it cannot be mounted; the kernel needs CONFIG_TRACING, a container needs CAP_SYS_ADMIN`,
    69,
  );
}
