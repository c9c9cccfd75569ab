/** net_rx_action() with two instances. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { NET_RX_BUGS } from '../../models/bugs/net-rx.ts';
import type { ProfileName } from '../../models/kernel/profile.ts';
import { netRxSlice } from '../../models/networks/net-rx.ts';
import { raisedHasServer } from '../claims/softirq.ts';
import { everyInstancePolled, listedOnce, squeezeCounted, squeezedForNothing } from '../claims/netRx.ts';

const netRxProperties = ({ refs: n }: ReturnType<typeof netRxSlice.build>, s: { readonly profile: ProfileName }) => [
  listedOnce(n),
  raisedHasServer(n),
  everyInstancePolled(n),
  squeezeCounted(n),
  ...(s.profile === 'article' ? [] : [squeezedForNothing(n)]),
];

export const NET_RX_SUITES: readonly Suite[] = (['article', '6.1', '6.12'] as const).map((profile) =>
  suite({
    id: `net-rx/${profile}`,
    family: netRxSlice,
    scenario: { profile },
    walk: { profile },
    properties: netRxProperties,
    bugs: profile === 'article' ? NET_RX_BUGS : [],
  }),
);
