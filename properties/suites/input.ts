/** IP and UDP input, and the ledger of ends. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { INPUT_BUGS } from '../../models/bugs/input.ts';
import { INPUT_COUNTERS, type InputCounter } from '../../models/networks/inputParts.ts';
import { inputSlice } from '../../models/networks/input.ts';
import {
  broadcastUnanswered,
  countedAsItSays,
  creditForSent,
  failsClosed,
  inputEnds,
  oneEnd,
  othersUncounted,
  rawFirst,
  unreachableForNobody,
} from '../claims/input.ts';

/** IpInReceives moves before the end of a packet; some others only where what ends it is there. */
const isCounted = (name: InputCounter, s: { readonly credits: number; readonly fragments: 'off' | 'on' }): boolean =>
  name !== 'IpInReceives' && (s.credits > 1 || name !== 'IcmpOutDestUnreachs') && (s.fragments === 'on' || !name.startsWith('IpReasm'));

interface Bounds {
  readonly packets: number;
  readonly credits: number;
  readonly fragments: 'off' | 'on';
  readonly hooks: 'off' | 'on';
}

const inputProperties = ({ refs: n }: ReturnType<typeof inputSlice.build>, s: Bounds) => [
  oneEnd(n, s.packets),
  inputEnds(n),
  ...INPUT_COUNTERS.filter((name) => isCounted(name, s)).map((name) => countedAsItSays(n, name, s.packets)),
  othersUncounted(n),
  rawFirst(n),
  unreachableForNobody(n),
  ...(s.hooks === 'on' ? [failsClosed(n)] : []),
  broadcastUnanswered(n),
  ...(s.credits > 1 ? [creditForSent(n)] : []),
];

export const INPUT_SUITES: readonly Suite[] = [
  suite({
    id: 'input/all',
    family: inputSlice,
    scenario: { packets: 2, hooks: 'on', raw: 'on', fragments: 'on' },
    walk: { packets: 6, hooks: 'on', raw: 'on', fragments: 'on' },
    properties: inputProperties,
    bugs: INPUT_BUGS,
  }),
  // No credit: every answer is withheld.
  suite({
    id: 'input/limited',
    family: inputSlice,
    scenario: { packets: 2, credits: 0 },
    walk: { packets: 6, credits: 0 },
    properties: inputProperties,
    bugs: [],
  }),
];
