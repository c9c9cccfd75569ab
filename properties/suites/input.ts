/** IP and UDP input, and the ledger of ends. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { IP_INPUT_BUGS, UDP_INPUT_BUGS } from '../../models/bugs/input.ts';
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

/** IpInReceives moves before the end of a packet; others only where what ends it is there. */
function isCounted(name: InputCounter, s: Bounds): boolean {
  if (name === 'IpInReceives') return false;
  if (name.startsWith('Udp') || name.startsWith('Icmp')) return s.part !== 'ip' && (s.credits > 1 || name !== 'IcmpOutDestUnreachs');
  if (name.startsWith('IpReasm')) return s.fragments === 'on';
  return name === 'IpInDelivers' || s.part !== 'udp';
}

interface Bounds {
  readonly packets: number;
  readonly part: 'both' | 'ip' | 'udp';
  readonly credits: number;
  readonly fragments: 'off' | 'on';
  readonly hooks: 'off' | 'on';
}

const inputProperties = ({ refs: n }: ReturnType<typeof inputSlice.build>, s: Bounds) => [
  oneEnd(n, s.packets),
  inputEnds(n),
  ...INPUT_COUNTERS.filter((name) => isCounted(name, s)).map((name) => countedAsItSays(n, name, s.packets)),
  rawFirst(n),
  ...(s.part === 'udp' ? [] : [othersUncounted(n), unreachableForNobody(n)]),
  ...(s.hooks === 'on' ? [failsClosed(n)] : []),
  ...(s.part === 'ip' ? [] : [broadcastUnanswered(n)]),
  ...(s.part !== 'ip' && s.credits > 1 ? [creditForSent(n)] : []),
];

export const INPUT_SUITES: readonly Suite[] = [
  suite({
    id: 'input/all',
    family: inputSlice,
    scenario: { packets: 2, hooks: 'on', raw: 'on', fragments: 'on' },
    walk: { packets: 12, hooks: 'on', raw: 'on', fragments: 'on', part: 'ip' },
    properties: inputProperties,
    bugs: IP_INPUT_BUGS,
  }),
  // No credit: every answer is withheld.
  suite({
    id: 'input/limited',
    family: inputSlice,
    scenario: { packets: 2, credits: 0 },
    walk: { packets: 12, credits: 0, part: 'udp' },
    properties: inputProperties,
    bugs: [],
  }),
  suite({
    id: 'input/udp',
    family: inputSlice,
    scenario: { packets: 3, part: 'udp' },
    walk: { packets: 12, part: 'udp' },
    properties: inputProperties,
    bugs: UDP_INPUT_BUGS,
  }),
];
