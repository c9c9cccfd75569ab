/** Which steps a trace shows, and by which event; the others are hidden and have to be inferred. */
import type { Network, Revealed, StepInstance } from '../model/network.ts';

export class Shows {
  readonly instances: readonly StepInstance[];
  /** By step: the event by which this trace shows it, or undefined. */
  readonly shown: readonly (Revealed | undefined)[];
  readonly #byEvent = new Map<string, number[]>();

  constructor(network: Network, records: (revealed: Revealed) => boolean) {
    this.instances = network.instances();
    this.shown = this.instances.map((step) => step.reveals?.find(records));
    this.shown.forEach((revealed, step) => {
      if (revealed === undefined) return;
      const known = this.#byEvent.get(revealed.event);
      if (known === undefined) this.#byEvent.set(revealed.event, [step]);
      else known.push(step);
    });
  }

  /** The steps shown by `line`'s event, with every argument that the line has. */
  showing(line: Revealed): number[] {
    return this.sameEvent(line).filter((step) => mismatches(line, this.shown[step]!).length === 0);
  }

  /** The steps shown by `line`'s event, whatever the arguments. */
  sameEvent(line: Revealed): readonly number[] {
    return this.#byEvent.get(line.event) ?? [];
  }

  /** What of `line` no step ever shows: `kfree_skb(reason=IP_CSUM)`. Undefined if each argument is shown by some step. */
  neverShown(line: Revealed): string | undefined {
    const steps = this.sameEvent(line);
    if (steps.length === 0) return revealedText(line);
    const args = Object.entries(line.args).filter(([key, value]) => steps.every((step) => this.shown[step]!.args[key] !== value));
    return args.length === 0 ? undefined : revealedText({ event: line.event, args: Object.fromEntries(args) });
  }
}

/** The arguments of `line` that `revealed` has otherwise or not at all. */
export function mismatches(line: Revealed, revealed: Revealed): string[] {
  return Object.entries(line.args).flatMap(([key, value]) => (revealed.args[key] === value ? [] : [key]));
}

/** `netif_rx(cpu=0, pkt=1)`: an event in words. */
export function revealedText({ event, args }: Revealed): string {
  const list = Object.entries(args).map(([key, value]) => `${key}=${value}`);
  return list.length === 0 ? event : `${event}(${list.join(', ')})`;
}
