/** Dispatch of frames to the handlers of their EtherType. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { DISPATCH_BUGS } from '../../models/bugs/dispatch.ts';
import { dispatchSlice } from '../../models/networks/dispatch.ts';
import {
  countedTwice,
  exactOnly,
  ownersHaveReferences,
  referencesEnd,
  reservePastTaps,
  tapHandles,
  uncounted,
} from '../claims/dispatch.ts';
import { accounted } from '../claims/frames.ts';

type Scenario = {
  readonly packets: number;
  readonly device: string;
  readonly tap: 'off' | 'on';
  readonly vlan: 'off' | 'on';
  readonly xdp: 'off' | 'on';
};

const dispatchProperties = ({ refs: n }: ReturnType<typeof dispatchSlice.build>, s: Scenario) => [
  ownersHaveReferences(n),
  referencesEnd(n),
  accounted(n, 'rx_dropped', s.packets),
  ...(s.device === 'inactive slave' ? [exactOnly(n), accounted(n, 'rx_nohandler', s.packets)] : []),
  ...(s.tap === 'on' ? [tapHandles(n), reservePastTaps(n)] : []),
  ...(s.vlan === 'on' ? [countedTwice(n)] : []),
  ...(s.xdp === 'on' ? [uncounted(n)] : []),
];

export const DISPATCH_SUITES: readonly Suite[] = [
  suite({
    id: 'dispatch/plain',
    family: dispatchSlice,
    scenario: { packets: 2 },
    walk: { packets: 6 },
    properties: dispatchProperties,
    bugs: DISPATCH_BUGS,
  }),
  suite({
    id: 'dispatch/tap-vlan',
    family: dispatchSlice,
    scenario: { packets: 2, tap: 'on', vlan: 'on', xdp: 'on' },
    walk: { packets: 6, tap: 'on', vlan: 'on', xdp: 'on' },
    properties: dispatchProperties,
    bugs: [],
  }),
  suite({
    id: 'dispatch/slave',
    family: dispatchSlice,
    scenario: { packets: 2, device: 'inactive slave', tap: 'on', vlan: 'on' },
    walk: { packets: 6, device: 'inactive slave', tap: 'on', vlan: 'on' },
    properties: dispatchProperties,
    bugs: [],
  }),
  suite({
    id: 'dispatch/bridge',
    family: dispatchSlice,
    scenario: { packets: 2, device: 'bridge port', tap: 'on' },
    walk: { packets: 6, device: 'bridge port', tap: 'on' },
    properties: dispatchProperties,
    bugs: [],
  }),
  suite({
    id: 'dispatch/macvlan',
    family: dispatchSlice,
    scenario: { packets: 2, device: 'macvlan', tap: 'on' },
    walk: { packets: 6, device: 'macvlan', tap: 'on' },
    properties: dispatchProperties,
    bugs: [],
  }),
];
