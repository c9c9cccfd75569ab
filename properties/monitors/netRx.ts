/** net_rx_action() by its lines: passes, budget, and what made it stop. */
import { contextOf } from '../../src/conform/frames.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Findings } from './finding.ts';
import type { Figures } from './figures.ts';

interface Pass {
  readonly line: FtraceLine;
  /** Packets of all polls. */
  work: number;
  polls: number;
  /** The last poll used up its weight: it goes to the repoll list. */
  wasFull: boolean;
  /** NET_RX was raised since the last poll. */
  raised: boolean;
}

export class NetRxPasses {
  readonly #findings: Findings;
  readonly #figures: Figures;
  readonly #passes = new Map<string, Pass>();
  /** Contexts that were seen to leave net_rx_action(). */
  readonly #left = new Set<string>();
  /** net.core.netdev_budget, if it is known. */
  readonly #budget: number;

  constructor(findings: Findings, figures: Figures, budget = Infinity) {
    this.#findings = findings;
    this.#figures = figures;
    this.#budget = budget;
  }

  begin(line: FtraceLine): void {
    this.#left.delete(contextOf(line));
    this.#passes.set(contextOf(line), { line, work: 0, polls: 0, wasFull: false, raised: false });
  }

  polled(line: FtraceLine, device: string, work: number, budget: number): void {
    this.#figures.polled(device, work);
    if (work > budget) this.#findings.refuse('net_rx_action', line, `the poll returns ${work}, its weight is ${budget}`);
    const pass = this.#passes.get(contextOf(line));
    if (pass === undefined) return;
    if (pass.polls > 0 && pass.work >= this.#budget) {
      this.#findings.refuse(
        'net_rx_action',
        line,
        `${pass.work} packets since line ${pass.line.line}, and netdev_budget is ${this.#budget}: nothing more is polled`,
      );
    }
    pass.work += work;
    pass.polls++;
    pass.wasFull = work >= budget;
    pass.raised = false;
  }

  /** What belongs to net_rx_action(), in softirq on a CPU that was seen to leave it. */
  within(line: FtraceLine): void {
    if (line.level !== 'softirq' || !this.#left.has(contextOf(line))) return;
    this.#findings.refuse('net_rx_action', line, `CPU ${line.cpu} is not in NET_RX: softirq_exit came, and no softirq_entry since`);
  }

  /** In a pass that was seen to begin. */
  isIn(line: FtraceLine): boolean {
    return this.#passes.has(contextOf(line));
  }

  raised(line: FtraceLine): void {
    const pass = this.#passes.get(contextOf(line));
    if (pass !== undefined) pass.raised = true;
  }

  end(line: FtraceLine): void {
    const pass = this.#passes.get(contextOf(line));
    this.#passes.delete(contextOf(line));
    this.#left.add(contextOf(line));
    if (pass === undefined || pass.polls === 0) return;
    const { squeezes } = this.#figures;
    // The budget shows; the time limit shows only where something is left to poll that was not full.
    const isCertain = pass.work >= this.#budget || (pass.raised && !pass.wasFull);
    if (isCertain) squeezes.least++;
    squeezes.most++;
  }
}
