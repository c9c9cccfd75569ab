/** Where packets come in: netif_rx() into a backlog, a poll into GRO. */
import type { FtraceLine } from '../../src/conform/ftrace.ts';
import type { Life } from './life.ts';

const REFUSED_MAX = 1000;

export class Arrivals {
  readonly #life: Life;

  constructor(life: Life) {
    this.#life = life;
  }

  /** netif_rx() is entered. */
  entersRx(line: FtraceLine): void {
    this.#life.contextOf(line).entered = line.args['skbaddr'];
  }

  /** netif_rx() puts it into some backlog, or GRO takes it. */
  arrives(line: FtraceLine, stage: 'backlog' | 'GRO'): void {
    const context = this.#life.contextOf(line);
    const dev = line.args['dev'] ?? '';
    const old = this.#life.at(line);
    if (old !== undefined && old.stage !== 'socket') {
      this.#life.refuse(line, `packet ${old.number}, which came in line ${old.arrival.line}, is in the ${old.stage} still`);
    }
    if (old !== undefined) this.#life.end(old, 'silent', line);
    const packet = this.#life.begin(line, dev, stage);
    this.#life.arriving.add(`${stage} ${dev}`);
    if (stage === 'backlog') {
      if (context.entered !== packet.skb && this.#life.isRecorded('event netif_rx_entry'))
        this.#life.refuse(line, `netif_rx() was entered with ${context.entered ?? 'nothing'}`);
      context.rx = packet;
    } else context.gro.set(dev, (context.gro.get(dev) ?? 0) + 1);
  }

  /** NET_RX is raised, not by an interrupt: in netif_rx(), after the packet has passed. */
  raised(line: FtraceLine): void {
    const context = this.#life.contextOf(line);
    if (context.entered !== undefined && context.rx === undefined && this.#life.isRecorded('event netif_rx'))
      this.#life.refuse(line, `netif_rx() of ${context.entered} raises before the packet has passed`);
  }

  /** netif_rx() returns. */
  netifRx(line: FtraceLine): void {
    const context = this.#life.contextOf(line);
    const { rx: packet, entered } = context;
    context.rx = undefined;
    context.entered = undefined;
    if (packet === undefined) {
      if (entered !== undefined && this.#life.arriving.size > 0) this.#life.refuse(line, `netif_rx() returns, and ${entered} did not pass`);
      return;
    }
    const isLive = this.#life.live.get(packet.skb) === packet;
    if (line.args['ret'] !== '0') {
      if (isLive) this.#life.end(packet, 'backlogFull', line);
      if (this.#life.refused.size >= REFUSED_MAX) this.#life.refused.clear();
      this.#life.refused.set(packet.skb, line);
    } else if (!isLive) {
      this.#life.refuse(line, `netif_rx() returns 0, and packet ${packet.number} was freed before`);
    }
  }
}
