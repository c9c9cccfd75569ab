/**
 * Two network namespaces with a veth pair between them, and traffic: the basic situations of the receive path on the kernel
 * of this machine. Everything is taken away again, whatever happens.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../model/error.ts';
import { type Counters, deltaOf, readCounters, readSettings } from './counters.ts';
import { requireRoot, Tracefs } from './tracefs.ts';

const SOURCE = fileURLToPath(new URL('traffic.c', import.meta.url));
const TASKS = 'rxproof_*';
const [HERE, THERE] = ['10.99.0.2', '10.99.0.1'];

/** What is sent, and how it is read. Sizes in bytes, times in milliseconds; 0 is the default of the kernel. */
export interface DemoScenario {
  readonly name: string;
  readonly about: string;
  readonly sent: number;
  readonly size: number;
  /** Undefined: nobody is bound. */
  readonly reader?: { readonly timeout: number; readonly rcvbuf: number; readonly delay: number };
}

export const DEMO_SCENARIOS: readonly DemoScenario[] = [
  { name: 'one', about: 'one datagram for a reader that sleeps', sent: 1, size: 20, reader: { timeout: 1000, rcvbuf: 0, delay: 0 } },
  { name: 'burst', about: '20 datagrams for a reader that sleeps', sent: 20, size: 200, reader: { timeout: 1000, rcvbuf: 0, delay: 0 } },
  { name: 'queued', about: '5 datagrams before anybody reads', sent: 5, size: 20, reader: { timeout: 1000, rcvbuf: 0, delay: 200 } },
  { name: 'overflow', about: '50 datagrams for the smallest buffer', sent: 50, size: 500, reader: { timeout: 300, rcvbuf: 1, delay: 200 } },
  { name: 'nobody', about: 'a datagram for a port that nobody is bound to', sent: 1, size: 0 },
];

interface Told {
  readonly name: string;
  readonly pid: number;
}

/** Needs root, iproute2 and a C compiler; `close` takes it all away. */
export class Demo {
  readonly #folder: string;
  readonly #names = { A: `rxproofA${process.pid}`, B: `rxproofB${process.pid}` };
  readonly #program: string;
  /** Whoever reads our output may stop reading. */
  readonly #atExit = (): void => this.close();

  constructor() {
    requireRoot();
    process.once('exit', this.#atExit);
    this.#folder = mkdtempSync(join(tmpdir(), 'rxproof-demo-'));
    this.#program = join(this.#folder, 'traffic');
    try {
      must('cc', ['-O2', '-o', this.#program, SOURCE, '-lpthread'], 'a C compiler (apt-get install gcc libc6-dev)');
      const { A, B } = this.#names;
      for (const name of [A, B]) must('ip', ['netns', 'add', name], 'network namespaces (iproute2, and CAP_SYS_ADMIN)');
      must('ip', ['link', 'add', 'rxA', 'netns', A, 'type', 'veth', 'peer', 'name', 'rxB', 'netns', B], 'veth');
      for (const [name, dev, address] of [
        [A, 'rxA', THERE],
        [B, 'rxB', HERE],
      ] as const) {
        this.#in(name, ['ip', 'addr', 'add', `${address}/24`, 'dev', dev]);
        this.#in(name, ['sysctl', '-qw', `net.ipv6.conf.all.disable_ipv6=1`]);
        for (const one of ['lo', dev]) this.#in(name, ['ip', 'link', 'set', one, 'up']);
      }
      // ARP comes before the recording.
      this.#in(A, [this.#program, 'tx', HERE, '5001', '1', '0']);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Records `scenario` into `folder`: trace.txt and meta.json. */
  async record(scenario: DemoScenario, folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const tracefs = new Tracefs({ tasks: TASKS });
    try {
      const before = this.#counters();
      tracefs.start();
      const processes = await this.#run(scenario);
      tracefs.save(join(folder, 'trace.txt'));
      const after = this.#counters();
      const counter_delta = { ...deltaOf(before.A, after.A, 'A'), ...deltaOf(before.B, after.B, 'B') };
      const meta = {
        kernel: release(),
        topology: 'veth',
        dev_tx: 'rxA',
        dev_rx: 'rxB',
        trace_clock: 'mono',
        sysctls: readSettings(),
        events_missing: tracefs.missing,
      };
      writeFileSync(
        join(folder, 'meta.json'),
        `${JSON.stringify({ ...meta, ground_truth: { processes, counter_delta } }, undefined, 2)}\n`,
      );
    } finally {
      tracefs.close();
    }
  }

  /** Hunts for K1 for `seconds`; the recording stops as it strikes. Writes trace.txt into `folder`. */
  hunt(seconds: number, folder: string): { readonly rounds: number; readonly strikes: number } {
    mkdirSync(folder, { recursive: true });
    const tracefs = new Tracefs({ tasks: TASKS, bufferKb: 16_384 });
    try {
      this.#in(this.#names.B, ['sh', '-c', 'echo 1 > /sys/class/net/lo/queues/rx-0/rps_cpus']);
      tracefs.start();
      const { stdout } = this.#in(this.#names.B, [this.#program, 'k1', String(seconds), tracefs.folder]);
      tracefs.save(join(folder, 'trace.txt'));
      return JSON.parse(stdout) as { readonly rounds: number; readonly strikes: number };
    } finally {
      tracefs.close();
    }
  }

  close(): void {
    process.off('exit', this.#atExit);
    for (const name of Object.values(this.#names)) spawnSync('ip', ['netns', 'del', name]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #counters(): { readonly A: Counters; readonly B: Counters } {
    return { A: readCounters(this.#names.A), B: readCounters(this.#names.B) };
  }

  async #run({ sent, size, reader }: DemoScenario): Promise<Record<string, Told>> {
    const { A, B } = this.#names;
    const send = (): Told => JSON.parse(this.#in(A, [this.#program, 'tx', HERE, '5001', String(sent), String(size)]).stdout) as Told;
    if (reader === undefined) return { tx: send() };
    const { timeout, rcvbuf, delay } = reader;
    const args = ['rx', HERE, '5001', String(sent), String(timeout), String(rcvbuf), String(delay)];
    const child = spawn('ip', ['netns', 'exec', B, this.#program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const rows: string[] = [];
    const ended = new Promise((resolve) => child.on('close', resolve));
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        rows.push(text);
        // It sleeps soon after it has said so.
        setTimeout(resolve, delay > 0 ? 10 : 50);
      });
    });
    const tx = send();
    await ended;
    const [, told = ''] = rows.join('').split('\n');
    if (told === '') throw new UsageError('the demo was interrupted; what it made is taken away again');
    return { rx: JSON.parse(told) as Told, tx };
  }

  #in(netns: string, command: readonly string[]): { readonly stdout: string } {
    return must('ip', ['netns', 'exec', netns, ...command], command.join(' '));
  }
}

/** Runs a command. Throws a UsageError (69) that says what is missing where it fails. */
function must(command: string, args: readonly string[], what: string): { readonly stdout: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return { stdout };
  throw new UsageError(
    `the demo needs ${what}: ${command} ended with ${status}: ${(stderr || stdout || 'not found').trim().slice(0, 300)}`,
    69,
  );
}
