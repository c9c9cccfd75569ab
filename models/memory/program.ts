/**
 * What a CPU does to memory: short programs as data, and in which order their operations may take effect.
 *
 * `sc`: in the order of the program. `tso` (x86): the same, but stores wait in a buffer; locked operations and full fences
 * empty it. `weak`: any order that location, acquire and release, locks, dependencies and fences do not forbid, and a store is
 * seen by all other CPUs at once (multi-copy atomic, as ARMv8).
 *
 * Source: upper-half notes, section 12; Documentation/memory-barriers.txt for what each primitive promises.
 */
export const MEMORIES = ['sc', 'tso', 'weak'] as const;

export type Memory = (typeof MEMORIES)[number];

/** A register by name. */
export type Register = string;

export type Op =
  | { readonly do: 'write'; readonly at: string; readonly value: number; readonly release: boolean }
  | {
      readonly do: 'read';
      readonly at: string;
      readonly into: Register;
      readonly acquire: boolean;
      /** The register that the address depends on. */
      readonly needs: Register | null;
    }
  | { readonly do: 'fence'; readonly orders: 'all' | 'writes' | 'reads' }
  | { readonly do: 'lock' | 'unlock'; readonly at: string }
  /** xchg() or a successful cmpxchg(). */
  | { readonly do: 'swap'; readonly at: string; readonly value: number; readonly into: Register };

export const W = (at: string, value = 1): Op => ({ do: 'write', at, value, release: false });
export const WREL = (at: string, value = 1): Op => ({ do: 'write', at, value, release: true });
export const R = (at: string, into: Register = at, needs: Register | null = null): Op => ({ do: 'read', at, into, acquire: false, needs });
export const RACQ = (at: string, into: Register = at): Op => ({ do: 'read', at, into, acquire: true, needs: null });
export const MB: Op = { do: 'fence', orders: 'all' };
export const WMB: Op = { do: 'fence', orders: 'writes' };
export const RMB: Op = { do: 'fence', orders: 'reads' };
export const LOCK = (at: string): Op => ({ do: 'lock', at });
export const UNLOCK = (at: string): Op => ({ do: 'unlock', at });
export const SWAP = (at: string, value: number, into: Register = at): Op => ({ do: 'swap', at, value, into });

const writes = (op: Op): boolean => op.do === 'write' || op.do === 'unlock' || op.do === 'swap' || op.do === 'lock';
const reads = (op: Op): boolean => op.do === 'read' || op.do === 'swap' || op.do === 'lock';
const acquires = (op: Op): boolean => op.do === 'lock' || op.do === 'swap' || (op.do === 'read' && op.acquire);
const releases = (op: Op): boolean => op.do === 'unlock' || op.do === 'swap' || (op.do === 'write' && op.release);

/** A fence keeps `op` on its side. */
function fences(fence: Op, op: Op): boolean {
  if (fence.do !== 'fence') return false;
  if (op.do === 'fence' || fence.orders === 'all') return true;
  return fence.orders === 'writes' ? writes(op) : reads(op);
}

/** `later` must not take effect before `earlier` has. */
export function isOrdered(memory: Memory, earlier: Op, later: Op): boolean {
  if (memory !== 'weak') return true;
  return (
    fences(earlier, later) ||
    fences(later, earlier) ||
    acquires(earlier) ||
    releases(later) ||
    ('at' in earlier && 'at' in later && earlier.at === later.at) ||
    ((earlier.do === 'read' || earlier.do === 'swap') && later.do === 'read' && later.needs === earlier.into)
  );
}

/** The operation waits until the store buffer is empty: a fence, or a locked instruction. */
export const drains = (op: Op): boolean => op.do === 'lock' || op.do === 'swap' || (op.do === 'fence' && op.orders === 'all');

/** Two programs, and an outcome that must not be. */
export interface LitmusTest {
  readonly about: string;
  /** Locations that are not 0 at first. */
  readonly initially?: Readonly<Record<string, number>>;
  readonly left: readonly Op[];
  readonly right: readonly Op[];
  /** The outcome that must not be. */
  readonly bad: { readonly left?: Registers; readonly right?: Registers; readonly memory?: Registers };
  /** Under which memory it can be. */
  readonly reachable: readonly Memory[];
}

type Registers = Readonly<Record<Register, number>>;
