/** IP and UDP input, and the ledger of ends. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { IP_INPUT_BUGS, TCP_INPUT_BUGS, UDP_INPUT_BUGS } from '../../models/bugs/input.ts';
import { INPUT_COUNTERS, type InputCounter } from '../../models/networks/inputParts.ts';
import { inputSlice } from '../../models/networks/input.ts';
import {
  ALL_COUNTED,
  broadcastUnanswered,
  countedAsItSays,
  creditForSent,
  dropsAreCounted,
  failsClosed,
  NO_BROADCAST,
  nothingToBroadcast,
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
  if (name.startsWith('Tcp')) return s.tcp === 'on';
  if (name.startsWith('IpReasm')) return s.fragments === 'on';
  return name === 'IpInDelivers' || s.part !== 'udp';
}

interface Bounds {
  readonly packets: number;
  readonly part: 'both' | 'ip' | 'udp';
  readonly credits: number;
  readonly fragments: 'off' | 'on';
  readonly hooks: 'off' | 'on';
  readonly tcp: 'off' | 'on';
}

const inputProperties = ({ refs: n }: ReturnType<typeof inputSlice.build>, s: Bounds) => [
  oneEnd(n, s.packets),
  inputEnds(n),
  ...INPUT_COUNTERS.filter((name) => isCounted(name, s)).map((name) => countedAsItSays(n, name, s.packets)),
  rawFirst(n),
  ...(s.part === 'udp' ? [] : [othersUncounted(n), unreachableForNobody(n)]),
  ...(s.hooks === 'on' ? [failsClosed(n)] : []),
  ...(s.part === 'ip' ? [] : [broadcastUnanswered(n), ...(s.credits > 1 ? [nothingToBroadcast(n)] : [])]),
  dropsAreCounted(n),
  ...(s.part !== 'ip' && s.credits > 1 ? [creditForSent(n)] : []),
];

const K7 =
  'K7: a datagram whose source is the broadcast address of a subnet is no martian, and is answered: port-unreachable goes to all of that subnet. Seen on 6.18.44; 7.2 looks at the route back.';
const K8 =
  'K8: what is for another MAC address, what a hook drops, a martian, what a route refuses, unicast in a link-layer multicast and a fragment that is there already move no counter of IP, UDP or ICMP. skb:kfree_skb tells them.';

export const INPUT_SUITES: readonly Suite[] = [
  suite({
    id: 'input/all',
    family: inputSlice,
    scenario: { packets: 2, hooks: 'on', raw: 'on', fragments: 'on' },
    walk: { packets: 40, raw: 'on', fragments: 'on', part: 'ip' },
    properties: inputProperties,
    violates: { [NO_BROADCAST]: K7, [ALL_COUNTED]: K8 },
    bugs: IP_INPUT_BUGS,
  }),
  // No credit: every answer is withheld.
  suite({
    id: 'input/limited',
    family: inputSlice,
    scenario: { packets: 2, credits: 0 },
    walk: { packets: 12, credits: 0, part: 'udp' },
    properties: inputProperties,
    violates: { [ALL_COUNTED]: K8 },
    bugs: [],
  }),
  suite({
    id: 'input/udp',
    family: inputSlice,
    scenario: { packets: 3, part: 'udp' },
    walk: { packets: 12, part: 'udp' },
    properties: inputProperties,
    violates: { [NO_BROADCAST]: K7 },
    bugs: UDP_INPUT_BUGS,
  }),
  suite({
    id: 'input/tcp',
    family: inputSlice,
    scenario: { packets: 2, part: 'ip', tcp: 'on' },
    walk: { packets: 12, part: 'ip', tcp: 'on' },
    properties: inputProperties,
    violates: { [ALL_COUNTED]: K8 },
    bugs: TCP_INPUT_BUGS,
  }),
  suite({
    id: 'input/rule-10b',
    family: inputSlice,
    scenario: { packets: 2, part: 'udp', rule10b: 'on' },
    walk: { packets: 12, part: 'udp', rule10b: 'on' },
    properties: inputProperties,
    bugs: [],
  }),
];
