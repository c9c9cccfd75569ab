/** Lookups, and the life of a socket. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { LOOKUP_BUGS } from '../../models/bugs/lookup.ts';
import { lookupSlice } from '../../models/networks/lookup.ts';
import {
  bindingIsFound,
  foundInThePortChain,
  freedIsNotUsed,
  NO_FALSE_NO_PORTS,
  orphanIsUnhashed,
  otherIsFound,
  purged,
  strangersAreKept,
  wakesNothing,
  wqIsThere,
} from '../claims/lookup.ts';

const lookupProperties = (
  { refs: n }: ReturnType<typeof lookupSlice.build>,
  s: { readonly plan: string; readonly other: 'no' | 'yes' },
) => [
  ...(s.other === 'yes' ? [otherIsFound(n)] : [bindingIsFound(n)]),
  ...(s.plan === 'close' ? [] : [strangersAreKept(n), ...(s.other === 'yes' ? [] : [foundInThePortChain(n)])]),
  ...(s.plan.includes('close') || s.plan === 'all'
    ? [freedIsNotUsed(n), wakesNothing(n), wqIsThere(n), purged(n), orphanIsUnhashed(n)]
    : []),
];

const K6 =
  'K6: disconnect (connect to AF_UNSPEC) stores the address ANY while the socket is still in the chain of its old one: the first scan finds it and refuses it, the second does not find it there, the third refuses it. NoPorts, and port-unreachable to the peer. Measured: 13576 of 372701 datagrams in a loop of connect and disconnect.';

export const LOOKUP_SUITES: readonly Suite[] = [
  suite({
    id: 'lookup/connect+close',
    family: lookupSlice,
    scenario: {},
    walk: { cpus: 3 },
    properties: lookupProperties,
    bugs: LOOKUP_BUGS,
  }),
  suite({
    id: 'lookup/peer-first',
    family: lookupSlice,
    scenario: { order: 'peer first' },
    walk: { order: 'peer first', cpus: 3 },
    properties: lookupProperties,
    bugs: [],
  }),
  suite({
    id: 'lookup/other',
    family: lookupSlice,
    scenario: { other: 'yes', plan: 'all' },
    walk: { other: 'yes', plan: 'all', cpus: 3 },
    properties: lookupProperties,
    bugs: [],
  }),
  suite({
    id: 'lookup/disconnect',
    family: lookupSlice,
    scenario: { plan: 'connect+disconnect' },
    walk: { plan: 'connect+disconnect', cpus: 3 },
    properties: lookupProperties,
    violates: { [NO_FALSE_NO_PORTS]: K6 },
    bugs: [],
  }),
];
