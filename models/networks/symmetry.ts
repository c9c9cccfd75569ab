/**
 * What may trade places on the receive path: CPUs, with the readers pinned to them, and readers on one CPU. The checker
 * verifies each exchange on the compiled network, so what is declared wrongly is refused, not believed.
 *
 * Packets may not: they are numbered in order of arrival.
 */
import type { Components } from '../../src/model/network.ts';
import { type ExchangeOf, exchanged } from '../../src/model/symmetry.ts';
import { range } from '../kernel/packet.ts';

export interface Pinned {
  readonly cpus: number;
  readonly readers: number;
  /** The CPU that a reader is pinned to. */
  readonly home: (reader: number) => number;
}

/** Contexts that name readers or CPUs. */
type Waiting = { readonly waiters: readonly number[] };
type Signalling = { readonly ipis: readonly number[] };

/** Families with one instance per CPU; `receive` has one more, for the task that owns the socket, and that one stays. */
const PER_CPU = [
  'cpu',
  'handler',
  'softirq',
  'ksoftirqd',
  'softnet',
  'poll',
  'backlog',
  'ipi',
  'ip',
  'udp',
  'icmp',
  'receive',
  'refusal',
  'flowLimit',
];
const PER_READER = ['reader', 'emptiness'];

/** Each reader with the next one that is pinned to the same CPU. */
export function readersOnOneCpu<C extends Components>(components: C, { readers, home }: Pinned): ExchangeOf<C>[] {
  return range(readers).flatMap((one) => {
    const other = range(readers).find((later) => later > one && home(later) === home(one));
    return other === undefined ? [] : [renaming(components, `readers ${one} and ${other}`, [], exchanged(readers, one, other))];
  });
}

/** Every CPU becomes the next one, and takes its readers along; for as many readers on each. Nothing else may prefer a CPU. */
export function cpusInTurn<C extends Components>(
  components: C,
  { cpus, readers = 0, home = () => 0 }: Pick<Pinned, 'cpus'> & Partial<Pinned>,
): ExchangeOf<C>[] {
  if (cpus < 2 || readers % cpus !== 0) return [];
  const on = (cpu: number): number[] => range(readers).filter((reader) => home(reader) === cpu);
  const next = (cpu: number): number => (cpu + 1) % cpus;
  const to = range(readers).map((reader) => on(next(home(reader)))[on(home(reader)).indexOf(reader)] ?? reader);
  return [renaming(components, 'CPUs in turn', range(cpus).map(next), to)];
}

/** The exchange that renames CPUs and readers in whatever of the path is among `components`. */
function renaming<C extends Components>(components: C, name: string, cpus: readonly number[], readers: readonly number[]): ExchangeOf<C> {
  const present = (families: readonly string[]): string[] => families.filter((family) => Object.hasOwn(components, family));
  const families = [
    ...present(cpus.length > 0 ? PER_CPU : []).map((family) => [family, cpus] as const),
    ...present(readers.length > 0 ? PER_READER : []).map((family) => [family, readers] as const),
  ];
  const waitQueue = (context: Waiting) => ({ ...context, waiters: context.waiters.map((reader) => readers[reader] ?? reader) });
  const softnet = (context: Signalling) => ({ ...context, ipis: context.ipis.map((cpu) => cpus[cpu] ?? cpu) });
  const contexts = Object.entries({ waitQueue, softnet }).filter(([part]) => Object.hasOwn(components, part));
  // Names are those of `components`, as filtered above.
  const exchange: unknown = { name, families: Object.fromEntries(families), contexts: Object.fromEntries(contexts) };
  return exchange as ExchangeOf<C>;
}
