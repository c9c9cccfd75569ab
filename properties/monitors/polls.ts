/** Polls and passes of net_rx_action(): what they say they brought, against the lines in between. */
import { contextOf } from '../../src/conform/frames.ts';
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Life } from './life.ts';

/** Polls that are remembered until the end. */
const SHORT_MAX = 50;

export class Polls {
  readonly #life: Life;
  #backlogPolls = 0;
  #short = 0;
  readonly #ifAllRecorded: (() => void)[] = [];

  constructor(life: Life) {
    this.#life = life;
  }

  /** A poll has ended. */
  polled(line: FtraceLine, device: string, work: number): void {
    const context = this.#life.contextOf(line);
    const taken = context.gro.get(device) ?? 0;
    if (
      this.#life.arriving.has(`GRO ${device}`) &&
      taken !== work &&
      (this.#life.polled.has(line.cpu) || this.#life.watched.has(contextOf(line)))
    ) {
      this.#life.refuse(line, `the poll says ${work}, and ${taken} packets of ${device} were handed to GRO since the last one`);
    }
    context.gro.clear();
    if (device === '(no_device)') this.#backlogPolled(line, work, context.handedUp);
    context.handedUp = 0;
    this.#life.polled.add(line.cpu);
  }

  /**
   * process_backlog() says how many it has handed to the stack. Fewer lines than that may mean that other devices are not
   * recorded: whether they are is known at the end.
   */
  #backlogPolled(line: FtraceLine, work: number, handedUp: number): void {
    if (!this.#life.polled.has(line.cpu) && !this.#life.watched.has(contextOf(line)) && handedUp < work) return;
    this.#backlogPolls++;
    const why = `process_backlog() says ${work}, and ${handedUp} packets were handed to the stack since the last poll`;
    if (handedUp > work) this.#life.refuse(line, why);
    else if (handedUp < work) {
      this.#short++;
      if (this.#ifAllRecorded.length < SHORT_MAX) this.#ifAllRecorded.push(() => this.#life.refuse(line, why));
    }
  }

  /** NET_RX begins on a CPU: all that is handed to the stack from now on is seen. */
  softirqBegins(line: FtraceLine): void {
    this.#life.watched.add(contextOf(line));
  }

  /** NET_RX is over on a CPU: what was handed to the stack, some poll has told of. */
  softirqEnds(line: FtraceLine): void {
    const context = this.#life.contextOf(line);
    if (context.handedUp > 0 && this.#life.isRecorded('event napi_poll'))
      this.#life.refuse(line, `${context.handedUp} packets were handed to the stack, and no poll tells of them`);
    context.handedUp = 0;
  }

  /** The end of the trace. */
  finish(): void {
    if (this.#short <= Math.max(1, this.#backlogPolls / 2)) for (const refuse of this.#ifAllRecorded) refuse();
  }
}
