/** The slice of lookups: softirqs look for a socket while a task binds, connects, disconnects and closes it. */
import { component, type Move, type Observation, type Ref, type RefFamily } from '../../src/model/component.ts';
import { network, step, type StepTemplate } from '../../src/model/network.ts';
import { not } from '../../src/model/property.ts';
import { choice, family, int } from '../../src/model/scenario.ts';
import { range } from '../kernel/packet.ts';
import { identity, type IdentityContext, isBound } from '../udp/identity.ts';
import { isOld, lookup, type Source } from '../udp/lookup.ts';

export interface LookupParts {
  readonly socket: Ref<typeof identity>;
  readonly lookup: RefFamily<typeof lookup>;
}

const SOURCES: readonly Source[] = ['peer', 'stranger'];
const BOOL = [false, true] as const;

/** Scan `scan` looks at the chain of the own address, of any address, of the port. */
const isInChain = ({ chain, inPort }: IdentityContext, scan: number): boolean =>
  scan === 1 ? chain === 'own' : scan === 2 ? chain === 'any' : inPort;

/** compute_score(): the address of the scan, and the peer where there is one. */
export const scores = ({ saddr, daddr, dport }: IdentityContext, scan: number, from: Source): boolean =>
  (scan === 2 ? saddr === 'any' : saddr === 'own') && (from === 'peer' || (!daddr && !dport));

/** Softirq on each CPU. */
function lookupSteps(n: LookupParts, cpus: number, other: boolean): StepTemplate[] {
  const cpu = range(cpus);
  const owner = (x: number) => `softirq/${x}`;
  const by = (name: string, moves: (x: number) => readonly Move[], when: (x: number) => readonly Observation[] = () => []) =>
    step(name, { cpu }, ({ cpu: x }) => ({ owner: owner(x), moves: moves(x), when: when(x) }));
  const scans = (x: number, scan: number) => n.lookup(x).is(`is in scan ${scan}`, (c) => c.scan === scan);
  const scanned = (
    name: string,
    of: (x: number, scan: number) => { readonly moves: readonly Move[]; readonly when: readonly Observation[] },
  ) =>
    step(name, { cpu, scan: [1, 2, 3] }, ({ cpu: x, scan }) => {
      const { moves, when } = of(x, scan);
      return { owner: owner(x), moves, when: [scans(x, scan), ...when] };
    });
  const bound = n.socket.is('is bound', isBound);
  const knows = n.socket.is('has its peer recorded', ({ daddr, dport }, state) => daddr && dport && state !== 'leaving');
  return [
    step('udp_rcv', { cpu, from: SOURCES, bound: BOOL, knowsPeer: BOOL }, ({ cpu: x, from, bound: isB, knowsPeer }) => ({
      owner: owner(x),
      environment: true,
      moves: [n.lookup(x).on({ type: 'BEGIN', from, bound: isB, knowsPeer })],
      when: [isB ? bound : not(bound), knowsPeer ? knows : not(knows)],
    })),
    scanned('meet', (x, scan) => ({
      moves: [n.lookup(x).on({ type: 'MEET' })],
      when: [n.socket.is(`is in the chain of scan ${scan}`, (c) => isInChain(c, scan))],
    })),
    scanned('pass', (x, scan) => ({
      moves: [n.lookup(x).on({ type: 'PASS' })],
      when: [n.socket.is(`is not in the chain of scan ${scan}`, (c) => !isInChain(c, scan))],
    })),
    step('score', { cpu, scan: [1, 2, 3], from: SOURCES, matches: BOOL }, ({ cpu: x, scan, from, matches }) => ({
      owner: owner(x),
      moves: [n.lookup(x).on({ type: matches ? 'MATCH' : 'NO_MATCH' })],
      when: [
        scans(x, scan),
        n.lookup(x).is(`has one from ${from}`, (c) => c.from === from),
        n.socket.is(matches ? `scores in scan ${scan}` : `does not score in scan ${scan}`, (c) => scores(c, scan, from) === matches),
      ],
    })),
    // Another socket is bound to the same port and any address, and comes behind this one in both chains.
    ...(other
      ? [
          by(
            'other',
            (x) => [n.lookup(x).on({ type: 'OTHER' })],
            (x) => [scans(x, 2)],
          ),
        ]
      : []),
    by(
      'end_of_chain',
      (x) => [n.lookup(x).on({ type: 'END_OF_CHAIN' })],
      (x) => (other ? [not(scans(x, 2))] : []),
    ),
    by('enqueue', (x) => [n.lookup(x).on({ type: 'APPEND' }), n.socket.on({ type: 'APPEND' })]),
    by('no_port', (x) => [n.lookup(x).on({ type: 'NO_PORT' })]),
    step('read_wq', { cpu, set: BOOL }, ({ cpu: x, set }) => ({
      owner: owner(x),
      moves: [n.lookup(x).on({ type: 'READ_WQ', set })],
      when: [n.socket.is(set ? 'has sk_wq' : 'has no sk_wq', ({ wq }) => wq === set)],
    })),
    by('wake_up', (x) => [n.lookup(x).on({ type: 'WAKE' })]),
  ];
}

