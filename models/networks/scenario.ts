/** Scenario keys that several networks share, and what they mean in the words of the machines. */
import { choice, int, type Scenario } from '../../src/model/scenario.ts';
import { KINDS, type Kind } from '../kernel/packet.ts';
import { PROFILES } from '../kernel/profile.ts';
import { MODES, type Mode } from '../task/readerTypes.ts';

const MIXES = {
  matched: ['matched'],
  'matched+unmatched': ['matched', 'unmatched'],
  'three classes': ['matched', 'unmatched', 'badMatched'],
  'matched+checksum': ['matched', 'badMatched', 'badUnmatched'],
  'matched+error': ['matched', 'icmpError'],
  unmatched: ['unmatched', 'badUnmatched', 'broadcast'],
  'matched+long checksum': ['matched', 'badLong'],
  // Of short datagrams: in 3.10 length makes no difference.
  all: KINDS.filter((kind) => kind !== 'badLong'),
  'all+long checksum': KINDS,
} as const satisfies Record<string, readonly Kind[]>;

const MIX_NAMES = [
  'matched',
  'matched+unmatched',
  'three classes',
  'matched+checksum',
  'matched+error',
  'unmatched',
  'matched+long checksum',
  'all',
  'all+long checksum',
] as const;

/** The kinds of packets that may arrive. */
export const kindsOf = (mix: (typeof MIX_NAMES)[number]): readonly Kind[] => MIXES[mix];

/** The ways in which recvfrom() may be called. */
export const modesOf = (modes: 'block' | 'all'): readonly Mode[] => (modes === 'all' ? MODES : ['block']);

const KEYS = {
  profile: choice(PROFILES, 'article', 'the kernel: article is 3.10'),
  packets: int({ min: 0, max: 4096, otherwise: 2, about: 'packets that may arrive' }),
  kinds: choice(MIX_NAMES, 'matched+unmatched', 'what they may be: any mixture of these'),
  cpus: int({ min: 1, max: 64, otherwise: 1, about: 'CPUs' }),
  ring: int({ min: 2, max: 4096, otherwise: 3, about: 'RX descriptors; one is kept back' }),
  weight: int({ min: 1, max: 64, otherwise: 2, about: 'packets per poll' }),
  batch: int({ min: 1, max: 64, otherwise: 8, about: 'length at which rx_list goes up: gro_normal_batch' }),
  refill: int({ min: 1, max: 4096, otherwise: 16, about: 'buffers that igb gives back at once in its loop: IGB_RX_BUFFER_WRITE' }),
  backlogMax: int({ min: 0, max: 100_000, otherwise: 1, about: 'netdev_max_backlog' }),
  rcvbuf: int({ min: 1, max: 2 ** 31 - 1, otherwise: 2, about: 'sk_rcvbuf, in the unit of size' }),
  size: int({ min: 1, max: 65_536, otherwise: 1, about: 'truesize of every datagram' }),
  readers: int({ min: 0, max: 4, otherwise: 1, about: 'tasks in recvfrom() on the socket' }),
  modes: choice(['block', 'all'], 'block', 'how they call: blocking only, or also MSG_DONTWAIT and SO_RCVTIMEO'),
  tokens: int({ min: 0, max: 4096, otherwise: 6, about: 'ICMP errors before the rate limit' }),
  holds: int({ min: 0, max: 4, otherwise: 0, about: 'times another task takes the socket lock' }),
  signals: int({ min: 0, max: 64, otherwise: 0, about: 'signals to tasks in recvfrom()' }),
  kicks: int({ min: 0, max: 4096, otherwise: 0, about: 'software interrupts by the watchdog' }),
  closes: int({ min: 0, max: 2, otherwise: 0, about: 'times the interface goes down' }),
} as const;

/** The kernel, where 3.10 has nothing of what the network is about. */
export const LATER_PROFILE = choice(
  PROFILES.filter((one) => one !== 'article'),
  '6.12',
  'the kernel; 3.10 has no such thing',
);

/** Every bound of the path. */
export type Bounds = Scenario<typeof KEYS>;

/** Every bound at its default. */
export const BOUNDS = Object.fromEntries(Object.entries(KEYS).map(([name, key]) => [name, key.otherwise])) as Bounds;

/** The keys named, in this order. */
export function keys<const K extends readonly (keyof typeof KEYS)[]>(...names: K): { readonly [P in K[number]]: (typeof KEYS)[P] } {
  return Object.fromEntries(names.map((name) => [name, KEYS[name]])) as { readonly [P in K[number]]: (typeof KEYS)[P] };
}
