/** GRO and dispatch. */
import { type Suite, suite } from '../../src/model/suite.ts';
import { GRO_BUGS } from '../../models/bugs/gro.ts';
import { groSlice } from '../../models/networks/gro.ts';
import { flowInOrder, groLosesNothing, heldHasTimer, heldIsDelivered, listGoesUp, unknownCounted } from '../claims/gro.ts';

const groProperties = (
  { refs: n }: ReturnType<typeof groSlice.build>,
  s: { readonly packets: number; readonly hz: string; readonly timeout: 'off' | 'on'; readonly tap: 'off' | 'on' },
) => [
  groLosesNothing(n, s.packets),
  flowInOrder(n),
  heldHasTimer(n),
  listGoesUp(n),
  heldIsDelivered(n, s.packets, s.hz === '1000' || s.timeout === 'on'),
  ...(s.tap === 'off' ? [unknownCounted(n, s.packets)] : []),
];

export const GRO_SUITES: readonly Suite[] = [
  suite({
    id: 'gro/timer',
    family: groSlice,
    scenario: { packets: 3 },
    deep: { scenario: { packets: 5 }, states: 6_288, transitions: 12_705 },
    walk: { packets: 6, weight: 4 },
    properties: groProperties,
    bugs: GRO_BUGS,
  }),
  suite({
    id: 'gro/flood',
    family: groSlice,
    scenario: { packets: 3, timeout: 'off', flood: 'on', tap: 'on' },
    walk: { packets: 6, weight: 4, timeout: 'off', flood: 'on', tap: 'on' },
    properties: groProperties,
    bugs: [],
  }),
  suite({
    id: 'gro/flood-hz1000',
    family: groSlice,
    scenario: { packets: 3, hz: '1000', flood: 'on' },
    walk: { packets: 6, weight: 4, hz: '1000', flood: 'on' },
    properties: groProperties,
    bugs: [],
  }),
];