/** The task, store by store. */
function taskSteps(n: LookupParts): StepTemplate[] {
  const owner = 'task';
  const own = ['PORT', 'ADDRESS', 'SADDR', 'UNCHAIN', 'CHAIN', 'DADDR', 'DPORT', 'STATE', 'UNHASH_PORT', 'UNHASH_ADDRESS'] as const;
  const all = (type: 'MARK' | 'EXCUSE' | 'FORGET') => n.lookup.all.map((one) => one.on({ type }));
  const over = n.lookup.all.map((one) => one.is('is in no section that began before', (c) => !isOld(c)));
  return [
    step('connect', {}, () => ({ owner, environment: true, moves: [n.socket.on({ type: 'CONNECT' })] })),
    step('disconnect', {}, () => ({ owner, environment: true, moves: [n.socket.on({ type: 'DISCONNECT' }), ...all('FORGET')] })),
    ...own.map((type) => step(type.toLowerCase(), {}, () => ({ owner, moves: [n.socket.on({ type })] }))),
    step('close', {}, () => ({ owner, environment: true, moves: [n.socket.on({ type: 'DEAD' }), ...all('EXCUSE')] })),
    step('orphan', {}, () => ({ owner, moves: [n.socket.on({ type: 'ORPHAN' }), ...all('MARK')] })),
    step('inode_freed', {}, () => ({ owner: 'rcu', moves: [n.socket.on({ type: 'FREE_WQ' })], when: over })),
    step('call_rcu', {}, () => ({ owner, moves: [n.socket.on({ type: 'REF0' }), ...all('MARK')] })),
    step('destruct', {}, () => ({
      owner: 'rcu',
      moves: [n.socket.on({ type: 'DESTRUCT' })],
      when: over,
    })),
    step('recv', {}, () => ({
      owner: 'reader',
      environment: true,
      moves: [n.socket.on({ type: 'PURGED' })],
      when: [n.socket.out('waiting')],
    })),
  ];
}

export const lookupSlice = family({
  name: 'lookup',
  about: 'lookups of a UDP socket that is bound, connected, disconnected and closed meanwhile',
  keys: {
    cpus: int({ min: 1, max: 4, otherwise: 2, about: 'CPUs that receive' }),
    order: choice(['address first', 'peer first'], 'address first', 'of the stores of connect(): 6.1 and 6.12, or later'),
    plan: choice(['connect', 'connect+disconnect', 'close', 'connect+close', 'all'], 'connect+close', 'what the task may do'),
    other: choice(['no', 'yes'], 'no', 'another socket has the same port and any address'),
  },
  build: (s) =>
    network('lookup', {
      socket: component(identity, {
        peerFirst: s.order === 'peer first',
        connects: s.plan !== 'close',
        disconnects: s.plan === 'connect+disconnect' || s.plan === 'all',
        closes: s.plan.includes('close') || s.plan === 'all',
      }),
      lookup: range(s.cpus).map(() => component(lookup)),
    })
      .join((n) => lookupSteps(n, s.cpus, s.other === 'yes'))
      .join(taskSteps),
});
